using System.Numerics;
using Memo.Data;
using Memo.Kernels;
using Memo.Kernels.SquaredDistance;
using Memo.Numerics;

namespace Memo.Neighbors;

/// <summary>
/// Balls around points, each with a radius of its own, and the points of the centre's class in them, decided exactly. Balls
/// are closed, and a ball holds its centre.
/// </summary>
internal abstract class BallSearch : IDisposable
{
    /// <summary>Balls, and points: N.</summary>
    public abstract int Count { get; }

    /// <summary>The points in each of the given balls, or the balls around each of the given points. Any order.</summary>
    /// <param name="queries">Rows of centres, or of points.</param>
    /// <param name="inverse">Whether balls are looked for.</param>
    /// <param name="found">Receives the list of queries[i] at i, from any thread.</param>
    /// <param name="run">Threads and cancellation.</param>
    public abstract void Find(ReadOnlySpan<int> queries, bool inverse, Action<int, List<int>> found, RunOptions run);

    /// <summary>Visits the points of every ball, whole panels at a time, from any thread; pruned where that pays.</summary>
    public abstract void FindAll(Action<int, List<int>> found, RunOptions run);

    public abstract void Dispose();

    /// <summary>
    /// The search for points of a type; the squared radius of ball i is numerator/denominator times squared[i].
    /// </summary>
    public static BallSearch Create(Dataset data, ReadOnlySpan<Dyadic> squared, int numerator, int denominator, RunOptions run)
    {
        int classes = data.Classes.Count;
        return data.Points switch
        {
            SampleMatrix<byte> { Columns: <= ByteDistance.MaximumDimension } bytes =>
                new BallSearch<byte, int, ByteDistance>(bytes, data.LabelArray, classes, squared, numerator, denominator,
                    PruningBasis.Choose(bytes, run), run),
            SampleMatrix<byte> bytes => new BallSearch<float, double, FloatDistance<float>>(
                (SampleMatrix<float>)bytes.ConvertExactly(ElementType.Float32), data.LabelArray, classes, squared, numerator, denominator, null, run),
            SampleMatrix<float> floats =>
                new BallSearch<float, double, FloatDistance<float>>(floats, data.LabelArray, classes, squared, numerator, denominator, null, run),
            SampleMatrix<double> doubles =>
                new BallSearch<double, double, FloatDistance<double>>(doubles, data.LabelArray, classes, squared, numerator, denominator, null, run),
            _ => throw new NotSupportedException($"samples of type {data.Points.ElementType}"),
        };
    }
}

