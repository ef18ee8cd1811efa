using System.Globalization;
using System.Numerics;

namespace Memo.Numerics;

/// <summary>An exact rational p/q in lowest terms with 32-bit parts, q positive: what lambda is given as.</summary>
public readonly record struct Ratio
{
    /// <summary>The numerator p.</summary>
    public int Numerator { get; }

    /// <summary>The denominator q, positive.</summary>
    public int Denominator { get; }

    /// <summary>Creates p/q and reduces it. Throws when q is not positive.</summary>
    public Ratio(int numerator, int denominator)
    {
        if (denominator <= 0) throw new MemoException($"{numerator}/{denominator}: the denominator must be positive");
        int divisor = (int)BigInteger.GreatestCommonDivisor(numerator, denominator);
        (Numerator, Denominator) = (numerator / divisor, denominator / divisor);
    }

    /// <summary>Parses "p/q" or a decimal such as 0.51 (taken as the exact decimal fraction).</summary>
    public static Ratio Parse(string text)
    {
        string[] parts = text.Split('/');
        if (parts.Length == 2 && TryInt(parts[0], out int p) && TryInt(parts[1], out int q)) return new Ratio(p, q);
        if (parts.Length == 1)
        {
            string[] digits = text.Split('.');
            if (digits.Length == 1 && TryInt(text, out int whole)) return new Ratio(whole, 1);
            if (digits.Length == 2 && digits[1].Length is > 0 and <= 9 && digits[1].All(char.IsAsciiDigit) &&
                TryInt(digits[0] + digits[1], out int scaled))
                return new Ratio(scaled, (int)BigInteger.Pow(10, digits[1].Length));
        }
        throw new MemoException($"'{text}' is not an exact fraction p/q with p and q below 2^31; write it as 51/100 or 0.51");

        static bool TryInt(string part, out int value) =>
            int.TryParse(part.Trim(), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out value);
    }

    /// <inheritdoc/>
    public override string ToString() => $"{Numerator}/{Denominator}";
}
