// Row-major blocks into panels: for each k the values of `width` neighbouring rows side by side, missing rows as zeros.
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Memo.Kernels;

/// <summary>Packing of A and B into the panels that <see cref="IGemmKernel"/> reads.</summary>
internal static unsafe class GemmPacking
{
    /// <summary>
    /// Packs <paramref name="rows"/> &lt;= <paramref name="width"/> rows of <paramref name="depth"/> floats, blocks of
    /// 16 x 4, 8 x 4 and 4 x 4 transposed in registers.
    /// </summary>
    public static void Panel(float* source, nint stride, int rows, int depth, float* panel, int width)
    {
        int row = 0;
        if (Avx512F.IsSupported)
            for (; row + 16 <= rows; row += 16, source += 16 * stride) SixteenRows(source, stride, depth, panel + row, width);
        if (Avx.IsSupported)
            for (; row + 8 <= rows; row += 8, source += 8 * stride) EightRows(source, stride, depth, panel + row, width);
        for (; row + 4 <= rows; row += 4, source += 4 * stride) FourRows(source, stride, depth, panel + row, width);
        for (; row < rows; row++, source += stride)
            for (int k = 0; k < depth; k++) panel[(nint)k * width + row] = source[k];
        if (row == width) return;
        for (int k = 0; k < depth; k++) new Span<float>(panel + (nint)k * width + row, width - row).Clear();
    }

    // As FourRows in each 128-bit lane: lane l holds rows 4 l to 4 l + 3.
    private static void SixteenRows(float* source, nint stride, int depth, float* panel, int width)
    {
        float* from = source;
        int k = 0;
        for (; k + 4 <= depth; k += 4, from += 4, panel += 4 * width)
        {
            Vector512<float> x0 = Lanes(from), x1 = Lanes(from + stride);
            Vector512<float> x2 = Lanes(from + 2 * stride), x3 = Lanes(from + 3 * stride);
            Vector512<float> low01 = Avx512F.UnpackLow(x0, x1), low23 = Avx512F.UnpackLow(x2, x3);
            Vector512<float> high01 = Avx512F.UnpackHigh(x0, x1), high23 = Avx512F.UnpackHigh(x2, x3);
            Vector512.Store(Avx512F.UnpackLow(low01.AsDouble(), low23.AsDouble()).AsSingle(), panel);
            Vector512.Store(Avx512F.UnpackHigh(low01.AsDouble(), low23.AsDouble()).AsSingle(), panel + width);
            Vector512.Store(Avx512F.UnpackLow(high01.AsDouble(), high23.AsDouble()).AsSingle(), panel + 2 * width);
            Vector512.Store(Avx512F.UnpackHigh(high01.AsDouble(), high23.AsDouble()).AsSingle(), panel + 3 * width);

            [MethodImpl(MethodImplOptions.AggressiveInlining)]
            Vector512<float> Lanes(float* row)
            {
                Vector512<float> lanes = Vector128.Load(row).ToVector256Unsafe().ToVector512Unsafe();
                lanes = Avx512F.InsertVector128(lanes, Vector128.Load(row + 4 * stride), 1);
                lanes = Avx512F.InsertVector128(lanes, Vector128.Load(row + 8 * stride), 2);
                return Avx512F.InsertVector128(lanes, Vector128.Load(row + 12 * stride), 3);
            }
        }
        for (; k < depth; k++, from++, panel += width)
            for (int row = 0; row < 16; row++) panel[row] = from[row * stride];
    }

    private static void EightRows(float* source, nint stride, int depth, float* panel, int width)
    {
        float* from = source;
        int k = 0;
        for (; k + 4 <= depth; k += 4, from += 4, panel += 4 * width)
        {
            Vector256<float> x0 = Lanes(from), x1 = Lanes(from + stride);
            Vector256<float> x2 = Lanes(from + 2 * stride), x3 = Lanes(from + 3 * stride);
            Vector256<float> low01 = Avx.UnpackLow(x0, x1), low23 = Avx.UnpackLow(x2, x3);
            Vector256<float> high01 = Avx.UnpackHigh(x0, x1), high23 = Avx.UnpackHigh(x2, x3);
            Vector256.Store(Avx.UnpackLow(low01.AsDouble(), low23.AsDouble()).AsSingle(), panel);
            Vector256.Store(Avx.UnpackHigh(low01.AsDouble(), low23.AsDouble()).AsSingle(), panel + width);
            Vector256.Store(Avx.UnpackLow(high01.AsDouble(), high23.AsDouble()).AsSingle(), panel + 2 * width);
            Vector256.Store(Avx.UnpackHigh(high01.AsDouble(), high23.AsDouble()).AsSingle(), panel + 3 * width);

            [MethodImpl(MethodImplOptions.AggressiveInlining)]
            Vector256<float> Lanes(float* row) => Vector256.Create(Vector128.Load(row), Vector128.Load(row + 4 * stride));
        }
        for (; k < depth; k++, from++, panel += width)
            for (int row = 0; row < 8; row++) panel[row] = from[row * stride];
    }

    private static void FourRows(float* source, nint stride, int depth, float* panel, int width)
    {
        float* row0 = source, row1 = row0 + stride, row2 = row1 + stride, row3 = row2 + stride;
        int k = 0;
        for (; k + 4 <= depth; k += 4, panel += 4 * width)
        {
            Vector128<float> x0 = Vector128.Load(row0 + k), x1 = Vector128.Load(row1 + k);
            Vector128<float> x2 = Vector128.Load(row2 + k), x3 = Vector128.Load(row3 + k);
            Vector128<float> low01 = UnpackLow(x0, x1), low23 = UnpackLow(x2, x3);
            Vector128<float> high01 = UnpackHigh(x0, x1), high23 = UnpackHigh(x2, x3);
            Vector128.Store(LowHalves(low01, low23), panel);
            Vector128.Store(HighHalves(low01, low23), panel + width);
            Vector128.Store(LowHalves(high01, high23), panel + 2 * width);
            Vector128.Store(HighHalves(high01, high23), panel + 3 * width);
        }
        for (; k < depth; k++, panel += width)
            Vector128.Store(Vector128.Create(row0[k], row1[k], row2[k], row3[k]), panel);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<float> UnpackLow(Vector128<float> x, Vector128<float> y) =>
        Sse.IsSupported ? Sse.UnpackLow(x, y)
        : Vector128.Create(x[0], y[0], x[1], y[1]);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<float> UnpackHigh(Vector128<float> x, Vector128<float> y) =>
        Sse.IsSupported ? Sse.UnpackHigh(x, y)
        : Vector128.Create(x[2], y[2], x[3], y[3]);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<float> LowHalves(Vector128<float> x, Vector128<float> y) =>
        Sse.IsSupported ? Sse.MoveLowToHigh(x, y) : Vector128.Create(x.GetLower(), y.GetLower());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<float> HighHalves(Vector128<float> x, Vector128<float> y) =>
        Sse.IsSupported ? Sse.MoveHighToLow(y, x) : Vector128.Create(x.GetUpper(), y.GetUpper());
}
