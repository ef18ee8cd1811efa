using System.Numerics;

namespace Memo.Networks;

/// <summary>How the one output of a network names a class.</summary>
public enum Readout
{
    /// <summary>Two classes: a negative value is the first class, a positive one the second, 0 an abstention.</summary>
    Sign,
    /// <summary>K classes: a value within less than 1/2 of k + 1 is class k, any other an abstention (0 says "none").</summary>
    Index,
}

/// <summary>Reads labels off exact values.</summary>
internal static class Readouts
{
    /// <summary>The class index that the value V * 2^exponent names, or <see cref="Predictions.Abstention"/>.</summary>
    public static int Label(this Readout readout, BigInteger value, int exponent, int classes)
    {
        if (readout == Readout.Sign) return value.Sign switch { < 0 => 0, > 0 => 1, _ => Predictions.Abstention };
        BigInteger unit = exponent < 0 ? BigInteger.One << -exponent : 1;
        BigInteger scaled = exponent < 0 ? value : value << exponent;
        // floor(value + 1/2) is the nearest integer; at a distance of 1/2 there are two.
        BigInteger twice = 2 * scaled + unit;
        BigInteger nearest = BigInteger.DivRem(twice, 2 * unit, out BigInteger rest);
        return nearest >= 1 && nearest <= classes && !rest.IsZero ? (int)nearest - 1 : Predictions.Abstention;
    }
}
