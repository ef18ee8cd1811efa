using System.Runtime.InteropServices;
using System.Runtime.Intrinsics.X86;

namespace Memo.Kernels;

/// <summary>
/// The single-precision matrix product of a dense layer, C = ReLU(A B^T + bias): A is m x k, B is n x k, C is m x n, all
/// row-major, with bias and ReLU optional.
/// <para>Arithmetic is IEEE 754's, infinities and NaN included. ReLU replaces what is less than 0 by 0 and leaves the
/// rest, so NaN and -0 stay. Each sum runs over k in ascending order within blocks of fixed length and then over the
/// blocks, so an element of C depends on its row of A, its row of B and its bias alone: it has the same bits for every
/// number of threads, every m, n and stride, B packed before or not, and with AVX2 as with AVX-512. The portable kernel
/// rounds once more a term. Without bias, |computed - exact| &lt;= gamma_2k sum |a||b| with gamma_j = j u / (1 - j u),
/// u = 2^-24, as long as nothing underflows (N. Higham, "Accuracy and Stability of Numerical Algorithms", 2002,
/// section 3.1).</para>
/// <para>Cost: 2 m n k operations. Buffers of some megabytes a thread are kept for the next call. Blocking after K. Goto
/// and R. van de Geijn, "Anatomy of high-performance matrix multiplication", 2008.</para>
/// </summary>
public static unsafe class Gemm
{
    private const int LargestSize = 1 << 30; // so that sums of sizes and blocks fit int

    // Below this many multiply-adds (some 30 microseconds) a second thread would come too late.
    private const double WorthThreads = 1 << 22;

    /// <summary>C = ReLU(A B^T + bias). Sizes of 0 are allowed: for k = 0 the result is ReLU(bias).</summary>
    /// <param name="m">Rows of A and C, from 0 to 2^30.</param>
    /// <param name="n">Rows of B and columns of C, from 0 to 2^30.</param>
    /// <param name="k">Columns of A and B, from 0 to 2^30.</param>
    /// <param name="a">A: at least (m - 1) strideA + k floats; none are read where m, n or k is 0.</param>
    /// <param name="strideA">Floats from a row of A to the next, at least k.</param>
    /// <param name="b">B: at least (n - 1) strideB + k floats.</param>
    /// <param name="strideB">Floats from a row of B to the next, at least k.</param>
    /// <param name="c">C: at least (m - 1) strideC + n floats; what lies between its rows is left alone. It must not
    /// overlap the others.</param>
    /// <param name="strideC">Floats from a row of C to the next, at least n.</param>
    /// <param name="bias">n floats, one added to each column, or empty for none.</param>
    /// <param name="relu">Whether negative results become 0.</param>
    /// <param name="threads">At most so many threads, at least 1; small products use one.</param>
    /// <exception cref="ArgumentException">A size is negative or too large, a stride or a span too short, the bias of
    /// another length, or C overlaps what is read. Nothing is written then.</exception>
    public static void MultiplyTransposed(int m, int n, int k, ReadOnlySpan<float> a, int strideA, ReadOnlySpan<float> b,
        int strideB, Span<float> c, int strideC, ReadOnlySpan<float> bias = default, bool relu = false, int threads = 1)
    {
        CheckMatrix(n, k, b.Length, strideB, nameof(n), nameof(k), nameof(b), nameof(strideB));
        if (c.Overlaps(b)) throw new ArgumentException("C overlaps B.", nameof(c));
        CheckRest(m, n, k, a, strideA, c, strideC, bias, threads);
        Multiply(Isa.Active, m, n, k, a, strideA, b, strideB, null, c, strideC, bias, relu, Worth(threads, m, n, k));
    }

    /// <summary>C = ReLU(A B^T + bias) with B packed before: n = b.Rows, k = b.Columns. The same bits.</summary>
    /// <param name="m">Rows of A and C, from 0 to 2^30.</param>
    /// <param name="a">A: at least (m - 1) strideA + k floats; none are read where m, n or k is 0.</param>
    /// <param name="strideA">Floats from a row of A to the next, at least k.</param>
    /// <param name="b">B, not disposed before the call returns.</param>
    /// <param name="c">C: at least (m - 1) strideC + n floats; what lies between its rows is left alone. It must not
    /// overlap the others.</param>
    /// <param name="strideC">Floats from a row of C to the next, at least n.</param>
    /// <param name="bias">n floats, one added to each column, or empty for none.</param>
    /// <param name="relu">Whether negative results become 0.</param>
    /// <param name="threads">At most so many threads, at least 1; small products use one.</param>
    /// <exception cref="ArgumentException">As without packing.</exception>
    /// <exception cref="ObjectDisposedException">B was disposed.</exception>
    public static void MultiplyTransposed(int m, ReadOnlySpan<float> a, int strideA, PackedMatrix b, Span<float> c,
        int strideC, ReadOnlySpan<float> bias = default, bool relu = false, int threads = 1)
    {
        ArgumentNullException.ThrowIfNull(b);
        ObjectDisposedException.ThrowIf(b.Panels == null, b);
        CheckRest(m, b.Rows, b.Columns, a, strideA, c, strideC, bias, threads);
        Multiply(b.Kernel, m, b.Rows, b.Columns, a, strideA, default, 0, b, c, strideC, bias, relu,
            Worth(threads, m, b.Rows, b.Columns));
        GC.KeepAlive(b);
    }

