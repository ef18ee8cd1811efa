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

    /// <param name="points">The training points.</param>
    /// <param name="labels">Class index of each.</param>
    /// <param name="classCount">Number of classes.</param>
    /// <param name="basis">What to prune with; null for brute force.</param>
    /// <param name="run">Threads.</param>
    public ByteCellEvaluator(SampleMatrix<byte> points, ReadOnlySpan<int> labels, int classCount, PruningBasis? basis, RunOptions run)
        : base(points, labels, classCount)
    {
        if (basis is not null) _pruned = new PrunedPoints(Points, basis, run);
    }

    public override Dyadic MinimumSquaredDistance(RunOptions run) => _pruned is null
        ? base.MinimumSquaredDistance(run)
        : PrunedSeparation.MinimumSquaredDistance(_pruned, Labels, run);

    protected override void Prepare(RunOptions run)
    {
        if (_pruned is null) base.Prepare(run);
    }

    protected override RivalScan<byte, int> CreateScan(int blockSize, double squaredBandRatio, ErrorBound bound) => _pruned is null
        ? base.CreateScan(blockSize, squaredBandRatio, bound)
        : new PrunedRivalScan(_pruned, blockSize, squaredBandRatio);

    public override void Dispose()
    {
        base.Dispose();
        _pruned?.Dispose();
    }
}
