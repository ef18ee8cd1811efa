// What the processor and its operating system can run, whatever this build was compiled for. The type `Isa` cannot say
// so: ahead of time `Avx2.IsSupported` is a constant of the build.
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics.X86;

namespace Memo.Kernels;

/// <summary>The processor as programs may use it: its features, less those whose registers the system does not save.</summary>
internal static class Processor
{
    private static readonly Lazy<InstructionSet> Detected = new(Detect);

    /// <summary>The best instruction set that programs can use here. Microseconds; decided once.</summary>
    public static InstructionSet Best => Detected.Value;

    // Each level is the whole of x86-64-v3 or -v4, as the builds for them assume; but for lzcnt, which the list of newer kernels
    // leaves out (6.18; older ones say abm) and which every processor with these has.
    private static readonly string[] Level3 = ["avx", "avx2", "bmi1", "bmi2", "f16c", "fma", "movbe"];
    private static readonly string[] Level4 = ["avx512f", "avx512bw", "avx512cd", "avx512dq", "avx512vl"];

    private static InstructionSet Detect() =>
        !X86Base.IsSupported ? InstructionSet.Scalar : FromCLibrary() ?? FromFlags(ProcessorDescription.Read().Flags);

    /// <summary>
    /// The record of glibc 2.33 and later (sys/platform/x86.h), which also chooses among the variants of libmemo.
    /// Preferred because some kernels (4.15 to 5.17) sleep 10 ms in a read of /proc/cpuinfo. Null where it is missing.
    /// </summary>
    private static unsafe InstructionSet? FromCLibrary()
    {
        if (!NativeLibrary.TryGetExport(NativeLibrary.GetMainProgramHandle(), "__x86_get_cpuid_feature_leaf", out nint leaf))
            return null;
        // const struct { unsigned cpuid[4], active[4]; } *(unsigned index): eax, ebx, ecx, edx twice. `active` has only
        // the bits whose state XCR0 enables. Indices: 0 is leaf 1, 1 is leaf 7, 2 is leaf 0x80000001.
        var active = (delegate* unmanaged<uint, uint*>)leaf;
        const int ebx = 4 + 1, ecx = 4 + 2;
        const uint fma = 1u << 12, movbe = 1u << 22, avx = 1u << 28, f16c = 1u << 29;
        const uint bmi1 = 1u << 3, avx2 = 1u << 5, bmi2 = 1u << 8;
        const uint avx512 = 1u << 16 | 1u << 17 | 1u << 28 | 1u << 30 | 1u << 31; // F, DQ, CD, BW, VL
        const uint lzcnt = 1u << 5;
        bool HasAll(uint index, int register, uint bits) => (active(index)[register] & bits) == bits;
        if (!HasAll(0, ecx, fma | movbe | avx | f16c) || !HasAll(1, ebx, bmi1 | avx2 | bmi2) || !HasAll(2, ecx, lzcnt))
            return InstructionSet.Scalar;
        return HasAll(1, ebx, avx512) ? InstructionSet.Avx512 : InstructionSet.Avx2;
    }

    /// <summary>
    /// The best level all of whose features are among the flags of /proc/cpuinfo, from which the kernel leaves out what
    /// it does not enable. Scalar for none: then nothing is known, and the portable code is right.
    /// </summary>
    internal static InstructionSet FromFlags(IEnumerable<string> flags)
    {
        HashSet<string> present = [.. flags];
        if (!present.IsSupersetOf(Level3)) return InstructionSet.Scalar;
        return present.IsSupersetOf(Level4) ? InstructionSet.Avx512 : InstructionSet.Avx2;
    }
}
