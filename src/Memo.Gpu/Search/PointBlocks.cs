using System.Globalization;
using Memo.Data;
using Memo.Gpu.Devices;

namespace Memo.Gpu.Search;

/// <summary>
/// The points on the device, in blocks of panels. Where all fit they stay; where not, blocks pass through two buffers, the
/// next on its way while the kernels are busy with the one before.
/// </summary>
internal sealed unsafe class PointBlocks : IDisposable
{
    private const long LargestBlock = 256L << 20; // bytes as they travel: what waits on the host
    private const int LargestGrid = 65535;        // panels that a launch takes

    private readonly GpuKernels _kernels;
    private readonly SampleEncoding _encoding;
    private readonly SampleMatrix _points;
    private readonly PointLayout _layout;
    private readonly GpuQueue _compute, _transfer;
    private readonly int _panelsPerBlock;
    private readonly Block[] _slots;
    private readonly Staging _staging;

    /// <summary>A block of points while it is on the device.</summary>
    public sealed class Block(Vectors vectors, GpuBuffer classes) : IDisposable
    {
        public Vectors Vectors { get; } = vectors;

        /// <summary>Class of each panel.</summary>
        public GpuBuffer Classes { get; } = classes;

        /// <summary>The block that is here, or -1.</summary>
        public int Index { get; set; } = -1;

        public int FirstPanel { get; set; }

        public int PanelCount { get; set; }

        /// <summary>When the kernels that use what is here are done.</summary>
        public GpuEvent? Free { get; set; }

        public void Dispose()
        {
            Free?.Dispose();
            Vectors.Dispose();
            Classes.Dispose();
        }
    }

    /// <param name="kernels">The device.</param>
    /// <param name="encoding">How samples are encoded.</param>
    /// <param name="points">The points.</param>
    /// <param name="layout">Their order.</param>
    /// <param name="compute">The queue of the kernels that use them.</param>
    /// <param name="budget">Bytes of the device that they may take.</param>
    /// <param name="log">Told the plan; may be null.</param>
    /// <exception cref="GpuException">Not even two blocks of one panel fit.</exception>
    public PointBlocks(GpuKernels kernels, SampleEncoding encoding, SampleMatrix points, PointLayout layout, GpuQueue compute, long budget,
        Action<string>? log)
    {
        (_kernels, _encoding, _points, _layout, _compute) = (kernels, encoding, points, layout, compute);
        GpuDevice device = kernels.Device;
        long perPanel = layout.Width * Vectors.BytesPerSample(encoding) + 4;
        long largestPart = (long)layout.Width * Math.Max(4L * encoding.Depth, encoding.RowBytes);
        long panels = Math.Min(LargestGrid, Math.Min(device.LargestBuffer / largestPart, LargestBlock / ((long)layout.Width * encoding.RowBytes)));
        bool resident = perPanel * layout.PanelCount <= budget;
        if (!resident) panels = Math.Min(panels, budget / 2 / perPanel);
        if (panels < 1)
            throw new GpuException(GpuProblem.OutOfMemory, string.Create(CultureInfo.InvariantCulture,
                $"{device.Name}: too little memory: {Megabytes(budget)} are left for points, and even two blocks of {layout.Width} take {Megabytes(2 * perPanel)}"));
        _panelsPerBlock = (int)Math.Min(panels, layout.PanelCount);
        BlockCount = (layout.PanelCount + _panelsPerBlock - 1) / _panelsPerBlock;
        // Blocks of equal size rather than a small one at the end.
        _panelsPerBlock = (layout.PanelCount + BlockCount - 1) / BlockCount;
        _slots = new Block[resident ? BlockCount : Math.Min(2, BlockCount)];
        log?.Invoke(string.Create(CultureInfo.InvariantCulture,
            $"points: {points.Rows} of {points.Columns} features as {encoding.Description}; {BlockCount} {(BlockCount == 1 ? "block" : "blocks")} of " +
            $"{Megabytes(_panelsPerBlock * perPanel)}, {(resident ? "resident" : $"streamed through {_slots.Length} buffers for each block of queries")}"));
        _transfer = device.CreateQueue();
        try
        {
            for (int s = 0; s < _slots.Length; s++)
                _slots[s] = new Block(new Vectors(kernels, encoding, _panelsPerBlock * layout.Width), device.Allocate(4L * _panelsPerBlock));
            _staging = new Staging(kernels, encoding, _panelsPerBlock * layout.Width);
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    public int BlockCount { get; }

    private static string Megabytes(long bytes) => string.Create(CultureInfo.InvariantCulture, $"{bytes / 1e6:0.0} MB");

    /// <summary>Hands over every block in turn, once the kernels' queue can use it.</summary>
    public void ForEach(Action<Block> use)
    {
        for (int b = 0; b < BlockCount; b++)
        {
            Block block = _slots[b % _slots.Length];
            if (block.Index != b) Load(block, b);
            use(block);
            block.Free?.Dispose();
            block.Free = _compute.Record();
        }
    }

    private void Load(Block block, int index)
    {
        (block.Index, block.FirstPanel) = (-1, index * _panelsPerBlock);
        block.PanelCount = Math.Min(_panelsPerBlock, _layout.PanelCount - block.FirstPanel);
        // Meanwhile the kernels go on with the block before, in the other buffer.
        if (block.Free is { } free) _transfer.WaitFor(free);
        _staging.Send(_points, _layout.Rows.AsMemory(block.FirstPanel * _layout.Width, block.PanelCount * _layout.Width), block.Vectors, _transfer);
        fixed (int* classes = &_layout.PanelClasses[block.FirstPanel])
        {
            _transfer.Write(block.Classes, 0, classes, 4L * block.PanelCount);
            using GpuEvent arrived = _transfer.Record();
            _compute.WaitFor(arrived);
            _encoding.Pack(_kernels, _compute, block.Vectors, block.PanelCount * _layout.Width);
            _transfer.Synchronize(); // what waited on the host has travelled
        }
        block.Index = index;
    }

    public void Dispose()
    {
        foreach (Block? slot in _slots) slot?.Dispose();
        _staging?.Dispose();
        _transfer.Dispose();
    }
}
