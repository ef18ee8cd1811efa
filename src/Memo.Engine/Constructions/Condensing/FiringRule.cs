using System.Numerics;
using Memo.Neighbors;
using Memo.Networks;
using Memo.Numerics;

namespace Memo.Constructions.Condensing;

/// <summary>
/// r of a set of points: exactly, as its least pair, and between two doubles on the scale of computed distances.
/// </summary>
internal readonly record struct FiringThreshold(Dyadic LeastPair, double Low, double High);

/// <summary>
/// When a neuron of the second layer fires (Theorem 7.3): sum over j of ReLU(-S_ij(x)) &lt; r, from computed distances and a
/// bound on their error. For bytes and usual lambdas the bound is zero and the doubles are exact integers.
/// </summary>
internal sealed class FiringRule<TDistance>
    where TDistance : unmanaged, INumber<TDistance>, IMinMaxValue<TDistance>
{
    private const double Ulp = 1.0 / (1L << 52);

    private readonly ErrorBound _bound;
    private readonly double _a, _b, _squaredBandRatio, _error, _absoluteError;
    private readonly Dyadic _exactA, _exactB;
    private readonly int _scale;

    public FiringRule(DistanceRows<TDistance> rows, Ratio lambda)
    {
        (_bound, _scale) = (rows.Bound, rows.Scale);
        (int a, long b, _) = CellNetwork.Factors(lambda);
        (_a, _b, _exactA, _exactB) = (a, b, new Dyadic(a), new Dyadic(b));
        int factorBits = BitOperations.Log2((ulong)Math.Max(a, b)) + 1;
        // a (D_j - D_i) and b P are then integers below 2^52, and a sum below r takes a last term without rounding that matters.
        IsExact = _bound.IsExact && rows.DistanceBits + factorBits <= 52;
        _error = IsExact ? 0 : 2 * _bound.Relative + 8 * Ulp;
        _absoluteError = IsExact ? 0 : (2 * _a + _b) * _bound.Absolute;
        double p = lambda.Numerator, q = lambda.Denominator;
        _squaredBandRatio = p / (q - p) * (p / (q - p)) * (1 + 16 * Ulp);
    }

    /// <summary>Whether the doubles are the exact numbers.</summary>
    public bool IsExact { get; }

    /// <summary>Whether the exact value behind one computed distance may be at most that behind another.</summary>
    public bool MayBeAtMost(TDistance computed, TDistance other) => typeof(TDistance) == typeof(int)
        ? computed <= other
        : _bound.Lower(double.CreateTruncating(computed)) <= _bound.Upper(double.CreateTruncating(other));

    /// <summary>Lemma A: no point farther than this is a witness of a sample whose nearest rival is at that distance.</summary>
    public TDistance WitnessLimit(TDistance rival) => typeof(TDistance) == typeof(int)
        ? rival
        : TDistance.CreateTruncating(
            (_bound.Upper(double.CreateTruncating(rival)) + 2 * _bound.Absolute) * (1 + 4 * _bound.Relative));

    /// <summary>Lemma B: no rival at this distance or farther has a say about a witness at that distance.</summary>
    public TDistance Guard(TDistance witness)
    {
        double band = _bound.Upper(double.CreateTruncating(witness)) * _squaredBandRatio;
        return typeof(TDistance) == typeof(int)
            ? TDistance.CreateSaturating(band) + TDistance.CreateTruncating(band < int.MaxValue ? 1 : 0)
            : TDistance.CreateTruncating((band + 2 * _bound.Absolute) * (1 + 4 * _bound.Relative) + double.Epsilon);
    }

    /// <summary>S_ij from computed distances.</summary>
    public double Wall(double distanceI, double distanceJ, double pair) => _a * (distanceJ - distanceI) - _b * pair;

    /// <summary>A bound on its error.</summary>
    public double ErrorOfWall(double distanceI, double distanceJ, double pair) =>
        IsExact ? 0 : _error * (_a * (distanceI + distanceJ) + _b * pair) + _absoluteError;

    /// <summary>r for a least pair.</summary>
    public FiringThreshold ThresholdOf(Dyadic leastPair)
    {
        Dyadic r = _exactB * leastPair, scaled = new(r.Mantissa, r.Exponent + 2 * _scale);
        return new FiringThreshold(leastPair, scaled.RoundDown(), scaled.RoundUp());
    }

    /// <summary>r, exactly.</summary>
    public Dyadic ExactThreshold(in FiringThreshold threshold) => _exactB * threshold.LeastPair;

    /// <summary>S_ij, exactly.</summary>
    public Dyadic ExactWall(Dyadic distanceI, Dyadic distanceJ, Dyadic pair) =>
        _exactA * (distanceJ - distanceI) - _exactB * pair;
}

/// <summary>
/// The sum over j of ReLU(-S_ij(x)) for one sample x and one point i, between two bounds; rivals j join it one by one.
/// </summary>
internal ref struct FiringSum<TDistance>
    where TDistance : unmanaged, INumber<TDistance>, IMinMaxValue<TDistance>
{
    private const double Ulp = 1.0 / (1L << 52);
    private readonly FiringRule<TDistance> _rule;
    private readonly FiringThreshold _threshold;
    private readonly double _distance;
    private double _low, _high;
    private int _terms;

    public FiringSum(FiringRule<TDistance> rule, in FiringThreshold threshold, TDistance distance) =>
        (_rule, _threshold, _distance) = (rule, threshold, double.CreateTruncating(distance));

    /// <summary>Takes a rival in, by its distances from x and i; true where the neuron surely cannot fire then.</summary>
    public bool IsSilencedBy(TDistance rivalDistance, TDistance rivalPair)
    {
        double distance = double.CreateTruncating(rivalDistance), pair = double.CreateTruncating(rivalPair);
        double wall = _rule.Wall(_distance, distance, pair), error = _rule.ErrorOfWall(_distance, distance, pair);
        if (wall - error >= 0) return false;
        _terms++;
        if (wall + error < 0) _low += -wall - error;
        _high += !(error - wall <= double.MaxValue) ? double.PositiveInfinity : error - wall; // NaN: nothing is known
        return Rounded(_low, -1) >= _threshold.High;
    }

    /// <summary>Whether the neuron fires for certain.</summary>
    public readonly bool Fires => Rounded(_high, 1) < _threshold.Low;

    // Room for the roundings of the sum, where there are any.
    private readonly double Rounded(double sum, int direction) => _rule.IsExact ? sum : sum * (1 + direction * _terms * Ulp);
}
