using System.Numerics;
using Memo.Data;
using Memo.Devices;
using Memo.Kernels.SquaredDistance;
using Memo.Numerics;

namespace Memo.Neighbors;

/// <summary>
/// Takes up what a device has found for a block of queries: measures it where that is still to be done, and keeps what lies
/// within the limit. O(1) a point that was found for bytes, O(n) for floating point.
/// </summary>
internal sealed class DeviceRivalScan<TElement, TDistance, TKernel>(PackedPoints<TElement, TDistance, TKernel> points, int[] labels,
    int blockSize, double squaredBandRatio, ErrorBound bound) : RivalScan<TElement, TDistance>(blockSize, squaredBandRatio, bound)
    where TElement : unmanaged, INumber<TElement>
    where TDistance : unmanaged, INumber<TDistance>, IMinMaxValue<TDistance>
    where TKernel : struct, IDistanceKernel<TElement, TDistance>
{
    private NearbyPoints _nearby = new();
    private int _first;

    /// <summary>From now on <see cref="Run"/> is for queries of this block.</summary>
    /// <param name="nearby">What the device found.</param>
    /// <param name="first">The query that it found it for first.</param>
    public void TakeUp(NearbyPoints nearby, int first) => (_nearby, _first) = (nearby, first);

    public override void Run(SampleMatrix<TElement> queries, int first, int count, ScanGoal goal)
    {
        for (int q = 0; q < count; q++)
        {
            State state = Begin(q);
            Forget(state);
            int start = _nearby.Starts[first - _first + q], end = _nearby.Starts[first - _first + q + 1];
            for (int i = start; i < end; i++)
            {
                int point = _nearby.Points[i];
                TDistance distance = typeof(TElement) == typeof(byte)
                    ? TDistance.CreateTruncating(_nearby.SquaredDistances[i])
                    : TDistance.CreateTruncating(TKernel.Pair(queries.Row(first + q), points.Points.Row(point), points.Scale));
                Observe(state, distance, labels[point]);
                Keep(state, point, distance);
            }
            Compact(state);
        }
    }

    public override void Dispose()
    {
    }
}
