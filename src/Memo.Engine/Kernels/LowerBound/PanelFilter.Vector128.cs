using System.Runtime.Intrinsics;

namespace Memo.Kernels.LowerBound;

internal static unsafe partial class PanelFilter
{
    // The portable path (x86-64-v2, arm64): 1 query x 32 points in four rounds of 8 points.
    internal static void RunVector128(int* queries, int queryCount, byte* panels, int panelCount, int pairs, int* maxima, nint stride)
    {
        for (int p = 0; p < panelCount; p++, panels += PanelBytes(pairs), maxima += stride)
            for (int q = 0; q < queryCount; q++)
            {
                int* query = queries + q / Group * (nint)pairs * Group + q % Group;
                var greatest = Vector128.Create(int.MinValue);
                for (int lane = 0; lane < Lanes; lane += 8)
                {
                    Vector128<int> c0 = Vector128.LoadAligned((int*)panels + lane), c1 = Vector128.LoadAligned((int*)panels + lane + 4);
                    int* a = query;
                    short* b = (short*)(panels + HeaderBytes) + 2 * lane;
                    for (int pair = pairs; pair > 0; pair--, a += Group, b += 2 * Lanes)
                    {
                        Vector128<short> x = Vector128.Create(*a).AsInt16();
                        c0 += PairProducts.MultiplyAddAdjacent(x, Vector128.LoadAligned(b));
                        c1 += PairProducts.MultiplyAddAdjacent(x, Vector128.LoadAligned(b + 8));
                    }
                    greatest = Vector128.Max(greatest, Vector128.Max(c0, c1));
                }
                maxima[q] = GreatestLane(greatest);
            }
    }
}
