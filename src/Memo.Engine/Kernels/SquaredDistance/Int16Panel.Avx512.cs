using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Memo.Kernels.SquaredDistance;

internal static unsafe partial class Int16Panel
{
    // 4 queries x 32 points: 8 accumulators of 16 int32. A step of one coordinate pair is 2 aligned loads, 4 broadcasts
    // and 8 vpmaddwd + vpaddd, so the two multiply ports stay the limit (64 products a cycle).
    internal static void RunAvx512(byte* queries, int queryCount, byte* panel, int dimension, int* output)
    {
        nint queryBytes = (nint)QueryBytes(dimension);
        Vector512<int> norms0 = Vector512.LoadAligned((int*)panel), norms1 = Vector512.LoadAligned((int*)panel + 16);
        for (int q = 0; q < queryCount; q += 4, queries += 4 * queryBytes, output += 4 * Lanes)
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
            Finish(c00, c01, queries, output);
            Finish(c10, c11, queries + queryBytes, output + Lanes);
            Finish(c20, c21, queries + 2 * queryBytes, output + 2 * Lanes);
            Finish(c30, c31, queries + 3 * queryBytes, output + 3 * Lanes);
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        void Finish(Vector512<int> products0, Vector512<int> products1, byte* query, int* row)
        {
            Vector512<int> norm = Vector512.Create(*(int*)query);
            Vector512<int> first = norm + norms0 - (products0 << 1), second = norm + norms1 - (products1 << 1);
            Vector512.StoreAligned(first, row);
            Vector512.StoreAligned(second, row + 16);
        }
    }
}
