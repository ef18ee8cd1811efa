using Memo.Data;
using Memo.Numerics;

namespace Memo.Neighbors;

/// <summary>
/// Finds the same points as the brute scan while computing few distances: lower bounds for whole panels first
/// (<see cref="MappedScan"/>), then the exact distances of the points that the limit does not exclude. Where only the
/// label is asked for, points of the nearest point's class are not looked at any further: its cell contains the query as
/// soon as every other class keeps its distance (Lemma B). O(N d') a query and O(n) for each survivor.
/// </summary>
internal sealed class PrunedRivalScan : RivalScan<byte, int>
{
    private readonly PrunedPoints _points;
    private readonly MappedScan _scan;
    private readonly int[] _rows;
    private readonly bool[] _seen; // classes whose points within the band have all been looked at

    public PrunedRivalScan(PrunedPoints points, int blockSize, double squaredBandRatio)
        : base(blockSize, squaredBandRatio, ErrorBound.Exact)
    {
        _points = points;
        _scan = new MappedScan(points, blockSize);
        _rows = new int[blockSize];
        _seen = new bool[points.Points.ClassCount];
    }

    public override void Run(SampleMatrix<byte> queries, int first, int count, ScanGoal goal)
    {
        for (int q = 0; q < count; q++) _rows[q] = first + q;
        _scan.Run(queries, _rows.AsSpan(0, count));
        for (int q = 0; q < count; q++)
        {
            State state = Begin(q);
            ReadOnlySpan<byte> query = queries.Row(first + q);
            ObserveBest(state, q, query, exceptClass: -1);
            state.LabelIsCertain = goal != ScanGoal.Survivors && NoRivalNear(state, q, query);
            if (!state.LabelIsCertain) Collect(state, q, query);
            else if (goal == ScanGoal.LabelAndNearest) CollectNearest(state, q, query);
        }
    }

    // The exact distance of the point that looks nearest, for a good first limit.
    private void ObserveBest(State state, int q, ReadOnlySpan<byte> query, int exceptClass)
    {
        (int position, int bound, int pointClass) = (-1, int.MaxValue, -1);
        for (int k = 0; k < _seen.Length; k++)
            if (k != exceptClass && _scan.LeastPanel(q, k) is var least && least.Position >= 0 && (position < 0 || least.Bound < bound))
                (position, bound, pointClass) = (least.Position, least.Bound, k);
        Observe(state, _scan.DistanceTo(query, _scan.BestPoint(q, position)), pointClass);
    }

    // Whether every point of a class other than that of the nearest point found lies outside its band, so that Lemma B
    // settles the label. The nearest point found need not be the nearest there is. When a nearer one of another class
    // turns up, the band shrinks, and the former class is looked at as well.
    private bool NoRivalNear(State state, int q, ReadOnlySpan<byte> query)
    {
        Array.Clear(_seen);
        for (int k = 0; k < _seen.Length; k++)
        {
            if (_seen[k] || k == state.NearestClass) continue;
            _seen[k] = true;
            int nearestClass = state.NearestClass;
            _scan.Admitted.Clear();
            _scan.Admit(q, k, _points.Basis.Limit(SquaredBandRatio * state.Nearest));
            for (int i = 0; i < _scan.Admitted.Count; i++)
            {
                Observe(state, _scan.Distance(query, i), k);
                if (state.Rival < SquaredBandRatio * state.Nearest) return false;
            }
            if (state.NearestClass != nearestClass)
            {
                _seen[k] = false; // k is excepted now
                k = -1;
            }
        }
        return true;
    }

    // The points of the nearest class that are no farther than the nearest point found, and with them the nearest there is.
    private void CollectNearest(State state, int q, ReadOnlySpan<byte> query)
    {
        (int nearest, int bar) = (state.Nearest, _points.Basis.Limit(state.Nearest));
        _scan.Admitted.Clear();
        _scan.Admit(q, state.NearestClass, bar);
        for (int i = 0; i < _scan.Admitted.Count; i++)
        {
            (int point, int mapped) = _scan.Admitted[i];
            if (state.Nearest != nearest) (nearest, bar) = (state.Nearest, _points.Basis.Limit(state.Nearest));
            if (mapped > bar) continue;
            int distance = _scan.Distance(query, i);
            if (distance > state.Nearest) continue;
            Observe(state, distance, state.NearestClass);
            Keep(state, point, distance);
        }
    }

    private void Collect(State state, int q, ReadOnlySpan<byte> query)
    {
        ObserveBest(state, q, query, exceptClass: state.NearestClass);
        for (int k = 0; k < _seen.Length; k++)
        {
            (int limit, int bar) = (state.Limit, _points.Basis.Limit(state.Limit));
            _scan.Admitted.Clear();
            _scan.Admit(q, k, bar);
            for (int i = 0; i < _scan.Admitted.Count; i++)
            {
                (int point, int mapped) = _scan.Admitted[i];
                if (state.Limit != limit) (limit, bar) = (state.Limit, _points.Basis.Limit(state.Limit));
                if (mapped > bar) continue;
                int distance = _scan.Distance(query, i);
                Observe(state, distance, k);
                Keep(state, point, distance);
            }
        }
        Compact(state);
    }

    public override void Dispose() => _scan.Dispose();
}
