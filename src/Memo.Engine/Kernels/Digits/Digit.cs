using System.Numerics;

namespace Memo.Kernels.Digits;

/// <summary>
/// Integers as digits in base 2^28, least first, each in a 32-bit lane: the four bits to spare hold the carry of a sum, so
/// that a carry is resolved by a shift and no comparison. A number of L digits is taken modulo 2^(28 L): digits lie in
/// [0, 2^28), and a signed number is in two's complement, its sign the top bit of the top digit.
/// </summary>
internal static class Digit
{
    /// <summary>Bits of a digit.</summary>
    public const int Bits = 28;

    /// <summary>The largest digit.</summary>
    public const int Mask = (1 << Bits) - 1;

    /// <summary>Digits that hold every number of <paramref name="bits"/> bits without sign; at least 1.</summary>
    public static int CountFor(long bits) => (int)Math.Max(1, (bits + Bits - 1) / Bits);

    /// <summary>The digits of a number modulo 2^(28 count), two's complement. O(count).</summary>
    public static void Write(BigInteger value, Span<int> digits)
    {
        // Sign-extended bytes, read in windows of 28 bits.
        int length = digits.Length * Bits / 8 + 8;
        byte[] bytes = new byte[length];
        if (value.Sign < 0) Array.Fill(bytes, (byte)255);
        BigInteger reduced = value.GetByteCount() <= length ? value : Reduce(value, digits.Length * Bits);
        reduced.TryWriteBytes(bytes, out int written);
        if (reduced.Sign >= 0) Array.Fill(bytes, (byte)0, written, length - written);
        for (int i = 0; i < digits.Length; i++)
        {
            int bit = i * Bits;
            digits[i] = (int)(BitConverter.ToUInt64(bytes, bit / 8) >> (bit % 8)) & Mask;
        }
    }

    /// <summary>The number that digits stand for in two's complement, of which digit i is at digits[i * stride].</summary>
    public static BigInteger Read(ReadOnlySpan<int> digits, int stride)
    {
        int count = (digits.Length + stride - 1) / stride;
        var bytes = new byte[count * Bits / 8 + 9];
        for (int i = 0; i < count; i++)
        {
            int bit = i * Bits;
            Span<byte> window = bytes.AsSpan(bit / 8, 8);
            ulong merged = BitConverter.ToUInt64(window) | (ulong)(uint)digits[i * stride] << (bit % 8);
            BitConverter.TryWriteBytes(window, merged);
        }
        var value = new BigInteger(bytes, isUnsigned: true);
        bool negative = (digits[(count - 1) * stride] >> (Bits - 1) & 1) != 0;
        return negative ? value - (BigInteger.One << (count * Bits)) : value;
    }

    private static BigInteger Reduce(BigInteger value, int bits) => value & ((BigInteger.One << bits) - 1);
}
