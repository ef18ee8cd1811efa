using System.Runtime.Intrinsics;

namespace Memo.Kernels.SquaredDistance;

internal static unsafe partial class Int16Panel
{
    // The portable path (x86-64-v2, arm64): 1 query x 32 points, 8 accumulators of 4 int32.
    internal static void RunVector128(byte* queries, int queryCount, byte* panel, int dimension, int* output)
    {
        nint queryBytes = (nint)QueryBytes(dimension);
        for (int q = 0; q < queryCount; q++, queries += queryBytes, output += Lanes)
        {
            Vector128<int> c0 = default, c1 = default, c2 = default, c3 = default;
            Vector128<int> c4 = default, c5 = default, c6 = default, c7 = default;
            byte* a = queries + QueryHeader;
            short* b = (short*)(panel + PanelHeader);
            for (int pair = Pairs(dimension); pair > 0; pair--, a += 4, b += 2 * Lanes)
            {
                Vector128<short> x = Vector128.Create(*(int*)a).AsInt16();
                c0 += PairProducts.MultiplyAddAdjacent(x, Vector128.LoadAligned(b));
                c1 += PairProducts.MultiplyAddAdjacent(x, Vector128.LoadAligned(b + 8));
                c2 += PairProducts.MultiplyAddAdjacent(x, Vector128.LoadAligned(b + 16));
                c3 += PairProducts.MultiplyAddAdjacent(x, Vector128.LoadAligned(b + 24));
                c4 += PairProducts.MultiplyAddAdjacent(x, Vector128.LoadAligned(b + 32));
                c5 += PairProducts.MultiplyAddAdjacent(x, Vector128.LoadAligned(b + 40));
                c6 += PairProducts.MultiplyAddAdjacent(x, Vector128.LoadAligned(b + 48));
                c7 += PairProducts.MultiplyAddAdjacent(x, Vector128.LoadAligned(b + 56));
            }
            Vector128<int> norm = Vector128.Create(*(int*)queries);
            c0 = norm + Vector128.LoadAligned((int*)panel) - (c0 << 1);
            c1 = norm + Vector128.LoadAligned((int*)panel + 4) - (c1 << 1);
            c2 = norm + Vector128.LoadAligned((int*)panel + 8) - (c2 << 1);
            c3 = norm + Vector128.LoadAligned((int*)panel + 12) - (c3 << 1);
            c4 = norm + Vector128.LoadAligned((int*)panel + 16) - (c4 << 1);
            c5 = norm + Vector128.LoadAligned((int*)panel + 20) - (c5 << 1);
            c6 = norm + Vector128.LoadAligned((int*)panel + 24) - (c6 << 1);
            c7 = norm + Vector128.LoadAligned((int*)panel + 28) - (c7 << 1);
            Vector128.StoreAligned(c0, output);
            Vector128.StoreAligned(c1, output + 4);
            Vector128.StoreAligned(c2, output + 8);
            Vector128.StoreAligned(c3, output + 12);
            Vector128.StoreAligned(c4, output + 16);
            Vector128.StoreAligned(c5, output + 20);
            Vector128.StoreAligned(c6, output + 24);
            Vector128.StoreAligned(c7, output + 28);
        }
    }
}
