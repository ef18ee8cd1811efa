using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Memo.Kernels.ByteProducts;

/// <summary>Transposition in registers, for packing.</summary>
internal static unsafe class Transposition
{
    /// <summary>Transposes the 8 x 8 matrix whose rows are 8 registers of 8 int32, in place. Needs AVX2.</summary>
    public static void Transpose8(Vector256<int>* rows)
    {
        Vector256<int> a0 = Avx2.UnpackLow(rows[0], rows[1]), a1 = Avx2.UnpackHigh(rows[0], rows[1]);
        Vector256<int> a2 = Avx2.UnpackLow(rows[2], rows[3]), a3 = Avx2.UnpackHigh(rows[2], rows[3]);
        Vector256<int> a4 = Avx2.UnpackLow(rows[4], rows[5]), a5 = Avx2.UnpackHigh(rows[4], rows[5]);
        Vector256<int> a6 = Avx2.UnpackLow(rows[6], rows[7]), a7 = Avx2.UnpackHigh(rows[6], rows[7]);
        // Columns 0 and 4 of rows 0-3, and so on.
        Vector256<int> b0 = UnpackLowPairs(a0, a2), b1 = UnpackHighPairs(a0, a2);
        Vector256<int> b2 = UnpackLowPairs(a1, a3), b3 = UnpackHighPairs(a1, a3);
        Vector256<int> b4 = UnpackLowPairs(a4, a6), b5 = UnpackHighPairs(a4, a6);
        Vector256<int> b6 = UnpackLowPairs(a5, a7), b7 = UnpackHighPairs(a5, a7);
        (rows[0], rows[4]) = (Avx2.Permute2x128(b0, b4, 0x20), Avx2.Permute2x128(b0, b4, 0x31));
        (rows[1], rows[5]) = (Avx2.Permute2x128(b1, b5, 0x20), Avx2.Permute2x128(b1, b5, 0x31));
        (rows[2], rows[6]) = (Avx2.Permute2x128(b2, b6, 0x20), Avx2.Permute2x128(b2, b6, 0x31));
        (rows[3], rows[7]) = (Avx2.Permute2x128(b3, b7, 0x20), Avx2.Permute2x128(b3, b7, 0x31));
    }

    private static Vector256<int> UnpackLowPairs(Vector256<int> x, Vector256<int> y) =>
        Avx2.UnpackLow(x.AsInt64(), y.AsInt64()).AsInt32();

    private static Vector256<int> UnpackHighPairs(Vector256<int> x, Vector256<int> y) =>
        Avx2.UnpackHigh(x.AsInt64(), y.AsInt64()).AsInt32();
}
