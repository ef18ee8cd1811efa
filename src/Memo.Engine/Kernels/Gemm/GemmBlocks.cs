using System.Runtime.Intrinsics;

namespace Memo.Kernels;

/// <summary>
/// Block sizes, from the caches of a core with 32 KB or more of L1 data, 1 MB of L2 and some MB of L3. Sums are cut at
/// blocks of k, so KC is the same for every kernel and may depend on k alone, never on m, n or the number of threads.
/// </summary>
internal static class GemmBlocking
{
    /// <summary>
    /// KC, terms of a sum between two visits to C. A panel of A, 8 x 512 floats, is 16 KB: it and a row of B's panel
    /// lie in L1, while the panel of B, 48 x 512 floats or 96 KB, streams from L2 at 16 bytes a cycle, a quarter of what
    /// L2 gives. A tile's 24 loads and stores are then 1 percent of its 6144 cycles.
    /// </summary>
    public const int KC = 512;

    /// <summary>
    /// MC, rows of the packed block of A: 336 x 512 floats are 672 KB, two thirds of L2, and leave room for two panels
    /// of B. A multiple of MR of every kernel.
    /// </summary>
    public const int MC = 336;

    /// <summary>
    /// NC, columns of the packed block of B: 3072 x 512 floats are 6 MB of L3 a thread. A is packed again for every block,
    /// which costs a third of a cycle an element against the 96 cycles of its 3072 products.
    /// </summary>
    public const int NC = 3072;

    /// <summary>Terms in each block of k but the last.</summary>
    public static int Depth(int k) => Even(k, KC, 4);

    /// <summary>Cuts a length into as few blocks as the limit allows and gives their size, a multiple of the step.</summary>
    public static int Even(int length, int limit, int step)
    {
        int blocks = Math.Max((length + limit - 1) / limit, 1), size = Math.Max((length + blocks - 1) / blocks, 1);
        return (size + step - 1) / step * step;
    }
}

/// <summary>
/// The loops around a micro-kernel, for a rectangle of C and one thread: blocks of columns (B in L3), of k, of rows (A in
/// L2), then panels and tiles (K. Goto and R. van de Geijn, "Anatomy of high-performance matrix multiplication", ACM TOMS
/// 34(3), 2008).
/// </summary>
internal static unsafe class GemmBlocks<TKernel> where TKernel : struct, IGemmKernel
{
    /// <summary>Computes rows [row, rowEnd) of columns [column, columnEnd), column a multiple of the kernel's step.</summary>
    public static void Multiply(in GemmProblem p, int row, int rowEnd, int column, int columnEnd)
    {
        if (p.K == 0)
        {
            WriteBias(p, row, rowEnd, column, columnEnd);
            return;
        }
        int mr = TKernel.TileRows, nr = TKernel.TileColumns;
        int depthBlock = GemmBlocking.Depth(p.K), rowBlock = GemmBlocking.Even(rowEnd - row, GemmBlocking.MC, mr);
        // A panel of B that only one block of rows uses is multiplied as soon as it is packed, and its buffer used again.
        bool onePass = rowEnd - row <= rowBlock || p.PackedB != null;
        int columnBlock = onePass ? columnEnd - column : GemmBlocking.Even(columnEnd - column, GemmBlocking.NC, nr);
        GemmWorkspace workspace = GemmWorkspace.Rent();
        float* packedA = workspace.A((nint)rowBlock * depthBlock);
        float* packedB = p.PackedB != null ? null
            : workspace.B((nint)(onePass ? nr : (columnBlock + nr - 1) / nr * nr) * depthBlock);

        for (int j0 = column; j0 < columnEnd; j0 += columnBlock)
            for (int k0 = 0; k0 < p.K; k0 += depthBlock)
                for (int i0 = row; i0 < rowEnd; i0 += rowBlock)
                {
                    int depth = Math.Min(depthBlock, p.K - k0), rows = Math.Min(rowBlock, rowEnd - i0);
                    int j1 = Math.Min(j0 + columnBlock, columnEnd);
                    bool last = k0 + depth == p.K;
                    var ending = new TileEnding(k0 > 0, last ? p.Bias : null, last && p.Relu);
                    float* c = p.C + i0 * p.StrideC;
                    PackRows(p.A + i0 * p.StrideA + k0, p.StrideA, rows, depth, packedA);
                    for (int j = j0, next; j < j1; j = next)
                    {
                        float* panel;
                        if (p.PackedB != null)
                        {
                            int within = j % nr; // a thread's part may begin within a panel
                            next = Math.Min(j - within + nr, j1);
                            panel = p.PackedB + PackedMatrix.PanelOffset(p.N, nr, k0, depth, j - within) + within;
                        }
                        else
                        {
                            next = Math.Min(j + nr, j1);
                            panel = onePass ? packedB : packedB + (nint)(j - j0) * depth;
                            if (i0 == row)
                                GemmPacking.Panel(p.B + j * p.StrideB + k0, p.StrideB, next - j, depth, panel, nr);
                        }
                        Column(packedA, rows, panel, depth, c + j, p.StrideC, next - j, ending.Shifted(j));
                    }
                }
        workspace.Return();
    }

