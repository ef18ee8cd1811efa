// Elementary functions with the same bits on every machine.

namespace Memo.Numerics;

/// <summary>
/// Logarithm, exponential, roots, sine and cosine from +, -, * and / alone, in a fixed order, so that generated data
/// has the same bits everywhere. <see cref="Math"/> does not promise that: it calls the system's library, which chooses
/// code by processor (with fused multiply-add or without) whose last bits differ. The runtime never fuses a product and
/// a sum by itself. Each function reduces its argument and sums a Taylor series far enough that the part left out is
/// below 2^-56 of the result; errors below are in ulps of the result. O(1).
/// </summary>
internal static class PortableMath
{
    // ln 2 in two parts: the first has 33 bits, so its product with an exponent is exact.
    private const double Ln2High = 0.693147180369123816490, Ln2Low = 1.90821492927058770002e-10;

    /// <summary>Natural logarithm of a positive normal number; error at most 1 ulp.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Not a positive normal number.</exception>
    public static double Log(double x)
    {
        if (!(x > 0) || !double.IsNormal(x)) throw new ArgumentOutOfRangeException(nameof(x), x, "not positive normal");
        // x = 2^exponent (1 + f) with 1 + f in [sqrt(1/2), sqrt(2)), f exact
        long bits = BitConverter.DoubleToInt64Bits(x);
        int exponent = (int)(bits >> 52) - 1023;
        double mantissa = BitConverter.Int64BitsToDouble(bits & 0x000F_FFFF_FFFF_FFFF | 0x3FF0_0000_0000_0000);
        if (mantissa >= 1.4142135623730951)
        {
            mantissa /= 2;
            exponent++;
        }
        double f = mantissa - 1;
        // ln(1 + f) = 2 artanh s = 2 s + s r with s = f / (2 + f), |s| < 0.172, r = sum 2 s^2j / (2j + 1); and
        // 2 s = f - s f, in which f is exact and the rest is small.
        double s = f / (2 + f), square = s * s, r = 0;
        for (int power = 23; power >= 3; power -= 2) r = square * (2.0 / power + r);
        double small = s * (f - r);
        return exponent * Ln2High - (small - exponent * Ln2Low - f);
    }

    /// <summary>e to the power x for |x| up to 700; error at most 1.5 ulp.</summary>
    /// <exception cref="ArgumentOutOfRangeException">|x| is above 700, where results leave the normal
    /// numbers.</exception>
    public static double Exp(double x)
    {
        if (!(Math.Abs(x) <= 700)) throw new ArgumentOutOfRangeException(nameof(x), x, "not in [-700, 700]");
        // x = exponent ln 2 + r with |r| <= ln 2 / 2 and a little; Floor is exact
        double exponent = Math.Floor(x / (Ln2High + Ln2Low) + 0.5);
        double r = x - exponent * Ln2High - exponent * Ln2Low;
        double series = 1;
        for (int k = 14; k >= 2; k--) series = 1 + r * series / k;
        return (1 + r * series) * BitConverter.Int64BitsToDouble((long)exponent + 1023 << 52);
    }

    /// <summary>
    /// The n-th root of x in [0, 1], n at least 1. For n = 1 it is x; else the error is at most 1.5 + |ln x| / n ulp,
    /// since the exponential turns the rounding of its argument into a relative error.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">x is neither 0 nor a normal number in (0, 1], or n is below
    /// 1.</exception>
    public static double Root(double x, int n)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(n, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(x, 1);
        return x == 0 || n == 1 ? x : Exp(Log(x) / n);
    }

    /// <summary>
    /// Sine and cosine of 2 pi t, t turns in [0, 1]; error at most 2.5 ulp. Turns and not radians, because a quarter of
    /// a turn is exact, and so is the reduction to the eighth of a turn on either side of an axis: zeros come out as
    /// zeros.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">t is not in [0, 1].</exception>
    public static (double Sine, double Cosine) SinCosOfTurns(double t)
    {
        if (!(t is >= 0 and <= 1)) throw new ArgumentOutOfRangeException(nameof(t), t, "not in [0, 1]");
        double quarter = Math.Floor(4 * t + 0.5);
        double x = 2 * Math.PI * (t - quarter / 4), square = x * x; // |x| <= pi / 4
        double sine = 1, cosine = 1;
        for (int k = 18; k >= 2; k -= 2)
        {
            sine = 1 - square * sine / (k * (k + 1));
            cosine = 1 - square * cosine / ((k - 1) * k);
        }
        sine *= x;
        return ((int)quarter & 3) switch
        {
            0 => (sine, cosine),
            1 => (cosine, -sine),
            2 => (-sine, -cosine),
            _ => (-cosine, sine),
        };
    }
}
