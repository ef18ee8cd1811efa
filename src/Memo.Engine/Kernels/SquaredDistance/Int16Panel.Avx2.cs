using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Memo.Kernels.SquaredDistance;

internal static unsafe partial class Int16Panel
{
    // 2 queries x 32 points: 8 accumulators of 8 int32, 4 of the 16 registers for the panel, 2 for the queries.
    internal static void RunAvx2(byte* queries, int queryCount, byte* panel, int dimension, int* output)
    {
        nint queryBytes = (nint)QueryBytes(dimension);
        for (int q = 0; q < queryCount; q += 2, queries += 2 * queryBytes, output += 2 * Lanes)
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
            Finish(c00, c01, c02, c03, queries, output);
            Finish(c10, c11, c12, c13, queries + queryBytes, output + Lanes);
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        void Finish(Vector256<int> p0, Vector256<int> p1, Vector256<int> p2, Vector256<int> p3, byte* query, int* row)
        {
            Vector256<int> norm = Vector256.Create(*(int*)query);
            int* norms = (int*)panel;
            p0 = norm + Vector256.LoadAligned(norms) - (p0 << 1);
            p1 = norm + Vector256.LoadAligned(norms + 8) - (p1 << 1);
            p2 = norm + Vector256.LoadAligned(norms + 16) - (p2 << 1);
            p3 = norm + Vector256.LoadAligned(norms + 24) - (p3 << 1);
            Vector256.StoreAligned(p0, row);
            Vector256.StoreAligned(p1, row + 8);
            Vector256.StoreAligned(p2, row + 16);
            Vector256.StoreAligned(p3, row + 24);
        }
    }
}
