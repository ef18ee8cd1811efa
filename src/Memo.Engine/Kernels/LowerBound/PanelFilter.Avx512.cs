using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Memo.Kernels.LowerBound;

internal static unsafe partial class PanelFilter
{
    // Below this many queries in a group, one at a time is cheaper than eight.
    private const int WorthAGroup = 4;

    // 8 queries x 32 points: 16 accumulators of 16 int32, which start at -h. A pair of coordinates is 2 loads, 8
    // broadcasts and 16 vpmaddwd + vpaddd, which fill the four vector ports of Zen 5.
    internal static void RunAvx512(int* queries, int queryCount, byte* panels, int panelCount, int pairs, int* maxima, nint stride)
    {
        nint panelBytes = PanelBytes(pairs);
        for (int p = 0; p < panelCount; p++, panels += panelBytes, maxima += stride)
        {
            int q = 0;
            nint ahead = panelBytes, share = (panelBytes * Group / queryCount + 63) & ~63;
            for (; q + WorthAGroup <= queryCount; q += Group)
            {
                // The next panel comes from memory while this one is used, a part with each group.
                for (nint end = Math.Min(ahead + share, 2 * panelBytes); ahead < end; ahead += 64) Sse.Prefetch0(panels + ahead);
                Eight(queries + (nint)q * pairs, panels, pairs, maxima + q);
            }
            for (; q < queryCount; q++)
                maxima[q] = One(queries + q / Group * (nint)pairs * Group + q % Group, panels, pairs);
        }
    }

    private static void Eight(int* a, byte* panel, int pairs, int* maxima)
    {
        Vector512<int> c00 = Vector512.LoadAligned((int*)panel), c01 = Vector512.LoadAligned((int*)panel + 16);
        Vector512<int> c10 = c00, c11 = c01, c20 = c00, c21 = c01, c30 = c00, c31 = c01;
        Vector512<int> c40 = c00, c41 = c01, c50 = c00, c51 = c01, c60 = c00, c61 = c01, c70 = c00, c71 = c01;
        short* b = (short*)(panel + HeaderBytes);
        for (; pairs > 0; pairs--, a += Group, b += 2 * Lanes)
        {
            Vector512<short> b0 = Vector512.LoadAligned(b), b1 = Vector512.LoadAligned(b + 32);
            Vector512<short> x = Vector512.Create(a[0]).AsInt16();
            c00 = Avx512F.Add(c00, Avx512BW.MultiplyAddAdjacent(x, b0));
            c01 = Avx512F.Add(c01, Avx512BW.MultiplyAddAdjacent(x, b1));
            x = Vector512.Create(a[1]).AsInt16();
            c10 = Avx512F.Add(c10, Avx512BW.MultiplyAddAdjacent(x, b0));
            c11 = Avx512F.Add(c11, Avx512BW.MultiplyAddAdjacent(x, b1));
            x = Vector512.Create(a[2]).AsInt16();
            c20 = Avx512F.Add(c20, Avx512BW.MultiplyAddAdjacent(x, b0));
            c21 = Avx512F.Add(c21, Avx512BW.MultiplyAddAdjacent(x, b1));
            x = Vector512.Create(a[3]).AsInt16();
            c30 = Avx512F.Add(c30, Avx512BW.MultiplyAddAdjacent(x, b0));
            c31 = Avx512F.Add(c31, Avx512BW.MultiplyAddAdjacent(x, b1));
            x = Vector512.Create(a[4]).AsInt16();
            c40 = Avx512F.Add(c40, Avx512BW.MultiplyAddAdjacent(x, b0));
            c41 = Avx512F.Add(c41, Avx512BW.MultiplyAddAdjacent(x, b1));
            x = Vector512.Create(a[5]).AsInt16();
            c50 = Avx512F.Add(c50, Avx512BW.MultiplyAddAdjacent(x, b0));
            c51 = Avx512F.Add(c51, Avx512BW.MultiplyAddAdjacent(x, b1));
            x = Vector512.Create(a[6]).AsInt16();
            c60 = Avx512F.Add(c60, Avx512BW.MultiplyAddAdjacent(x, b0));
            c61 = Avx512F.Add(c61, Avx512BW.MultiplyAddAdjacent(x, b1));
            x = Vector512.Create(a[7]).AsInt16();
            c70 = Avx512F.Add(c70, Avx512BW.MultiplyAddAdjacent(x, b0));
            c71 = Avx512F.Add(c71, Avx512BW.MultiplyAddAdjacent(x, b1));
        }
        // Eight maxima at once: pairs of rows are interleaved and halved until each row is one number.
        Vector512<int> low = Halve64(
            Halve32(Avx512F.Max(c00, c01), Avx512F.Max(c10, c11)), Halve32(Avx512F.Max(c20, c21), Avx512F.Max(c30, c31)));
        Vector512<int> high = Halve64(
            Halve32(Avx512F.Max(c40, c41), Avx512F.Max(c50, c51)), Halve32(Avx512F.Max(c60, c61), Avx512F.Max(c70, c71)));
        Vector512<int> both = Avx512F.Max(
            Avx512F.Shuffle4x128(low, high, 0b01_00_01_00), Avx512F.Shuffle4x128(low, high, 0b11_10_11_10));
        both = Avx512F.Max(both, Avx512F.Shuffle4x128(both, both, 0b10_11_00_01));
        both.GetLower().GetLower().Store(maxima);
        both.GetUpper().GetLower().Store(maxima + 4);
    }

    // In each 128 bits: x02 y02 x13 y13, where x02 is the greater of x0 and x2.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<int> Halve32(Vector512<int> x, Vector512<int> y) =>
        Avx512F.Max(Avx512F.UnpackLow(x, y), Avx512F.UnpackHigh(x, y));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<int> Halve64(Vector512<int> x, Vector512<int> y) => Avx512F.Max(
        Avx512F.UnpackLow(x.AsInt64(), y.AsInt64()).AsInt32(), Avx512F.UnpackHigh(x.AsInt64(), y.AsInt64()).AsInt32());

    private static int One(int* a, byte* panel, int pairs)
    {
        Vector512<int> c0 = Vector512.LoadAligned((int*)panel), c1 = Vector512.LoadAligned((int*)panel + 16);
        short* b = (short*)(panel + HeaderBytes);
        for (; pairs > 0; pairs--, a += Group, b += 2 * Lanes)
        {
            Vector512<short> x = Vector512.Create(*a).AsInt16();
            c0 = Avx512F.Add(c0, Avx512BW.MultiplyAddAdjacent(x, Vector512.LoadAligned(b)));
            c1 = Avx512F.Add(c1, Avx512BW.MultiplyAddAdjacent(x, Vector512.LoadAligned(b + 32)));
        }
        c0 = Avx512F.Max(c0, c1);
        return GreatestLane(Avx2.Max(c0.GetLower(), c0.GetUpper()));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static int GreatestLane(Vector256<int> values) => GreatestLane(Sse41.Max(values.GetLower(), values.GetUpper()));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static int GreatestLane(Vector128<int> values)
    {
        values = Vector128.Max(values, Vector128.Shuffle(values, Vector128.Create(2, 3, 0, 1)));
        return Vector128.Max(values, Vector128.Shuffle(values, Vector128.Create(1, 0, 3, 2))).ToScalar();
    }
}
