using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Memo.Kernels.ByteProducts;

internal static unsafe partial class Int16Bytes
{
    public static void RunAvx2<TEpilogue>(byte* queries, int queryCount, byte* panel, int dimension, ref TEpilogue epilogue)
        where TEpilogue : struct, IByteEpilogue
    {
        nint stride = (nint)BytePanel.QueryBytes(ByteTechnique.Avx2, dimension);
        int pairs = BytePanel.Pairs(dimension), q = 0;
        for (; q <= queryCount - 2; q += 2) Run2Avx2(q, queries + q * stride, stride, panel, pairs, ref epilogue);
        if (q < queryCount) Run1Avx2(q, queries + q * stride, panel, pairs, ref epilogue);
    }

    // 2 queries x 32 points: 8 accumulators of 8 int32, 4 of the 16 registers for the panel, 2 for the queries.
    private static void Run2Avx2<TEpilogue>(int q, byte* query, nint stride, byte* panel, int pairs, ref TEpilogue epilogue)
        where TEpilogue : struct, IByteEpilogue
    {
        Vector256<int> c00 = default, c01 = default, c02 = default, c03 = default;
        Vector256<int> c10 = default, c11 = default, c12 = default, c13 = default;
        byte* a = query + BytePanel.QueryHeader;
        short* b = (short*)(panel + BytePanel.PanelHeader);
        for (; pairs > 0; pairs--, a += 4, b += Step)
        {
            Vector256<short> x = Vector256.Create(*(int*)a).AsInt16(), y = Vector256.Create(*(int*)(a + stride)).AsInt16();
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
        epilogue.Finish(q, query, panel, c00, c01, c02, c03);
        epilogue.Finish(q + 1, query + stride, panel, c10, c11, c12, c13);
    }

    private static void Run1Avx2<TEpilogue>(int q, byte* query, byte* panel, int pairs, ref TEpilogue epilogue)
        where TEpilogue : struct, IByteEpilogue
    {
        Vector256<int> c0 = default, c1 = default, c2 = default, c3 = default;
        byte* a = query + BytePanel.QueryHeader;
        short* b = (short*)(panel + BytePanel.PanelHeader);
        for (; pairs > 0; pairs--, a += 4, b += Step)
        {
            Vector256<short> x = Vector256.Create(*(int*)a).AsInt16();
            c0 = Avx2.Add(c0, Avx2.MultiplyAddAdjacent(x, Vector256.LoadAligned(b)));
            c1 = Avx2.Add(c1, Avx2.MultiplyAddAdjacent(x, Vector256.LoadAligned(b + 16)));
            c2 = Avx2.Add(c2, Avx2.MultiplyAddAdjacent(x, Vector256.LoadAligned(b + 32)));
            c3 = Avx2.Add(c3, Avx2.MultiplyAddAdjacent(x, Vector256.LoadAligned(b + 48)));
        }
        epilogue.Finish(q, query, panel, c0, c1, c2, c3);
    }
}
