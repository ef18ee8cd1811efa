using System.Numerics;
using Memo.Kernels;
using Memo.Kernels.SquaredDistance;
using Memo.Numerics;

namespace Memo.Neighbors;

/// <summary>
/// min P: the least squared distance between two points of different label, exactly (its root is the separation bound
/// c of Definition 3.1). Each unordered pair of classes is visited once: O(N^2 n) in all, O(1) memory a thread.
/// </summary>
internal static unsafe class Separation<TElement, TDistance, TKernel>
    where TElement : unmanaged, INumber<TElement>
    where TDistance : unmanaged, INumber<TDistance>, IMinMaxValue<TDistance>
    where TKernel : struct, IDistanceKernel<TElement, TDistance>
{
    // The least distance found so far: exact, and a bound on the computed distances that could still beat or equal it.
    private sealed class Least(PackedPoints<TElement, TDistance, TKernel> points, ErrorBound bound)
    {
        private readonly Lock _lock = new();
        private double _limit = double.PositiveInfinity;

        public Dyadic? Exact { get; private set; }

        public double Limit => Volatile.Read(ref _limit);

        public void Offer(int i, int j, double computed)
        {
            Dyadic exact = bound.IsExact
                ? new Dyadic(1, -2 * points.Scale) * Dyadic.FromDouble(computed)
                : ExactDistance.Squared(points.Points.Row(i), points.Points.Row(j));
            lock (_lock)
            {
                if (Exact is { } best && exact >= best) return;
                Exact = exact;
                // Below the limit, or not below: a computed distance d may belong to an exact one under `exact` only if
                // Lower(d) is under it.
                double upper = new Dyadic(exact.Mantissa, exact.Exponent + 2 * points.Scale).RoundUp();
                Volatile.Write(ref _limit, (upper + 2 * bound.Absolute) * (1 + 4 * bound.Relative));
            }
        }
    }

    /// <summary>min P over the packed points, of which at least two classes occur.</summary>
    public static Dyadic MinimumSquaredDistance(PackedPoints<TElement, TDistance, TKernel> points,
        ReadOnlySpan<int> labels, RunOptions run)
    {
        points.Pack(run);
        int blockSize = BruteRivalScan<TElement, TDistance, TKernel>.BlockSize(points.Points.Rows, points.Dimension, run.Threads);
        var byClass = new List<int>[points.ClassCount];
        for (int k = 0; k < byClass.Length; k++) byClass[k] = [];
        for (int i = 0; i < labels.Length; i++) byClass[labels[i]].Add(i);
        // A block holds points of one class, compared with the panels of the later classes; the last class has none.
        (int Class, int First)[] blocks = [.. Enumerable.Range(0, byClass.Length - 1).SelectMany(k =>
            Enumerable.Range(0, (byClass[k].Count + blockSize - 1) / blockSize).Select(b => (k, b * blockSize)))];

        ErrorBound bound = points.Precision(points.Points).Bound;
        var least = new Least(points, bound);
        int group = TKernel.QueryGroup, capacity = (blockSize + group - 1) / group * group, done = 0;
        Turns.Take(blocks.Length, run.Threads,
            () => new Workspace(capacity, points.Dimension),
            (index, memory) =>
            {
                (int k, int first) = blocks[index];
                int count = Math.Min(blockSize, byClass[k].Count - first);
                CompareBlock(points, byClass[k], k, first, count, memory, bound, least);
                run.Progress?.Report((double)Interlocked.Increment(ref done) / blocks.Length);
            },
            memory => memory.Dispose(),
            run.Cancellation);
        return least.Exact ?? throw new InvalidOperationException("one class only");
    }

    // What a thread needs for a block of queries.
    private sealed class Workspace(int capacity, int dimension) : IDisposable
    {
        public AlignedBuffer Queries { get; } = new((nuint)capacity * TKernel.QueryBytes(dimension));
        public AlignedBuffer Distances { get; } = new((nuint)(capacity * TKernel.PanelWidth * sizeof(TDistance)));
        public AlignedBuffer Limits { get; } = new((nuint)(capacity * sizeof(TDistance)));
        public AlignedBuffer Lanes { get; } = new((nuint)(capacity * sizeof(uint)));

        public void Dispose()
        {
            Queries.Dispose();
            Distances.Dispose();
            Limits.Dispose();
            Lanes.Dispose();
        }
    }

    private static void CompareBlock(PackedPoints<TElement, TDistance, TKernel> points, List<int> members, int pointClass,
        int first, int count, Workspace memory, ErrorBound bound, Least least)
    {
        nuint queryBytes = TKernel.QueryBytes(points.Dimension);
        byte* queries = memory.Queries.Pointer;
        TDistance* limits = (TDistance*)memory.Limits.Pointer, distances = (TDistance*)memory.Distances.Pointer;
        uint* lanes = (uint*)memory.Lanes.Pointer;
        for (int q = 0; q < count; q++)
            TKernel.PackQuery(points.Points.Row(members[first + q]), queries + (nuint)q * queryBytes, points.Scale);
        int group = TKernel.QueryGroup, padded = (count + group - 1) / group * group;
        for (int panel = 0; panel < points.PanelCount; panel++)
        {
            if (points.ClassOf(panel) <= pointClass) continue;
            new Span<TDistance>(limits, padded).Fill(TDistance.CreateSaturating(least.Limit));
            TKernel.Within(queries, padded, points.Panel(panel), points.Dimension, limits, lanes, distances);
            ReadOnlySpan<int> rows = points.Rows(panel);
            uint occupied = uint.MaxValue >> (32 - rows.Length);
            for (int q = 0; q < count; q++)
                for (uint hits = lanes[q] & occupied; hits != 0; hits &= hits - 1)
                {
                    int lane = BitOperations.TrailingZeroCount(hits);
                    double distance = double.CreateTruncating(distances[q * TKernel.PanelWidth + lane]);
                    double limit = least.Limit;
                    if (bound.IsExact ? distance < limit : distance <= limit)
                        least.Offer(members[first + q], rows[lane], distance);
                }
        }
    }
}
