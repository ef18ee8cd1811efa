using System.Runtime.InteropServices;

namespace Memo.Kernels;

/// <summary>
/// Moves a worker off the processor of the thread that woke it. A kernel may queue a woken thread behind its busy waker
/// and leave another processor idle for tens of milliseconds: seen on Linux 6.18 as a virtual machine's guest, where two
/// threads then compute no faster than one. Linux only; elsewhere, and where there is no other processor to use, nothing
/// happens.
/// </summary>
internal static unsafe partial class ProcessorPlacement
{
    private const int MaskWords = 16; // 1024 processors, as in the C library's cpu_set_t; on larger machines the call fails

    /// <summary>The processor that this thread runs on, or -1 where that is unknown.</summary>
    public static int Current() => OperatingSystem.IsLinux() ? CurrentProcessor() : -1;

    /// <summary>
    /// If this thread runs on the processor, moves it to another that it may use; its affinity stays as it was.
    /// </summary>
    public static void Leave(int processor)
    {
        if (processor < 0 || processor >= MaskWords * 64 || Current() != processor) return;
        ulong* all = stackalloc ulong[MaskWords], others = stackalloc ulong[MaskWords];
        new Span<ulong>(all, MaskWords).Clear();
        if (GetAffinity(0, MaskWords * sizeof(ulong), all) < 0) return;
        new ReadOnlySpan<ulong>(all, MaskWords).CopyTo(new Span<ulong>(others, MaskWords));
        others[processor / 64] &= ~(1UL << (processor % 64));
        // Without another processor the first call fails and the second changes nothing.
        _ = SetAffinity(0, MaskWords * sizeof(ulong), others);
        _ = SetAffinity(0, MaskWords * sizeof(ulong), all);
    }

    [LibraryImport("libc", EntryPoint = "sched_getcpu")]
    private static partial int CurrentProcessor();

    [LibraryImport("libc", EntryPoint = "sched_getaffinity")]
    private static partial int GetAffinity(int thread, nuint size, ulong* mask);

    [LibraryImport("libc", EntryPoint = "sched_setaffinity")]
    private static partial int SetAffinity(int thread, nuint size, ulong* mask);
}
