using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Memo.Kernels.ByteProducts;

internal static unsafe partial class Int16Bytes
{
    public static void RunAvx512<TEpilogue>(byte* queries, int queryCount, byte* panel, int dimension, ref TEpilogue epilogue)
        where TEpilogue : struct, IByteEpilogue
    {
        nint stride = (nint)BytePanel.QueryBytes(ByteTechnique.Avx512, dimension);
        int pairs = BytePanel.Pairs(dimension), q = 0;
        for (; q <= queryCount - 8; q += 8) Run8(q, queries + q * stride, stride, panel, pairs, ref epilogue);
        for (; q < queryCount; q++) Run1Avx512(q, queries + q * stride, panel, pairs, ref epilogue);
    }

    // 8 queries x 32 points: 16 accumulators of 16 int32. A step of one pair of coordinates is 2 loads and 8 broadcasts
    // for 16 vpmaddwd and as many additions; the panel, often larger than the first-level cache, is read once for 8.
    private static void Run8<TEpilogue>(int q, byte* query, nint stride, byte* panel, int pairs, ref TEpilogue epilogue)
        where TEpilogue : struct, IByteEpilogue
    {
        Vector512<int> c00 = default, c01 = default, c10 = default, c11 = default;
        Vector512<int> c20 = default, c21 = default, c30 = default, c31 = default;
        Vector512<int> c40 = default, c41 = default, c50 = default, c51 = default;
        Vector512<int> c60 = default, c61 = default, c70 = default, c71 = default;
        byte* a = query + BytePanel.QueryHeader, e = a + 4 * stride;
        nint stride3 = 3 * stride;
        short* b = (short*)(panel + BytePanel.PanelHeader);
        for (; pairs > 0; pairs--, a += 4, e += 4, b += Step)
        {
            Vector512<short> b0 = Vector512.LoadAligned(b), b1 = Vector512.LoadAligned(b + 32);
            Vector512<short> x = Vector512.Create(*(int*)a).AsInt16();
            c00 = Avx512F.Add(c00, Avx512BW.MultiplyAddAdjacent(x, b0));
            c01 = Avx512F.Add(c01, Avx512BW.MultiplyAddAdjacent(x, b1));
            x = Vector512.Create(*(int*)(a + stride)).AsInt16();
            c10 = Avx512F.Add(c10, Avx512BW.MultiplyAddAdjacent(x, b0));
            c11 = Avx512F.Add(c11, Avx512BW.MultiplyAddAdjacent(x, b1));
            x = Vector512.Create(*(int*)(a + 2 * stride)).AsInt16();
            c20 = Avx512F.Add(c20, Avx512BW.MultiplyAddAdjacent(x, b0));
            c21 = Avx512F.Add(c21, Avx512BW.MultiplyAddAdjacent(x, b1));
            x = Vector512.Create(*(int*)(a + stride3)).AsInt16();
            c30 = Avx512F.Add(c30, Avx512BW.MultiplyAddAdjacent(x, b0));
            c31 = Avx512F.Add(c31, Avx512BW.MultiplyAddAdjacent(x, b1));
            x = Vector512.Create(*(int*)e).AsInt16();
            c40 = Avx512F.Add(c40, Avx512BW.MultiplyAddAdjacent(x, b0));
            c41 = Avx512F.Add(c41, Avx512BW.MultiplyAddAdjacent(x, b1));
            x = Vector512.Create(*(int*)(e + stride)).AsInt16();
            c50 = Avx512F.Add(c50, Avx512BW.MultiplyAddAdjacent(x, b0));
            c51 = Avx512F.Add(c51, Avx512BW.MultiplyAddAdjacent(x, b1));
            x = Vector512.Create(*(int*)(e + 2 * stride)).AsInt16();
            c60 = Avx512F.Add(c60, Avx512BW.MultiplyAddAdjacent(x, b0));
            c61 = Avx512F.Add(c61, Avx512BW.MultiplyAddAdjacent(x, b1));
            x = Vector512.Create(*(int*)(e + stride3)).AsInt16();
            c70 = Avx512F.Add(c70, Avx512BW.MultiplyAddAdjacent(x, b0));
            c71 = Avx512F.Add(c71, Avx512BW.MultiplyAddAdjacent(x, b1));
        }
        Finish(ref epilogue, q, query, panel, c00, c01);
        Finish(ref epilogue, q + 1, query + stride, panel, c10, c11);
        Finish(ref epilogue, q + 2, query + 2 * stride, panel, c20, c21);
        Finish(ref epilogue, q + 3, query + 3 * stride, panel, c30, c31);
        Finish(ref epilogue, q + 4, query + 4 * stride, panel, c40, c41);
        Finish(ref epilogue, q + 5, query + 5 * stride, panel, c50, c51);
        Finish(ref epilogue, q + 6, query + 6 * stride, panel, c60, c61);
        Finish(ref epilogue, q + 7, query + 7 * stride, panel, c70, c71);
    }

    private static void Run1Avx512<TEpilogue>(int q, byte* query, byte* panel, int pairs, ref TEpilogue epilogue)
        where TEpilogue : struct, IByteEpilogue
    {
        Vector512<int> c0 = default, c1 = default;
        byte* a = query + BytePanel.QueryHeader;
        short* b = (short*)(panel + BytePanel.PanelHeader);
        for (; pairs > 0; pairs--, a += 4, b += Step)
        {
            Vector512<short> x = Vector512.Create(*(int*)a).AsInt16();
            c0 = Avx512F.Add(c0, Avx512BW.MultiplyAddAdjacent(x, Vector512.LoadAligned(b)));
            c1 = Avx512F.Add(c1, Avx512BW.MultiplyAddAdjacent(x, Vector512.LoadAligned(b + 32)));
        }
        Finish(ref epilogue, q, query, panel, c0, c1);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Finish<TEpilogue>(ref TEpilogue epilogue, int q, byte* query, byte* panel, Vector512<int> c0,
        Vector512<int> c1) where TEpilogue : struct, IByteEpilogue =>
        epilogue.Finish(q, query, panel, c0.GetLower(), c0.GetUpper(), c1.GetLower(), c1.GetUpper());
}
