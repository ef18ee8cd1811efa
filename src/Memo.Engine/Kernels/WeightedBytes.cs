// The dot product of bytes with integer weights of up to 22 bits: what compression to one number (Lemma B.1) spends its
// time on, a row of samples against one direction w after another.

using System.Numerics;

namespace Memo.Kernels;

/// <summary>sum of weights[k] * values[k], exactly.</summary>
internal static class WeightedBytes
{
    /// <summary>The largest |weight|: four products with bytes fit int32.</summary>
    public const int MostWeight = int.MaxValue / (4 * byte.MaxValue);

    /// <summary>The plain loop. Any length: 2^31 products of below 2^31 fit int64.</summary>
    public static long DotScalar(ReadOnlySpan<byte> values, ReadOnlySpan<int> weights)
    {
        long sum = 0;
        for (int k = 0; k < values.Length; k++) sum += (long)weights[k] * values[k];
        return sum;
    }

    /// <summary>The same, a register of bytes at a time.</summary>
    /// <param name="values">Length n.</param>
    /// <param name="weights">Length n, magnitudes at most <paramref name="most"/>.</param>
    /// <param name="most">At most <see cref="MostWeight"/>.</param>
    public static long Dot(ReadOnlySpan<byte> values, ReadOnlySpan<int> weights, int most)
    {
        weights = weights[..values.Length];
        // A step adds four products to each int32 lane; so many steps fit before the lanes are added up in int64.
        int steps = most == 0 ? int.MaxValue : int.MaxValue / (4 * byte.MaxValue) / most;
        int k = 0, whole = values.Length - (values.Length % Vector<byte>.Count), lanes = Vector<int>.Count;
        Vector<long> total = Vector<long>.Zero;
        while (k < whole)
        {
            Vector<int> sum = Vector<int>.Zero;
            for (int step = 0; step < steps && k < whole; step++, k += Vector<byte>.Count)
            {
                Vector.Widen(new Vector<byte>(values[k..]), out Vector<ushort> low, out Vector<ushort> high);
                Vector.Widen(low, out Vector<uint> first, out Vector<uint> second);
                Vector.Widen(high, out Vector<uint> third, out Vector<uint> fourth);
                sum += Vector.AsVectorInt32(first) * new Vector<int>(weights[k..]) +
                       Vector.AsVectorInt32(second) * new Vector<int>(weights[(k + lanes)..]) +
                       Vector.AsVectorInt32(third) * new Vector<int>(weights[(k + 2 * lanes)..]) +
                       Vector.AsVectorInt32(fourth) * new Vector<int>(weights[(k + 3 * lanes)..]);
            }
            Vector.Widen(sum, out Vector<long> left, out Vector<long> right);
            total += left + right;
        }
        return Vector.Sum(total) + DotScalar(values[whole..], weights[whole..]);
    }
}
