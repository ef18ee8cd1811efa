using System.Numerics;

namespace Memo.Numerics;

/// <summary>
/// Exact numbers to the nearest double, halfway cases to the even one (IEEE 754's own rounding): for showing them, never for
/// deciding anything. Beyond the doubles' range the result is infinite, below half of the least positive one it is 0.
/// </summary>
internal static class NearestDouble
{
    // Bits of a quotient or root before it is rounded: 53 to keep, one for the half, and room.
    private const int WorkingBits = 56;

    /// <summary>numerator / denominator.</summary>
    /// <param name="numerator">Any integer.</param>
    /// <param name="denominator">Positive.</param>
    public static double OfFraction(BigInteger numerator, BigInteger denominator)
    {
        if (denominator.Sign <= 0) throw new ArgumentOutOfRangeException(nameof(denominator), "not positive");
        if (numerator.IsZero) return 0;
        var magnitude = BigInteger.Abs(numerator);
        long shift = WorkingBits + denominator.GetBitLength() - magnitude.GetBitLength();
        if (shift >= 0) magnitude <<= checked((int)shift);
        else denominator <<= checked((int)-shift);
        var quotient = BigInteger.DivRem(magnitude, denominator, out BigInteger remainder);
        double rounded = Round(quotient, -shift, isMore: !remainder.IsZero);
        return numerator.Sign < 0 ? -rounded : rounded;
    }

    /// <summary>A dyadic rational.</summary>
    public static double Of(Dyadic value) => value.Exponent >= 0
        ? OfFraction(value.Mantissa << value.Exponent, BigInteger.One)
        : OfFraction(value.Mantissa, BigInteger.One << -value.Exponent);

    /// <summary>The root of a dyadic rational that is not negative.</summary>
    public static double OfSquareRoot(Dyadic square)
    {
        if (square.Sign < 0) throw new ArgumentOutOfRangeException(nameof(square), "negative");
        if (square.Sign == 0) return 0;
        int shift = (int)Math.Max(2 * WorkingBits - square.Mantissa.GetBitLength(), 0);
        if (((square.Exponent - shift) & 1) != 0) shift++;
        BigInteger shifted = square.Mantissa << shift, root = FloorSquareRoot(shifted);
        return Round(root, (square.Exponent - shift) / 2, isMore: root * root != shifted);
    }

    // Newton's iteration from above decreases until it has the floor (H. Cohen, "A Course in Computational Algebraic Number
    // Theory", 1993, algorithm 1.7.1).
    private static BigInteger FloorSquareRoot(BigInteger value)
    {
        BigInteger root = BigInteger.One << (int)((value.GetBitLength() + 1) / 2);
        while (true)
        {
            BigInteger next = (root + value / root) >> 1;
            if (next >= root) return root;
            root = next;
        }
    }

    // whole * 2^exponent, and less than 2^exponent more where there is more; whole has WorkingBits - 1 bits at least.
    private static double Round(BigInteger whole, long exponent, bool isMore)
    {
        int length = (int)whole.GetBitLength();
        // The last place is the 53rd bit or that of the subnormals, whichever is coarser.
        long drop = Math.Max(length - 53, -1074 - exponent);
        if (drop > length) return 0; // below half of the least
        BigInteger kept = whole >> (int)drop, rest = whole - (kept << (int)drop);
        int order = rest.CompareTo(BigInteger.One << (int)(drop - 1));
        if (order > 0 || (order == 0 && (isMore || !kept.IsEven))) kept++;
        return exponent + drop > 971 ? double.PositiveInfinity : Math.ScaleB((double)kept, (int)(exponent + drop));
    }
}
