using System.Runtime.InteropServices;
using Memo.Gpu.Devices;
using Memo.Gpu.Kernels;

namespace Memo.Gpu.Search;

/// <summary>Room on the device for a block of queries and what is found for them.</summary>
internal sealed unsafe class QueryBlock : IDisposable
{
    private readonly GpuDevice _device;
    private readonly int[] _one = new int[1];

    /// <param name="kernels">The device.</param>
    /// <param name="encoding">How samples are encoded.</param>
    /// <param name="capacity">Queries, whole panels.</param>
    /// <param name="classes">K.</param>
    /// <param name="listCapacity">Pairs that are kept at first.</param>
    public QueryBlock(GpuKernels kernels, SampleEncoding encoding, int capacity, int classes, int listCapacity)
    {
        _device = kernels.Device;
        Capacity = capacity;
        try
        {
            Vectors = new Vectors(kernels, encoding, capacity);
            Staging = new Staging(kernels, encoding, capacity);
            Minima = _device.Allocate(4L * capacity * classes);
            Limits = _device.Allocate(4L * capacity);
            Count = _device.Allocate(4);
            List = _device.Allocate((long)sizeof(Candidate) * listCapacity);
            if (encoding is ProjectedEncoding) Starts = _device.Allocate((long)sizeof(Candidate) * capacity * classes);
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <summary>Bytes that a query takes, without the list.</summary>
    public static long BytesPerQuery(SampleEncoding encoding, int classes) =>
        Vectors.BytesPerSample(encoding) + 4 + 4L * classes + (encoding is ProjectedEncoding ? (long)sizeof(Candidate) * classes : 0);

    public int Capacity { get; }

    public Vectors Vectors { get; }

    public Staging Staging { get; }

    /// <summary>Queries by classes: least distances.</summary>
    public GpuBuffer Minima { get; }

    /// <summary>The largest distance that counts, for each query.</summary>
    public GpuBuffer Limits { get; }

    /// <summary>Queries by classes: a near point of each, for a projected search; else null.</summary>
    public GpuBuffer? Starts { get; }

    /// <summary>Pairs found: one value.</summary>
    public GpuBuffer Count { get; }

    /// <summary>The pairs.</summary>
    public GpuBuffer List { get; private set; }

    /// <summary>Pairs that the list holds.</summary>
    public int ListCapacity => (int)(List.Bytes / sizeof(Candidate));

    /// <summary>Makes room for so many pairs.</summary>
    public void Grow(int pairs)
    {
        List.Dispose();
        List = _device.Allocate((long)sizeof(Candidate) * pairs);
    }

    /// <summary>Waits for the queue and reads how many pairs were found.</summary>
    public int ReadCount(GpuQueue queue)
    {
        fixed (int* to = _one)
        {
            queue.Read(to, Count, 0, 4);
            queue.Synchronize();
        }
        return _one[0];
    }

    /// <summary>Waits for the queue and reads values.</summary>
    public static void Read<T>(GpuQueue queue, GpuBuffer from, Span<T> to) where T : unmanaged
    {
        fixed (T* pointer = to) queue.Read(pointer, from, 0, MemoryMarshal.AsBytes(to).Length);
        queue.Synchronize();
    }

    /// <summary>Writes values and waits for the queue.</summary>
    public static void Write<T>(GpuQueue queue, GpuBuffer to, ReadOnlySpan<T> values) where T : unmanaged
    {
        fixed (T* pointer = values) queue.Write(to, 0, pointer, MemoryMarshal.AsBytes(values).Length);
        queue.Synchronize();
    }

    public void Dispose()
    {
        Vectors?.Dispose();
        Staging?.Dispose();
        Minima?.Dispose();
        Limits?.Dispose();
        Count?.Dispose();
        List?.Dispose();
        Starts?.Dispose();
    }
}
