using System.Numerics;
using Memo.Data;
using Memo.Devices;
using Memo.Kernels.SquaredDistance;
using Memo.Neighbors;
using Memo.Numerics;

namespace Memo.Networks;

/// <summary>
/// The forward pass of a cell network with its kernel types left out; made by <see cref="Create"/>.
/// </summary>
internal abstract class CellEvaluator : IDisposable
{
    /// <summary>
    /// Prepares the points for the kernel that suits their type and dimension. O(N n), and O(n d'^2) for a basis of its own.
    /// </summary>
    /// <param name="points">The training points.</param>
    /// <param name="labels">Class index of each.</param>
    /// <param name="classCount">Number of classes.</param>
    /// <param name="run">Threads.</param>
    /// <param name="basis">A pruning basis fitted to data that these points are part of; null to decide here.</param>
    public static CellEvaluator Create(SampleMatrix points, ReadOnlySpan<int> labels, int classCount, RunOptions run,
        PruningBasis? basis = null) => points switch
        {
            SampleMatrix<byte> { Columns: <= ByteDistance.MaximumDimension } bytes =>
                new ByteCellEvaluator(bytes, labels, classCount, basis ?? PruningBasis.Choose(bytes, run), run),
            SampleMatrix<byte> => Create(points.ConvertExactly(ElementType.Float32), labels, classCount, run),
            SampleMatrix<float> floats =>
                new CellEvaluator<float, double, FloatDistance<float>>(floats, labels, classCount),
            SampleMatrix<double> doubles =>
                new CellEvaluator<double, double, FloatDistance<double>>(doubles, labels, classCount),
            _ => throw new NotSupportedException($"samples of type {points.ElementType}"),
        };

    /// <summary>min P of the packed points, exactly.</summary>
    public abstract Dyadic MinimumSquaredDistance(RunOptions run);

    /// <summary>For every packed point the nearest of another class, the lowest of equals, and its exact squared distance.</summary>
    public abstract (int[] Points, Dyadic[] SquaredDistances) NearestOther(RunOptions run);

    /// <summary>The exact answers of <paramref name="network"/>, which must describe the packed points.</summary>
    public abstract Predictions Predict(CellNetwork network, SampleMatrix queries, Outputs outputs, RunOptions run);

    public abstract void Dispose();
}

