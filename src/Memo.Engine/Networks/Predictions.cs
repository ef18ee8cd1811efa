using System.Numerics;
using Memo.Numerics;

namespace Memo.Networks;

/// <summary>What to compute for each query besides its label.</summary>
[Flags]
public enum Outputs
{
    /// <summary>The label alone, the cheapest: work stops when the sign is decided.</summary>
    Labels = 0,
    /// <summary>The exact value of F: one per query for two classes, one per query and class otherwise.</summary>
    Values = 1,
    /// <summary>
    /// The certified radius: the answer is the same for every point nearer than this (L2, in the units of the training data,
    /// rounded down); cells, constant and condense only.
    /// </summary>
    Radii = 2,
    /// <summary>The nearest training point, ties to the lowest row; cells, constant and condense only.</summary>
    Nearest = 4,
}

/// <summary>The exact answers of a network to Q queries.</summary>
public sealed class Predictions
{
    /// <summary>The label of an abstention (F(x) = 0).</summary>
    public const int Abstention = -1;

    /// <summary>Class index of each query, or <see cref="Abstention"/>; length Q.</summary>
    public required int[] Labels { get; init; }

    /// <summary>Exact values V, row-major, with F = V * Scale: [Q] for two classes, [Q, K] otherwise; null unless asked for.</summary>
    public BigInteger[]? Values { get; init; }

    /// <summary>Numerator of the scale of <see cref="Values"/>.</summary>
    public BigInteger ScaleNumerator { get; init; } = 1;

    /// <summary>Denominator of the scale of <see cref="Values"/>.</summary>
    public BigInteger ScaleDenominator { get; init; } = 1;

    /// <summary>Certified radii, length Q, 0 for an abstention; null unless asked for.</summary>
    public double[]? Radii { get; init; }

    /// <summary>Position of the nearest training point, length Q; null unless asked for.</summary>
    public int[]? Nearest { get; init; }

    /// <summary>
    /// Number of queries of which one or more signs were left open by floating point and decided by exact arithmetic.
    /// </summary>
    public int ResolvedExactly { get; init; }

    internal static void RequireRoomForValues(int queries, int classes)
    {
        if ((long)queries * classes > Array.MaxLength)
            throw new MemoException($"{queries} rows by {classes} classes are more values than one array can hold " +
                                    $"({Array.MaxLength}); predict fewer rows at a time");
    }

    /// <summary>Puts dyadic values on their common lattice: V = value / 2^e, scale = 2^e / denominator in lowest terms.</summary>
    internal static (BigInteger[] Values, BigInteger Numerator, BigInteger Denominator) OnCommonScale(
        ReadOnlySpan<Dyadic> values, long denominator, bool integers)
    {
        int exponent = 0;
        if (!integers)
        {
            exponent = int.MaxValue;
            foreach (Dyadic value in values)
                if (value.Sign != 0) exponent = Math.Min(exponent, value.Normalized().Exponent);
            if (exponent == int.MaxValue) exponent = 0;
        }
        var onLattice = new BigInteger[values.Length];
        for (int i = 0; i < values.Length; i++)
            onLattice[i] = values[i].MantissaAt(exponent);
        BigInteger p = exponent > 0 ? BigInteger.One << exponent : 1;
        BigInteger q = exponent < 0 ? new BigInteger(denominator) << -exponent : denominator;
        BigInteger divisor = BigInteger.GreatestCommonDivisor(p, q);
        return (onLattice, p / divisor, q / divisor);
    }
}
