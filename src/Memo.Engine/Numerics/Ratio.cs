using System.Globalization;
using System.Numerics;

namespace Memo.Numerics;

/// <summary>An exact rational p/q in lowest terms with 32-bit parts, q positive: what lambda is given as.</summary>
public readonly record struct Ratio
{
    private readonly int _denominatorBeyond1; // so that the default value is 0/1

    /// <summary>The numerator p.</summary>
    public int Numerator { get; }

    /// <summary>The denominator q, positive.</summary>
    public int Denominator => _denominatorBeyond1 + 1;

    /// <summary>Creates p/q and reduces it.</summary>
    /// <exception cref="MemoException">q is not positive.</exception>
    public Ratio(int numerator, int denominator)
    {
        if (denominator <= 0) throw new MemoException($"{numerator}/{denominator}: the denominator must be positive");
        int divisor = (int)BigInteger.GreatestCommonDivisor(numerator, denominator);
        (Numerator, _denominatorBeyond1) = (numerator / divisor, denominator / divisor - 1);
    }

    /// <summary>Parses "p/q" or a decimal such as 0.51 (taken as the exact decimal fraction).</summary>
    /// <exception cref="MemoException">Another text, or parts beyond 32 bits.</exception>
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
