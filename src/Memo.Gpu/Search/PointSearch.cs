using System.Globalization;
using System.Runtime.InteropServices;
using Memo.Data;
using Memo.Devices;
using Memo.Gpu.Devices;
using Memo.Gpu.Kernels;
using Memo.Neighbors;
using Memo.Numerics;

namespace Memo.Gpu.Search;

/// <summary>
/// The search among labelled points on a device. Without a basis, one pass computes every distance, keeps each class's least
/// and collects what may lie within the limit. With one (<see cref="ProjectedEncoding"/>), a first pass finds a near point of
/// each class, whose exact distances give the limit, and a second collects what the map does not exclude. Exact distances of
/// bytes are integers computed on the device; those of floating point are the processor's.
/// </summary>
internal sealed class PointSearch : IPointSearch
{
    private const int UsualBlock = 4096;              // queries
    private const int StreamedBlock = 16384;          // so many that points travel in less time than they are used
    private const int LargestTable = 1 << 26;         // queries by classes
    private const int LargestResult = 1 << 26;        // pairs of a block: 0.8 GB; the processor needs none of them in memory
    private const int LargestCount = 1 << 30;         // pairs of a block, which are counted in an int32
    private const int UsualList = 1 << 20;            // pairs, where they take no more than an eighth of the memory
    private const double LargestShare = 0.25;         // of the memory, for queries
    private const int ExactGroups = 4096;             // groups that take turns at exact distances

    private readonly GpuDistanceDevice _device;
    private readonly GpuKernels _kernels;
    private readonly SampleMatrix _points;
    private readonly int _classes;
    private readonly PointLayout _layout;
    private readonly GpuQueue _queue;
    private readonly SampleEncoding _encoding;
    private readonly SampleEncoding _pairEncoding; // for the separation, which needs upper bounds
    private readonly long _budget;
    private PointBlocks? _blocks;
    private QueryBlock? _queries;
    private SampleEncoding? _prepared; // what the two above are for

    public PointSearch(GpuDistanceDevice device, SampleMatrix points, int[] labels, int classes, SampleEncoding plain, PruningBasis? basis)
    {
        (_device, _kernels, _points, _classes) = (device, device.Kernels, points, classes);
        _layout = new PointLayout(labels, classes, _kernels.Width);
        _queue = device.Device.CreateQueue();
        _budget = device.Budget();
        _pairEncoding = plain;
        _encoding = basis is not null ? new ProjectedEncoding(basis, device.Device, _queue) : plain;
        BlockSize = QueriesPerBlock(_encoding);
    }

    /// <inheritdoc/>
    public int BlockSize { get; }

    /// <summary>The most points, padding included, whose pairs with a panel of queries can be counted.</summary>
    public static int LargestPointCount(int width) => LargestCount / width;

    // As many as usual; more where each block has all points pass by; fewer where there are many classes or little memory.
    private int QueriesPerBlock(SampleEncoding encoding)
    {
        long perQuery = QueryBlock.BytesPerQuery(encoding, _classes), points = _layout.PanelCount * (long)_layout.Width * Vectors.BytesPerSample(encoding);
        double wanted = points < _budget / 2 ? UsualBlock : StreamedBlock;
        double most = Math.Min(LargestShare * _budget / perQuery, Math.Min((double)LargestCount / _layout.Rows.Length, (double)LargestTable / _classes));
        int queries = (int)Math.Min(Math.Min(wanted, most), _kernels.Device.LargestBuffer / (16.0 + 4.0 * encoding.Depth + 12.0 * _classes));
        return Math.Max(queries / _kernels.Width, 1) * _kernels.Width;
    }

    // The buffers for one of the two encodings; they change when the kind of search does.
    private (PointBlocks Blocks, QueryBlock Queries) Prepare(SampleEncoding encoding)
    {
        if (_blocks is not null && _queries is not null && _prepared == encoding) return (_blocks, _queries);
        Release();
        int capacity = QueriesPerBlock(encoding), list = (int)Math.Max(Math.Min(UsualList, _budget / 8 / 12), _layout.Rows.Length);
        long queryBytes = capacity * QueryBlock.BytesPerQuery(encoding, _classes) + 12L * list;
        _device.Log?.Invoke(string.Create(CultureInfo.InvariantCulture, $"queries: blocks of {capacity}, {queryBytes / 1e6:0.0} MB"));
        _queries = new QueryBlock(_kernels, encoding, capacity, _classes, list);
        _blocks = new PointBlocks(_kernels, encoding, _points, _layout, _queue, Math.Max(0, _budget - queryBytes), _device.Log);
        _prepared = encoding;
        return (_blocks, _queries);
    }

