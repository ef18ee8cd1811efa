using Memo.Data;
using Memo.Numerics;

namespace Memo.Neighbors;

/// <summary>
/// Finds the same points as the brute scan while computing few distances. Each query starts from the exact distances of the
/// points that look nearest; panels that a lower bound does not exclude are then looked at closer, panel by panel for the
/// whole block, and the points still left are measured exactly, which tightens the bounds on the way.
/// <para>Where only the label is asked for, points of the nearest point's class are not looked at any further: its cell
/// contains the query as soon as every other class keeps its distance (Lemma B). Queries for which one does not are scanned
/// again for all their survivors.</para>
/// <para>O(N d0) a query for the first look, O(d') for each panel left over, O(n) for each point left over.</para>
/// </summary>
internal sealed unsafe class PrunedRivalScan : RivalScan<byte, int>, IPanelVisitor
{
    // What a query still has to find.
    private enum Search : byte { Nothing, Rivals, Survivors, Again, AllSurvivors }

    private readonly PrunedPoints _points;
    private readonly PanelWalk _walk;
    private readonly int[] _rows;
    private readonly Search[] _search;
    private int _class; // at hand
    private ScanGoal _goal;

    public PrunedRivalScan(PrunedPoints points, int blockSize, double squaredBandRatio)
        : base(blockSize, squaredBandRatio, ErrorBound.Exact)
    {
        _points = points;
        _walk = new PanelWalk(points, blockSize);
        (_rows, _search) = (new int[blockSize], new Search[blockSize]);
    }

    private MappedBlock Block => _walk.Block;

    /// <summary>The most queries in a block.</summary>
    public int BlockSize => _rows.Length;

    public override void Run(SampleMatrix<byte> queries, int first, int count, ScanGoal goal)
    {
        _goal = goal;
        for (int q = 0; q < count; q++) _rows[q] = first + q;
        Block.Load(queries, _rows.AsSpan(0, count));
        Block.Filter(0, _points.PanelCount);
        Start(count);
        Scan(count);
        bool again = false;
        for (int q = 0; q < count; q++)
        {
            this[q].LabelIsCertain = _search[q] == Search.Rivals;
            if (_search[q] == Search.Survivors) Compact(this[q]);
            again |= _search[q] == Search.Again;
            _search[q] = _search[q] == Search.Again ? Search.AllSurvivors : Search.Nothing;
            if (_search[q] == Search.AllSurvivors) Forget(this[q]);
        }
        if (!again) return;
        Scan(count);
        for (int q = 0; q < count; q++)
            if (_search[q] == Search.AllSurvivors) Compact(this[q]);
    }

    // The exact distances of the points that look nearest, one of each class that may matter, for good first bounds.
    private void Start(int count)
    {
        int classes = _points.ClassCount;
        for (int k = 0; k < classes; k++) Block.BestPanels(k);
        int* bests = Block.BestPanels(0);
        for (int q = 0; q < count; q++)
        {
            State state = Begin(q);
            int nearest = -1, rival = -1;
            for (int k = 0; k < classes; k++)
            {
                int maximum = Maximum(k, q);
                if (nearest < 0 || maximum > Maximum(nearest, q)) (rival, nearest) = (nearest, k);
                else if (rival < 0 || maximum > Maximum(rival, q)) rival = k;
            }
            Measure(nearest);
            if (classes > 1 && rival >= 0 && Panel(rival, q) >= 0) Measure(rival);
            for (int k = 0; k < classes; k++)
            {
                if (k == nearest || k == rival || Panel(k, q) < 0) continue;
                int bar = _points.Basis.Limit(_goal == ScanGoal.Survivors ? state.Limit : SquaredBandRatio * state.Nearest);
                if (Block.BarOf(q, Maximum(k, q)) <= bar) Measure(k);
            }
            _search[q] = _goal == ScanGoal.Survivors || state.Rival < SquaredBandRatio * state.Nearest
                ? Search.Survivors : Search.Rivals;

            void Measure(int k) =>
                Observe(state, Block.Distance(q, Panel(k, q), Block.BestLane(q, Panel(k, q))), k);
        }

        int Panel(int k, int q) => bests[k * 2 * Block.Capacity + q];

        int Maximum(int k, int q) => bests[k * 2 * Block.Capacity + Block.Capacity + q];
    }

    private void Scan(int count)
    {
        for (_class = 0; _class < _points.ClassCount; _class++)
        {
            for (int q = 0; q < count; q++) SetBar(q);
            _walk.Run(this, _points.ClassStarts[_class], _points.ClassStarts[_class + 1]);
        }
    }

    private void SetBar(int q)
    {
        State state = this[q];
        _walk.SetBar(q, _search[q] switch
        {
            Search.AllSurvivors => _points.Basis.Limit(state.Limit),
            Search.Survivors => _points.Basis.Limit(_class == state.NearestClass ? state.Rival : state.Limit),
            Search.Rivals when _class != state.NearestClass => _points.Basis.Limit(SquaredBandRatio * state.Nearest),
            Search.Rivals when _goal == ScanGoal.LabelAndNearest => _points.Basis.Limit(state.Nearest),
            _ => PanelWalk.NoPoint,
        });
    }

    /// <inheritdoc/>
    public void Measured(int query, int point, int distance)
    {
        State state = this[query];
        (int nearestClass, int nearest, int limit) = (state.NearestClass, state.Nearest, state.Limit);
        Observe(state, distance, _class);
        switch (_search[query])
        {
            case Search.Survivors when state.NearestClass == nearestClass:
                if (distance <= (_class == nearestClass ? state.Rival : state.Limit)) KeepAny(state, point, distance);
                if (state.Limit != limit) SetBar(query);
                break;
            case Search.AllSurvivors:
                Keep(state, point, distance);
                if (state.Limit != limit) SetBar(query);
                break;
            case Search.Rivals when _class == nearestClass:
                if (distance > nearest) break;
                KeepAny(state, point, distance);
                if (state.Nearest != nearest) SetBar(query);
                break;
            case Search.Rivals when state.NearestClass == nearestClass && state.Rival >= SquaredBandRatio * state.Nearest:
                break;
            default: // a point too near for a label by Lemma B alone, or of a class that was not thought nearest
                _search[query] = Search.Again;
                SetBar(query);
                break;
        }
    }

    public override void Dispose() => _walk.Dispose();
}
