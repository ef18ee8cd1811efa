using Memo.Kernels;

namespace Memo.Benchmarks;

/// <summary>All kernels that `memo bench` measures.</summary>
internal static class BenchmarkSuite
{
    private delegate void KernelBenchmark(BenchmarkRun run);

    // In the order in which they run and are listed.
    private static readonly (string Name, string Description, bool Usual, KernelBenchmark Measure)[] Kernels =
    [
        ("gemm", "fp32 product of matrices with bias and ReLU", true, ProductBenchmarks.Single),
        ("bytes", "product of byte matrices, exact in int32", true, ProductBenchmarks.Bytes),
        ("bytes-packed", "the same, one of the two packed before, as a network keeps its points", true, ProductBenchmarks.PackedBytes),
        ("brute", "exact cells labels by brute force, on uniform random bytes, 12,000 x 784", true, PredictionBenchmarks.Brute),
        ("labels", "exact cells labels of the test part", true, PredictionBenchmarks.Labels),
        ("values", "exact cells values of the test part", true, PredictionBenchmarks.Values),
        ("single", "one exact label at a time, one thread: the median latency", true, SingleQueryBenchmark.Measure),
        ("separation", "the whole construction of cells: the least distance between classes", true, PairBenchmarks.Separation),
        ("neighbours", "every training point's nearest point of another class", true, PairBenchmarks.Neighbours),
        ("integers-sqrt", "exact forward pass over big integers: the network sqrt, of two classes", true, IntegerBenchmarks.Sqrt),
        ("integers-vardi", "the same for vardi", false, IntegerBenchmarks.Vardi),
        ("integers-park", "the same for park", false, IntegerBenchmarks.Park),
        ("integers-adversarial", "the same for adversarial", false, IntegerBenchmarks.Adversarial),
        ("growth", "the cost of a label against N (mnist) and n (cifar-10): only when named", false, GrowthBenchmark.Measure),
    ];

    /// <summary>The names that <see cref="BenchmarkOptions.Kernels"/> may hold, in the order in which they run.</summary>
    public static IReadOnlyList<string> Names => [.. Kernels.Select(kernel => kernel.Name)];

    /// <summary>What a kernel is, in a line.</summary>
    public static string Describe(string name) => Kernels.First(kernel => kernel.Name == name).Description;

    /// <summary>Measures what the options say: seconds to minutes.</summary>
    /// <param name="options">Kernels and their inputs.</param>
    /// <param name="run">Threads, progress, cancellation.</param>
    /// <exception cref="MemoException">An unknown kernel, or data that cannot be read.</exception>
    public static BenchmarkReport Run(BenchmarkOptions options, RunOptions? run = null)
    {
        run ??= RunOptions.Default;
        RequireValid(options);
        var chosen = Kernels.Where(kernel => options.Kernels.Count == 0 ? kernel.Usual : options.Kernels.Contains(kernel.Name)).ToArray();
        MachinePeaks? peaks = options.Peaks ? MachinePeaks.Measure(run.Threads, run.Cancellation) : null;
        using var inputs = new BenchmarkInputs(options, run);
        var results = new List<KernelResult>();
        for (int done = 0; done < chosen.Length; done++)
        {
            run.Cancellation.ThrowIfCancellationRequested();
            int before = done;
            chosen[done].Measure(new BenchmarkRun(chosen[done].Name, options, inputs, peaks, run, results,
                share => run.Progress?.Report((before + share) / chosen.Length)));
        }
        return new BenchmarkReport(Isa.Active, run.Threads, peaks, results);
    }

    /// <summary>Throws <see cref="MemoException"/>, listing the kernels there are, when one is unknown; or when nothing would be timed.</summary>
    public static void RequireValid(BenchmarkOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        if (options.Kernels.FirstOrDefault(name => !Names.Contains(name)) is { } unknown)
            throw new MemoException($"'{unknown}': no kernel of this name; valid: {string.Join(", ", Names)}");
        if (options.Shapes.Count > 0 && options.Kernels.Count > 0 && !options.Kernels.Any(name => name is "gemm" or "bytes" or "bytes-packed"))
            throw new MemoException("a shape is for the kernels gemm, bytes and bytes-packed") { Setting = nameof(BenchmarkOptions.Shapes) };
        if (options.Repeat < 1) throw new MemoException($"{options.Repeat} timings have no median; at least 1 is needed");
    }
}

/// <summary>What was measured.</summary>
/// <param name="Isa">The instruction set in use.</param>
/// <param name="Threads">Threads asked for; a result may be of fewer and says so.</param>
/// <param name="Peaks">The machine's peaks, or null where they were not asked for.</param>
/// <param name="Kernels">The results, in the order of <see cref="BenchmarkSuite.Names"/>.</param>
internal sealed record BenchmarkReport(InstructionSet Isa, int Threads, MachinePeaks? Peaks, IReadOnlyList<KernelResult> Kernels);
