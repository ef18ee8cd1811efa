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
    /// <summary>The name in files and in JSON.</summary>
    public static string FileName(this Readout readout) => readout == Readout.Sign ? "sign" : "index";

    /// <summary>The class index that the value V / 2^fractionBits names, or <see cref="Predictions.Abstention"/>.</summary>
    public static int Label(this Readout readout, BigInteger value, int fractionBits, int classes)
    {
        if (readout == Readout.Sign) return value.Sign switch { < 0 => 0, > 0 => 1, _ => Predictions.Abstention };
        // floor(value + 1/2) is the nearest integer; at a distance of 1/2 there are two.
        BigInteger unit = BigInteger.One << fractionBits;
        var nearest = BigInteger.DivRem(2 * value + unit, 2 * unit, out BigInteger rest);
        return nearest >= 1 && nearest <= classes && !rest.IsZero ? (int)nearest - 1 : Predictions.Abstention;
    }
}
