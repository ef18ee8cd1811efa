using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Memo.Kernels.SquaredDistance;

internal readonly unsafe partial struct ByteDistance
{
    // 4 queries x 32 points: 8 accumulators of 16 int32. A step of one feature pair is 2 aligned loads, 4 broadcasts
    // and 8 vpmaddwd + vpaddd, so the two multiply ports stay the limit (64 products a cycle).
    internal static void DistancesAvx512(byte* queries, int queryCount, byte* panel, int dimension, int* distances)
    {
        nint queryBytes = (nint)QueryBytes(dimension);
        Vector512<int> norms0 = Vector512.LoadAligned((int*)panel), norms1 = Vector512.LoadAligned((int*)panel + 16);
        for (int q = 0; q < queryCount; q += 4, queries += 4 * queryBytes, distances += 4 * Lanes)
        {
            Vector512<int> c00 = default, c01 = default, c10 = default, c11 = default;
            Vector512<int> c20 = default, c21 = default, c30 = default, c31 = default;
            byte* a = queries + QueryHeader;
            short* b = (short*)(panel + PanelHeader);
            for (int pair = Pairs(dimension); pair > 0; pair--, a += 4, b += 2 * Lanes)
            {
                Vector512<short> b0 = Vector512.LoadAligned(b), b1 = Vector512.LoadAligned(b + 32);
                Vector512<short> x = Vector512.Create(*(int*)a).AsInt16();
                c00 = Avx512F.Add(c00, Avx512BW.MultiplyAddAdjacent(x, b0));
                c01 = Avx512F.Add(c01, Avx512BW.MultiplyAddAdjacent(x, b1));
                x = Vector512.Create(*(int*)(a + queryBytes)).AsInt16();
                c10 = Avx512F.Add(c10, Avx512BW.MultiplyAddAdjacent(x, b0));
                c11 = Avx512F.Add(c11, Avx512BW.MultiplyAddAdjacent(x, b1));
                x = Vector512.Create(*(int*)(a + 2 * queryBytes)).AsInt16();
                c20 = Avx512F.Add(c20, Avx512BW.MultiplyAddAdjacent(x, b0));
                c21 = Avx512F.Add(c21, Avx512BW.MultiplyAddAdjacent(x, b1));
                x = Vector512.Create(*(int*)(a + 3 * queryBytes)).AsInt16();
                c30 = Avx512F.Add(c30, Avx512BW.MultiplyAddAdjacent(x, b0));
                c31 = Avx512F.Add(c31, Avx512BW.MultiplyAddAdjacent(x, b1));
            }
            Store(c00, c01, queries, distances);
            Store(c10, c11, queries + queryBytes, distances + Lanes);
            Store(c20, c21, queries + 2 * queryBytes, distances + 2 * Lanes);
            Store(c30, c31, queries + 3 * queryBytes, distances + 3 * Lanes);
        }

        void Store(Vector512<int> products0, Vector512<int> products1, byte* query, int* row)
        {
            Vector512<int> norm = Vector512.Create(*(int*)query);
            Vector512.StoreAligned(norm + norms0 - (products0 << 1), row);
            Vector512.StoreAligned(norm + norms1 - (products1 << 1), row + 16);
        }
    }
}
