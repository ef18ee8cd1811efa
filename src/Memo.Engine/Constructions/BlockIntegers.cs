using System.Numerics;

namespace Memo.Constructions;

/// <summary>Big integers that hold a block of numbers, as in Lemma B.3 and the constructions of sections 2, 4 and 5.</summary>
internal static class BlockIntegers
{
    /// <summary>2^bits - 1, which no integer of that many bits exceeds.</summary>
    public static BigInteger Largest(int bits) => (BigInteger.One << bits) - 1;

    /// <summary>Bits of value > 0: ceil(log2(value + 1)).</summary>
    public static int BitsOf(int value) => 32 - int.LeadingZeroCount(value);

    /// <summary>The digits one behind the other in base 2^bits, most significant first. O(digits * bits).</summary>
    /// <param name="digits">Each in 0 .. 2^bits - 1.</param>
    /// <param name="bits">At most 127.</param>
    public static BigInteger Concatenate(ReadOnlySpan<Int128> digits, int bits)
    {
        var bytes = new byte[((long)digits.Length * bits + 7) / 8];
        for (int j = 0; j < digits.Length; j++)
        {
            long position = (long)(digits.Length - 1 - j) * bits;
            for (UInt128 rest = (UInt128)digits[j]; rest != 0;)
            {
                int within = (int)(position % 8);
                bytes[position / 8] |= (byte)(rest << within);
                rest >>= 8 - within;
                position += 8 - within;
            }
        }
        return new BigInteger(bytes, isUnsigned: true);
    }

    /// <summary>The changes from each value to the next.</summary>
    public static BigInteger[] Jumps(ReadOnlySpan<BigInteger> values)
    {
        var jumps = new BigInteger[values.Length - 1];
        for (int k = 0; k < jumps.Length; k++) jumps[k] = values[k + 1] - values[k];
        return jumps;
    }
}
