using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Memo.Kernels.ByteProducts;

internal static unsafe partial class Int16Bytes
{
    // The portable path (x86-64-v2, arm64): 1 query x 32 points, 8 accumulators of 4 int32.
    public static void RunVector128<TEpilogue>(byte* queries, int queryCount, byte* panel, int dimension,
        ref TEpilogue epilogue) where TEpilogue : struct, IByteEpilogue
    {
        nint stride = (nint)BytePanel.QueryBytes(ByteTechnique.Portable, dimension);
        for (int q = 0; q < queryCount; q++, queries += stride)
        {
            Vector128<int> c0 = default, c1 = default, c2 = default, c3 = default;
            Vector128<int> c4 = default, c5 = default, c6 = default, c7 = default;
            byte* a = queries + BytePanel.QueryHeader;
            short* b = (short*)(panel + BytePanel.PanelHeader);
            for (int pair = BytePanel.Pairs(dimension); pair > 0; pair--, a += 4, b += Step)
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
            epilogue.Finish(q, queries, panel, Vector256.Create(c0, c1), Vector256.Create(c2, c3), Vector256.Create(c4, c5),
                Vector256.Create(c6, c7));
        }
    }

    // Without SSE2: the even and the odd int16 of each int32, sign-extended and multiplied.
    private static Vector128<int> MultiplyAddAdjacent(Vector128<short> x, Vector128<short> y) => Sse2.IsSupported
        ? Sse2.MultiplyAddAdjacent(x, y)
        : (x.AsInt32() << 16 >> 16) * (y.AsInt32() << 16 >> 16) + (x.AsInt32() >> 16) * (y.AsInt32() >> 16);
}
