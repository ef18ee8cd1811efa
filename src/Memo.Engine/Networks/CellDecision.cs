using System.Numerics;
using Memo.Data;
using Memo.Kernels.SquaredDistance;
using Memo.Neighbors;
using Memo.Numerics;

namespace Memo.Networks;

/// <summary>
/// Decides the answers for a block of queries from the few points that a scan leaves over (Theorem 7.3, Lemmas A and B).
/// Every quantity is computed in double with a bound on its error; where the bound leaves a sign open, that neuron is
/// computed again in exact arithmetic. For bytes, and wherever the numbers are integers below 2^53, the bound is zero
/// and the doubles are the exact integers. One object serves one thread.
/// </summary>
internal sealed class CellDecision<TElement, TDistance, TKernel> : IDisposable
    where TElement : unmanaged, INumber<TElement>
    where TDistance : unmanaged, INumber<TDistance>, IMinMaxValue<TDistance>
    where TKernel : struct, IDistanceKernel<TElement, TDistance>
{
    private const double Ulp = 1.0 / (1L << 52);

    private readonly Constants _constants;
    private readonly RivalScan<TElement, TDistance> _scan;
    private readonly WallScan<TElement, TDistance, TKernel> _walls;

    // The survivors of the query at hand, nearest first.
    private double[] _distances = new double[64];
    private int[] _points = new int[64];
    private int _count;

    /// <summary>What all threads share.</summary>
    public sealed class Constants
    {
        public Constants(CellNetwork network, PackedPoints<TElement, TDistance, TKernel> points, SampleMatrix<TElement> queries)
        {
            (Network, Points, Queries) = (network, points, queries);
            (Distance, int distanceBits) = points.Precision(queries);
            A = network.DistanceFactor;
            B = network.PairFactor;
            Dyadic scaled = new(network.Threshold.Mantissa, network.Threshold.Exponent + 2 * points.Scale);
            (ThresholdLow, ThresholdHigh) = (scaled.RoundDown(), scaled.RoundUp());
            int factorBits = BitOperations.Log2((ulong)Math.Max(network.DistanceFactor, network.PairFactor)) + 1;
            // a (D_j - D_i) and b P are then integers (of the lattice) below 2^52, their difference and r below 2^53.
            IsExact = Distance.IsExact && distanceBits + factorBits <= 52;
            WallError = IsExact ? 0 : 2 * Distance.Relative + 8 * Ulp;
            WallAbsoluteError = IsExact ? 0 : (2 * A + B) * Distance.Absolute;
            double p = network.Lambda.Numerator, q = network.Lambda.Denominator;
            SquaredBandRatio = p / (q - p) * (p / (q - p)) * (1 + 16 * Ulp);
        }

        public CellNetwork Network { get; }
        public PackedPoints<TElement, TDistance, TKernel> Points { get; }
        public SampleMatrix<TElement> Queries { get; }
        public ErrorBound Distance { get; }
        public double A { get; }
        public double B { get; }
        public double ThresholdLow { get; }
        public double ThresholdHigh { get; }
        public bool IsExact { get; }
        public double SquaredBandRatio { get; }
        private double WallError { get; }
        private double WallAbsoluteError { get; }

        /// <summary>S_ij in network units, times 4^scale, from computed distances.</summary>
        public double Wall(double distanceI, double distanceJ, double pair) => A * (distanceJ - distanceI) - B * pair;

        /// <summary>A bound on the error of <see cref="Wall"/>; NaN or infinite when nothing is known.</summary>
        public double ErrorOfWall(double distanceI, double distanceJ, double pair) =>
            IsExact ? 0 : WallError * (A * (distanceI + distanceJ) + B * pair) + WallAbsoluteError;

        /// <summary>S_ij exactly, in network units.</summary>
        public (Dyadic Wall, Dyadic Pair) ExactWall(ReadOnlySpan<TElement> query, int i, int j)
        {
            Dyadic pair = ExactDistance.Squared(Points.Points.Row(i), Points.Points.Row(j));
            return (Network.Wall(ExactDistance.Squared(query, Points.Points.Row(i)),
                ExactDistance.Squared(query, Points.Points.Row(j)), pair), pair);
        }
    }

    /// <summary>What one neuron of the second layer, and the cell of its point, say about a query.</summary>
    private readonly record struct Neuron(bool Fires, bool CellContainsQuery, Dyadic Activation);

    // A sum of doubles that are integers (or multiples of one power of two) of at most 2^53 units, without rounding: the
    // running sum stays exact up to 2^53, and goes over into a wide one before it could pass that.
    private struct ExactSum
    {
        private Dyadic _wide;
        private double _sum;

        public readonly Dyadic Total => _wide + Dyadic.FromDouble(_sum);

        public void Add(double value)
        {
            double sum = _sum + value;
            if (sum - _sum == value && sum - value == _sum)
                _sum = sum;
            else
                (_wide, _sum) = (_wide + Dyadic.FromDouble(_sum), value);
        }
    }

    public CellDecision(Constants constants, RivalScan<TElement, TDistance> scan)
    {
        _constants = constants;
        _scan = scan;
        _walls = new(constants);
    }

    /// <summary>Queries of which some sign had to be decided in exact arithmetic.</summary>
    public int ResolvedExactly { get; private set; }

    /// <summary>Answers queries first .. first + count - 1 into the arrays that are not null.</summary>
    public void Decide(SampleMatrix<TElement> queries, int first, int count, int[] labels, int[]? nearest, double[]? radii,
        Dyadic[]? values)
    {
        _scan.Run(queries, first, count, radii is not null || values is not null ? ScanGoal.Survivors :
            nearest is not null ? ScanGoal.LabelAndNearest : ScanGoal.Label);
        int classes = _constants.Network.Classes.Count;
        for (int q = 0; q < count; q++)
        {
            ReadOnlySpan<TElement> query = queries.Row(first + q);
            bool resolved = false;
            if (nearest is not null) nearest[first + q] = NearestPoint(q, query, ref resolved);
            if (_scan.LabelIsCertain(q) || (radii is null && values is null && NearestFiresForCertain(q)))
                labels[first + q] = _scan.NearestClass(q);
            else
            {
                Span<Dyadic> sums = values is null ? [] : values.AsSpan((first + q) * classes, classes);
                if (_constants.IsExact)
                {
                    labels[first + q] = EvaluateExactly(q, first + q, query, sums, radii is not null);
                    continue;
                }
                SortSurvivors(q);
                labels[first + q] = EvaluateCandidates(first + q, query, sums, radii is not null, ref resolved);
            }
            if (resolved) ResolvedExactly++;
        }
        if (radii is not null) _walls.Measure(queries, radii);
    }

    // Lemma B at the nearest point i: D_j >= (lambda / (1 - lambda))^2 D_i for every j of another label makes every S_ij
    // nonnegative, so that -u_i = r > 0.
    private bool NearestFiresForCertain(int q) =>
        _constants.Distance.Upper(_scan.Nearest(q)) * _constants.SquaredBandRatio <=
        _constants.Distance.Lower(_scan.Rival(q));

    private int NearestPoint(int q, ReadOnlySpan<TElement> query, ref bool resolved)
    {
        double upper = _constants.Distance.Upper(_scan.Nearest(q));
        int best = -1;
        Dyadic bestExact = default;
        bool several = false;
        foreach (var survivor in _scan.Survivors(q))
        {
            if (_constants.Distance.Lower(double.CreateTruncating(survivor.Distance)) > upper) continue;
            if (best < 0)
                best = survivor.Point;
            else if (_constants.Distance.IsExact) // all within the bound are equally near
                best = Math.Min(best, survivor.Point);
            else
            {
                if (!several) bestExact = ExactDistance.Squared(query, _constants.Points.Points.Row(best));
                several = resolved = true;
                Dyadic exact = ExactDistance.Squared(query, _constants.Points.Points.Row(survivor.Point));
                int order = exact.CompareTo(bestExact);
                if (order < 0 || (order == 0 && survivor.Point < best)) (best, bestExact) = (survivor.Point, exact);
            }
        }
        return best;
    }

    private void SortSurvivors(int q)
    {
        var survivors = _scan.Survivors(q);
        _count = survivors.Length;
        if (_count > _points.Length)
            (_points, _distances) = (new int[2 * _count], new double[2 * _count]);
        for (int s = 0; s < _count; s++)
            (_points[s], _distances[s]) = (survivors[s].Point, double.CreateTruncating(survivors[s].Distance));
        Array.Sort(_distances, _points, 0, _count);
    }

    // Where the doubles are the exact integers: the points of the nearest class that are nearer than every point of another
    // label (Lemma A), each against those of another label within its band (Lemma B). Without sums or radii the first that
    // fires ends it.
    private int EvaluateExactly(int q, int queryIndex, ReadOnlySpan<TElement> query, Span<Dyadic> sums, bool wantsRadius)
    {
        ReadOnlySpan<int> labels = _constants.Network.Labels;
        var survivors = _scan.Survivors(q);
        if (survivors.Length > _points.Length) (_points, _distances) = (new int[2 * survivors.Length], new double[2 * survivors.Length]);
        // Rivals from the front, the nearest first; candidates from the back, the nearest last. The others need no order: the
        // nearest rival rules most candidates out, and the nearest candidate is the likeliest to fire.
        int nearestClass = _scan.NearestClass(q), rivals = 0, candidates = _points.Length;
        double rival = _scan.Rival(q);
        foreach (var survivor in survivors)
        {
            double distance = double.CreateTruncating(survivor.Distance);
            if (labels[survivor.Point] != nearestClass)
            {
                (_points[rivals], _distances[rivals]) = (survivor.Point, distance);
                if (distance < _distances[0]) Swap(0, rivals);
                rivals++;
            }
            else if (distance < rival)
            {
                (_points[--candidates], _distances[candidates]) = (survivor.Point, distance);
                if (distance < _distances[^1]) Swap(candidates, _points.Length - 1);
            }
        }

        int label = Predictions.Abstention;
        var sum = new ExactSum();
        for (int i = _points.Length - 1; i >= candidates; i--)
        {
            double activation = _constants.ThresholdLow; // -u_i = r - sum over j of ReLU(-S_ij)
            double band = _distances[i] * _constants.SquaredBandRatio;
            for (int j = 0; j < rivals && activation > 0; j++)
            {
                if (_distances[j] > band) continue;
                if (j > 0 && j + 1 < rivals) _constants.Points.Prefetch(_points[j + 1]);
                activation += Math.Min(0, _constants.Wall(_distances[i], _distances[j], _constants.Points.PairDistance(_points[i], _points[j])));
            }
            if (activation <= 0) continue;
            label = nearestClass;
            sum.Add(activation);
            if (wantsRadius && activation == _constants.ThresholdLow) // the cell contains the query: no S_ij is negative
                _walls.Add(queryIndex, query, _points[i], _distances[i], _points[0], _distances[0]);
            if (sums.IsEmpty && !wantsRadius) break;
        }
        if (!sums.IsEmpty && label != Predictions.Abstention)
            sums[label] = sum.Total * new Dyadic(1, -2 * _constants.Points.Scale);
        return label;

        void Swap(int i, int j) =>
            (_points[i], _points[j], _distances[i], _distances[j]) = (_points[j], _points[i], _distances[j], _distances[i]);
    }

    // Lemma A: only points that may be nearer than every point of another label can fire; nearest first. Without sums or
    // radii the first that fires ends it, since all that fire are of one class.
    private int EvaluateCandidates(int queryIndex, ReadOnlySpan<TElement> query, Span<Dyadic> sums, bool wantsRadius,
        ref bool resolved)
    {
        ReadOnlySpan<int> labels = _constants.Network.Labels;
        int nearestClass = labels[_points[0]];
        int firstRival = 1; // the nearest survivor of another class; there always is one
        while (labels[_points[firstRival]] == nearestClass) firstRival++;

        int label = Predictions.Abstention;
        for (int s = 0; s < _count; s++)
        {
            double lower = _constants.Distance.Lower(_distances[s]);
            if (lower > _constants.Distance.Upper(_distances[firstRival])) break;
            int pointClass = labels[_points[s]];
            int rival = pointClass == nearestClass ? firstRival : 0;
            if (lower > _constants.Distance.Upper(_distances[rival])) continue;
            // The survivors before the first of another class are of this one.
            Neuron neuron = EvaluateNeuron(s, pointClass == nearestClass ? firstRival : 0, query,
                needsMore: !sums.IsEmpty || wantsRadius, ref resolved);
            if (!neuron.Fires) continue;
            label = pointClass;
            if (!sums.IsEmpty) sums[pointClass] += neuron.Activation;
            if (wantsRadius && neuron.CellContainsQuery)
                _walls.Add(queryIndex, query, _points[s], _distances[s], _points[rival], _distances[rival]);
            if (sums.IsEmpty && !wantsRadius) break;
        }
        return label;
    }

    // -u_i = r - sum over j of ReLU(-S_ij) for the point i of survivor s. Beyond the band of Lemma B no S_ij is negative.
    private Neuron EvaluateNeuron(int s, int start, ReadOnlySpan<TElement> query, bool needsMore, ref bool resolved)
    {
        ReadOnlySpan<int> labels = _constants.Network.Labels;
        int i = _points[s], pointClass = labels[i];
        double distanceI = _distances[s];
        double band = _constants.Distance.Upper(distanceI) * _constants.SquaredBandRatio;
        double low = 0, high = 0; // bounds on the sum
        bool contains = true, containsOpen = false;
        int terms = 0;
        for (int t = start; t < _count; t++)
        {
            if (_constants.Distance.Lower(_distances[t]) > band) break;
            int j = _points[t];
            if (labels[j] == pointClass) continue;
            double pair = _constants.Points.PairDistance(i, j);
            double wall = _constants.Wall(distanceI, _distances[t], pair);
            double error = _constants.ErrorOfWall(distanceI, _distances[t], pair);
            if (wall - error >= 0) continue;
            if (wall + error < 0)
            {
                contains = false;
                low += -wall - error;
            }
            else
                containsOpen = true; // an open sign, or nothing known (NaN)
            high += !(error - wall <= double.MaxValue) ? double.PositiveInfinity : error - wall;
            terms++;
            if (Shrink(low, terms) >= _constants.ThresholdHigh) return default;
        }

        bool fires = Shrink(high, -terms) < _constants.ThresholdLow;
        if (fires && !needsMore) return new Neuron(true, contains && !containsOpen, default);
        resolved |= !fires || containsOpen;
        return EvaluateNeuronExactly(i, band, query);
    }

    // Room for the roundings of a sum of so many terms.
    private static double Shrink(double sum, int terms) => sum * (1 - terms * Ulp);

    private Neuron EvaluateNeuronExactly(int i, double band, ReadOnlySpan<TElement> query)
    {
        ReadOnlySpan<int> labels = _constants.Network.Labels;
        Dyadic activation = _constants.Network.Threshold;
        bool contains = true;
        for (int t = 0; t < _count && !(_constants.Distance.Lower(_distances[t]) > band); t++)
        {
            if (labels[_points[t]] == labels[i]) continue;
            Dyadic wall = _constants.ExactWall(query, i, _points[t]).Wall;
            if (wall.Sign >= 0) continue;
            contains = false;
            activation += wall;
            if (activation.Sign <= 0) return default;
        }
        return new Neuron(true, contains, activation);
    }

    /// <summary>Frees what is its own; the scan is its maker's.</summary>
    public void Dispose() => _walls.Dispose();

    public RivalScan<TElement, TDistance> Scan => _scan;
}
