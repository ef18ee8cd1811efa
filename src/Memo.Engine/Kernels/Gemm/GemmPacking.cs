// Row-major blocks into panels: for each k the values of `width` neighbouring rows side by side, missing rows as zeros.
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Memo.Kernels;

internal static unsafe class GemmPacking
{
    /// <summary>
    /// Packs <paramref name="rows"/> &lt;= <paramref name="width"/> rows of <paramref name="depth"/> floats, 4 x 4 at a
    /// time; width even.
    /// </summary>
    public static void Panel(float* source, nint stride, int rows, int depth, float* panel, int width)
    {
        int row = 0;
        for (; row + 4 <= rows; row += 4, source += 4 * stride) FourRows(source, stride, depth, panel + row, width);
        for (; row < rows; row++, source += stride)
            for (int k = 0; k < depth; k++) panel[(nint)k * width + row] = source[k];
        if (row == width) return;
        for (int k = 0; k < depth; k++) new Span<float>(panel + (nint)k * width + row, width - row).Clear();
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
