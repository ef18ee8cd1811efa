using Memo.Gpu.Devices;
using Memo.Gpu.Kernels;

namespace Memo.Gpu;

/// <summary>
/// The kernels on one device, each handed to the driver when it is first used, and the sizes that go with them. Launches are
/// split so that none keeps a device for long that may have a display to draw.
/// </summary>
internal sealed class GpuKernels : IDisposable
{
    // Multiplications of a launch: 10 ms on a fast card, a second on a slow one.
    private const long WorkPerLaunch = 1L << 36;

    // The most groups along y that CUDA launches.
    private const int LargestGrid = 65535;

    private readonly Dictionary<string, byte[]> _texts;
    private readonly Dictionary<string, (GpuProgram Program, GpuKernel Kernel)> _kernels = [];

    public GpuKernels(GpuDevice device)
    {
        Device = device;
        GpuDescription description = device.Description;
        (string target, Side) = description.Api == GpuApi.OpenCl ? ("opencl", OpenClTile.Side)
            : description.ComputeMajor >= 8 ? ("sm_80", AmpereTile.Side) : ("sm_50", MaxwellTile.Side);
        _texts = KernelTexts.Load(target);
    }

    public GpuDevice Device { get; }

    /// <summary>Threads along each side of a tile.</summary>
    private int Side { get; }

    /// <summary>Vectors of a panel.</summary>
    public int Width => GroupSizes.Register * Side;

    /// <summary>So many rows, filled up to whole panels.</summary>
    public int Padded(int rows) => (rows + Width - 1) / Width * Width;

    /// <summary>Launches a kernel of tiles for all pairs of row and column panels, in pieces of column panels.</summary>
    /// <param name="queue">Where to.</param>
    /// <param name="name">The kernel.</param>
    /// <param name="rowPanels">Panels along x.</param>
    /// <param name="columnPanels">Panels along y.</param>
    /// <param name="depth">Features of a packed vector.</param>
    /// <param name="arguments">The arguments for column panels first .. first + count - 1.</param>
    public void LaunchTiles(GpuQueue queue, string name, int rowPanels, int columnPanels, int depth, Func<int, int, GpuArguments> arguments)
    {
        long perPanel = (long)rowPanels * Width * Width * depth;
        int piece = (int)Math.Clamp(WorkPerLaunch / perPanel, 1, LargestGrid);
        for (int first = 0; first < columnPanels; first += piece)
        {
            int count = Math.Min(piece, columnPanels - first);
            queue.Launch(Kernel(name), (rowPanels, count), (Side, Side), arguments(first, count));
        }
    }

    /// <summary>Launches a kernel for so many groups of the given size.</summary>
    public void Launch(GpuQueue queue, string name, int groups, (int X, int Y) groupSize, GpuArguments arguments) =>
        queue.Launch(Kernel(name), (groups, 1), groupSize, arguments);

    private GpuKernel Kernel(string name)
    {
        if (_kernels.TryGetValue(name, out var present)) return present.Kernel;
        GpuProgram program = Device.Load(_texts[name], $"kernel {name}");
        GpuKernel kernel = program.Kernel("Kernel_" + name);
        _kernels[name] = (program, kernel);
        return kernel;
    }

    public void Dispose()
    {
        foreach ((GpuProgram program, _) in _kernels.Values) program.Dispose();
        _kernels.Clear();
    }
}
