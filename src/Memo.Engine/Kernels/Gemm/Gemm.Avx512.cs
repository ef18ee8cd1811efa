using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Memo.Kernels;

/// <summary>
/// 8 rows x 48 columns in 24 registers of 16 floats; 3 more hold a row of B and one an element of A. Each k costs 24
/// multiply-adds (12 cycles of two ports) and 3 + 8 loads (5.5 cycles of two ports): arithmetic is the limit.
/// </summary>
internal readonly unsafe struct GemmAvx512 : IGemmKernel
{
    private const int Rows = 8, Columns = 48, Lanes = 16;

    public static int TileRows => Rows;

    public static int TileColumns => Columns;

    public static int ColumnStep => Lanes;

    public static void Tile(int depth, float* a, float* b, int columns, float* c, nint strideC, TileEnding ending)
    {
        switch (columns)
        {
            case 3 * Lanes: Tile3(depth, a, b, c, strideC, ending); break;
            case 2 * Lanes: Tile2(depth, a, b, c, strideC, ending); break;
            default: Tile1(depth, a, b, c, strideC, ending); break;
        }
    }

    private static void Tile3(int depth, float* a, float* b, float* c, nint strideC, TileEnding ending)
    {
        Vector512<float> c00 = default, c01 = default, c02 = default;
        Vector512<float> c10 = default, c11 = default, c12 = default;
        Vector512<float> c20 = default, c21 = default, c22 = default;
        Vector512<float> c30 = default, c31 = default, c32 = default;
        Vector512<float> c40 = default, c41 = default, c42 = default;
        Vector512<float> c50 = default, c51 = default, c52 = default;
        Vector512<float> c60 = default, c61 = default, c62 = default;
        Vector512<float> c70 = default, c71 = default, c72 = default;
        for (int row = 0; row < Rows; row++)
        {
            Sse.Prefetch0(c + row * strideC + 0);
            Sse.Prefetch0(c + row * strideC + 16);
            Sse.Prefetch0(c + row * strideC + 32);
            Sse.Prefetch0(c + row * strideC + 47);
        }
        for (; depth > 0; depth--, a += Rows, b += Columns)
        {
            Sse.Prefetch0(b + 8 * Columns + 0);
            Sse.Prefetch0(b + 8 * Columns + 16);
            Sse.Prefetch0(b + 8 * Columns + 32);
            Vector512<float> b0 = Vector512.LoadAligned(b + 0), b1 = Vector512.LoadAligned(b + 16), b2 = Vector512.LoadAligned(b + 32);
            Vector512<float> x = Vector512.Create(a[0]);
            c00 = Avx512F.FusedMultiplyAdd(x, b0, c00);
            c01 = Avx512F.FusedMultiplyAdd(x, b1, c01);
            c02 = Avx512F.FusedMultiplyAdd(x, b2, c02);
            x = Vector512.Create(a[1]);
            c10 = Avx512F.FusedMultiplyAdd(x, b0, c10);
            c11 = Avx512F.FusedMultiplyAdd(x, b1, c11);
            c12 = Avx512F.FusedMultiplyAdd(x, b2, c12);
            x = Vector512.Create(a[2]);
            c20 = Avx512F.FusedMultiplyAdd(x, b0, c20);
            c21 = Avx512F.FusedMultiplyAdd(x, b1, c21);
            c22 = Avx512F.FusedMultiplyAdd(x, b2, c22);
            x = Vector512.Create(a[3]);
            c30 = Avx512F.FusedMultiplyAdd(x, b0, c30);
            c31 = Avx512F.FusedMultiplyAdd(x, b1, c31);
            c32 = Avx512F.FusedMultiplyAdd(x, b2, c32);
            x = Vector512.Create(a[4]);
            c40 = Avx512F.FusedMultiplyAdd(x, b0, c40);
            c41 = Avx512F.FusedMultiplyAdd(x, b1, c41);
            c42 = Avx512F.FusedMultiplyAdd(x, b2, c42);
            x = Vector512.Create(a[5]);
            c50 = Avx512F.FusedMultiplyAdd(x, b0, c50);
            c51 = Avx512F.FusedMultiplyAdd(x, b1, c51);
            c52 = Avx512F.FusedMultiplyAdd(x, b2, c52);
            x = Vector512.Create(a[6]);
            c60 = Avx512F.FusedMultiplyAdd(x, b0, c60);
            c61 = Avx512F.FusedMultiplyAdd(x, b1, c61);
            c62 = Avx512F.FusedMultiplyAdd(x, b2, c62);
            x = Vector512.Create(a[7]);
            c70 = Avx512F.FusedMultiplyAdd(x, b0, c70);
            c71 = Avx512F.FusedMultiplyAdd(x, b1, c71);
            c72 = Avx512F.FusedMultiplyAdd(x, b2, c72);
        }
        if (ending.Accumulate)
        {
            float* row = c;
            c00 += Vector512.Load(row + 0);
            c01 += Vector512.Load(row + 16);
            c02 += Vector512.Load(row + 32);
            row += strideC;
            c10 += Vector512.Load(row + 0);
            c11 += Vector512.Load(row + 16);
            c12 += Vector512.Load(row + 32);
            row += strideC;
            c20 += Vector512.Load(row + 0);
            c21 += Vector512.Load(row + 16);
            c22 += Vector512.Load(row + 32);
            row += strideC;
            c30 += Vector512.Load(row + 0);
            c31 += Vector512.Load(row + 16);
            c32 += Vector512.Load(row + 32);
            row += strideC;
            c40 += Vector512.Load(row + 0);
            c41 += Vector512.Load(row + 16);
            c42 += Vector512.Load(row + 32);
            row += strideC;
            c50 += Vector512.Load(row + 0);
            c51 += Vector512.Load(row + 16);
            c52 += Vector512.Load(row + 32);
            row += strideC;
            c60 += Vector512.Load(row + 0);
            c61 += Vector512.Load(row + 16);
            c62 += Vector512.Load(row + 32);
            row += strideC;
            c70 += Vector512.Load(row + 0);
            c71 += Vector512.Load(row + 16);
            c72 += Vector512.Load(row + 32);
        }
        if (ending.Bias != null)
        {
            Vector512<float> bias = Vector512.Load(ending.Bias + 0);
            c00 += bias;
            c10 += bias;
            c20 += bias;
            c30 += bias;
            c40 += bias;
            c50 += bias;
            c60 += bias;
            c70 += bias;
            bias = Vector512.Load(ending.Bias + 16);
            c01 += bias;
            c11 += bias;
            c21 += bias;
            c31 += bias;
            c41 += bias;
            c51 += bias;
            c61 += bias;
            c71 += bias;
            bias = Vector512.Load(ending.Bias + 32);
            c02 += bias;
            c12 += bias;
            c22 += bias;
            c32 += bias;
            c42 += bias;
            c52 += bias;
            c62 += bias;
            c72 += bias;
        }
        if (ending.Relu)
        {
            c00 = Avx512F.Max(default, c00);
            c01 = Avx512F.Max(default, c01);
            c02 = Avx512F.Max(default, c02);
            c10 = Avx512F.Max(default, c10);
            c11 = Avx512F.Max(default, c11);
            c12 = Avx512F.Max(default, c12);
            c20 = Avx512F.Max(default, c20);
            c21 = Avx512F.Max(default, c21);
            c22 = Avx512F.Max(default, c22);
            c30 = Avx512F.Max(default, c30);
            c31 = Avx512F.Max(default, c31);
            c32 = Avx512F.Max(default, c32);
            c40 = Avx512F.Max(default, c40);
            c41 = Avx512F.Max(default, c41);
            c42 = Avx512F.Max(default, c42);
            c50 = Avx512F.Max(default, c50);
            c51 = Avx512F.Max(default, c51);
            c52 = Avx512F.Max(default, c52);
            c60 = Avx512F.Max(default, c60);
            c61 = Avx512F.Max(default, c61);
            c62 = Avx512F.Max(default, c62);
            c70 = Avx512F.Max(default, c70);
            c71 = Avx512F.Max(default, c71);
            c72 = Avx512F.Max(default, c72);
        }
        Vector512.Store(c00, c + 0);
        Vector512.Store(c01, c + 16);
        Vector512.Store(c02, c + 32);
        c += strideC;
        Vector512.Store(c10, c + 0);
        Vector512.Store(c11, c + 16);
        Vector512.Store(c12, c + 32);
        c += strideC;
        Vector512.Store(c20, c + 0);
        Vector512.Store(c21, c + 16);
        Vector512.Store(c22, c + 32);
        c += strideC;
        Vector512.Store(c30, c + 0);
        Vector512.Store(c31, c + 16);
        Vector512.Store(c32, c + 32);
        c += strideC;
        Vector512.Store(c40, c + 0);
        Vector512.Store(c41, c + 16);
        Vector512.Store(c42, c + 32);
        c += strideC;
        Vector512.Store(c50, c + 0);
        Vector512.Store(c51, c + 16);
        Vector512.Store(c52, c + 32);
        c += strideC;
        Vector512.Store(c60, c + 0);
        Vector512.Store(c61, c + 16);
        Vector512.Store(c62, c + 32);
        c += strideC;
        Vector512.Store(c70, c + 0);
        Vector512.Store(c71, c + 16);
        Vector512.Store(c72, c + 32);
    }

    private static void Tile2(int depth, float* a, float* b, float* c, nint strideC, TileEnding ending)
    {
        Vector512<float> c00 = default, c01 = default;
        Vector512<float> c10 = default, c11 = default;
        Vector512<float> c20 = default, c21 = default;
        Vector512<float> c30 = default, c31 = default;
        Vector512<float> c40 = default, c41 = default;
        Vector512<float> c50 = default, c51 = default;
        Vector512<float> c60 = default, c61 = default;
        Vector512<float> c70 = default, c71 = default;
        for (int row = 0; row < Rows; row++)
        {
            Sse.Prefetch0(c + row * strideC + 0);
            Sse.Prefetch0(c + row * strideC + 16);
            Sse.Prefetch0(c + row * strideC + 31);
        }
        for (; depth > 0; depth--, a += Rows, b += Columns)
        {
            Sse.Prefetch0(b + 8 * Columns + 0);
            Sse.Prefetch0(b + 8 * Columns + 16);
            Vector512<float> b0 = Vector512.LoadAligned(b + 0), b1 = Vector512.LoadAligned(b + 16);
            Vector512<float> x = Vector512.Create(a[0]);
            c00 = Avx512F.FusedMultiplyAdd(x, b0, c00);
            c01 = Avx512F.FusedMultiplyAdd(x, b1, c01);
            x = Vector512.Create(a[1]);
            c10 = Avx512F.FusedMultiplyAdd(x, b0, c10);
            c11 = Avx512F.FusedMultiplyAdd(x, b1, c11);
            x = Vector512.Create(a[2]);
            c20 = Avx512F.FusedMultiplyAdd(x, b0, c20);
            c21 = Avx512F.FusedMultiplyAdd(x, b1, c21);
            x = Vector512.Create(a[3]);
            c30 = Avx512F.FusedMultiplyAdd(x, b0, c30);
            c31 = Avx512F.FusedMultiplyAdd(x, b1, c31);
            x = Vector512.Create(a[4]);
            c40 = Avx512F.FusedMultiplyAdd(x, b0, c40);
            c41 = Avx512F.FusedMultiplyAdd(x, b1, c41);
            x = Vector512.Create(a[5]);
            c50 = Avx512F.FusedMultiplyAdd(x, b0, c50);
            c51 = Avx512F.FusedMultiplyAdd(x, b1, c51);
            x = Vector512.Create(a[6]);
            c60 = Avx512F.FusedMultiplyAdd(x, b0, c60);
            c61 = Avx512F.FusedMultiplyAdd(x, b1, c61);
            x = Vector512.Create(a[7]);
            c70 = Avx512F.FusedMultiplyAdd(x, b0, c70);
            c71 = Avx512F.FusedMultiplyAdd(x, b1, c71);
        }
        if (ending.Accumulate)
        {
            float* row = c;
            c00 += Vector512.Load(row + 0);
            c01 += Vector512.Load(row + 16);
            row += strideC;
            c10 += Vector512.Load(row + 0);
            c11 += Vector512.Load(row + 16);
            row += strideC;
            c20 += Vector512.Load(row + 0);
            c21 += Vector512.Load(row + 16);
            row += strideC;
            c30 += Vector512.Load(row + 0);
            c31 += Vector512.Load(row + 16);
            row += strideC;
            c40 += Vector512.Load(row + 0);
            c41 += Vector512.Load(row + 16);
            row += strideC;
            c50 += Vector512.Load(row + 0);
            c51 += Vector512.Load(row + 16);
            row += strideC;
            c60 += Vector512.Load(row + 0);
            c61 += Vector512.Load(row + 16);
            row += strideC;
            c70 += Vector512.Load(row + 0);
            c71 += Vector512.Load(row + 16);
        }
        if (ending.Bias != null)
        {
            Vector512<float> bias = Vector512.Load(ending.Bias + 0);
            c00 += bias;
            c10 += bias;
            c20 += bias;
            c30 += bias;
            c40 += bias;
            c50 += bias;
            c60 += bias;
            c70 += bias;
            bias = Vector512.Load(ending.Bias + 16);
            c01 += bias;
            c11 += bias;
            c21 += bias;
            c31 += bias;
            c41 += bias;
            c51 += bias;
            c61 += bias;
            c71 += bias;
        }
        if (ending.Relu)
        {
            c00 = Avx512F.Max(default, c00);
            c01 = Avx512F.Max(default, c01);
            c10 = Avx512F.Max(default, c10);
            c11 = Avx512F.Max(default, c11);
            c20 = Avx512F.Max(default, c20);
            c21 = Avx512F.Max(default, c21);
            c30 = Avx512F.Max(default, c30);
            c31 = Avx512F.Max(default, c31);
            c40 = Avx512F.Max(default, c40);
            c41 = Avx512F.Max(default, c41);
            c50 = Avx512F.Max(default, c50);
            c51 = Avx512F.Max(default, c51);
            c60 = Avx512F.Max(default, c60);
            c61 = Avx512F.Max(default, c61);
            c70 = Avx512F.Max(default, c70);
            c71 = Avx512F.Max(default, c71);
        }
        Vector512.Store(c00, c + 0);
        Vector512.Store(c01, c + 16);
        c += strideC;
        Vector512.Store(c10, c + 0);
        Vector512.Store(c11, c + 16);
        c += strideC;
        Vector512.Store(c20, c + 0);
        Vector512.Store(c21, c + 16);
        c += strideC;
        Vector512.Store(c30, c + 0);
        Vector512.Store(c31, c + 16);
        c += strideC;
        Vector512.Store(c40, c + 0);
        Vector512.Store(c41, c + 16);
        c += strideC;
        Vector512.Store(c50, c + 0);
        Vector512.Store(c51, c + 16);
        c += strideC;
        Vector512.Store(c60, c + 0);
        Vector512.Store(c61, c + 16);
        c += strideC;
        Vector512.Store(c70, c + 0);
        Vector512.Store(c71, c + 16);
    }

    private static void Tile1(int depth, float* a, float* b, float* c, nint strideC, TileEnding ending)
    {
        Vector512<float> c00 = default;
        Vector512<float> c10 = default;
        Vector512<float> c20 = default;
        Vector512<float> c30 = default;
        Vector512<float> c40 = default;
        Vector512<float> c50 = default;
        Vector512<float> c60 = default;
        Vector512<float> c70 = default;
        for (int row = 0; row < Rows; row++)
        {
            Sse.Prefetch0(c + row * strideC + 0);
            Sse.Prefetch0(c + row * strideC + 15);
        }
        for (; depth > 0; depth--, a += Rows, b += Columns)
        {
            Sse.Prefetch0(b + 8 * Columns + 0);
            Vector512<float> b0 = Vector512.LoadAligned(b + 0);
            Vector512<float> x = Vector512.Create(a[0]);
            c00 = Avx512F.FusedMultiplyAdd(x, b0, c00);
            x = Vector512.Create(a[1]);
            c10 = Avx512F.FusedMultiplyAdd(x, b0, c10);
            x = Vector512.Create(a[2]);
            c20 = Avx512F.FusedMultiplyAdd(x, b0, c20);
            x = Vector512.Create(a[3]);
            c30 = Avx512F.FusedMultiplyAdd(x, b0, c30);
            x = Vector512.Create(a[4]);
            c40 = Avx512F.FusedMultiplyAdd(x, b0, c40);
            x = Vector512.Create(a[5]);
            c50 = Avx512F.FusedMultiplyAdd(x, b0, c50);
            x = Vector512.Create(a[6]);
            c60 = Avx512F.FusedMultiplyAdd(x, b0, c60);
            x = Vector512.Create(a[7]);
            c70 = Avx512F.FusedMultiplyAdd(x, b0, c70);
        }
        if (ending.Accumulate)
        {
            float* row = c;
            c00 += Vector512.Load(row + 0);
            row += strideC;
            c10 += Vector512.Load(row + 0);
            row += strideC;
            c20 += Vector512.Load(row + 0);
            row += strideC;
            c30 += Vector512.Load(row + 0);
            row += strideC;
            c40 += Vector512.Load(row + 0);
            row += strideC;
            c50 += Vector512.Load(row + 0);
            row += strideC;
            c60 += Vector512.Load(row + 0);
            row += strideC;
            c70 += Vector512.Load(row + 0);
        }
        if (ending.Bias != null)
        {
            Vector512<float> bias = Vector512.Load(ending.Bias + 0);
            c00 += bias;
            c10 += bias;
            c20 += bias;
            c30 += bias;
            c40 += bias;
            c50 += bias;
            c60 += bias;
            c70 += bias;
        }
        if (ending.Relu)
        {
            c00 = Avx512F.Max(default, c00);
            c10 = Avx512F.Max(default, c10);
            c20 = Avx512F.Max(default, c20);
            c30 = Avx512F.Max(default, c30);
            c40 = Avx512F.Max(default, c40);
            c50 = Avx512F.Max(default, c50);
            c60 = Avx512F.Max(default, c60);
            c70 = Avx512F.Max(default, c70);
        }
        Vector512.Store(c00, c + 0);
        c += strideC;
        Vector512.Store(c10, c + 0);
        c += strideC;
        Vector512.Store(c20, c + 0);
        c += strideC;
        Vector512.Store(c30, c + 0);
        c += strideC;
        Vector512.Store(c40, c + 0);
        c += strideC;
        Vector512.Store(c50, c + 0);
        c += strideC;
        Vector512.Store(c60, c + 0);
        c += strideC;
        Vector512.Store(c70, c + 0);
    }

}
