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
    private readonly PrunedPoints? _pruned;
    private readonly ConcurrentStack<RivalScan<byte, int>> _scans = []; // of one network, so of one lambda

    /// <param name="points">The training points.</param>
    /// <param name="labels">Class index of each.</param>
    /// <param name="classCount">Number of classes.</param>
    /// <param name="basis">What to prune with; null for brute force.</param>
    /// <param name="run">Threads.</param>
    public ByteCellEvaluator(SampleMatrix<byte> points, ReadOnlySpan<int> labels, int classCount, PruningBasis? basis, RunOptions run)
        : base(points, labels, classCount)
    {
        if (basis is not null) _pruned = new PrunedPoints(points, labels, classCount, basis, run);
    }

    public override Dyadic MinimumSquaredDistance(RunOptions run) => _pruned is null
        ? base.MinimumSquaredDistance(run)
        : new Dyadic(PrunedSeparation.MinimumSquaredDistance(_pruned, run));

    protected override void Prepare(RunOptions run)
    {
        if (_pruned is null) base.Prepare(run);
    }

    protected override RivalScan<byte, int> CreateScan(int blockSize, double squaredBandRatio, ErrorBound bound) => _pruned is null
        ? base.CreateScan(blockSize, squaredBandRatio, bound)
        : _scans.TryPop(out RivalScan<byte, int>? scan) ? scan : new PrunedRivalScan(_pruned, squaredBandRatio);

    protected override void Release(RivalScan<byte, int> scan)
    {
        if (_pruned is null) scan.Dispose();
        else _scans.Push(scan);
    }

    // Equal blocks, at least 4 for each thread where there are queries enough.
    protected override int BlockSize(int queries, int threads)
    {
        if (_pruned is null) return base.BlockSize(queries, threads);
        int blocks = Math.Max((queries + MappedBlock.Capacity - 1) / MappedBlock.Capacity, Math.Min(4 * threads, (queries + 7) / 8));
        return (queries + blocks - 1) / blocks;
    }

    public override void Dispose()
    {
        base.Dispose();
        while (_scans.TryPop(out RivalScan<byte, int>? scan)) scan.Dispose();
        _pruned?.Dispose();
    }
}
