using System.Globalization;
using System.Numerics;

namespace Memo.Numerics;

/// <summary>
/// An exact dyadic rational m * 2^e with an integer m of any size: what sums, differences and products of
/// floating-point numbers are. Byte data uses it with e = 0. Equality and order are those of the values, so
/// 4 * 2^0 equals 1 * 2^2.
/// </summary>
public readonly struct Dyadic : IComparable<Dyadic>, IEquatable<Dyadic>
{
    /// <summary>The mantissa m.</summary>
    public BigInteger Mantissa { get; }

    /// <summary>The exponent e of the power of two.</summary>
    public int Exponent { get; }

    /// <summary>Creates m * 2^e.</summary>
    public Dyadic(BigInteger mantissa, int exponent = 0) => (Mantissa, Exponent) = (mantissa, exponent);

    /// <summary>Zero.</summary>
    public static Dyadic Zero => default;

    /// <summary>-1, 0 or 1.</summary>
    public int Sign => Mantissa.Sign;

    /// <summary>The integer m' with m' * 2^exponent equal to this value.</summary>
    /// <exception cref="ArgumentException">This value is no multiple of 2^exponent.</exception>
    public BigInteger MantissaAt(int exponent)
    {
        if (Mantissa.IsZero) return BigInteger.Zero;
        int shift = checked(Exponent - exponent);
        if (shift >= 0) return Mantissa << shift;
        BigInteger coarser = Mantissa >> -shift;
        return coarser << -shift == Mantissa ? coarser
            : throw new ArgumentException($"the value is no multiple of 2^{exponent}", nameof(exponent));
    }

    /// <summary>The exact value of a finite double.</summary>
    public static Dyadic FromDouble(double value)
    {
        long bits = BitConverter.DoubleToInt64Bits(value);
        int biased = (int)(bits >> 52) & 0x7FF;
        if (biased == 0x7FF) throw new ArgumentOutOfRangeException(nameof(value), "not finite");
        long fraction = bits & 0xFFFFFFFFFFFFF;
        long mantissa = biased == 0 ? fraction : fraction | 1L << 52;
        return new Dyadic(bits < 0 ? -mantissa : mantissa, Math.Max(biased, 1) - 1075);
    }

    /// <summary>The sum, exact.</summary>
    public static Dyadic operator +(Dyadic a, Dyadic b)
    {
        int exponent = CommonExponent(a, b);
        return new Dyadic(a.MantissaAt(exponent) + b.MantissaAt(exponent), exponent);
    }

    /// <summary>The difference, exact.</summary>
    public static Dyadic operator -(Dyadic a, Dyadic b) => a + new Dyadic(-b.Mantissa, b.Exponent);

    /// <summary>The product, exact.</summary>
    public static Dyadic operator *(Dyadic a, Dyadic b) => new(a.Mantissa * b.Mantissa, checked(a.Exponent + b.Exponent));

    /// <summary>An integer as a dyadic.</summary>
    public static implicit operator Dyadic(long value) => new(value);

    /// <inheritdoc/>
    public int CompareTo(Dyadic other)
    {
        int exponent = CommonExponent(this, other);
        return MantissaAt(exponent).CompareTo(other.MantissaAt(exponent));
    }

    /// <summary>Whether a is below b.</summary>
    public static bool operator <(Dyadic a, Dyadic b) => a.CompareTo(b) < 0;

    /// <summary>Whether a is above b.</summary>
    public static bool operator >(Dyadic a, Dyadic b) => a.CompareTo(b) > 0;

    /// <summary>Whether a is at most b.</summary>
    public static bool operator <=(Dyadic a, Dyadic b) => a.CompareTo(b) <= 0;

    /// <summary>Whether a is at least b.</summary>
    public static bool operator >=(Dyadic a, Dyadic b) => a.CompareTo(b) >= 0;

    /// <summary>Whether the values are equal.</summary>
    public static bool operator ==(Dyadic a, Dyadic b) => a.CompareTo(b) == 0;

    /// <summary>Whether the values differ.</summary>
    public static bool operator !=(Dyadic a, Dyadic b) => a.CompareTo(b) != 0;

    /// <inheritdoc/>
    public bool Equals(Dyadic other) => CompareTo(other) == 0;

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is Dyadic other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode()
    {
        Dyadic lowest = Normalized();
        return HashCode.Combine(lowest.Mantissa, lowest.Exponent);
    }

    /// <summary>The same value with an odd mantissa (zero: 0 * 2^0).</summary>
    public Dyadic Normalized()
    {
        if (Mantissa.IsZero) return default;
        int zeros = (int)BigInteger.TrailingZeroCount(Mantissa);
        return new Dyadic(Mantissa >> zeros, Exponent + zeros);
    }

    /// <summary>The largest double at most this value (negative infinity below the range).</summary>
    public double RoundDown()
    {
        if (Mantissa.IsZero) return 0;
        if (Mantissa.Sign < 0) return -new Dyadic(-Mantissa, Exponent).RoundUp();
        (long mantissa, int exponent, _) = Leading53Bits();
        return Overflows(mantissa, exponent) ? double.MaxValue : Math.ScaleB(mantissa, exponent);
    }

    /// <summary>The smallest double at least this value (positive infinity above the range).</summary>
    public double RoundUp()
    {
        if (Mantissa.IsZero) return 0;
        if (Mantissa.Sign < 0) return -new Dyadic(-Mantissa, Exponent).RoundDown();
        (long mantissa, int exponent, bool exact) = Leading53Bits();
        return Overflows(mantissa, exponent) ? double.PositiveInfinity : Math.ScaleB(exact ? mantissa : mantissa + 1, exponent);
    }

    // Whether mantissa * 2^exponent is 2^1024 or more. A short mantissa may have an exponent above a double's 971.
    private static bool Overflows(long mantissa, int exponent) =>
        mantissa != 0 && exponent > 1023 - BitOperations.Log2((ulong)mantissa);

    // The leading bits of a positive value, truncated at 53 bits or at the subnormals' last place, whichever is coarser.
    private (long Mantissa, int Exponent, bool Exact) Leading53Bits()
    {
        int length = (int)Mantissa.GetBitLength();
        int drop = Math.Max(length - 53, -1074 - Exponent);
        if (drop <= 0) return ((long)Mantissa, Exponent, true);
        BigInteger kept = Mantissa >> drop;
        return ((long)kept, Exponent + drop, kept << drop == Mantissa);
    }

    /// <summary>"m" or "m*2^e", the mantissa odd.</summary>
    public override string ToString()
    {
        Dyadic lowest = Normalized();
        return lowest.Exponent >= 0
            ? (lowest.Mantissa << lowest.Exponent).ToString(CultureInfo.InvariantCulture)
            : $"{lowest.Mantissa}*2^{lowest.Exponent}";
    }

    /// <summary>
    /// Reads what <see cref="ToString"/> writes: a decimal integer "m" or "m*2^e", any m and e. False for anything else,
    /// and for texts beyond what sums of squares of doubles need (4000 characters, |e| at most 10000), so that a
    /// hostile one costs nothing.
    /// </summary>
    public static bool TryParse(string text, out Dyadic value)
    {
        value = default;
        if (text is null || text.Length > 4000) return false;
        int product = text.IndexOf("*2^", StringComparison.Ordinal);
        int exponent = 0;
        if (product >= 0 && !(int.TryParse(text.AsSpan(product + 3), NumberStyles.AllowLeadingSign,
                CultureInfo.InvariantCulture, out exponent) && exponent is >= -10_000 and <= 10_000))
            return false;
        ReadOnlySpan<char> mantissa = product < 0 ? text : text.AsSpan(0, product);
        if (!BigInteger.TryParse(mantissa, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out BigInteger m))
            return false;
        value = new Dyadic(m, exponent);
        return true;
    }

    private static int CommonExponent(Dyadic a, Dyadic b) =>
        a.Mantissa.IsZero ? b.Exponent : b.Mantissa.IsZero ? a.Exponent : Math.Min(a.Exponent, b.Exponent);
}
