using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Memo.Kernels.LowerBound;

/// <summary>Products of pairs of int16, summed into int32, where AVX2 is not at hand.</summary>
internal static class PairProducts
{
    /// <summary>x[2i] y[2i] + x[2i+1] y[2i+1]. Without SSE2: each int16 of an int32 sign-extended and multiplied.</summary>
    public static Vector128<int> MultiplyAddAdjacent(Vector128<short> x, Vector128<short> y) => Sse2.IsSupported
        ? Sse2.MultiplyAddAdjacent(x, y)
        : (x.AsInt32() << 16 >> 16) * (y.AsInt32() << 16 >> 16) + (x.AsInt32() >> 16) * (y.AsInt32() >> 16);
}
