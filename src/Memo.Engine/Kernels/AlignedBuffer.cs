using System.Runtime.InteropServices;

namespace Memo.Kernels;

/// <summary>Unmanaged zero-filled memory aligned to 64 bytes (a cache line and the widest vector), of any size.</summary>
internal sealed unsafe class AlignedBuffer : IDisposable
{
    private const nuint Alignment = 64;
    private readonly long _bytes;

    /// <summary>The first byte; null after <see cref="Dispose"/>.</summary>
    public byte* Pointer { get; private set; }

    public AlignedBuffer(nuint bytes)
    {
        nuint padded = Math.Max((bytes + Alignment - 1) & ~(Alignment - 1), Alignment);
        Pointer = (byte*)NativeMemory.AlignedAlloc(padded, Alignment);
        NativeMemory.Clear(Pointer, padded);
        _bytes = (long)padded;
        GC.AddMemoryPressure(_bytes);
    }

    public void Dispose()
    {
        if (Pointer == null) return;
        NativeMemory.AlignedFree(Pointer);
        Pointer = null;
        GC.RemoveMemoryPressure(_bytes);
        GC.SuppressFinalize(this);
    }

    ~AlignedBuffer() => Dispose();
}
