using System.Globalization;
using System.Runtime.InteropServices;

namespace Memo.Kernels;

/// <summary>
/// Unmanaged memory, zero-filled unless told otherwise, aligned to 64 bytes (a cache line and the widest vector), of any size.
/// </summary>
internal sealed unsafe partial class AlignedBuffer : IDisposable
{
    private const nuint Alignment = 64;
    private const nuint HugePage = 1 << 21;  // larger buffers are laid out for huge pages: fewer misses of the page tables
    private const long WorthAsking = 1 << 26; // smaller requests are not checked against what is left
    private readonly long _bytes;

    /// <summary>The first byte; null after <see cref="Dispose"/>.</summary>
    public byte* Pointer { get; private set; }

    /// <param name="bytes">How much; 0 gives one cache line.</param>
    /// <param name="purpose">What it is for, in the message when there is too little.</param>
    /// <param name="cleared">False to leave the first touch of the memory, and all of its contents, to the user.</param>
    public AlignedBuffer(nuint bytes, bool cleared = true, string purpose = "the packed points")
    {
        nuint padded = Math.Max((bytes + Alignment - 1) & ~(Alignment - 1), Alignment);
        if ((long)padded >= WorthAsking) RequireLeft((long)padded, purpose);
        bool huge = padded >= 2 * HugePage && OperatingSystem.IsLinux();
        Pointer = (byte*)NativeMemory.AlignedAlloc(padded, huge ? HugePage : Alignment);
        const int wantsHugePages = 14; // MADV_HUGEPAGE; where the system refuses, nothing is lost
        if (huge) _ = Advise(Pointer, padded / HugePage * HugePage, wantsHugePages);
        if (cleared) NativeMemory.Clear(Pointer, padded);
        _bytes = (long)padded;
        GC.AddMemoryPressure(_bytes);
    }

    [LibraryImport("libc", EntryPoint = "madvise")]
    private static partial int Advise(byte* start, nuint length, int advice);

    // The system would grant more than there is and end the process later.
    private static void RequireLeft(long bytes, string purpose)
    {
        long left = GC.GetGCMemoryInfo().TotalAvailableMemoryBytes - Environment.WorkingSet;
        if (bytes > left)
            throw new MemoException(string.Create(CultureInfo.InvariantCulture,
                $"{purpose} need {bytes / 1e9:F1} GB of memory more, {Math.Max(left, 0) / 1e9:F1} GB are left; use fewer samples"));
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
