using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Memo.Data;
using Memo.Kernels;
using Memo.Kernels.SquaredDistance;
using Memo.Numerics;

namespace Memo.Neighbors;

/// <summary>
/// Computes the distances from a block of queries to all points, panel by panel. They are never stored; the limits
/// tighten on the way. O(N n) a query.
/// </summary>
internal sealed unsafe class BruteRivalScan<TElement, TDistance, TKernel> : RivalScan<TElement, TDistance>
    where TElement : unmanaged, INumber<TElement>
    where TDistance : unmanaged, INumber<TDistance>, IMinMaxValue<TDistance>
    where TKernel : struct, IDistanceKernel<TElement, TDistance>
{
    private readonly PackedPoints<TElement, TDistance, TKernel> _points;
    private readonly AlignedBuffer _queries, _distances, _limits, _lanes;

    public BruteRivalScan(PackedPoints<TElement, TDistance, TKernel> points, int blockSize, double squaredBandRatio,
        ErrorBound bound) : base(blockSize, squaredBandRatio, bound)
    {
        _points = points;
        int capacity = Padded(blockSize);
        _queries = new AlignedBuffer((nuint)capacity * TKernel.QueryBytes(points.Dimension));
        _distances = new AlignedBuffer((nuint)(capacity * TKernel.PanelWidth * sizeof(TDistance)));
        _limits = new AlignedBuffer((nuint)(capacity * sizeof(TDistance)));
        _lanes = new AlignedBuffer((nuint)(capacity * sizeof(uint)));
    }

    /// <summary>
    /// Queries per block: enough to keep a panel's cost of coming from memory small beside its use, in a packed block that
    /// stays within a quarter of a typical second-level cache (256 KB of 1 MB). Threads take equal numbers of equal blocks,
    /// at least 4 each where there are queries enough, so that none waits long for the last.
    /// </summary>
    public static int BlockSize(int queries, int dimension, int threads)
    {
        int most = (int)Math.Clamp(256 * 1024 / (long)TKernel.QueryBytes(dimension), 12, 96);
        int share = Math.Max((queries + threads - 1) / threads, 1);
        int turns = Math.Max((share + most - 1) / most, Math.Min(4, (share + 11) / 12));
        return Padded((share + turns - 1) / turns);
    }

    private static int Padded(int count) => (count + TKernel.QueryGroup - 1) / TKernel.QueryGroup * TKernel.QueryGroup;

    public override void Run(SampleMatrix<TElement> queries, int first, int count, ScanGoal goal)
    {
        nuint queryBytes = TKernel.QueryBytes(_points.Dimension);
        var limits = (TDistance*)_limits.Pointer;
        for (int q = 0; q < count; q++)
        {
            TKernel.PackQuery(queries.Row(first + q), _queries.Pointer + (nuint)q * queryBytes, _points.Scale);
            limits[q] = Begin(q).Limit;
        }
        int padded = Padded(count);
        uint* lanes = (uint*)_lanes.Pointer;
        for (int panel = 0; panel < _points.PanelCount; panel++)
        {
            var distances = (TDistance*)_distances.Pointer;
            TKernel.Within(_queries.Pointer, padded, _points.Panel(panel), _points.Dimension, limits, lanes, distances);
            ReadOnlySpan<int> rows = _points.Rows(panel);
            uint occupied = uint.MaxValue >> (32 - rows.Length);
            for (int q = 0; q < count; q++)
                if ((lanes[q] & occupied) is > 0 and uint hits)
                {
                    Collect(this[q], distances + q * TKernel.PanelWidth, hits, rows, _points.ClassOf(panel));
                    limits[q] = this[q].Limit;
                }
        }
        for (int q = 0; q < count; q++)
            if (goal == ScanGoal.Survivors || typeof(TDistance) != typeof(int)) Compact(this[q]);
            else DropWhatCannotDecide(this[q]);
    }

    // Some points of the panel lie within the limit: they are kept, and may tighten it.
    private void Collect(State state, TDistance* distances, uint lanes, ReadOnlySpan<int> rows, int pointClass)
    {
        ref Survivor room = ref MemoryMarshal.GetReference(Room(state, TKernel.PanelWidth));
        ref int row = ref MemoryMarshal.GetReference(rows);
        TDistance least = distances[BitOperations.TrailingZeroCount(lanes)];
        int kept = 0;
        for (; lanes != 0; lanes &= lanes - 1)
        {
            int lane = BitOperations.TrailingZeroCount(lanes);
            TDistance distance = distances[lane];
            least = TDistance.Min(least, distance);
            Unsafe.Add(ref room, kept++) = new Survivor(Unsafe.Add(ref row, lane), distance);
        }
        state.Count += kept;
        // The nearest distance is not above the rival's, so that nothing else can change either.
        if (!(least >= state.Rival) || state.NearestClass < 0) Observe(state, least, pointClass);
    }

    /// <summary>
    /// Where the label alone is asked for and distances are exact, drops the points that cannot take part in it. Only
    /// points i of the nearest point's class with D_i at most the rival's can fire (Lemma A), and of the other classes only
    /// points within the band of the farthest of these matter to them (Lemma B); the rival itself always stays.
    /// </summary>
    private void DropWhatCannotDecide(State state)
    {
        ReadOnlySpan<int> labels = _points.Labels;
        (int nearestClass, TDistance rival, TDistance farthest) = (state.NearestClass, state.Rival, state.Nearest);
        Span<Survivor> survivors = state.Survivors.AsSpan(0, state.Count);
        foreach (Survivor survivor in survivors)
            if (survivor.Distance <= rival && survivor.Distance > farthest && labels[survivor.Point] == nearestClass)
                farthest = survivor.Distance;
        // Where to write depends on what is kept, and no jump does: which points stay cannot be foretold.
        TDistance limit = TDistance.Max(LimitFor(farthest), rival);
        int kept = 0;
        foreach (Survivor survivor in survivors)
        {
            int ofNearest = labels[survivor.Point] == nearestClass ? 1 : 0;
            survivors[kept] = survivor;
            kept += ((survivor.Distance <= farthest ? 1 : 0) & ofNearest) | ((survivor.Distance <= limit ? 1 : 0) & (ofNearest ^ 1));
        }
        state.Count = state.Compacted = kept;
    }

    public override void Dispose()
    {
        _queries.Dispose();
        _distances.Dispose();
        _limits.Dispose();
        _lanes.Dispose();
    }
}
