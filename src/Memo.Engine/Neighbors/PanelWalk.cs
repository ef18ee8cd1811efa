using System.Numerics;
using Memo.Kernels;

namespace Memo.Neighbors;

/// <summary>Receives the exact distances that a <see cref="PanelWalk"/> finds.</summary>
internal interface IPanelVisitor
{
    /// <summary>The squared distance of a query of the block from a point; may set the query's bar anew.</summary>
    void Measured(int query, int point, int distance);
}

/// <summary>
/// A walk over panels for a block of queries, each with a bar: panels that the first look does not exclude are looked at
/// closer, and the points still left are measured exactly, which may lower the bars on the way. One object serves one
/// thread.
/// </summary>
internal sealed unsafe class PanelWalk : IDisposable
{
    /// <summary>A bar that no point passes.</summary>
    public const int NoPoint = int.MinValue;

    private const int Ahead = 16; // points on their way from memory while one is measured

    private readonly record struct Candidate(int Query, int Panel, int Lane, int Bar);

    private readonly PrunedPoints _points;
    private readonly AlignedBuffer _thresholds; // of the first look, for each query
    private readonly int[] _bars, _open;
    private readonly Candidate[] _candidates = new Candidate[Ahead]; // a ring
    private int _first, _waiting;

    /// <param name="points">The points.</param>
    /// <param name="capacity">The most queries in a block.</param>
    public PanelWalk(PrunedPoints points, int capacity)
    {
        _points = points;
        Block = new MappedBlock(points, capacity);
        _thresholds = new AlignedBuffer((nuint)(Block.Capacity * sizeof(int)));
        (_bars, _open) = (new int[Block.Capacity], new int[Block.Capacity]);
    }

    /// <summary>The queries, loaded and filtered by the caller.</summary>
    public MappedBlock Block { get; }

    /// <summary>
    /// From now on only points count for a query whose mapped squared distance is at most the bar
    /// (<see cref="PruningBasis.Limit"/>).
    /// </summary>
    public void SetBar(int query, int bar)
    {
        _bars[query] = bar;
        ((int*)_thresholds.Pointer)[query] = bar == NoPoint ? int.MaxValue : Block.FilterThreshold(query, bar);
        Block.SetVisitBar(query, bar);
    }

    /// <summary>
    /// Walks panels first to end - 1, each of which the first look has seen, for the queries of the block, all of which have
    /// a bar. Every point within its query's bar, as it stands at the end, is measured.
    /// </summary>
    public void Run<TVisitor>(TVisitor visitor, int first, int end) where TVisitor : class, IPanelVisitor
    {
        _waiting = 0; // what an error may have left
        int* thresholds = (int*)_thresholds.Pointer;
        for (int q = Block.Count; q < Block.Stride; q++) thresholds[q] = int.MaxValue;
        for (int panel = first; panel < end; panel++)
        {
            int open = Block.Open(panel, thresholds, _open);
            if (open == 0) continue;
            uint* masks = Block.Visit(_open.AsSpan(0, open), panel);
            for (int i = 0; i < open; i++)
                for (uint near = masks[i]; near != 0; near &= near - 1)
                {
                    int lane = BitOperations.TrailingZeroCount(near);
                    if (_waiting == Ahead) MeasureNext(visitor);
                    Block.Prefetch(panel, lane);
                    _candidates[(_first + _waiting++) % Ahead] = new Candidate(_open[i], panel, lane, Block.VisitedBar(_open[i], i, lane));
                }
        }
        while (_waiting > 0) MeasureNext(visitor);
    }

    // Measures the candidate that has waited longest, unless the bar has fallen below it.
    private void MeasureNext<TVisitor>(TVisitor visitor) where TVisitor : class, IPanelVisitor
    {
        (int query, int panel, int lane, int bar) = _candidates[_first];
        (_first, _waiting) = ((_first + 1) % Ahead, _waiting - 1);
        if (bar <= _bars[query]) visitor.Measured(query, _points.Rows(panel)[lane], Block.Distance(query, panel, lane));
    }

    public void Dispose()
    {
        Block.Dispose();
        _thresholds.Dispose();
    }
}
