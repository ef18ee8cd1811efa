using System.Runtime.Intrinsics;

namespace Memo.Kernels;

internal static unsafe class GemmBlocking
{
    public const int KC = 512, MC = 336, NC = 4096;

    public static int Depth(int k) => Even(k, KC, 4);

    /// <summary>The size of equal blocks of at most about <paramref name="limit"/>.</summary>
    public static int Even(int length, int limit, int step)
    {
        int blocks = Math.Max((length + limit - 1) / limit, 1), size = Math.Max((length + blocks - 1) / blocks, 1);
        return (size + step - 1) / step * step;
    }
}

/// <summary>
/// The cache blocking of K. Goto and R. van de Geijn, "Anatomy of high-performance matrix multiplication", 2008, for a rectangle
/// of C and one thread.
/// </summary>
internal static unsafe class GemmBlocks<TKernel> where TKernel : struct, IGemmKernel
{
    public static void Multiply(in GemmProblem p, int row, int rowEnd, int column, int columnEnd)
    {
        if (p.K == 0)
        {
            WriteBias(p, row, rowEnd, column, columnEnd);
            return;
        }
        int mr = TKernel.TileRows, nr = TKernel.TileColumns;
        int depthBlock = GemmBlocking.Depth(p.K), rowBlock = GemmBlocking.Even(rowEnd - row, GemmBlocking.MC, mr);
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
                    PackRows(p.A + i0 * p.StrideA + k0, p.StrideA, rows, depth, packedA);
                    float* bias = p.Bias != null && k0 + depth == p.K ? p.Bias : null;
                    var ending = new TileEnding(k0 > 0, bias, p.Relu && k0 + depth == p.K);
                    int end = Math.Min(j0 + columnBlock, columnEnd);
                    for (int j = j0, next; j < end; j = next)
                    {
                        float* panel;
                        if (p.PackedB != null)
                        {
                            int within = j % nr;
                            next = Math.Min(j - within + nr, end);
                            panel = p.PackedB + (nint)((p.N + nr - 1) / nr * nr) * k0 + (nint)(j - within) * depth + within;
                        }
                        else
                        {
                            next = Math.Min(j + nr, end);
                            panel = onePass ? packedB : packedB + (nint)(j - j0) * depth;
                            if (i0 == row) GemmPacking.Panel(p.B + j * p.StrideB + k0, p.StrideB, next - j, depth, panel, nr);
                        }
                        Column(packedA, rows, panel, depth, p.C + i0 * p.StrideC + j, p.StrideC, next - j, ending.Shifted(j));
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
