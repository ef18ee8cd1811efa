namespace Memo.Benchmarks;

/// <summary>Sizes of a product C (m by n) = A (m by k) times the transpose of B (n by k).</summary>
/// <param name="M">Rows of A and C.</param>
/// <param name="N">Rows of B, columns of C.</param>
/// <param name="K">Columns of A and B.</param>
internal readonly record struct ProductShape(int M, int N, int K)
{
    /// <summary>m n k multiplications and as many additions.</summary>
    public double Operations => 2.0 * M * N * K;

    /// <summary>"m x n x k".</summary>
    public override string ToString() => FormattableString.Invariant($"{M} x {N} x {K}");
}

/// <summary>What to measure.</summary>
internal sealed record BenchmarkOptions
{
    /// <summary>Kernels, of <see cref="BenchmarkSuite.Names"/>; empty for the usual ones.</summary>
    public IReadOnlyList<string> Kernels { get; init; } = [];

    /// <summary>A <see cref="Data.DataReference"/> to the training samples; null for mnist where it is here, else digits.</summary>
    public string? Data { get; init; }

    /// <summary>The same for the queries; null for the data's test part.</summary>
    public string? Queries { get; init; }

    /// <summary>Training samples of each class; null for all.</summary>
    public int? PerClass { get; init; }

    /// <summary>Timings of each kernel, at least 1; the median counts.</summary>
    public int Repeat { get; init; } = 5;

    /// <summary>Shapes for gemm and bytes; empty for the usual ones.</summary>
    public IReadOnlyList<ProductShape> Shapes { get; init; } = [];

    /// <summary>Whether the machine's peaks are measured: a second.</summary>
    public bool Peaks { get; init; } = true;
}
