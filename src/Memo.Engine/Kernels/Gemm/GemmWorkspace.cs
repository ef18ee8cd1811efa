namespace Memo.Kernels;

/// <summary>The buffers of one thread's packed blocks. They grow, are never cleared, and are reused from call to call.</summary>
internal sealed unsafe class GemmWorkspace
{
    private static readonly GemmWorkspace?[] Idle = new GemmWorkspace?[Environment.ProcessorCount];
    private AlignedBuffer? _a, _b;
    private nint _aFloats, _bFloats;

    /// <summary>A workspace that nobody else uses until <see cref="Return"/>.</summary>
    public static GemmWorkspace Rent()
    {
        foreach (ref GemmWorkspace? slot in Idle.AsSpan())
            if (Volatile.Read(ref slot) != null && Interlocked.Exchange(ref slot, null) is { } idle) return idle;
        return new GemmWorkspace();
    }

    /// <summary>Gives the workspace back; where a processor's worth of them is idle already, it is freed.</summary>
    public void Return()
    {
        foreach (ref GemmWorkspace? slot in Idle.AsSpan())
            if (Interlocked.CompareExchange(ref slot, this, null) == null) return;
        _a?.Dispose();
        _b?.Dispose();
    }

    /// <summary>Room for so many floats of A, with anything in them.</summary>
    public float* A(nint floats) => Reserve(ref _a, ref _aFloats, floats);

    /// <summary>Room for so many floats of B, with anything in them.</summary>
    public float* B(nint floats) => Reserve(ref _b, ref _bFloats, floats);

    private static float* Reserve(ref AlignedBuffer? buffer, ref nint size, nint floats)
    {
        if (buffer == null || size < floats)
        {
            buffer?.Dispose();
            buffer = null;
            buffer = new AlignedBuffer((nuint)floats * sizeof(float));
            size = floats;
        }
        return (float*)buffer.Pointer;
    }
}
