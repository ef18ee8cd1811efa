using Memo.Kernels.ByteProducts;

namespace Memo.Kernels;

/// <summary>
/// Products of byte matrices in int32, exactly: C = A B^T, and what only needs C in passing. Blocks of rows of A are packed
/// into a cache; panels of 32 rows of B pass by them, and each thread takes one block of C at a time. The results have the
/// same bits for any number of threads.
/// <para>For k &lt;= 33,025 an entry is at most k * 255^2 = 2,147,450,625 &lt; 2^31.</para>
/// </summary>
public static unsafe class ByteGemm
{
    /// <summary>The largest k: entries of the product and squared distances fit int32.</summary>
    public const int MaximumDepth = BytePanel.MaximumDimension;

    // A block of A takes up to a quarter of a 1 MB second-level cache; each panel read is used once for each of its rows,
    // and 96 rows make 32 triples for the kernel.
    private const int BlockBytes = 256 * 1024, MostRows = 96;

    // A block of C is about this many multiplications: a millisecond, so that threads end together.
    private const double BlockWork = 1 << 28;

    /// <summary>
    /// C = A B^T: C[i, j] = sum over l of A[i, l] B[j, l], for an m x k matrix A and an n x k matrix B, both row-major.
    /// O(m n k), and a packed copy of B.
    /// </summary>
    /// <param name="m">Rows of A and C; 0 or more.</param>
    /// <param name="n">Rows of B, columns of C; 0 or more.</param>
    /// <param name="k">Columns of A and B; 0 to <see cref="MaximumDepth"/>.</param>
    /// <param name="a">A; row i starts at i * strideA, and (m - 1) * strideA + k values are read.</param>
    /// <param name="strideA">At least k.</param>
    /// <param name="b">B; row j starts at j * strideB.</param>
    /// <param name="strideB">At least k.</param>
    /// <param name="c">C; row i starts at i * strideC. What lies between its rows is left as it is.</param>
    /// <param name="strideC">At least n.</param>
    /// <param name="threads">Most threads to use, at least 1.</param>
    /// <exception cref="ArgumentException">A size is out of range, or a span is too short.</exception>
    public static void MultiplyTransposed(int m, int n, int k, ReadOnlySpan<byte> a, int strideA, ReadOnlySpan<byte> b,
        int strideB, Span<int> c, int strideC, int threads = 1)
    {
        RequireMatrix(a.Length, m, k, strideA, nameof(a));
        RequireMatrix(c.Length, m, n, strideC, nameof(c));
        using var packed = new PackedBytes(b, n, k, strideB, threads);
        MultiplyTransposed(m, a, strideA, packed, c, strideC, threads);
    }

    /// <summary>C = A B^T with B packed before: C is m x B.Rows, A is m x B.Columns.</summary>
    /// <param name="m">Rows of A and C; 0 or more.</param>
    /// <param name="a">A; row i starts at i * strideA.</param>
    /// <param name="strideA">At least B.Columns.</param>
    /// <param name="b">B.</param>
    /// <param name="c">C; row i starts at i * strideC. What lies between its rows is left as it is.</param>
    /// <param name="strideC">At least B.Rows.</param>
    /// <param name="threads">Most threads to use, at least 1.</param>
    /// <exception cref="ArgumentException">A size is out of range, or a span is too short.</exception>
    /// <exception cref="ObjectDisposedException">B was disposed.</exception>
    public static void MultiplyTransposed(int m, ReadOnlySpan<byte> a, int strideA, PackedBytes b, Span<int> c, int strideC,
        int threads = 1)
    {
        ArgumentNullException.ThrowIfNull(b);
        ObjectDisposedException.ThrowIf(b.IsDisposed, b);
        RequireMatrix(a.Length, m, b.Columns, strideA, nameof(a));
        RequireMatrix(c.Length, m, b.Rows, strideC, nameof(c));
        ArgumentOutOfRangeException.ThrowIfLessThan(threads, 1);
        fixed (byte* first = a)
        fixed (int* result = c)
        {
            var (rows, entries) = ((nint)first, (nint)result);
            int blockRows = BlockRows(m, b, threads);
            int blockPanels = (int)Math.Clamp(BlockWork / ((double)blockRows * BytePanel.Lanes * Math.Max(b.Columns, 1)), 1,
                Math.Max(b.PanelCount, 1));
            int across = (b.PanelCount + blockPanels - 1) / blockPanels;
            ForBlocks(m, blockRows, across, threads, b, rows, strideA, (queries, firstRow, count, part) =>
            {
                int last = Math.Min((part + 1) * blockPanels, b.PanelCount);
                for (int panel = part * blockPanels; panel < last; panel++)
                {
                    int column = panel * BytePanel.Lanes;
                    var store = new StoreProducts((int*)entries + (nint)firstRow * strideC + column, strideC,
                        Math.Min(BytePanel.Lanes, b.Rows - column));
                    BytePanel.Run(b.Technique, (byte*)queries, count, b.Panel(panel), b.Columns, ref store);
                }
            });
        }
        GC.KeepAlive(b);
    }

