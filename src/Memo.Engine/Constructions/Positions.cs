// Park, Lee, Yun, Shin (2021): codes in a range of about N^2 to positions in one of about N^(4/3), by maps that are
// translations but for O(N^(2/3)) jumps between integers.

using System.Numerics;
using Memo.Networks;
using Memo.Numerics;

namespace Memo.Constructions;

/// <summary>Where each code goes, and which class sits there: no two codes of different label go to one place.</summary>
internal sealed class Positions
{
    private readonly List<Int128> _halvings = [];             // b: x <- x - b for x >= b
    private readonly List<Int128> _starts = [], _targets = []; // interval k begins at a code and lands on a position
    private readonly Dictionary<Int128, int> _labels = [];    // class at each occupied position

    private Positions()
    {
    }

    /// <summary>How often the range was halved.</summary>
    public int Halvings => _halvings.Count;

    /// <summary>Intervals that are translated.</summary>
    public int Intervals => _starts.Count;

    /// <summary>The last position: where nothing lies, the successor of the greatest occupied one.</summary>
    public Int128 Last { get; private set; }

    /// <summary>The occupied positions, ascending, and their classes.</summary>
    public (Int128 Position, int Label)[] Occupied =>
        [.. _labels.OrderBy(pair => pair.Key).Select(pair => (pair.Key, pair.Value))];

    public static Positions Of(Compression compression, CancellationToken cancellation)
    {
        var positions = new Positions();
        (Int128 Code, int Label)[] points = [.. compression.Codes.Zip(compression.Labels)];
        points = positions.Halve(points, compression.Ceiling, compression.Codes.Length, cancellation);
        positions.TranslateIntervals(points, compression.Codes.Length, cancellation);
        return positions;
    }

    /// <summary>
    /// z's position: a layer for each halving, one for each interval but the first (x, translated so far, beside z), and
    /// min(x, <see cref="Last"/>) for what lies in a gap between intervals.
    /// </summary>
    public LinearForm Locate(ReluNetworkBuilder network, LinearForm z)
    {
        foreach (BigInteger half in _halvings)
        {
            z = network.Relu(z) - half * network.AtLeast(z, half);
            network.EndLayer();
        }
        var shifts = new BigInteger[Intervals];
        for (int k = 0; k < shifts.Length; k++) shifts[k] = _targets[k] - _starts[k];
        var translation = new Staircase([.. _starts.Skip(1).Select(start => (BigInteger)start)],
            (z + shifts[0], BlockIntegers.Jumps(shifts)));
        Projection.Pipelined(network, z, translation);
        LinearForm position = network.AtMost(translation.Values[0], Last);
        network.EndLayer();
        return position;
    }

    /// <summary>The class that the tables hold for a code, or <see cref="Predictions.Abstention"/>.</summary>
    public int LabelOf(Int128 code)
    {
        foreach (Int128 half in _halvings)
            if (code >= half) code -= half;
        int interval = _starts.BinarySearch(code);
        if (interval < 0) interval = ~interval - 1;
        return _labels.GetValueOrDefault(Int128.Min(code - _starts[interval] + _targets[interval], Last), Predictions.Abstention);
    }

    // While largest > N^2 / 2: folds the upper part of [0, largest], from b on, onto the lower one. b is at least the middle, so
    // that the upper part fits on the lower. A forbidden b is a code of the upper part less one of the lower: at most N^2/4,
    // fewer than the ceil(largest / 2) values from the middle on. Nearly always one of the first will do.
    private (Int128 Code, int Label)[] Halve((Int128 Code, int Label)[] points, Int128 largest, Int128 count, CancellationToken cancellation)
    {
        while (largest > count * count / 2)
        {
            var labelOf = points.ToDictionary(point => point.Code, point => point.Label);
            Int128 half = largest / 2 + 1;
            while (Collides(half))
            {
                cancellation.ThrowIfCancellationRequested();
                half++;
            }
            _halvings.Add(half);
            foreach ((Int128 code, int label) in points)
                if (code >= half) labelOf[code - half] = label;
            points = [.. labelOf.Where(pair => pair.Key < half).OrderBy(pair => pair.Key).Select(pair => (pair.Key, pair.Value))];
            largest = half - 1;

            bool Collides(Int128 half)
            {
                foreach ((Int128 code, int label) in points)
                    if (code >= half && labelOf.TryGetValue(code - half, out int other) && other != label) return true;
                return false;
            }
        }
        return points;
    }

    // Intervals from a code on, of at most N^(1/3) codes that lie within N^(4/3): at most N^(2/3) are full and N^(2/3) / 2 are
    // long. Each lands at the first position that brings it into no conflict with those before: at most N^(1/3) N positions
    // are forbidden, so all stay below about 2 N^(4/3). What lies between an interval's last code and the next interval is
    // translated with it, but nothing is known of that but its codes.
    private void TranslateIntervals((Int128 Code, int Label)[] points, BigInteger count, CancellationToken cancellation)
    {
        int mostCodes = (int)IntegerRoots.Ceiling(count, 3);
        var longest = (Int128)IntegerRoots.Ceiling(BigInteger.Pow(count, 4), 3);
        for (int first = 0, next; first < points.Length; first = next)
        {
            cancellation.ThrowIfCancellationRequested();
            Int128 start = first == 0 ? 0 : points[first].Code, target = 0;
            int end = Math.Min(first + mostCodes, points.Length);
            for (next = first + 1; next < end && points[next].Code - start < longest;) next++;
            ReadOnlySpan<(Int128 Code, int Label)> own = points.AsSpan(first..next);
            while (Collides(own, target - start)) target++;
            _starts.Add(start);
            _targets.Add(target);
            foreach ((Int128 code, int label) in own) _labels[code - start + target] = label;
        }
        Last = _labels.Keys.Max() + 1;
    }

    private bool Collides(ReadOnlySpan<(Int128 Code, int Label)> points, Int128 shift)
    {
        foreach ((Int128 code, int label) in points)
            if (_labels.TryGetValue(code + shift, out int other) && other != label) return true;
        return false;
    }
}
