using Memo.Data;
using Memo.Gpu.Devices;

namespace Memo.Gpu.Search;

/// <summary>Room on the device for so many samples: as they travel, and packed.</summary>
internal sealed unsafe class Vectors : IDisposable
{
    private readonly GpuBuffer? _norms; // of its own, where the marks are not the norms

    /// <param name="kernels">The device.</param>
    /// <param name="encoding">How samples are encoded.</param>
    /// <param name="capacity">Samples, whole panels.</param>
    public Vectors(GpuKernels kernels, SampleEncoding encoding, int capacity)
    {
        GpuDevice device = kernels.Device;
        try
        {
            Raw = device.Allocate((long)capacity * encoding.RowBytes);
            Marks = device.Allocate(4L * capacity);
            Panels = device.Allocate(4L * capacity * encoding.Depth);
            if (encoding.IsBytes) _norms = device.Allocate(4L * capacity);
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <summary>Bytes that a sample takes.</summary>
    public static long BytesPerSample(SampleEncoding encoding) => encoding.RowBytes + 4L * encoding.Depth + (encoding.IsBytes ? 8 : 4);

    /// <summary>Samples as they travel.</summary>
    public GpuBuffer Raw { get; }

    /// <summary>The mark of each (<see cref="SampleEncoding.Stage"/>).</summary>
    public GpuBuffer Marks { get; }

    /// <summary>The panels.</summary>
    public GpuBuffer Panels { get; }

    /// <summary>The squared norm of each packed sample, -1 for padding.</summary>
    public GpuBuffer Norms => _norms ?? Marks;

    public void Dispose()
    {
        Raw?.Dispose();
        Marks?.Dispose();
        Panels?.Dispose();
        _norms?.Dispose();
    }
}

/// <summary>Where samples wait on the host, in memory that the device reads by itself, until they have travelled.</summary>
internal sealed unsafe class Staging(GpuKernels kernels, SampleEncoding encoding, int capacity) : IDisposable
{
    private readonly HostBuffer _raw = kernels.Device.AllocateHost((long)capacity * encoding.RowBytes);
    private readonly HostBuffer _marks = kernels.Device.AllocateHost(4L * capacity);

    /// <summary>The marks staged last; valid as long as nothing else is staged.</summary>
    public ReadOnlySpan<int> Marks => new(_marks.Pointer, capacity);

    /// <summary>Encodes samples and sends them off; both must stay as they are until the queue is done.</summary>
    public void Send(SampleMatrix samples, ReadOnlyMemory<int> rows, Vectors to, GpuQueue queue)
    {
        int padded = kernels.Padded(rows.Length);
        encoding.Stage(samples, rows, (byte*)_raw.Pointer, (int*)_marks.Pointer);
        new Span<int>((int*)_marks.Pointer + rows.Length, padded - rows.Length).Fill(-1);
        queue.Write(to.Raw, 0, _raw.Pointer, (long)rows.Length * encoding.RowBytes);
        queue.Write(to.Marks, 0, _marks.Pointer, 4L * padded);
    }

    public void Dispose()
    {
        _raw.Dispose();
        _marks.Dispose();
    }
}
