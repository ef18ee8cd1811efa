using System.Numerics;
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
    private readonly AlignedBuffer _queries, _distances;

    public BruteRivalScan(PackedPoints<TElement, TDistance, TKernel> points, int blockSize, double squaredBandRatio,
        ErrorBound bound) : base(blockSize, squaredBandRatio, bound)
    {
        _points = points;
        int group = TKernel.QueryGroup, capacity = (blockSize + group - 1) / group * group;
        _queries = new AlignedBuffer((nuint)capacity * TKernel.QueryBytes(points.Dimension));
        _distances = new AlignedBuffer((nuint)(capacity * TKernel.PanelWidth * sizeof(TDistance)));
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

    public override void Run(SampleMatrix<TElement> queries, int first, int count, ScanGoal goal)
    {
        nuint queryBytes = TKernel.QueryBytes(_points.Dimension);
        for (int q = 0; q < count; q++)
        {
            TKernel.PackQuery(queries.Row(first + q), _queries.Pointer + (nuint)q * queryBytes, _points.Scale);
            Begin(q);
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
                if (Threshold.AnyAtMost(distances, rows.Length, this[q].Limit))
                    Collect(this[q], distances, rows, pointClass);
        }
        for (int q = 0; q < count; q++) Compact(this[q]);
    }

    // The rare path: some point of the panel lies within the limit.
    private void Collect(State state, TDistance* distances, ReadOnlySpan<int> rows, int pointClass)
    {
        TDistance least = distances[0];
        for (int lane = 1; lane < rows.Length; lane++) least = TDistance.Min(least, distances[lane]);
        Observe(state, least, pointClass);
        for (int lane = 0; lane < rows.Length; lane++) Keep(state, rows[lane], distances[lane]);
    }

    public override void Dispose()
    {
        _queries.Dispose();
        _distances.Dispose();
    }
}
