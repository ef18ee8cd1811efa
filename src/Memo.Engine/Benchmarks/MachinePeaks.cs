using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using Memo.Kernels;

namespace Memo.Benchmarks;

/// <summary>How fast a level of the memory is read.</summary>
/// <param name="Level">"L1", "L2", "L3" or "DRAM".</param>
/// <param name="Bytes">What is read over and over, all threads together.</param>
/// <param name="Rate">GB/s (1e9 bytes), all threads together.</param>
internal sealed record MemoryRate(string Level, long Bytes, double Rate);

/// <summary>
/// What this machine does at most with a number of threads and an instruction set, measured: the roofs under which kernels
/// are judged (S. Williams, A. Waterman, D. Patterson, "Roofline", 2009).
/// </summary>
/// <param name="Isa">The instruction set in use.</param>
/// <param name="Threads">Threads at work at the same time.</param>
/// <param name="Single">Multiplications and additions of binary32, GFLOP/s.</param>
/// <param name="Double">The same of binary64.</param>
/// <param name="Integer">Multiplications and additions of bytes or int16 summed in int32, GOP/s, by the best instruction.</param>
/// <param name="IntegerInstruction">That instruction.</param>
/// <param name="Memory">Reads, from the nearest level to the farthest.</param>
internal sealed record MachinePeaks(InstructionSet Isa, int Threads, double Single, double Double, double Integer,
    string IntegerInstruction, IReadOnlyList<MemoryRate> Memory)
{
    private const long LeastDistant = 64L << 20, MostDistant = 512L << 20;

    /// <summary>Measures all of it: about a second.</summary>
    /// <param name="threads">Threads, at least 1.</param>
    /// <param name="cancellation">Ends it between two measurements.</param>
    public static MachinePeaks Measure(int threads, CancellationToken cancellation = default)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(threads, 1);
        var machine = new PeakMeasurement(threads, cancellation);
        (double single, double wide) = Kernels.Isa.Active switch
        {
            InstructionSet.Avx512 => (machine.Compute<SingleStep512, Vector512<float>>(), machine.Compute<DoubleStep512, Vector512<double>>()),
            InstructionSet.Avx2 => (machine.Compute<SingleStep256, Vector256<float>>(), machine.Compute<DoubleStep256, Vector256<double>>()),
            _ => (machine.Compute<SingleStep128, Vector128<float>>(), machine.Compute<DoubleStep128, Vector128<double>>()),
        };
        (double integer, string instruction) = Kernels.Isa.Active switch
        {
            InstructionSet.Avx512 => (machine.Compute<Int16Step512, Vector512<int>>(), "vpmaddwd + vpaddd"),
            InstructionSet.Avx2 => (machine.Compute<Int16Step256, Vector256<int>>(), "vpmaddwd + vpaddd"),
            _ => (machine.Compute<Int16Step128, Vector128<int>>(), Sse2.IsSupported ? "pmaddwd + paddd" : "int32 multiply + add"),
        };
        if (Kernels.Isa.Active >= InstructionSet.Avx2 && AvxVnni.IsSupported &&
            machine.Compute<ByteStep256, Vector256<int>>() is var bytes && bytes > integer)
            (integer, instruction) = (bytes, "vpdpbusd");
        return new MachinePeaks(Kernels.Isa.Active, threads, single, wide, integer, instruction, MeasureMemory(machine, threads));
    }

    // Half of a cache leaves room for whatever else lies in it. A shared third level is shared by the threads.
    private static List<MemoryRate> MeasureMemory(PeakMeasurement machine, int threads)
    {
        var caches = CacheSizes.Read();
        var rates = new List<MemoryRate>();
        Add("L1", caches.Level1 / 2);
        Add("L2", caches.Level2 / 2);
        if (caches.Level3 / 2 / threads > 2 * caches.Level2) Add("L3", caches.Level3 / 2 / threads);
        Add("DRAM", Math.Clamp(4 * Math.Max(caches.Level2, caches.Level3), LeastDistant, MostDistant) / threads);
        return rates;

        void Add(string level, long bytesEach)
        {
            const long Unit = 8 * 64; // a step of PeakLoops.Read with the widest registers
            long bytes = Math.Max(bytesEach / Unit, 1) * Unit;
            rates.Add(new MemoryRate(level, bytes * threads, Kernels.Isa.Active switch
            {
                InstructionSet.Avx512 => machine.Read<Load512, Vector512<int>>(bytes),
                InstructionSet.Avx2 => machine.Read<Load256, Vector256<int>>(bytes),
                _ => machine.Read<Load128, Vector128<int>>(bytes),
            }));
        }
    }
}
