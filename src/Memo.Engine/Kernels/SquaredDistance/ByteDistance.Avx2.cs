using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Memo.Kernels.SquaredDistance;

internal readonly unsafe partial struct ByteDistance
{
    // 2 queries x 32 points: 8 accumulators of 8 int32, 4 of the 16 registers for the panel, 2 for the queries.
    internal static void DistancesAvx2(byte* queries, int queryCount, byte* panel, int dimension, int* distances)
    {
        nint queryBytes = (nint)QueryBytes(dimension);
        for (int q = 0; q < queryCount; q += 2, queries += 2 * queryBytes, distances += 2 * Lanes)
        {
            Vector256<int> c00 = default, c01 = default, c02 = default, c03 = default;
            Vector256<int> c10 = default, c11 = default, c12 = default, c13 = default;
            byte* a = queries + QueryHeader;
            short* b = (short*)(panel + PanelHeader);
            for (int pair = Pairs(dimension); pair > 0; pair--, a += 4, b += 2 * Lanes)
            {
                Vector256<short> x = Vector256.Create(*(int*)a).AsInt16();
                Vector256<short> y = Vector256.Create(*(int*)(a + queryBytes)).AsInt16();
                Vector256<short> b0 = Vector256.LoadAligned(b), b1 = Vector256.LoadAligned(b + 16);
                Vector256<short> b2 = Vector256.LoadAligned(b + 32), b3 = Vector256.LoadAligned(b + 48);
                c00 = Avx2.Add(c00, Avx2.MultiplyAddAdjacent(x, b0));
                c01 = Avx2.Add(c01, Avx2.MultiplyAddAdjacent(x, b1));
                c02 = Avx2.Add(c02, Avx2.MultiplyAddAdjacent(x, b2));
                c03 = Avx2.Add(c03, Avx2.MultiplyAddAdjacent(x, b3));
                c10 = Avx2.Add(c10, Avx2.MultiplyAddAdjacent(y, b0));
                c11 = Avx2.Add(c11, Avx2.MultiplyAddAdjacent(y, b1));
                c12 = Avx2.Add(c12, Avx2.MultiplyAddAdjacent(y, b2));
                c13 = Avx2.Add(c13, Avx2.MultiplyAddAdjacent(y, b3));
            }
            Store(c00, 0, queries, distances);
            Store(c01, 8, queries, distances);
            Store(c02, 16, queries, distances);
            Store(c03, 24, queries, distances);
            Store(c10, 0, queries + queryBytes, distances + Lanes);
            Store(c11, 8, queries + queryBytes, distances + Lanes);
            Store(c12, 16, queries + queryBytes, distances + Lanes);
            Store(c13, 24, queries + queryBytes, distances + Lanes);
        }

        void Store(Vector256<int> products, int lane, byte* query, int* row) =>
            Vector256.StoreAligned(
                Vector256.Create(*(int*)query) + Vector256.LoadAligned((int*)panel + lane) - (products << 1), row + lane);
    }
}
