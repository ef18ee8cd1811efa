using System.Numerics;
using Memo.Data;
using Memo.Kernels;
using Memo.Kernels.SquaredDistance;
using Memo.Numerics;

namespace Memo.Neighbors;

/// <summary>
/// For every query the nearest of the packed points, exactly, by computing every distance; of equally near ones that of
/// the lowest row. Where the arithmetic rounds, points that its bound cannot tell apart are compared exactly. O(Q N n).
/// </summary>
internal static unsafe class BruteNearest<TElement, TDistance, TKernel>
    where TElement : unmanaged, INumber<TElement>
    where TDistance : unmanaged, INumber<TDistance>, IMinMaxValue<TDistance>
    where TKernel : struct, IDistanceKernel<TElement, TDistance>
{
    /// <summary>
    /// Fills in the nearest point of each query, and its exact squared distance; with labels, the nearest of the points of
    /// other classes than the query's, of which there must be one.
    /// </summary>
    /// <param name="points">N points, one at least.</param>
    /// <param name="queries">Q queries.</param>
    /// <param name="labels">The class of each query, or null to leave no point out.</param>
    /// <param name="nearest">Q rows of points.</param>
    /// <param name="squared">Q squared distances.</param>
    /// <param name="run">Threads, progress, cancellation.</param>
    public static void Find(PackedPoints<TElement, TDistance, TKernel> points, SampleMatrix<TElement> queries, int[]? labels,
        int[] nearest, Dyadic[] squared, RunOptions run)
    {
        points.Pack(run);
        int rows = queries.Rows;
        int blockSize = BruteRivalScan<TElement, TDistance, TKernel>.BlockSize(rows, points.Dimension, run.Threads);
        int blocks = (rows + blockSize - 1) / blockSize, done = 0;
        ErrorBound bound = points.Precision(queries).Bound;
        Turns.Take(blocks, run.Threads, () => new Worker(points, queries, labels, bound, blockSize), (block, worker) =>
        {
            int first = block * blockSize;
            worker.Find(first, Math.Min(blockSize, rows - first), nearest, squared);
            run.Progress?.Report((double)Interlocked.Increment(ref done) / blocks);
        }, worker => worker.Dispose(), run.Cancellation);
    }

    private sealed class Worker : IDisposable
    {
        private readonly PackedPoints<TElement, TDistance, TKernel> _points;
        private readonly SampleMatrix<TElement> _samples;
        private readonly int[]? _labels;
        private readonly ErrorBound _bound;
        private readonly AlignedBuffer _queries, _distances, _limits, _lanes;
        private readonly List<(int Point, double Distance)>[] _candidates; // of each query: none is surely farther than another

        public Worker(PackedPoints<TElement, TDistance, TKernel> points, SampleMatrix<TElement> samples, int[]? labels,
            ErrorBound bound, int blockSize)
        {
            (_points, _samples, _labels, _bound) = (points, samples, labels, bound);
            int capacity = Padded(blockSize);
            _queries = new AlignedBuffer((nuint)capacity * TKernel.QueryBytes(points.Dimension));
            _distances = new AlignedBuffer((nuint)(capacity * TKernel.PanelWidth * sizeof(TDistance)));
            _limits = new AlignedBuffer((nuint)(capacity * sizeof(TDistance)));
            _lanes = new AlignedBuffer((nuint)(capacity * sizeof(uint)));
            _candidates = new List<(int, double)>[blockSize];
            for (int q = 0; q < blockSize; q++) _candidates[q] = [];
        }

        private static int Padded(int count) => (count + TKernel.QueryGroup - 1) / TKernel.QueryGroup * TKernel.QueryGroup;

        public void Find(int first, int count, int[] nearest, Dyadic[] squared)
        {
            var limits = (TDistance*)_limits.Pointer;
            uint* lanes = (uint*)_lanes.Pointer;
            for (int q = 0; q < count; q++)
            {
                TKernel.PackQuery(_samples.Row(first + q), _queries.Pointer + (nuint)q * TKernel.QueryBytes(_points.Dimension), _points.Scale);
                limits[q] = TDistance.CreateSaturating(double.PositiveInfinity);
                _candidates[q].Clear();
            }
            for (int panel = 0; panel < _points.PanelCount; panel++)
            {
                var distances = (TDistance*)_distances.Pointer;
                TKernel.Within(_queries.Pointer, Padded(count), _points.Panel(panel), _points.Dimension, limits, lanes, distances);
                ReadOnlySpan<int> rows = _points.Rows(panel);
                uint occupied = uint.MaxValue >> (32 - rows.Length);
                for (int q = 0; q < count; q++)
                    if (_labels is null || _labels[first + q] != _points.ClassOf(panel))
                        for (uint near = lanes[q] & occupied; near != 0; near &= near - 1)
                        {
                            int lane = BitOperations.TrailingZeroCount(near);
                            Offer(q, rows[lane], double.CreateTruncating(distances[q * TKernel.PanelWidth + lane]), ref limits[q]);
                        }
            }
            for (int q = 0; q < count; q++) (nearest[first + q], squared[first + q]) = Resolve(first + q, _candidates[q]);
        }

        private void Offer(int q, int point, double distance, ref TDistance limit)
        {
            List<(int Point, double Distance)> candidates = _candidates[q];
            if (candidates.Count > 0 && _bound.Lower(distance) > _bound.Upper(candidates[0].Distance)) return;
            if (candidates.Count == 0 || distance < candidates[0].Distance) // the first is the least
            {
                candidates.RemoveAll(other => _bound.Lower(other.Distance) > _bound.Upper(distance));
                candidates.Insert(0, (point, distance));
                double computed = (_bound.Upper(distance) + 2 * _bound.Absolute) * (1 + 4 * _bound.Relative);
                limit = typeof(TDistance) == typeof(int) ? TDistance.CreateSaturating(computed)
                    : TDistance.CreateTruncating(double.IsNaN(computed) ? double.PositiveInfinity : computed);
            }
            else
                candidates.Add((point, distance));
        }

        private (int Point, Dyadic Squared) Resolve(int row, List<(int Point, double Distance)> candidates)
        {
            (int Point, Dyadic Squared) best = (-1, default);
            foreach ((int point, double distance) in candidates)
            {
                Dyadic squared = _bound.IsExact
                    ? new Dyadic(1, -2 * _points.Scale) * Dyadic.FromDouble(distance)
                    : ExactDistance.Squared(_samples.Row(row), _points.Points.Row(point));
                int order = best.Point < 0 ? -1 : squared.CompareTo(best.Squared);
                if (order < 0 || (order == 0 && point < best.Point)) best = (point, squared);
            }
            return best;
        }

        public void Dispose()
        {
            _queries.Dispose();
            _distances.Dispose();
            _limits.Dispose();
            _lanes.Dispose();
        }
    }
}
