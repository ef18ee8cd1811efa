using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Memo.Kernels;

/// <summary>
/// 4 rows x 24 columns in 12 registers of 8 floats; 3 more hold a row of B and one an element of A, which makes all 16.
/// Each k costs 12 multiply-adds (6 cycles of two ports) and 3 + 4 loads (3.5 cycles of two ports).
/// </summary>
internal readonly unsafe struct GemmAvx2 : IGemmKernel
{
    private const int Rows = 4, Columns = 24, Lanes = 8;

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
            if (TWidth.Vectors > 2) Sse.Prefetch0(row + 2 * Lanes);
            Sse.Prefetch0(row + TWidth.Vectors * Lanes - 1);
        }
        Vector256<float> c00 = default, c01 = default, c02 = default;
        Vector256<float> c10 = default, c11 = default, c12 = default;
        Vector256<float> c20 = default, c21 = default, c22 = default;
        Vector256<float> c30 = default, c31 = default, c32 = default;
        for (; depth > 0; depth--, a += Rows, b += Columns)
        {
            Vector256<float> b0 = Vector256.LoadAligned(b), b1 = default, b2 = default;
            if (TWidth.Vectors > 1) b1 = Vector256.LoadAligned(b + Lanes);
            if (TWidth.Vectors > 2) b2 = Vector256.LoadAligned(b + 2 * Lanes);
            Accumulate(ref c00, ref c01, ref c02, a[0]);
            Accumulate(ref c10, ref c11, ref c12, a[1]);
            Accumulate(ref c20, ref c21, ref c22, a[2]);
            Accumulate(ref c30, ref c31, ref c32, a[3]);

            [MethodImpl(MethodImplOptions.AggressiveInlining)]
            void Accumulate(ref Vector256<float> sum0, ref Vector256<float> sum1, ref Vector256<float> sum2, float value)
            {
                Vector256<float> x = Vector256.Create(value);
                sum0 = Fma.MultiplyAdd(x, b0, sum0);
                if (TWidth.Vectors > 1) sum1 = Fma.MultiplyAdd(x, b1, sum1);
                if (TWidth.Vectors > 2) sum2 = Fma.MultiplyAdd(x, b2, sum2);
            }
        }
        Finish(c00, c01, c02, c);
        Finish(c10, c11, c12, c + strideC);
        Finish(c20, c21, c22, c + 2 * strideC);
        Finish(c30, c31, c32, c + 3 * strideC);

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        void Finish(Vector256<float> sum0, Vector256<float> sum1, Vector256<float> sum2, float* row)
        {
            Store(sum0, row, 0);
            if (TWidth.Vectors > 1) Store(sum1, row + Lanes, Lanes);
            if (TWidth.Vectors > 2) Store(sum2, row + 2 * Lanes, 2 * Lanes);
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        void Store(Vector256<float> sum, float* to, int column)
        {
            if (ending.Accumulate) sum += Vector256.Load(to);
            if (ending.Bias != null) sum += Vector256.Load(ending.Bias + column);
            if (ending.Relu) sum = Avx.Max(Vector256<float>.Zero, sum); // the second operand where one is NaN
            Vector256.Store(sum, to);
        }
    }
}
