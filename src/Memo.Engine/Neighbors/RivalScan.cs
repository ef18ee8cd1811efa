using System.Numerics;
using Memo.Data;
using Memo.Kernels;
using Memo.Kernels.SquaredDistance;
using Memo.Numerics;

namespace Memo.Neighbors;

/// <summary>
/// For each query of a block, the points that can matter to the exact answer of a cell network (Lemmas A and B): with m
/// the distance to the nearest point of any class but the nearest point's, all points within bandRatio * m of the query,
/// compared in squared distances. The distances are computed panel by panel and never stored; the limits tighten on the
/// way. One object serves one thread.
/// </summary>
internal sealed unsafe class RivalScan<TElement, TDistance, TKernel> : IDisposable
    where TElement : unmanaged, INumber<TElement>
    where TDistance : unmanaged, INumber<TDistance>, IMinMaxValue<TDistance>
    where TKernel : struct, IDistanceKernel<TElement, TDistance>
{
    private readonly PackedPoints<TElement, TDistance, TKernel> _points;
    private readonly AlignedBuffer _queries, _distances;
    private readonly State[] _states;
    private readonly double _squaredBandRatio;
    private readonly ErrorBound _bound;

    // No distance is greater: infinity, or the largest integer.
    private static readonly TDistance Farthest = TDistance.CreateSaturating(double.PositiveInfinity);

    /// <summary>A point near a query, with its computed squared distance (times 4^scale).</summary>
    public readonly record struct Survivor(int Point, TDistance Distance);

    private sealed class State
    {
        public int NearestClass;
        public TDistance Nearest;   // smallest distance seen
        public TDistance Rival;     // smallest distance seen to a point of a class other than NearestClass
        public TDistance Limit;     // points farther than this are of no consequence
        public Survivor[] Survivors = new Survivor[64];
        public int Count, Compacted;
    }

    /// <param name="points">The points.</param>
    /// <param name="blockSize">The most queries in a block.</param>
    /// <param name="squaredBandRatio">(lambda / (1 - lambda))^2 or slightly more, above 1.</param>
    /// <param name="bound">The error of computed distances.</param>
    public RivalScan(PackedPoints<TElement, TDistance, TKernel> points, int blockSize, double squaredBandRatio, ErrorBound bound)
    {
        (_points, _squaredBandRatio, _bound) = (points, squaredBandRatio, bound);
        int group = TKernel.QueryGroup, capacity = (blockSize + group - 1) / group * group;
        _queries = new AlignedBuffer((nuint)capacity * TKernel.QueryBytes(points.Dimension));
        _distances = new AlignedBuffer((nuint)(capacity * TKernel.PanelWidth * sizeof(TDistance)));
        _states = new State[blockSize];
        for (int q = 0; q < blockSize; q++) _states[q] = new State();
    }

    /// <summary>
    /// Queries per block: as many as keep a panel's cost of coming from memory small beside its use, while the packed
    /// block stays within half of a typical second-level cache (512 KB of 1 MB), and enough blocks for the threads.
    /// </summary>
    public static int BlockSize(int queries, int dimension, int threads)
    {
        int cacheful = (int)Math.Clamp(512 * 1024 / (long)TKernel.QueryBytes(dimension), 16, 128);
        int share = (queries + threads * 4 - 1) / (threads * 4);
        int group = TKernel.QueryGroup;
        return Math.Max(Math.Min(cacheful, share) / group * group, group);
    }

    /// <summary>The class of the nearest point by computed distances.</summary>
    public int NearestClass(int query) => _states[query].NearestClass;

    /// <summary>The smallest computed distance.</summary>
    public double Nearest(int query) => double.CreateTruncating(_states[query].Nearest);

    /// <summary>The smallest computed distance to a point of another class than <see cref="NearestClass"/>.</summary>
    public double Rival(int query) => double.CreateTruncating(_states[query].Rival);

    /// <summary>The points within the limit, in no particular order; valid until the next <see cref="Run"/>.</summary>
    public ReadOnlySpan<Survivor> Survivors(int query) => _states[query].Survivors.AsSpan(0, _states[query].Count);

    /// <summary>Scans all points for queries first .. first + count - 1.</summary>
    public void Run(SampleMatrix<TElement> queries, int first, int count)
    {
        nuint queryBytes = TKernel.QueryBytes(_points.Dimension);
        for (int q = 0; q < count; q++)
        {
            TKernel.PackQuery(queries.Row(first + q), _queries.Pointer + (nuint)q * queryBytes, _points.Scale);
            State state = _states[q];
            (state.NearestClass, state.Count, state.Compacted) = (-1, 0, 0);
            state.Nearest = state.Rival = state.Limit = Farthest;
        }
        int group = TKernel.QueryGroup, width = TKernel.PanelWidth;
        int padded = (count + group - 1) / group * group;
        for (int panel = 0; panel < _points.PanelCount; panel++)
        {
            var distances = (TDistance*)_distances.Pointer;
            TKernel.Distances(_queries.Pointer, padded, _points.Panel(panel), _points.Dimension, distances);
            ReadOnlySpan<int> rows = _points.Rows(panel);
            int pointClass = _points.ClassOf(panel);
            for (int q = 0; q < count; q++, distances += width)
                if (Threshold.AnyAtMost(distances, rows.Length, _states[q].Limit))
                    Collect(_states[q], distances, rows, pointClass);
        }
        for (int q = 0; q < count; q++) Compact(_states[q]);
    }

    // The rare path: some point of the panel lies within the limit.
    private void Collect(State state, TDistance* distances, ReadOnlySpan<int> rows, int pointClass)
    {
        TDistance least = distances[0];
        for (int lane = 1; lane < rows.Length; lane++) least = TDistance.Min(least, distances[lane]);
        if (pointClass == state.NearestClass)
            state.Nearest = TDistance.Min(state.Nearest, least);
        else if (state.NearestClass < 0 || least < state.Nearest)
        {
            if (state.NearestClass >= 0) state.Rival = state.Nearest; // below every other class's, as it was the least
            (state.NearestClass, state.Nearest) = (pointClass, least);
            state.Limit = LimitFor(state.Rival);
        }
        else if (least < state.Rival)
        {
            state.Rival = least;
            state.Limit = LimitFor(least);
        }

        for (int lane = 0; lane < rows.Length; lane++)
        {
            if (distances[lane] > state.Limit) continue;
            if (state.Count == state.Survivors.Length)
            {
                if (state.Count >= 2 * state.Compacted) Compact(state);
                if (2 * state.Count > state.Survivors.Length) Array.Resize(ref state.Survivors, 2 * state.Survivors.Length);
            }
            state.Survivors[state.Count++] = new Survivor(rows[lane], distances[lane]);
        }
    }

    // Drops what the limit, tightened since, no longer admits.
    private static void Compact(State state)
    {
        int kept = 0;
        for (int i = 0; i < state.Count; i++)
            if (state.Survivors[i].Distance <= state.Limit) state.Survivors[kept++] = state.Survivors[i];
        state.Count = state.Compacted = kept;
    }

    // A limit on computed distances that admits every point whose exact distance is at most bandRatio^2 * the exact rival.
    private TDistance LimitFor(TDistance rival)
    {
        double exact = _bound.Upper(double.CreateTruncating(rival)) * _squaredBandRatio;
        double computed = (exact + 2 * _bound.Absolute) * (1 + 4 * _bound.Relative);
        return typeof(TDistance) == typeof(int)
            ? TDistance.CreateSaturating(Math.Ceiling(computed))
            : TDistance.CreateTruncating(double.IsNaN(computed) ? double.PositiveInfinity : computed);
    }

    public void Dispose()
    {
        _queries.Dispose();
        _distances.Dispose();
    }
}