/// <summary>The same with its kernel.</summary>
internal sealed unsafe class BallSearch<TElement, TDistance, TKernel> : BallSearch
    where TElement : unmanaged, INumber<TElement>
    where TDistance : unmanaged, INumber<TDistance>, IMinMaxValue<TDistance>
    where TKernel : struct, IDistanceKernel<TElement, TDistance>
{
    private const double Ulp = 1.0 / (1L << 52);
    private const int BlockSize = 32; // queries that share a panel when it comes from memory

    private readonly PackedPoints<TElement, TDistance, TKernel> _points;
    private readonly int[] _labels;
    private readonly PrunedPoints? _pruned;
    private readonly ErrorBound _bound;
    private readonly Dyadic[] _squared;   // of the radii, times the denominator
    private readonly Dyadic _denominator;
    private readonly double[] _surely;    // what is known of a computed distance up to this: its point is in the ball
    private readonly double[] _possibly;  // and above this: it is not
    private readonly double[] _largest;   // of these, by class

    public BallSearch(SampleMatrix<TElement> points, int[] labels, int classCount, ReadOnlySpan<Dyadic> squared, int numerator,
        int denominator, PruningBasis? basis, RunOptions run)
    {
        _points = new PackedPoints<TElement, TDistance, TKernel>(points, labels, classCount);
        (_labels, _denominator) = (labels, new Dyadic(denominator));
        _bound = _points.Precision(points).Bound;
        (_squared, _surely, _possibly) = (new Dyadic[labels.Length], new double[labels.Length], new double[labels.Length]);
        _largest = new double[classCount];
        for (int i = 0; i < labels.Length; i++)
        {
            _squared[i] = new Dyadic(numerator) * squared[i];
            (_surely[i], _possibly[i]) = Limits(_squared[i], denominator);
            _largest[labels[i]] = Math.Max(_largest[labels[i]], _possibly[i]);
        }
        if (basis is not null)
            _pruned = new PrunedPoints((SampleMatrix<byte>)(SampleMatrix)points, labels, classCount, basis, run);
    }

    public override int Count => _labels.Length;

    // Integers: the limit is one too, and decides.
    private (double Surely, double Possibly) Limits(Dyadic squared, int denominator)
    {
        if (typeof(TDistance) == typeof(int))
        {
            double limit = (double)BigInteger.Min(squared.MantissaAt(0) / denominator, int.MaxValue);
            return (limit, limit);
        }
        Dyadic scaled = new(squared.Mantissa, squared.Exponent + 2 * _points.Scale);
        double most = scaled.RoundUp() / denominator * (1 + 4 * Ulp) + 2 * double.Epsilon;
        return (scaled.RoundDown() / denominator * (1 - 4 * Ulp), (most + 2 * _bound.Absolute) * (1 + 4 * _bound.Relative));
    }

    private bool IsWithin(int ball, int point, double computed) =>
        computed <= _possibly[ball] && (typeof(TDistance) == typeof(int) || _bound.Upper(computed) <= _surely[ball] ||
            _denominator * ExactDistance.Squared(_points.Points.Row(ball), _points.Points.Row(point)) <= _squared[ball]);

    public override void FindAll(Action<int, List<int>> found, RunOptions run)
    {
        if (_pruned is not null) PrunedBallSearch.Find(_pruned, _possibly, found, run);
        else Find([.. Enumerable.Range(0, Count)], inverse: false, found, run);
    }

    public override void Find(ReadOnlySpan<int> queries, bool inverse, Action<int, List<int>> found, RunOptions run)
    {
        _points.Pack(run);
        // Queries of a class together, as they look at its panels alone.
        int[] rows = queries.ToArray(), order = [.. Enumerable.Range(0, rows.Length)];
        Array.Sort(Array.ConvertAll(rows, row => _labels[row]), order);
        var blocks = new List<(int First, int Count)>();
        for (int first = 0; first < order.Length;)
        {
            int count = 1;
            while (count < BlockSize && first + count < order.Length &&
                _labels[rows[order[first + count]]] == _labels[rows[order[first]]]) count++;
            blocks.Add((first, count));
            first += count;
        }
        int done = 0;
        Turns.Take(blocks.Count, run.Threads, () => new Workspace(_points.Dimension), (index, memory) =>
        {
            (int first, int count) = blocks[index];
            Search(rows, order.AsSpan(first, count), inverse, memory);
            for (int q = 0; q < count; q++) found(order[first + q], memory.Lists[q]);
            run.Progress?.Report((double)Interlocked.Increment(ref done) / blocks.Count);
        }, static memory => memory.Dispose(), run.Cancellation);
    }

    private void Search(int[] rows, ReadOnlySpan<int> block, bool inverse, Workspace memory)
    {
        int label = _labels[rows[block[0]]], padded = (block.Length + TKernel.QueryGroup - 1) / TKernel.QueryGroup * TKernel.QueryGroup;
        var limits = (TDistance*)memory.Limits.Pointer;
        for (int q = 0; q < block.Length; q++)
        {
            int row = rows[block[q]];
            TKernel.PackQuery(_points.Points.Row(row), memory.Queries.Pointer + (nuint)q * TKernel.QueryBytes(_points.Dimension), _points.Scale);
            limits[q] = TDistance.CreateSaturating(inverse ? _largest[label] : _possibly[row]);
            memory.Lists[q].Clear();
        }
        uint* lanes = (uint*)memory.Lanes.Pointer;
        var distances = (TDistance*)memory.Distances.Pointer;
        for (int panel = 0; panel < _points.PanelCount; panel++)
        {
            if (_points.ClassOf(panel) != label) continue;
            TKernel.Within(memory.Queries.Pointer, padded, _points.Panel(panel), _points.Dimension, limits, lanes, distances);
            ReadOnlySpan<int> points = _points.Rows(panel);
            uint occupied = uint.MaxValue >> (32 - points.Length);
            for (int q = 0; q < block.Length; q++)
                for (uint near = lanes[q] & occupied; near != 0; near &= near - 1)
                {
                    int lane = BitOperations.TrailingZeroCount(near), row = rows[block[q]];
                    double distance = double.CreateTruncating(distances[q * TKernel.PanelWidth + lane]);
                    if (inverse ? IsWithin(points[lane], row, distance) : IsWithin(row, points[lane], distance))
                        memory.Lists[q].Add(points[lane]);
                }
        }
    }

    // What a thread needs for a block of queries.
    private sealed class Workspace(int dimension) : IDisposable
    {
        public List<int>[] Lists { get; } = [.. Enumerable.Range(0, BlockSize).Select(_ => new List<int>())];
        public AlignedBuffer Queries { get; } = new(BlockSize * TKernel.QueryBytes(dimension));
        public AlignedBuffer Distances { get; } = new((nuint)(BlockSize * TKernel.PanelWidth * sizeof(TDistance)));
        public AlignedBuffer Limits { get; } = new((nuint)(BlockSize * sizeof(TDistance)));
        public AlignedBuffer Lanes { get; } = new(BlockSize * sizeof(uint));

        public void Dispose()
        {
            Queries.Dispose();
            Distances.Dispose();
            Limits.Dispose();
            Lanes.Dispose();
        }
    }

    public override void Dispose()
    {
        _pruned?.Dispose();
        _points.Dispose();
    }
}