    // Sums of no terms: 0 + bias, as the kernels have it.
    private static void WriteBias(in GemmProblem p, int row, int rowEnd, int column, int columnEnd)
    {
        for (int i = row; i < rowEnd; i++)
            for (int j = column; j < columnEnd; j++)
            {
                float value = p.Bias == null ? 0 : 0 + p.Bias[j];
                p.C[i * p.StrideC + j] = p.Relu && value < 0 ? 0 : value;
            }
    }

    private static void PackRows(float* source, nint stride, int rows, int depth, float* packed)
    {
        int mr = TKernel.TileRows;
        for (int i = 0; i < rows; i += mr, source += mr * stride, packed += (nint)mr * depth)
            GemmPacking.Panel(source, stride, Math.Min(mr, rows - i), depth, packed, mr);
    }

    // All tiles of a panel of B, from the top.
    private static void Column(float* a, int rows, float* b, int depth, float* c, nint strideC, int columns, TileEnding ending)
    {
        int mr = TKernel.TileRows, step = TKernel.ColumnStep;
        int computed = (columns + step - 1) / step * step;
        for (int i = 0; i < rows; i += mr, a += (nint)mr * depth, c += mr * strideC)
            if (rows - i >= mr && computed == columns) TKernel.Tile(depth, a, b, columns, c, strideC, ending);
            else Edge(depth, a, b, computed, c, strideC, Math.Min(mr, rows - i), columns, ending);
    }

    // A tile that C has only a part of is computed whole, aside; what C has of it is then finished as the kernels do.
    private static void Edge(int depth, float* a, float* b, int computed, float* c, nint strideC, int rows, int columns,
        TileEnding ending)
    {
        float* tile = stackalloc float[TKernel.TileRows * TKernel.TileColumns];
        TKernel.Tile(depth, a, b, computed, tile, computed, default);
        for (int i = 0; i < rows; i++, tile += computed, c += strideC)
        {
            int j = 0;
            for (; j + 4 <= columns; j += 4)
            {
                Vector128<float> sum = Vector128.Load(tile + j);
                if (ending.Accumulate) sum += Vector128.Load(c + j);
                if (ending.Bias != null) sum += Vector128.Load(ending.Bias + j);
                if (ending.Relu) sum = Vector128.ConditionalSelect(Vector128.LessThan(sum, default), default, sum);
                Vector128.Store(sum, c + j);
            }
            for (; j < columns; j++)
            {
                float sum = tile[j];
                if (ending.Accumulate) sum += c[j];
                if (ending.Bias != null) sum += ending.Bias[j];
                c[j] = ending.Relu && sum < 0 ? 0 : sum;
            }
        }
    }
}
