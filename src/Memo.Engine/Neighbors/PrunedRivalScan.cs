using System.Numerics;
using System.Runtime.Intrinsics;
using Memo.Data;
using Memo.Kernels;
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
internal sealed unsafe class PrunedRivalScan : RivalScan<byte, int>
{
    private const int Ahead = 16; // points on their way from memory while one is measured

    // What a query still has to find.
    private enum Search : byte { Nothing, Rivals, Survivors, Again, AllSurvivors }

    private readonly record struct Candidate(int Query, int Panel, int Lane, int Bar);

    private readonly PrunedPoints _points;
    private readonly MappedBlock _block;
    private readonly int[] _rows = new int[MappedBlock.Capacity];
    private readonly Search[] _search = new Search[MappedBlock.Capacity];
    private readonly int[] _bars = new int[MappedBlock.Capacity];   // of points of the class at hand
    private readonly AlignedBuffer _thresholds;                     // of the filter, for each query; then of the visits
    private readonly Candidate[] _candidates = new Candidate[Ahead];
    private int _first, _last;                                      // candidates waiting, as counts since the start
    private ScanGoal _goal;

    public PrunedRivalScan(PrunedPoints points, double squaredBandRatio)
        : base(MappedBlock.Capacity, squaredBandRatio, ErrorBound.Exact)
    {
        _points = points;
        _block = new MappedBlock(points);
        _thresholds = new AlignedBuffer((nuint)(MappedBlock.Capacity * (1 + _block.Levels) * sizeof(int)));
    }

    public override void Run(SampleMatrix<byte> queries, int first, int count, ScanGoal goal)
    {
        _goal = goal;
        for (int q = 0; q < count; q++) _rows[q] = first + q;
        _block.Load(queries, _rows.AsSpan(0, count));
        _block.Filter();
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
        for (int k = 0; k < classes; k++) _block.BestPanels(k);
        int* bests = _block.BestPanels(0);
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
                if (_block.BarOf(q, Maximum(k, q)) <= bar) Measure(k);
            }
            _search[q] = _goal == ScanGoal.Survivors || state.Rival < SquaredBandRatio * state.Nearest
                ? Search.Survivors : Search.Rivals;

            void Measure(int k) =>
                Observe(state, _block.Distance(q, Panel(k, q), _block.BestLane(q, Panel(k, q))), k);
        }

        int Panel(int k, int q) => bests[k * 2 * MappedBlock.Capacity + q];

        int Maximum(int k, int q) => bests[k * 2 * MappedBlock.Capacity + MappedBlock.Capacity + q];
    }

    private void Scan(int count)
    {
        int* thresholds = (int*)_thresholds.Pointer;
        for (int k = 0; k < _points.ClassCount; k++)
        {
            for (int q = 0; q < count; q++) SetBar(q, k);
            for (int q = count; q < _block.Stride; q++) thresholds[q] = int.MaxValue;
            for (int panel = _points.ClassStarts[k]; panel < _points.ClassStarts[k + 1]; panel++)
            {
                int* maxima = _block.Row(panel);
                for (int q = 0; q < _block.Stride; q += Vector256<int>.Count)
                {
                    uint open = Vector256.GreaterThanOrEqual(Vector256.Load(maxima + q), Vector256.LoadAligned(thresholds + q))
                        .ExtractMostSignificantBits();
                    for (; open != 0; open &= open - 1) Visit(q + BitOperations.TrailingZeroCount(open), panel, k);
                }
            }
            while (_first < _last) MeasureNext(k);
        }
    }

    private void SetBar(int q, int k)
    {
        State state = this[q];
        int bar = _search[q] switch
        {
            Search.AllSurvivors => _points.Basis.Limit(state.Limit),
            Search.Survivors => _points.Basis.Limit(k == state.NearestClass ? state.Rival : state.Limit),
            Search.Rivals when k != state.NearestClass => _points.Basis.Limit(SquaredBandRatio * state.Nearest),
            Search.Rivals when _goal == ScanGoal.LabelAndNearest => _points.Basis.Limit(state.Nearest),
            _ => -1,
        };
        int* thresholds = (int*)_thresholds.Pointer;
        _bars[q] = bar;
        thresholds[q] = bar < 0 ? int.MaxValue : _block.FilterThreshold(q, bar);
        _block.VisitThresholds(q, bar, thresholds + MappedBlock.Capacity + q * _block.Levels);
    }

    private void Visit(int q, int panel, int k)
    {
        int* thresholds = (int*)_thresholds.Pointer + MappedBlock.Capacity + q * _block.Levels;
        uint near = _block.Visit(q, panel, thresholds);
        for (; near != 0; near &= near - 1)
        {
            int lane = BitOperations.TrailingZeroCount(near);
            int bar = _block.VisitedBar(q, lane);
            if (_last - _first == Ahead) MeasureNext(k);
            _block.Prefetch(panel, lane);
            _candidates[_last++ % Ahead] = new Candidate(q, panel, lane, bar);
        }
    }

    // Measures the candidate that has waited longest, unless the bar has fallen below it.
    private void MeasureNext(int k)
    {
        (int q, int panel, int lane, int bar) = _candidates[_first++ % Ahead];
        if (bar > _bars[q]) return;
        State state = this[q];
        int distance = _block.Distance(q, panel, lane), point = _points.Rows(panel)[lane];
        (int nearestClass, int nearest, int limit) = (state.NearestClass, state.Nearest, state.Limit);
        Observe(state, distance, k);
        switch (_search[q])
        {
            case Search.Survivors when state.NearestClass == nearestClass:
                if (distance <= (k == nearestClass ? state.Rival : state.Limit)) KeepAny(state, point, distance);
                if (state.Limit != limit) SetBar(q, k);
                break;
            case Search.AllSurvivors:
                Keep(state, point, distance);
                if (state.Limit != limit) SetBar(q, k);
                break;
            case Search.Rivals when k == nearestClass:
                if (distance > nearest) break;
                KeepAny(state, point, distance);
                if (state.Nearest != nearest) SetBar(q, k);
                break;
            case Search.Rivals when state.NearestClass == nearestClass && state.Rival >= SquaredBandRatio * state.Nearest:
                break;
            default: // a point too near for a label by Lemma B alone, or of a class that was not thought nearest
                _search[q] = Search.Again;
                SetBar(q, k);
                break;
        }
    }

    public override void Dispose()
    {
        _block.Dispose();
        _thresholds.Dispose();
    }
}
