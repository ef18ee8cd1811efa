using System.Collections.Concurrent;
using Memo.Data;
using Memo.Kernels.SquaredDistance;
using Memo.Neighbors;
using Memo.Numerics;

namespace Memo.Networks;

/// <summary>
/// The forward pass on bytes: with exact pruning where that pays (images), by brute force where not (few points, data that
/// does not compress).
/// </summary>
internal sealed class ByteCellEvaluator : CellEvaluator<byte, int, ByteDistance>
{
    private readonly PruningBasis? _basis;
    private readonly PruningLevels? _levels;
    private readonly Lock _packing = new();
    private PrunedPoints? _pruned; // packed on first use, which a device may make needless
    private readonly ConcurrentStack<PrunedRivalScan> _scans = []; // of one network, so of one lambda

    /// <param name="points">The training points.</param>
    /// <param name="labels">Class index of each.</param>
    /// <param name="classCount">Number of classes.</param>
    /// <param name="basis">What to prune with; null for brute force.</param>
    /// <param name="run">Threads.</param>
    /// <param name="levels">How far the pruned search looks; null to choose by the cost.</param>
    public ByteCellEvaluator(SampleMatrix<byte> points, ReadOnlySpan<int> labels, int classCount, PruningBasis? basis, RunOptions run,
        PruningLevels? levels = null)
        : base(points, labels, classCount)
    {
        (_basis, _levels) = (basis, levels);
        if (run.Device?.Device is null) Pruned(run);
    }

    protected override PruningBasis? Basis => _basis;

    private PrunedPoints? Pruned(RunOptions run)
    {
        if (_basis is null) return null;
        lock (_packing) return _pruned ??= new PrunedPoints(Points.Points, Labels, Points.ClassCount, _basis, run, _levels);
    }

    protected override Dyadic MinimumByProcessor(RunOptions run) => Pruned(run) is { } pruned
        ? new Dyadic(PrunedSeparation.MinimumSquaredDistance(pruned, run))
        : base.MinimumByProcessor(run);

    public override (int[] Points, Dyadic[] SquaredDistances) NearestOther(RunOptions run)
    {
        if (Pruned(run) is not { } pruned) return base.NearestOther(run);
        var (nearest, distances) = (new int[Labels.Length], new int[Labels.Length]);
        PrunedNearestOther.Find(pruned, nearest, distances, run);
        return (nearest, Array.ConvertAll(distances, distance => new Dyadic(distance)));
    }

    protected override void Prepare(RunOptions run)
    {
        if (Pruned(run) is null) base.Prepare(run);
    }

    protected override RivalScan<byte, int> CreateScan(int blockSize, double squaredBandRatio, ErrorBound bound)
    {
        if (_pruned is null) return base.CreateScan(blockSize, squaredBandRatio, bound);
        if (_scans.TryPop(out PrunedRivalScan? scan) && scan.BlockSize >= blockSize) return scan;
        scan?.Dispose();
        return new PrunedRivalScan(_pruned, blockSize, squaredBandRatio);
    }

    protected override void Release(RivalScan<byte, int> scan)
    {
        if (scan is PrunedRivalScan pruned) _scans.Push(pruned);
        else scan.Dispose();
    }

    // Equal blocks, as many for each thread, at least 4 where there are queries enough.
    protected override int BlockSize(int queries, int threads)
    {
        if (_pruned is null) return base.BlockSize(queries, threads);
        int share = Math.Max((queries + threads - 1) / threads, 1);
        int turns = Math.Max((share + MappedBlock.LargestCapacity - 1) / MappedBlock.LargestCapacity, Math.Min(4, (share + 7) / 8));
        return (share + turns - 1) / turns;
    }

    public override void Dispose()
    {
        base.Dispose();
        while (_scans.TryPop(out PrunedRivalScan? scan)) scan.Dispose();
        _pruned?.Dispose();
    }
}
