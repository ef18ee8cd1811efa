using System.Numerics;
using Memo.Neighbors;
using Memo.Numerics;

namespace Memo.Constructions.Condensing;

/// <summary>
/// Looks for a small subset whose `cells` network memorizes all samples. Greedy: the point that mends the most samples, less
/// those it spoils, until none is open; then points that are not needed go. After that, over and over, a few neighbouring
/// points are taken out and what they leave open is mended with others, as many at most; where that fails all is put back.
/// Every choice rests on exact decisions and seeded random numbers: the same for any threads and instruction set.
/// </summary>
internal sealed class SubsetSearch<TDistance>
    where TDistance : unmanaged, INumber<TDistance>, IMinMaxValue<TDistance>
{
    private const int OpenLookedAt = 16; // open samples that candidates are ranked by
    private const int Finalists = 16;    // candidates whose gain is counted in full
    private const int MostRemoved = 4;
    private const int RoundsPerPoint = 16, MostRounds = 3000;
    private const int WorthThreads = 4000; // samples

    private readonly DistanceRows<TDistance> _rows;
    private readonly ClassRanges _classes;
    private readonly MemorizingSet<TDistance> _set;
    private readonly SeededRandom _random;
    private readonly RunOptions _run;
    private readonly List<int> _open = [], _added = [], _removed = [];
    private readonly List<(int Count, int Point)> _candidates = [];

    public SubsetSearch(DistanceRows<TDistance> rows, ClassRanges classes, MemorizingSet<TDistance> set, ulong seed,
        RunOptions run) =>
        (_rows, _classes, _set, _random, _run) = (rows, classes, set, new SeededRandom(seed), run);

    /// <summary>
    /// Makes the set memorize everything, and then smaller. When it ends no point of the set can be taken out alone.
    /// </summary>
    /// <param name="rounds">How often to try to improve it; null for a number that goes with its size.</param>
    public void Run(int? rounds = null)
    {
        Begin();
        RemoveWhatIsNotNeeded();
        int count = rounds ?? Math.Min(RoundsPerPoint * _set.Count, MostRounds);
        for (int round = 0; round < count; round++)
        {
            Exchange();
            _run.Progress?.Report(0.5 + (round + 1) / (2.0 * count));
        }
        RemoveWhatIsNotNeeded();
    }

    // A point and a few of its neighbours out, others in.
    private void Exchange()
    {
        int size = _set.Count;
        _added.Clear();
        _removed.Clear();
        int centre = _set.Points[(int)_random.NextBelow((ulong)size)];
        foreach (int point in _set.Nearest(centre, 1 + (int)_random.NextBelow(MostRemoved)))
        {
            _run.Cancellation.ThrowIfCancellationRequested();
            if (_set.CountOf(_classes[point]) == 1) continue; // every class keeps a point
            _set.Remove(point);
            _removed.Add(point);
        }
        if (Mend(size))
        {
            foreach (int point in _added) TryRemove(point);
            if (_set.Count < size) RemoveWhatIsNotNeeded();
            return;
        }
        foreach (int point in _removed) _set.Add(point);
        foreach (int point in _added) _set.Remove(point);
    }

    // Adds points until no sample is open, the best of every class that has one at a time.
    private void Begin()
    {
        double share = 0;
        while (_set.OpenCount > 0)
        {
            List<(int Point, int Gain)> points = ChoosePoints();
            foreach ((int point, int gain) in points)
                if (point == points[0].Point || 2 * gain >= points[0].Gain) _set.Add(point);
            share = Math.Max(share, 1 - (double)_set.OpenCount / _rows.Count);
            _run.Progress?.Report(share / 2);
        }
    }

    // Adds points, but not those just removed, until no sample is open; or gives up, when that takes more points.
    private bool Mend(int most)
    {
        while (_set.OpenCount > 0)
        {
            if (_set.Count >= most) return false;
            List<(int Point, int Gain)> points = ChoosePoints();
            if (points.Count == 0) return false;
            _set.Add(points[0].Point);
            _added.Add(points[0].Point);
        }
        return true;
    }

    // The points of the largest gain, one of a class and the best first, among those that would be witnesses of the most of a
    // few open samples, taken evenly from all. Where no point gains it is one of these samples itself: chosen, a sample is its
    // own witness, so that mending ends.
    private List<(int Point, int Gain)> ChoosePoints()
    {
        _run.Cancellation.ThrowIfCancellationRequested();
        _set.ListOpen(_open);
        var looked = new int[Math.Min(_open.Count, OpenLookedAt)];
        for (int i = 0; i < looked.Length; i++) looked[i] = _open[(int)((long)i * _open.Count / looked.Length)];
        _rows.Load(looked, _run);
        RankCandidates(looked);
        int[] points = [.. _candidates.Take(Finalists).Select(candidate => candidate.Point)];
        _rows.Load(points, _run);
        var gains = new int[points.Length];
        Turns.Take(points.Length, _rows.Count >= WorthThreads ? _run.Threads : 1, static () => 0,
            (i, _) => gains[i] = _set.Gain(points[i], _open), static _ => { }, _run.Cancellation);
        var best = new List<(int Point, int Gain)>();
        foreach (int i in Enumerable.Range(0, points.Length).Where(i => gains[i] > 0).OrderByDescending(i => gains[i]))
            if (!best.Exists(other => _classes[other.Point] == _classes[points[i]])) best.Add((points[i], gains[i]));
        if (best.Count > 0) return best;
        int[] free = [.. looked.Where(x => !_removed.Contains(x))];
        return free.Length == 0 ? [] : [(free[(int)_random.NextBelow((ulong)free.Length)], 0)];
    }

    private void RankCandidates(int[] looked) // ascending, so class by class
    {
        _candidates.Clear();
        for (int start = 0, end; start < looked.Length; start = end)
        {
            int label = _classes[looked[start]], first = _classes.Range(label).First;
            for (end = start; end < looked.Length && _classes[looked[end]] == label;) end++;
            var counts = new int[_classes.Range(label).End - first];
            _set.CountWitnessed(looked.AsSpan(start, end - start), label, counts);
            for (int i = 0; i < counts.Length; i++)
                if (counts[i] > 0 && !_removed.Contains(first + i)) _candidates.Add((counts[i], first + i));
        }
        _candidates.Sort(static (a, b) => a.Count != b.Count ? b.Count.CompareTo(a.Count) : a.Point.CompareTo(b.Point));
    }

    private void RemoveWhatIsNotNeeded()
    {
        for (bool any = true; any;)
        {
            any = false;
            int[] points = [.. _set.Points.Order()];
            _random.Shuffle<int>(points);
            foreach (int point in points) any |= TryRemove(point);
        }
    }

    // One can take a while, and there are as many as the set has points.
    private bool TryRemove(int point)
    {
        _run.Cancellation.ThrowIfCancellationRequested();
        return _set.TryRemove(point);
    }
}
