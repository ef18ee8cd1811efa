using System.Globalization;
using System.Runtime.InteropServices;

namespace Memo.Kernels;

/// <summary>Unmanaged memory, zero-filled unless told otherwise, aligned to 64 bytes (a cache line and the widest vector), of any size.</summary>
internal sealed unsafe class AlignedBuffer : IDisposable
{
    private const nuint Alignment = 64;
    private const long WorthAsking = 1 << 26; // smaller requests are not checked against what is left
    private readonly long _bytes;

    /// <summary>The first byte; null after <see cref="Dispose"/>.</summary>
    public byte* Pointer { get; private set; }

    /// <param name="bytes">How much; 0 gives one cache line.</param>
    /// <param name="cleared">False to leave the first touch of the memory, and all of its contents, to the user.</param>
    public AlignedBuffer(nuint bytes, bool cleared = true)
    {
        nuint padded = Math.Max((bytes + Alignment - 1) & ~(Alignment - 1), Alignment);
        if ((long)padded >= WorthAsking) RequireLeft((long)padded);
        Pointer = (byte*)NativeMemory.AlignedAlloc(padded, Alignment);
        if (cleared) NativeMemory.Clear(Pointer, padded);
        _bytes = (long)padded;
        GC.AddMemoryPressure(_bytes);
    }

    // The system would grant more than there is and end the process later.
    private static void RequireLeft(long bytes)
    {
        long left = GC.GetGCMemoryInfo().TotalAvailableMemoryBytes - Environment.WorkingSet;
        if (bytes > left)
            throw new MemoException(string.Create(CultureInfo.InvariantCulture,
                $"the packed points need {bytes / 1e9:F1} GB of memory more, {Math.Max(left, 0) / 1e9:F1} GB are left; use fewer samples"));
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
