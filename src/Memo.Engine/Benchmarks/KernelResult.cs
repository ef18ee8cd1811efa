using Memo.Kernels;

namespace Memo.Benchmarks;

/// <summary>What grows from one measurement of a series to the next.</summary>
internal enum Growth
{
    /// <summary>The training points, N.</summary>
    Samples,
    /// <summary>The features, n.</summary>
    Features,
}

/// <summary>One line of `memo bench`: a kernel, what it worked on, and how long that took.</summary>
internal sealed record KernelResult
{
    /// <summary>The kernel's name, one of <see cref="BenchmarkSuite.Names"/>.</summary>
    public required string Name { get; init; }

    /// <summary>Sizes, and the data where it matters: "1000 x 4096 x 784", "mnist 60000 x 784, 10000 queries".</summary>
    public required string Shape { get; init; }

    /// <summary>The instruction set in use.</summary>
    public required InstructionSet Isa { get; init; }

    /// <summary>What computed: "cpu", or a device that helped, such as "cuda:0".</summary>
    public string Device { get; init; } = "cpu";

    /// <summary>Threads.</summary>
    public required int Threads { get; init; }

    /// <summary>Wall-clock seconds of one call: the median.</summary>
    public required double Seconds { get; init; }

    /// <summary>What was done in a second, in <see cref="Unit"/>.</summary>
    public required double Rate { get; init; }

    /// <summary>"GFLOP/s", "GOP/s", "queries/s" or "points/s".</summary>
    public required string Unit { get; init; }

    /// <summary>
    /// The rate over the measured peak of the same kind of operation; null without a peak, and where most of the operations
    /// are avoided.
    /// </summary>
    public double? ShareOfPeak { get; init; }

    /// <summary>
    /// Multiplications and additions of one call; where <see cref="Pruned"/>, those of the brute force that it replaces.
    /// </summary>
    public double? Operations { get; init; }

    /// <summary>Bytes of the inputs and outputs of one call, each counted once.</summary>
    public double? Bytes { get; init; }

    /// <summary>
    /// True where exact pruning, or the plan of an integer network, may avoid operations, so that <see cref="Operations"/> are
    /// an equivalent.
    /// </summary>
    public bool Pruned { get; init; }

    /// <summary>Queries or points of one call; 0 for products of matrices.</summary>
    public int Queries { get; init; }

    /// <summary>Training points, N; 0 for products of matrices.</summary>
    public int Samples { get; init; }

    /// <summary>Features of a point, n; 0 for products of matrices.</summary>
    public int Dimension { get; init; }

    /// <summary>What grows in the series that this belongs to; null for one that belongs to none.</summary>
    public Growth? Grows { get; init; }

    /// <summary>
    /// A number that two programs which computed the same have in common: the sum of the products' elements (for fp32 within
    /// rounding); the answers' CRC-32 elsewhere (<see cref="Answers"/> as little-endian int32). Null where there is none.
    /// </summary>
    public double? Checksum { get; init; }

    /// <summary>
    /// The answers: class values (INT32_MIN for an abstention), or squared distances; null for products of matrices.
    /// </summary>
    public int[]? Answers { get; init; }

    /// <summary>Operations in 10^9 a second: of brute force, where pruned.</summary>
    public double? EquivalentRate => Operations / Seconds / 1e9;
}