    /// <summary>The definition, each sum in double and rounded once: the oracle of the kernels.</summary>
    internal static void Reference(int m, int n, int k, ReadOnlySpan<float> a, int strideA, ReadOnlySpan<float> b,
        int strideB, Span<float> c, int strideC, ReadOnlySpan<float> bias, bool relu)
    {
        for (int i = 0; i < m; i++)
            for (int j = 0; j < n; j++)
            {
                double sum = 0;
                for (int l = 0; l < k; l++) sum += (double)a[i * strideA + l] * b[j * strideB + l];
                if (!bias.IsEmpty) sum += bias[j];
                c[i * strideC + j] = relu && sum < 0 ? 0 : (float)sum;
            }
    }

    /// <summary>
    /// The same as the public methods, unchecked, with the kernel of an instruction set and threads for the least product.
    /// </summary>
    internal static void Multiply(InstructionSet kernel, int m, int n, int k, ReadOnlySpan<float> a, int strideA,
        ReadOnlySpan<float> b, int strideB, PackedMatrix? packed, Span<float> c, int strideC, ReadOnlySpan<float> bias,
        bool relu, int threads)
    {
        if (m == 0 || n == 0) return;
        fixed (float* pa = &MemoryMarshal.GetReference(a), pb = &MemoryMarshal.GetReference(b))
        fixed (float* pc = &MemoryMarshal.GetReference(c), pBias = bias)
        {
            var problem = new GemmProblem
            {
                M = m, N = n, K = k, A = pa, B = pb, C = pc, StrideA = strideA, StrideB = strideB, StrideC = strideC,
                PackedB = packed == null ? null : packed.Panels, Bias = pBias, Relu = relu,
            };
            if (kernel == InstructionSet.Avx512 && Avx512F.IsSupported) Run<GemmAvx512>(problem, threads);
            else if (kernel == InstructionSet.Avx2 && Fma.IsSupported) Run<GemmAvx2>(problem, threads);
            else Run<GemmVector128>(problem, threads);
        }
    }

    private static int Worth(int threads, int m, int n, int k) => (double)m * n * k < WorthThreads ? 1 : threads;

    private static void Run<TKernel>(in GemmProblem problem, int threads) where TKernel : struct, IGemmKernel
    {
        if (threads == 1) GemmBlocks<TKernel>.Multiply(problem, 0, problem.M, 0, problem.N);
        else GemmJob.Run(problem, &GemmBlocks<TKernel>.Multiply, TKernel.TileRows, TKernel.ColumnStep, threads);
    }

    /// <summary>NR of an instruction set's kernel.</summary>
    internal static int PanelWidth(InstructionSet kernel) => kernel switch
    {
        InstructionSet.Avx512 => GemmAvx512.TileColumns,
        InstructionSet.Avx2 => GemmAvx2.TileColumns,
        _ => GemmVector128.TileColumns,
    };

    private static void CheckRest(int m, int n, int k, ReadOnlySpan<float> a, int strideA, Span<float> c, int strideC,
        ReadOnlySpan<float> bias, int threads)
    {
        CheckMatrix(m, k, a.Length, strideA, nameof(m), nameof(k), nameof(a), nameof(strideA));
        CheckMatrix(m, n, c.Length, strideC, nameof(m), nameof(n), nameof(c), nameof(strideC));
        if (!bias.IsEmpty && bias.Length != n)
            throw new ArgumentException($"The bias has {bias.Length} values for {n} columns.", nameof(bias));
        if (c.Overlaps(a)) throw new ArgumentException("C overlaps A.", nameof(c));
        if (c.Overlaps(bias)) throw new ArgumentException("C overlaps the bias.", nameof(c));
        ArgumentOutOfRangeException.ThrowIfLessThan(threads, 1);
    }

    /// <summary>Throws unless the sizes are in range and a span of so many floats holds the matrix.</summary>
    internal static void CheckMatrix(int rows, int columns, int length, int stride, string rowsName, string columnsName,
        string spanName, string strideName)
    {
        if (rows is < 0 or > LargestSize) throw new ArgumentOutOfRangeException(rowsName, rows, "Not in [0, 2^30].");
        if (columns is < 0 or > LargestSize) throw new ArgumentOutOfRangeException(columnsName, columns, "Not in [0, 2^30].");
        if (stride < columns)
            throw new ArgumentOutOfRangeException(strideName, stride, $"Less than the {columns} columns of a row.");
        if (rows == 0 || columns == 0) return;
        long needed = (rows - 1L) * stride + columns;
        if (length < needed)
            throw new ArgumentException(
                $"{rows} rows of {columns} with stride {stride} need {needed} values, not {length}.", spanName);
    }
}