/// <summary>
/// The fast forward pass. Distances to all points are scanned by panels (<see cref="RivalScan{TElement,TDistance}"/>);
/// Lemmas A and B leave a handful of points for <see cref="CellDecision{TElement,TDistance,TKernel}"/> to decide on.
/// Queries are independent, so blocks of them go to threads as they come and the answers do not depend on it.
/// </summary>
internal class CellEvaluator<TElement, TDistance, TKernel> : CellEvaluator
    where TElement : unmanaged, INumber<TElement>
    where TDistance : unmanaged, INumber<TDistance>, IMinMaxValue<TDistance>
    where TKernel : struct, IDistanceKernel<TElement, TDistance>
{
    private readonly PackedPoints<TElement, TDistance, TKernel> _points;
    private readonly Lock _searchLock = new();
    private readonly Dictionary<IDistanceDevice, IPointSearch?> _searches = []; // null: not for this device

    public CellEvaluator(SampleMatrix<TElement> points, ReadOnlySpan<int> labels, int classCount)
    {
        _points = new PackedPoints<TElement, TDistance, TKernel>(points, labels, classCount);
        Labels = labels.ToArray();
    }

    protected PackedPoints<TElement, TDistance, TKernel> Points => _points;

    protected int[] Labels { get; }

    /// <summary>What a device prunes with; null for nothing.</summary>
    protected virtual PruningBasis? Basis => null;

    public sealed override Dyadic MinimumSquaredDistance(RunOptions run)
    {
        Dyadic? least = null;
        run.Device?.Try(device => (least = Search(device)?.MinimumSquaredDistance(run)) is not null);
        return least ?? MinimumByProcessor(run);
    }

    /// <summary>min P without a device.</summary>
    protected virtual Dyadic MinimumByProcessor(RunOptions run) =>
        Separation<TElement, TDistance, TKernel>.MinimumSquaredDistance(_points, Labels, run);

    // The points stay on each device that was used, where another thread may be searching.
    private IPointSearch? Search(IDistanceDevice device)
    {
        lock (_searchLock)
        {
            if (!_searches.TryGetValue(device, out IPointSearch? search))
                _searches[device] = search = device.Load(_points.Points, Labels, _points.ClassCount, Basis);
            return search;
        }
    }

    public override (int[] Points, Dyadic[] SquaredDistances) NearestOther(RunOptions run)
    {
        var (nearest, squared) = (new int[Labels.Length], new Dyadic[Labels.Length]);
        BruteNearest<TElement, TDistance, TKernel>.Find(_points, _points.Points, Labels, nearest, squared, run);
        return (nearest, squared);
    }

    /// <summary>Gets ready to make scans, which is called once before any thread asks for one.</summary>
    protected virtual void Prepare(RunOptions run) => _points.Pack(run);

    /// <summary>A scan for one thread.</summary>
    protected virtual RivalScan<TElement, TDistance> CreateScan(int blockSize, double squaredBandRatio, ErrorBound bound) =>
        new BruteRivalScan<TElement, TDistance, TKernel>(_points, blockSize, squaredBandRatio, bound);

    /// <summary>Takes a scan back when its thread is done.</summary>
    protected virtual void Release(RivalScan<TElement, TDistance> scan) => scan.Dispose();

    /// <summary>Queries per block, for so many in all.</summary>
    protected virtual int BlockSize(int queries, int threads) =>
        BruteRivalScan<TElement, TDistance, TKernel>.BlockSize(queries, _points.Dimension, threads);

    public override Predictions Predict(CellNetwork network, SampleMatrix queries, Outputs outputs, RunOptions run)
    {
        var samples = (SampleMatrix<TElement>)queries.ConvertExactly(_points.Points.ElementType);
        int count = samples.Rows, classes = network.Classes.Count;
        if (outputs.HasFlag(Outputs.Values)) Predictions.RequireRoomForValues(count, classes);
        var labels = new int[count];
        int[]? nearest = outputs.HasFlag(Outputs.Nearest) ? new int[count] : null;
        double[]? radii = outputs.HasFlag(Outputs.Radii) ? new double[count] : null;
        Dyadic[]? values = outputs.HasFlag(Outputs.Values) ? new Dyadic[count * classes] : null;

        var constants = new CellDecision<TElement, TDistance, TKernel>.Constants(network, _points, samples);
        var answers = new Answers(labels, nearest, radii, values);
        if (radii is not null) _points.Pack(run);
        int resolved = 0;
        if (run.Device?.Try(device => Search(device) is { } search && DecideOnDevice(search, constants, samples, answers, run, out resolved))
            is not true)
        {
            // Values and radii are added to, so that what a device has left half done must go.
            values.AsSpan().Clear();
            radii.AsSpan().Clear();
            resolved = DecideByProcessor(constants, samples, answers, run);
        }

        (BigInteger[]? scaled, BigInteger numerator, BigInteger denominator) = (null, BigInteger.One, BigInteger.One);
        if (values is not null)
        {
            if (classes == 2)
                for (int q = 0; q < count; q++) values[q] = values[2 * q + 1] - values[2 * q];
            (scaled, numerator, denominator) = Predictions.OnCommonScale(
                values.AsSpan(0, classes == 2 ? count : values.Length), network.UnitDenominator,
                network.TrainingPoints.ElementType == ElementType.UInt8);
        }
        return new Predictions
        {
            Labels = labels, Nearest = nearest, Radii = radii, Values = scaled,
            ScaleNumerator = numerator, ScaleDenominator = denominator, ResolvedExactly = resolved,
        };
    }

    // Where answers go; those not asked for are null.
    private sealed record Answers(int[] Labels, int[]? Nearest, double[]? Radii, Dyadic[]? Values);

    // Queries of which some sign had to be decided in exact arithmetic.
    private int DecideByProcessor(CellDecision<TElement, TDistance, TKernel>.Constants constants, SampleMatrix<TElement> samples,
        Answers answers, RunOptions run)
    {
        Prepare(run);
        int count = samples.Rows, blockSize = BlockSize(count, run.Threads);
        int blocks = (count + blockSize - 1) / blockSize, done = 0, resolved = 0;
        Turns.Take(blocks, run.Threads,
            () => new CellDecision<TElement, TDistance, TKernel>(constants,
                CreateScan(blockSize, constants.SquaredBandRatio, constants.Distance)),
            (block, decision) =>
            {
                int first = block * blockSize, length = Math.Min(blockSize, count - first);
                decision.Decide(samples, first, length, answers.Labels, answers.Nearest, answers.Radii, answers.Values);
                run.Progress?.Report((double)Interlocked.Increment(ref done) / blocks);
            },
            decision =>
            {
                Interlocked.Add(ref resolved, decision.ResolvedExactly);
                Release(decision.Scan);
                decision.Dispose();
            }, run.Cancellation);
        return resolved;
    }

    // The device looks for the next block's points while this one's are decided on.
    private bool DecideOnDevice(IPointSearch search, CellDecision<TElement, TDistance, TKernel>.Constants constants,
        SampleMatrix<TElement> samples, Answers answers, RunOptions run, out int resolved)
    {
        int count = samples.Rows, blockSize = Math.Min(search.BlockSize, Math.Max(count, 1)), total = 0;
        resolved = 0;
        NearbyPoints found = new(), next = new();
        Task<bool> work = Start(0, found);
        try
        {
            for (int first = 0; first < count; first += blockSize)
            {
                if (!work.GetAwaiter().GetResult()) return false;
                run.Cancellation.ThrowIfCancellationRequested();
                work = first + blockSize < count ? Start(first + blockSize, next) : Task.FromResult(true);
                total += DecideBlock(constants, samples, first, Math.Min(blockSize, count - first), found, answers, run);
                run.Progress?.Report(Math.Min(1, (first + (double)blockSize) / count));
                (found, next) = (next, found);
            }
        }
        finally
        {
            ((IAsyncResult)work).AsyncWaitHandle.WaitOne(); // whatever happened, the device is done with the buffers
        }
        resolved = total;
        return true;

        Task<bool> Start(int first, NearbyPoints into) => first >= count ? Task.FromResult(true) : Task.Run(() =>
            search.FindRivals(samples, first, Math.Min(blockSize, count - first), constants.SquaredBandRatio, into));
    }

    private int DecideBlock(CellDecision<TElement, TDistance, TKernel>.Constants constants, SampleMatrix<TElement> samples, int start,
        int length, NearbyPoints found, Answers answers, RunOptions run)
    {
        const int piece = 64;
        int resolved = 0;
        Turns.Take((length + piece - 1) / piece, run.Threads,
            () =>
            {
                var scan = new DeviceRivalScan<TElement, TDistance, TKernel>(_points, Labels, piece, constants.SquaredBandRatio, constants.Distance);
                scan.TakeUp(found, start);
                return new CellDecision<TElement, TDistance, TKernel>(constants, scan);
            },
            (index, decision) => decision.Decide(samples, start + index * piece, Math.Min(piece, length - index * piece), answers.Labels,
                answers.Nearest, answers.Radii, answers.Values),
            decision =>
            {
                Interlocked.Add(ref resolved, decision.ResolvedExactly);
                decision.Scan.Dispose();
                decision.Dispose();
            }, run.Cancellation);
        return resolved;
    }

    public override void Dispose()
    {
        foreach (IPointSearch? search in _searches.Values) search?.Dispose();
        _searches.Clear();
        _points.Dispose();
    }
}