/// <summary>The points in every ball around byte points that are mapped: panels that a lower bound excludes are passed over.</summary>
internal static class PrunedBallSearch
{
    private const int PanelsPerBlock = MappedBlock.LargestCapacity / PrunedPoints.Lanes;

    /// <summary>Visits the points in every ball.</summary>
    /// <param name="points">The points.</param>
    /// <param name="limits">The largest squared distance that counts, of each ball: an integer.</param>
    /// <param name="found">Receives a ball and its points, from any thread.</param>
    /// <param name="run">Threads and cancellation.</param>
    public static void Find(PrunedPoints points, double[] limits, Action<int, List<int>> found, RunOptions run)
    {
        var blocks = new List<(int Class, int Panel)>();
        for (int k = 0; k < points.ClassCount; k++)
            for (int panel = points.ClassStarts[k]; panel < points.ClassStarts[k + 1]; panel += PanelsPerBlock)
                blocks.Add((k, panel));
        int done = 0;
        Turns.Take(blocks.Count, run.Threads, () => new Worker(points, limits, found), (index, worker) =>
        {
            (int k, int panel) = blocks[index];
            worker.Find(k, panel, Math.Min(panel + PanelsPerBlock, points.ClassStarts[k + 1]));
            run.Progress?.Report((double)Interlocked.Increment(ref done) / blocks.Count);
        }, worker => worker.Dispose(), run.Cancellation);
    }

    private sealed class Worker : IPanelVisitor, IDisposable
    {
        private readonly PrunedPoints _points;
        private readonly double[] _limits;
        private readonly Action<int, List<int>> _found;
        private readonly PanelWalk _walk;
        private readonly int[] _rows = new int[MappedBlock.LargestCapacity];
        private readonly List<int>[] _lists = [.. Enumerable.Range(0, MappedBlock.LargestCapacity).Select(_ => new List<int>())];

        public Worker(PrunedPoints points, double[] limits, Action<int, List<int>> found)
        {
            (_points, _limits, _found) = (points, limits, found);
            _walk = new PanelWalk(points, MappedBlock.LargestCapacity);
        }

        public void Find(int pointClass, int first, int end)
        {
            (int start, int after) = (_points.ClassStarts[pointClass], _points.ClassStarts[pointClass + 1]);
            _walk.Block.LoadPanels(first, end, _rows);
            _walk.Block.Filter(start, after);
            for (int q = 0; q < _walk.Block.Count; q++)
            {
                _lists[q].Clear();
                _walk.SetBar(q, _points.Basis.Limit(_limits[_rows[q]]));
            }
            _walk.Run(this, start, after);
            for (int q = 0; q < _walk.Block.Count; q++) _found(_rows[q], _lists[q]);
        }

        public void Measured(int query, int point, int distance)
        {
            if (distance <= _limits[_rows[query]]) _lists[query].Add(point);
        }

        public void Dispose() => _walk.Dispose();
    }
}
