using System.Numerics;
using Memo.Data;
using Memo.Numerics;

namespace Memo.Neighbors;

/// <summary>What a scan has to find.</summary>
internal enum ScanGoal
{
    /// <summary>Every point within the band of the rival.</summary>
    Survivors,
    /// <summary>The label, and survivors where it takes these to decide it.</summary>
    Label,
    /// <summary>The same, and the nearest points.</summary>
    LabelAndNearest,
}

/// <summary>
/// For each query of a block, the points that can matter to the exact answer of a cell network (Lemmas A and B): with m
/// the distance to the nearest point of any class but the nearest point's, all points within bandRatio * m of the query,
/// compared in squared distances. Two ways to find them: <see cref="BruteRivalScan{TElement,TDistance,TKernel}"/>
/// computes every distance, <see cref="PrunedRivalScan"/> passes over most. One object serves one thread.
/// </summary>
internal abstract class RivalScan<TElement, TDistance> : IDisposable
    where TElement : unmanaged, INumber<TElement>
    where TDistance : unmanaged, INumber<TDistance>, IMinMaxValue<TDistance>
{
    // No distance is greater: infinity, or the largest integer.
    private static readonly TDistance Farthest = TDistance.CreateSaturating(double.PositiveInfinity);

    private readonly State[] _states;
    private readonly ErrorBound _bound;

    /// <param name="blockSize">The most queries in a block.</param>
    /// <param name="squaredBandRatio">(lambda / (1 - lambda))^2 or slightly more, above 1.</param>
    /// <param name="bound">The error of computed distances.</param>
    protected RivalScan(int blockSize, double squaredBandRatio, ErrorBound bound)
    {
        (SquaredBandRatio, _bound) = (squaredBandRatio, bound);
        _states = new State[blockSize];
        for (int q = 0; q < blockSize; q++) _states[q] = new State();
    }

    /// <summary>A point near a query, with its computed squared distance (times 4^scale).</summary>
    public readonly record struct Survivor(int Point, TDistance Distance);

    /// <summary>What is known of a query so far.</summary>
    protected sealed class State
    {
        public int NearestClass;
        public TDistance Nearest;   // smallest distance seen
        public TDistance Rival;     // smallest distance seen to a point of a class other than NearestClass
        public TDistance Limit;     // points farther than this are of no consequence
        public Survivor[] Survivors = new Survivor[64];
        public int Count, Compacted;
        public bool LabelIsCertain; // the label is NearestClass; survivors were not collected
    }

    protected double SquaredBandRatio { get; }

    /// <summary>
    /// True where the label is <see cref="NearestClass"/> for certain and the goal did not ask for all survivors: they were
    /// not collected, but for the nearest points where the goal asked for these.
    /// </summary>
    public bool LabelIsCertain(int query) => _states[query].LabelIsCertain;

    /// <summary>The class of the nearest point by computed distances.</summary>
    public int NearestClass(int query) => _states[query].NearestClass;

    /// <summary>The smallest computed distance.</summary>
    public double Nearest(int query) => double.CreateTruncating(_states[query].Nearest);

    /// <summary>The smallest computed distance to a point of another class than <see cref="NearestClass"/>.</summary>
    public double Rival(int query) => double.CreateTruncating(_states[query].Rival);

    /// <summary>The points within the limit, in no particular order; valid until the next <see cref="Run"/>.</summary>
    public ReadOnlySpan<Survivor> Survivors(int query) => _states[query].Survivors.AsSpan(0, _states[query].Count);

    /// <summary>Scans for queries first .. first + count - 1.</summary>
    /// <param name="queries">The queries, of the points' dimension.</param>
    /// <param name="first">First query of the block.</param>
    /// <param name="count">Queries in the block.</param>
    /// <param name="goal">What has to be found.</param>
    public abstract void Run(SampleMatrix<TElement> queries, int first, int count, ScanGoal goal);

    /// <summary>The state of a query, reset for a new scan.</summary>
    protected State Begin(int query)
    {
        State state = _states[query];
        (state.NearestClass, state.Count, state.Compacted, state.LabelIsCertain) = (-1, 0, 0, false);
        state.Nearest = state.Rival = state.Limit = Farthest;
        return state;
    }

    protected State this[int query] => _states[query];

    /// <summary>Takes note of a distance to a point of some class: tightens the limit, keeps no survivor.</summary>
    protected void Observe(State state, TDistance distance, int pointClass)
    {
        if (pointClass == state.NearestClass)
            state.Nearest = TDistance.Min(state.Nearest, distance);
        else if (state.NearestClass < 0 || distance < state.Nearest)
        {
            if (state.NearestClass >= 0) state.Rival = state.Nearest; // below every other class's, as it was the least
            (state.NearestClass, state.Nearest) = (pointClass, distance);
            state.Limit = LimitFor(state.Rival);
        }
        else if (distance < state.Rival)
        {
            state.Rival = distance;
            state.Limit = LimitFor(distance);
        }
    }

    /// <summary>Keeps a point if it lies within the present limit.</summary>
    protected static void Keep(State state, int point, TDistance distance)
    {
        if (distance <= state.Limit) KeepAny(state, point, distance);
    }

    /// <summary>Keeps a point whatever its distance.</summary>
    protected static void KeepAny(State state, int point, TDistance distance)
    {
        Room(state, 1);
        state.Survivors[state.Count++] = new Survivor(point, distance);
    }

    /// <summary>The places behind the survivors, at least as many as asked for.</summary>
    protected static Span<Survivor> Room(State state, int count)
    {
        if (state.Count > state.Survivors.Length - count)
        {
            if (state.Count >= 2 * state.Compacted) Compact(state);
            if (2 * state.Count + count > state.Survivors.Length)
                Array.Resize(ref state.Survivors, 2 * state.Survivors.Length + count);
        }
        return state.Survivors.AsSpan(state.Count);
    }

    /// <summary>Drops all that was kept.</summary>
    protected static void Forget(State state) => state.Count = state.Compacted = 0;

    /// <summary>Drops what the limit, tightened since, no longer admits.</summary>
    protected static void Compact(State state)
    {
        int kept = 0;
        for (int i = 0; i < state.Count; i++)
            if (state.Survivors[i].Distance <= state.Limit) state.Survivors[kept++] = state.Survivors[i];
        state.Count = state.Compacted = kept;
    }

    // A limit on computed distances that admits every point whose exact distance is at most bandRatio^2 * the exact rival.
    protected TDistance LimitFor(TDistance rival)
    {
        double exact = _bound.Upper(double.CreateTruncating(rival)) * SquaredBandRatio;
        double computed = (exact + 2 * _bound.Absolute) * (1 + 4 * _bound.Relative);
        return typeof(TDistance) == typeof(int)
            ? TDistance.CreateSaturating(Math.Ceiling(computed))
            : TDistance.CreateTruncating(double.IsNaN(computed) ? double.PositiveInfinity : computed);
    }

    public abstract void Dispose();
}
