using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Memo.Kernels;

/// <summary>
/// The portable kernel: 4 rows x 8 columns in 8 registers of 4 floats. Product and sum are rounded apart on every
/// processor, so that its bits do not depend on whether there is a fused multiply-add.
/// </summary>
internal readonly unsafe struct GemmVector128 : IGemmKernel
{
    private const int Rows = 4, Columns = 8;

    public static int TileRows => Rows;

    public static int TileColumns => Columns;

    public static int ColumnStep => Columns;

    public static void Tile(int depth, float* a, float* b, int columns, float* c, nint strideC, TileEnding ending)
    {
        Vector128<float> c00 = default, c01 = default, c10 = default, c11 = default;
        Vector128<float> c20 = default, c21 = default, c30 = default, c31 = default;
        for (; depth > 0; depth--, a += Rows, b += Columns)
        {
            Vector128<float> b0 = Vector128.LoadAligned(b), b1 = Vector128.LoadAligned(b + 4);
            Accumulate(ref c00, ref c01, a[0]);
            Accumulate(ref c10, ref c11, a[1]);
            Accumulate(ref c20, ref c21, a[2]);
            Accumulate(ref c30, ref c31, a[3]);

            [MethodImpl(MethodImplOptions.AggressiveInlining)]
            void Accumulate(ref Vector128<float> sum0, ref Vector128<float> sum1, float value)
            {
                Vector128<float> x = Vector128.Create(value);
                sum0 += x * b0;
                sum1 += x * b1;
            }
        }
        Store(c00, c, 0);
        Store(c01, c + 4, 4);
        Store(c10, c + strideC, 0);
        Store(c11, c + strideC + 4, 4);
        Store(c20, c + 2 * strideC, 0);
        Store(c21, c + 2 * strideC + 4, 4);
        Store(c30, c + 3 * strideC, 0);
        Store(c31, c + 3 * strideC + 4, 4);

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        void Store(Vector128<float> sum, float* to, int column)
        {
            if (ending.Accumulate) sum += Vector128.Load(to);
            if (ending.Bias != null) sum += Vector128.Load(ending.Bias + column);
            if (ending.Relu) sum = Vector128.ConditionalSelect(Vector128.LessThan(sum, default), default, sum);
            Vector128.Store(sum, to);
        }
    }
}