    /// <inheritdoc/>
    public bool FindRivals(SampleMatrix queries, int first, int count, double squaredBandRatio, NearbyPoints nearby)
    {
        lock (_device.Lock)
        {
            var pairs = new List<Candidate>();
            if (!Collect(queries, first, first, count, squaredBandRatio, pairs))
            {
                _device.Log?.Invoke($"left to the processor: more than {LargestResult} points are near to {count} queries");
                return false;
            }
            Group(pairs, count, nearby);
            return true;
        }
    }

    // Halves the block where more is found than the list can be made to hold. False where it is more than is worth having.
    private bool Collect(SampleMatrix queries, int start, int first, int count, double ratio, List<Candidate> pairs)
    {
        (PointBlocks blocks, QueryBlock block) = Prepare(_encoding);
        var rows = new int[count];
        for (int q = 0; q < count; q++) rows[q] = first + q;
        block.Staging.Send(queries, rows, block.Vectors, _queue);
        _encoding.Pack(_kernels, _queue, block.Vectors, count);
        int padded = _kernels.Padded(count);
        int found = _encoding is ProjectedEncoding projected
            ? CollectSurvivors(blocks, block, padded, ProjectedLimits(projected, blocks, block, count, padded, ratio))
            : CollectRivals(blocks, block, count, padded, ratio);
        if (found > block.ListCapacity)
        {
            if (count == 1) throw new InvalidOperationException("a list shorter than there are points");
            return Collect(queries, start, first, count / 2, ratio, pairs) &&
                   Collect(queries, start, first + count / 2, count - count / 2, ratio, pairs);
        }
        int before = pairs.Count;
        ReadOnlySpan<int> marks = block.Staging.Marks;
        if (before + found + (long)marks[..count].Count(-1) * _points.Rows > LargestResult) return false;
        CollectionsMarshal.SetCount(pairs, before + found);
        Span<Candidate> added = CollectionsMarshal.AsSpan(pairs)[before..];
        QueryBlock.Read(_queue, block.List, added);
        foreach (ref Candidate pair in added) pair.Query += first - start;
        // Queries too far out for the scale: every point may be near.
        for (int q = 0; q < count; q++)
            if (marks[q] < 0)
                for (int p = 0; p < _layout.Rows.Length; p++)
                    if (_layout.Rows[p] >= 0) pairs.Add(new Candidate { Query = first - start + q, Point = p });
        return true;
    }

    private int CollectRivals(PointBlocks blocks, QueryBlock block, int count, int padded, double ratio)
    {
        float error = Above(_encoding.Error), band = (float)(ratio * (1 + 1.0 / (1 << 20)));
        _queue.Fill(block.Minima, 0, Candidate.Absent, (long)padded * _classes);
        _queue.Fill(block.Count, 0, 0, 1);
        blocks.ForEach(points =>
        {
            Tiles(KernelNames.Rivals, block, points, padded, (arguments, panel, panels) => arguments
                .View(points.Classes, 4L * panel, panels, 4).View(block.Minima, 0, (long)padded * _classes, 4)
                .View(block.List, 0, block.ListCapacity, 12).View(block.Count, 0, 1, 4).Int(_encoding.Depth).Int(_classes)
                .Int(FirstPosition(points, panel)).Float(band).Float(error));
            MeasureExactly(block, points, block.List, block.ListCapacity);
        });
        int found = block.ReadCount(_queue);
        if (found <= block.ListCapacity) return found;

        // Early, looser limits let too many in: once more with the last.
        var minima = new int[count * _classes];
        QueryBlock.Read(_queue, block.Minima, minima.AsSpan());
        var limits = new int[padded];
        for (int q = 0; q < count; q++)
        {
            int second = SecondLeast(minima.AsSpan(q * _classes, _classes));
            limits[q] = (int)Math.Min((second + _encoding.Error) * ratio + _encoding.Error + 1, Candidate.Absent - 1);
        }
        return CollectSurvivors(blocks, block, padded, limits);
    }

    private int CollectSurvivors(PointBlocks blocks, QueryBlock block, int padded, int[] limits)
    {
        QueryBlock.Write<int>(_queue, block.Limits, limits);
        for (; ; )
        {
            _queue.Fill(block.Count, 0, 0, 1);
            blocks.ForEach(points =>
            {
                Tiles(KernelNames.Survivors, block, points, padded, (arguments, panel, panels) => arguments
                    .View(block.Limits, 0, padded, 4).View(block.List, 0, block.ListCapacity, 12).View(block.Count, 0, 1, 4)
                    .Int(_encoding.Depth).Int(FirstPosition(points, panel)));
                MeasureExactly(block, points, block.List, block.ListCapacity);
            });
            int found = block.ReadCount(_queue);
            // A longer list while it is short beside the memory; else fewer queries at a time.
            if (found <= block.ListCapacity || 12L * found > _budget / 8 || 12L * found > _kernels.Device.LargestBuffer) return found;
            block.Grow(found);
        }
    }

