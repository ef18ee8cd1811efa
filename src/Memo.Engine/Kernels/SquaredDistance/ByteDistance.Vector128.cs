using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Memo.Kernels.SquaredDistance;

internal readonly unsafe partial struct ByteDistance
{
    // The portable path (x86-64-v2, arm64): 1 query x 32 points, 8 accumulators of 4 int32.
    internal static void DistancesVector128(byte* queries, int queryCount, byte* panel, int dimension, int* distances)
    {
        nint queryBytes = (nint)QueryBytes(dimension);
        for (int q = 0; q < queryCount; q++, queries += queryBytes, distances += Lanes)
        {
            Vector128<int> c0 = default, c1 = default, c2 = default, c3 = default;
            Vector128<int> c4 = default, c5 = default, c6 = default, c7 = default;
            byte* a = queries + QueryHeader;
            short* b = (short*)(panel + PanelHeader);
            for (int pair = Pairs(dimension); pair > 0; pair--, a += 4, b += 2 * Lanes)
            {
                Vector128<short> x = Vector128.Create(*(int*)a).AsInt16();
                c0 += MultiplyAddAdjacent(x, Vector128.LoadAligned(b));
                c1 += MultiplyAddAdjacent(x, Vector128.LoadAligned(b + 8));
                c2 += MultiplyAddAdjacent(x, Vector128.LoadAligned(b + 16));
                c3 += MultiplyAddAdjacent(x, Vector128.LoadAligned(b + 24));
                c4 += MultiplyAddAdjacent(x, Vector128.LoadAligned(b + 32));
                c5 += MultiplyAddAdjacent(x, Vector128.LoadAligned(b + 40));
                c6 += MultiplyAddAdjacent(x, Vector128.LoadAligned(b + 48));
                c7 += MultiplyAddAdjacent(x, Vector128.LoadAligned(b + 56));
            }
            Store(c0, 0);
            Store(c1, 4);
            Store(c2, 8);
            Store(c3, 12);
            Store(c4, 16);
            Store(c5, 20);
            Store(c6, 24);
            Store(c7, 28);

            void Store(Vector128<int> products, int lane) => Vector128.StoreAligned(
                Vector128.Create(*(int*)queries) + Vector128.LoadAligned((int*)panel + lane) - (products << 1),
                distances + lane);
        }
    }

    // Without SSE2: the even and the odd int16 of each int32, sign-extended and multiplied.
    private static Vector128<int> MultiplyAddAdjacent(Vector128<short> x, Vector128<short> y) => Sse2.IsSupported
        ? Sse2.MultiplyAddAdjacent(x, y)
        : (x.AsInt32() << 16 >> 16) * (y.AsInt32() << 16 >> 16) + (x.AsInt32() >> 16) * (y.AsInt32() >> 16);
}