    /// <summary>
    /// For each row of A the nearest row of B in the Euclidean distance, the first of equally near ones. The m x n matrix
    /// of distances is never stored. O(m n k).
    /// </summary>
    /// <param name="m">Rows of A; 0 or more.</param>
    /// <param name="a">A; row i starts at i * strideA.</param>
    /// <param name="strideA">At least B.Columns.</param>
    /// <param name="b">B, with one row at least.</param>
    /// <param name="squaredDistances">m squared distances, of each row of A to its nearest.</param>
    /// <param name="indices">m row numbers of B.</param>
    /// <param name="threads">Most threads to use, at least 1.</param>
    /// <exception cref="ArgumentException">A size is out of range, B has no row, or a span is too short.</exception>
    public static void NearestRows(int m, ReadOnlySpan<byte> a, int strideA, PackedBytes b, Span<int> squaredDistances,
        Span<int> indices, int threads = 1)
    {
        ArgumentNullException.ThrowIfNull(b);
        ObjectDisposedException.ThrowIf(b.IsDisposed, b);
        RequireMatrix(a.Length, m, b.Columns, strideA, nameof(a));
        RequireMatrix(squaredDistances.Length, m, 1, 1, nameof(squaredDistances));
        RequireMatrix(indices.Length, m, 1, 1, nameof(indices));
        ArgumentOutOfRangeException.ThrowIfLessThan(threads, 1);
        if (b.Rows == 0) throw new ArgumentException("no row to be nearest", nameof(b));
        squaredDistances[..m].Fill(int.MaxValue);
        fixed (byte* first = a)
        fixed (int* distances = squaredDistances, nearest = indices)
        {
            var (rows, least, at) = ((nint)first, (nint)distances, (nint)nearest);
            ForBlocks(m, BlockRows(m, b, threads), 1, threads, b, rows, strideA, (queries, firstRow, count, _) =>
            {
                for (int panel = 0; panel < b.PanelCount; panel++)
                {
                    var keep = new KeepNearest((int*)least + firstRow, (int*)at + firstRow, panel * BytePanel.Lanes);
                    BytePanel.Run(b.Technique, (byte*)queries, count, b.Panel(panel), b.Columns, ref keep);
                }
            });
        }
        GC.KeepAlive(b);
    }

    // Rows of A in a block: what fits the cache, less where that makes equal shares for the threads.
    private static int BlockRows(int m, PackedBytes b, int threads)
    {
        int most = (int)Math.Clamp(BlockBytes / (long)BytePanel.QueryBytes(b.Technique, b.Columns), 12, MostRows);
        int share = Math.Max((m + threads - 1) / threads, 1);
        int turns = (share + most - 1) / most;
        return ((share + turns - 1) / turns + 2) / 3 * 3;
    }

    // Gives out blocks of rows of A, each `across` times, with the rows packed.
    private static void ForBlocks(int m, int blockRows, int across, int threads, PackedBytes b, nint a, int strideA,
        Action<nint, int, int, int> body)
    {
        nuint rowBytes = BytePanel.QueryBytes(b.Technique, b.Columns);
        int down = (m + blockRows - 1) / blockRows;
        Turns.Take(down * across, threads, () => new Block((nuint)blockRows * rowBytes), (turn, block) =>
        {
            int first = turn / across * blockRows, count = Math.Min(blockRows, m - first);
            if (block.FirstRow != first)
            {
                for (int i = 0; i < count; i++)
                    BytePanel.PackQuery(b.Technique, new ReadOnlySpan<byte>((byte*)a + (nint)(first + i) * strideA, b.Columns),
                        block.Rows.Pointer + (nuint)i * rowBytes);
                block.FirstRow = first;
            }
            body((nint)block.Rows.Pointer, first, count, turn % across);
        }, static block => block.Rows.Dispose());
    }

    // Rows of A that a thread has packed.
    private sealed class Block(nuint bytes)
    {
        public AlignedBuffer Rows { get; } = new(bytes, cleared: false);
        public int FirstRow { get; set; } = -1;
    }

    internal static void RequireDepth(int k)
    {
        if (k > MaximumDepth)
            throw new ArgumentOutOfRangeException(nameof(k), k, $"rows of more than {MaximumDepth} bytes may not fit int32");
    }

    internal static void RequireMatrix(long length, int rows, int columns, int stride, string name)
    {
        if (rows < 0 || columns < 0 || stride < columns)
            throw new ArgumentException($"{rows} x {columns} with stride {stride} is no matrix", name);
        if (rows > 0 && columns > 0 && (rows - 1L) * stride + columns > length)
            throw new ArgumentException($"{rows} x {columns} with stride {stride} needs {(rows - 1L) * stride + columns} values, not {length}", name);
    }
}