    // The exact distance of a near point of each class bounds those that count, and so the mapped distances.
    private int[] ProjectedLimits(ProjectedEncoding encoding, PointBlocks blocks, QueryBlock block, int count, int padded, double ratio)
    {
        int entries = padded * _classes;
        _queue.Fill(block.Minima, 0, Candidate.Absent, entries);
        _queue.Fill(block.Starts!, 0, -1, 3L * entries);
        _queue.Fill(block.Count, 0, entries, 1);
        blocks.ForEach(points =>
        {
            Tiles(KernelNames.ClassMinima, block, points, padded, (arguments, panel, panels) => arguments
                .View(points.Classes, 4L * panel, panels, 4).View(block.Minima, 0, entries, 4).View(block.Starts!, 0, entries, 12)
                .Int(encoding.Depth).Int(_classes).Int(FirstPosition(points, panel)));
            MeasureExactly(block, points, block.Starts!, entries);
        });
        var starts = new Candidate[count * _classes];
        QueryBlock.Read(_queue, block.Starts!, starts.AsSpan());
        var limits = new int[padded];
        var distances = new int[_classes];
        for (int q = 0; q < count; q++)
        {
            for (int k = 0; k < _classes; k++)
            {
                Candidate start = starts[q * _classes + k];
                distances[k] = start.Point < 0 ? Candidate.Absent : start.Distance;
            }
            int second = SecondLeast(distances);
            limits[q] = second == Candidate.Absent ? Candidate.Absent - 1 : encoding.Limit(second * ratio);
        }
        return limits;
    }

    /// <inheritdoc/>
    public Dyadic? MinimumSquaredDistance(RunOptions run)
    {
        lock (_device.Lock)
        {
            (PointBlocks blocks, QueryBlock block) = Prepare(_pairEncoding);
            using GpuBuffer minimum = _kernels.Device.Allocate(4), classes = _kernels.Device.Allocate(4L * _layout.PanelCount);
            QueryBlock.Write<int>(_queue, classes, _layout.PanelClasses);
            _queue.Fill(minimum, 0, Candidate.Absent, 1);
            int found = 0;
            bool overran = true;
            // A second time where too many pairs came by before the least was known.
            for (int time = 0; time < 2 && overran; time++)
            {
                overran = false;
                _queue.Fill(block.Count, 0, 0, 1);
                for (int first = 0; first < _layout.Rows.Length; first += block.Capacity)
                {
                    run.Cancellation.ThrowIfCancellationRequested();
                    ComparePairs(blocks, block, classes, minimum, first);
                    found = block.ReadCount(_queue);
                    if (found > block.ListCapacity) // counted anew, or the count itself might run over
                    {
                        overran = true;
                        _queue.Fill(block.Count, 0, 0, 1);
                    }
                    run.Progress?.Report(Math.Min(1, (first + (double)block.Capacity) / _layout.Rows.Length));
                }
            }
            var least = new int[1];
            QueryBlock.Read(_queue, minimum, least.AsSpan());
            if (_pairEncoding.Error == 0) return new Dyadic(least[0]);
            if (overran) return null;
            var pairs = new Candidate[found];
            QueryBlock.Read(_queue, block.List, pairs.AsSpan());
            return LeastOf(pairs, least[0]);
        }
    }

    private void ComparePairs(PointBlocks blocks, QueryBlock block, GpuBuffer classes, GpuBuffer minimum, int first)
    {
        int count = Math.Min(block.Capacity, _layout.Rows.Length - first);
        block.Staging.Send(_points, _layout.Rows.AsMemory(first, count), block.Vectors, _queue);
        _pairEncoding.Pack(_kernels, _queue, block.Vectors, count);
        blocks.ForEach(points => _kernels.LaunchTiles(_queue, KernelNames.ClosestPairs, count / _kernels.Width, points.PanelCount,
            _pairEncoding.Depth, (panel, panels) => new GpuArguments().View(block.Vectors.Panels, 0, (long)count * _pairEncoding.Depth / 4, 16)
                .View(block.Vectors.Norms, 0, count, 4)
                .View(classes, 4L * (first / _kernels.Width), count / _kernels.Width, 4)
                .View(points.Vectors.Panels, 4L * panel * _kernels.Width * _pairEncoding.Depth, (long)panels * _kernels.Width * _pairEncoding.Depth / 4, 16)
                .View(points.Vectors.Norms, 4L * panel * _kernels.Width, (long)panels * _kernels.Width, 4)
                .View(points.Classes, 4L * panel, panels, 4).View(minimum, 0, 1, 4).View(block.List, 0, block.ListCapacity, 12)
                .View(block.Count, 0, 1, 4).Int(_pairEncoding.Depth).Int(first).Int(FirstPosition(points, panel)).Float(Above(_pairEncoding.Error))));
    }

