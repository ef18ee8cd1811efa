using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Memo.Kernels.SquaredDistance;

/// <summary>The exact squared distance of one pair of byte vectors, for points that come alone. n &lt;= 33025, as in
/// <see cref="ByteDistance"/>.</summary>
internal static unsafe class BytePair
{
    /// <summary>|a - b|^2. O(n).</summary>
    public static int SquaredDistance(ReadOnlySpan<byte> a, ReadOnlySpan<byte> b)
    {
        fixed (byte* x = a, z = b)
            return SquaredDistance(x, z, a.Length);
    }

    /// <summary>The same for n bytes at two addresses.</summary>
    public static int SquaredDistance(byte* x, byte* z, int n) => Isa.Active switch
    {
        InstructionSet.Avx512 => SquaredDistanceAvx512(x, z, n),
        InstructionSet.Avx2 => SquaredDistanceAvx2(x, z, n),
        _ => SquaredDistanceReference(x, z, 0, n),
    };

    /// <summary>The scalar reference, over the coordinates from k on.</summary>
    internal static int SquaredDistanceReference(byte* x, byte* z, int k, int n)
    {
        int sum = 0;
        for (; k < n; k++) sum += (x[k] - z[k]) * (x[k] - z[k]);
        return sum;
    }

    // |x - z| as one of two saturated differences, widened to int16 and multiplied with itself.
    internal static int SquaredDistanceAvx512(byte* x, byte* z, int n)
    {
        Vector512<int> sums0 = default, sums1 = default;
        int k = 0;
        for (; k <= n - 64; k += 64)
        {
            Vector512<byte> a = Vector512.Load(x + k), b = Vector512.Load(z + k);
            Vector512<byte> difference = Avx512BW.SubtractSaturate(a, b) | Avx512BW.SubtractSaturate(b, a);
            Vector512<short> low = Avx512BW.UnpackLow(difference, Vector512<byte>.Zero).AsInt16();
            Vector512<short> high = Avx512BW.UnpackHigh(difference, Vector512<byte>.Zero).AsInt16();
            sums0 = Avx512F.Add(sums0, Avx512BW.MultiplyAddAdjacent(low, low));
            sums1 = Avx512F.Add(sums1, Avx512BW.MultiplyAddAdjacent(high, high));
        }
        sums0 = Avx512F.Add(sums0, sums1);
        Vector256<int> sums = Avx2.Add(sums0.GetLower(), sums0.GetUpper());
        return SquaredDistanceAvx2(x, z, k, n, sums);
    }

    internal static int SquaredDistanceAvx2(byte* x, byte* z, int n) => SquaredDistanceAvx2(x, z, 0, n, default);

    private static int SquaredDistanceAvx2(byte* x, byte* z, int k, int n, Vector256<int> sums)
    {
        for (; k <= n - 16; k += 16)
        {
            Vector256<short> difference = Avx2.Subtract(Avx2.ConvertToVector256Int16(x + k), Avx2.ConvertToVector256Int16(z + k));
            sums = Avx2.Add(sums, Avx2.MultiplyAddAdjacent(difference, difference));
        }
        return Vector256.Sum(sums) + SquaredDistanceReference(x, z, k, n);
    }
}
