using System.Runtime.CompilerServices;
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
            case 3 * Lanes: Tile<Three>(depth, a, b, c, strideC, ending); break;
            case 2 * Lanes: Tile<Two>(depth, a, b, c, strideC, ending); break;
            default: Tile<One>(depth, a, b, c, strideC, ending); break;
        }
    }

    // Vectors in a row of the tile: a constant of each instance of the generic method.
    private interface IWidth
    {
        static abstract int Vectors { get; }
    }

    private readonly struct One : IWidth
    {
        public static int Vectors => 1;
    }

    private readonly struct Two : IWidth
    {
        public static int Vectors => 2;
    }

    private readonly struct Three : IWidth
    {
        public static int Vectors => 3;
    }

    private static void Tile<TWidth>(int depth, float* a, float* b, float* c, nint strideC, TileEnding ending)
        where TWidth : struct, IWidth
    {
        // C arrives from memory during the loop; the last prefetch is for a row that straddles a cache line more.
        for (float* row = c, end = c + Rows * strideC; row != end; row += strideC)
        {
            Sse.Prefetch0(row);
            if (TWidth.Vectors > 1) Sse.Prefetch0(row + Lanes);
            if (TWidth.Vectors > 2) Sse.Prefetch0(row + 2 * Lanes);
            Sse.Prefetch0(row + TWidth.Vectors * Lanes - 1);
        }
        Vector512<float> c00 = default, c01 = default, c02 = default;
        Vector512<float> c10 = default, c11 = default, c12 = default;
        Vector512<float> c20 = default, c21 = default, c22 = default;
        Vector512<float> c30 = default, c31 = default, c32 = default;
        Vector512<float> c40 = default, c41 = default, c42 = default;
        Vector512<float> c50 = default, c51 = default, c52 = default;
        Vector512<float> c60 = default, c61 = default, c62 = default;
        Vector512<float> c70 = default, c71 = default, c72 = default;
        for (; depth > 0; depth--, a += Rows, b += Columns)
        {
            Vector512<float> b0 = Vector512.LoadAligned(b), b1 = default, b2 = default;
            if (TWidth.Vectors > 1) b1 = Vector512.LoadAligned(b + Lanes);
            if (TWidth.Vectors > 2) b2 = Vector512.LoadAligned(b + 2 * Lanes);
            Accumulate(ref c00, ref c01, ref c02, a[0]);
            Accumulate(ref c10, ref c11, ref c12, a[1]);
            Accumulate(ref c20, ref c21, ref c22, a[2]);
            Accumulate(ref c30, ref c31, ref c32, a[3]);
            Accumulate(ref c40, ref c41, ref c42, a[4]);
            Accumulate(ref c50, ref c51, ref c52, a[5]);
            Accumulate(ref c60, ref c61, ref c62, a[6]);
            Accumulate(ref c70, ref c71, ref c72, a[7]);

            [MethodImpl(MethodImplOptions.AggressiveInlining)]
            void Accumulate(ref Vector512<float> sum0, ref Vector512<float> sum1, ref Vector512<float> sum2, float value)
            {
                Vector512<float> x = Vector512.Create(value);
                sum0 = Avx512F.FusedMultiplyAdd(x, b0, sum0);
                if (TWidth.Vectors > 1) sum1 = Avx512F.FusedMultiplyAdd(x, b1, sum1);
                if (TWidth.Vectors > 2) sum2 = Avx512F.FusedMultiplyAdd(x, b2, sum2);
            }
        }
        Finish(c00, c01, c02, c);
        Finish(c10, c11, c12, c + strideC);
        Finish(c20, c21, c22, c + 2 * strideC);
        Finish(c30, c31, c32, c + 3 * strideC);
        Finish(c40, c41, c42, c + 4 * strideC);
        Finish(c50, c51, c52, c + 5 * strideC);
        Finish(c60, c61, c62, c + 6 * strideC);
        Finish(c70, c71, c72, c + 7 * strideC);

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        void Finish(Vector512<float> sum0, Vector512<float> sum1, Vector512<float> sum2, float* row)
        {
            Store(sum0, row, 0);
            if (TWidth.Vectors > 1) Store(sum1, row + Lanes, Lanes);
            if (TWidth.Vectors > 2) Store(sum2, row + 2 * Lanes, 2 * Lanes);
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        void Store(Vector512<float> sum, float* to, int column)
        {
            if (ending.Accumulate) sum += Vector512.Load(to);
            if (ending.Bias != null) sum += Vector512.Load(ending.Bias + column);
            if (ending.Relu) sum = Avx512F.Max(Vector512<float>.Zero, sum); // the second operand where one is NaN
            Vector512.Store(sum, to);
        }
    }
}