    // The least exact distance: the pairs that the filter saw nearest first, until no other can be nearer.
    private Dyadic? LeastOf(Candidate[] pairs, int filtered)
    {
        Dyadic? least = null;
        foreach (Candidate pair in pairs)
        {
            if (pair.Distance > filtered + 2 * _pairEncoding.Error) continue; // from before the least was known
            int i = _layout.Rows[pair.Query], j = _layout.Rows[pair.Point];
            Dyadic squared = _points switch
            {
                SampleMatrix<byte> bytes => ExactDistance.Squared(bytes.Row(i), bytes.Row(j)),
                SampleMatrix<float> floats => ExactDistance.Squared(floats.Row(i), floats.Row(j)),
                SampleMatrix<double> doubles => ExactDistance.Squared(doubles.Row(i), doubles.Row(j)),
                _ => throw new NotSupportedException($"samples of type {_points.ElementType}"),
            };
            if (least is null || squared < least) least = squared;
        }
        return least;
    }

    private void Tiles(string name, QueryBlock block, PointBlocks.Block points, int padded, Func<GpuArguments, int, int, GpuArguments> arguments) =>
        _kernels.LaunchTiles(_queue, name, padded / _kernels.Width, points.PanelCount, _encoding.Depth, (panel, panels) => arguments(
            SearchArguments.Of(_kernels, block, points, padded, _encoding.Depth, panel, panels), panel, panels));

    // For bytes whose filtered distances are not exact as they are.
    private void MeasureExactly(QueryBlock block, PointBlocks.Block points, GpuBuffer list, int capacity)
    {
        if (!_encoding.IsBytes || _encoding.Error == 0) return;
        int quads = _encoding.RowBytes / 16, position = FirstPosition(points, 0), count = points.PanelCount * _kernels.Width;
        _kernels.Launch(_queue, KernelNames.ExactDistances, ExactGroups, (GroupSizes.ExactLanes, GroupSizes.ExactPairs),
            new GpuArguments().View(block.Vectors.Raw, 0, (long)block.Capacity * quads, 16).View(points.Vectors.Raw, 0, (long)count * quads, 16)
                .View(list, 0, capacity, 12).View(block.Count, 0, 1, 4).Int(quads).Int(position).Int(position + count));
    }

    private int FirstPosition(PointBlocks.Block points, int panel) => (points.FirstPanel + panel) * _kernels.Width;

    private static float Above(double value) => value == 0 ? 0 : MathF.BitIncrement((float)value);

    private static int SecondLeast(ReadOnlySpan<int> values)
    {
        int first = int.MaxValue, second = int.MaxValue;
        foreach (int value in values)
        {
            second = Math.Min(second, Math.Max(first, value));
            first = Math.Min(first, value);
        }
        return second;
    }

    // Pairs by query, positions as rows.
    private void Group(List<Candidate> pairs, int count, NearbyPoints nearby)
    {
        nearby.Reserve(count, pairs.Count);
        int[] starts = nearby.Starts;
        Array.Clear(starts, 0, count + 1);
        foreach (Candidate pair in pairs) starts[pair.Query + 1]++;
        for (int q = 0; q < count; q++) starts[q + 1] += starts[q];
        foreach (Candidate pair in pairs)
        {
            int at = starts[pair.Query]++;
            (nearby.Points[at], nearby.SquaredDistances[at]) = (_layout.Rows[pair.Point], pair.Distance);
        }
        for (int q = count; q > 0; q--) starts[q] = starts[q - 1];
        starts[0] = 0;
    }

    private void Release()
    {
        _blocks?.Dispose();
        _queries?.Dispose();
        (_blocks, _queries, _prepared) = (null, null, null);
    }

    public void Dispose()
    {
        lock (_device.Lock)
        {
            Release();
            (_encoding as IDisposable)?.Dispose();
            _queue.Dispose();
        }
    }
}
