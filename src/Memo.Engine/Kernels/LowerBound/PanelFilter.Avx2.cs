using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Memo.Kernels.LowerBound;

internal static unsafe partial class PanelFilter
{
    // 2 queries x 32 points: 8 accumulators of 8 int32, 4 loads and 2 broadcasts in the 16 registers.
    internal static void RunAvx2(int* queries, int queryCount, byte* panels, int panelCount, int pairs, int* maxima, nint stride)
    {
        for (int p = 0; p < panelCount; p++, panels += PanelBytes(pairs), maxima += stride)
            for (int q = 0; q < queryCount; q += 2)
                Two(queries + q / Group * (nint)pairs * Group + q % Group, panels, pairs, maxima + q);
    }

    private static void Two(int* a, byte* panel, int pairs, int* maxima)
    {
        Vector256<int> c00 = Vector256.LoadAligned((int*)panel), c01 = Vector256.LoadAligned((int*)panel + 8);
        Vector256<int> c02 = Vector256.LoadAligned((int*)panel + 16), c03 = Vector256.LoadAligned((int*)panel + 24);
        Vector256<int> c10 = c00, c11 = c01, c12 = c02, c13 = c03;
        short* b = (short*)(panel + HeaderBytes);
        for (; pairs > 0; pairs--, a += Group, b += 2 * Lanes)
        {
            Vector256<short> x = Vector256.Create(a[0]).AsInt16(), y = Vector256.Create(a[1]).AsInt16();
            Vector256<short> b0 = Vector256.LoadAligned(b), b1 = Vector256.LoadAligned(b + 16);
            c00 = Avx2.Add(c00, Avx2.MultiplyAddAdjacent(x, b0));
            c10 = Avx2.Add(c10, Avx2.MultiplyAddAdjacent(y, b0));
            c01 = Avx2.Add(c01, Avx2.MultiplyAddAdjacent(x, b1));
            c11 = Avx2.Add(c11, Avx2.MultiplyAddAdjacent(y, b1));
            Vector256<short> b2 = Vector256.LoadAligned(b + 32), b3 = Vector256.LoadAligned(b + 48);
            c02 = Avx2.Add(c02, Avx2.MultiplyAddAdjacent(x, b2));
            c12 = Avx2.Add(c12, Avx2.MultiplyAddAdjacent(y, b2));
            c03 = Avx2.Add(c03, Avx2.MultiplyAddAdjacent(x, b3));
            c13 = Avx2.Add(c13, Avx2.MultiplyAddAdjacent(y, b3));
        }
        maxima[0] = GreatestLane(Avx2.Max(Avx2.Max(c00, c01), Avx2.Max(c02, c03)));
        maxima[1] = GreatestLane(Avx2.Max(Avx2.Max(c10, c11), Avx2.Max(c12, c13)));
    }
}
