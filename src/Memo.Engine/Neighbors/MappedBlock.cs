using System.Numerics;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using Memo.Data;
using Memo.Kernels;
using Memo.Kernels.LowerBound;
using Memo.Kernels.SquaredDistance;

namespace Memo.Neighbors;

/// <summary>
/// A block of queries against pruned points: the first look at every panel for all of them, and the second look at a panel
/// for one. A bar is the largest mapped squared distance that still counts (<see cref="PruningBasis.Limit"/>). One object
/// serves one thread.
/// </summary>
internal sealed unsafe class MappedBlock : IDisposable
{
    /// <summary>
    /// More queries than this gain nothing: a panel then comes from memory once for a good many visits, and the maxima of a
    /// block, which are written and read in order, may lie there themselves.
    /// </summary>
    public const int LargestCapacity = 512;

    private readonly PrunedPoints _points;
    private readonly MappedVectors _mapped;
    private readonly int _levels, _pairs, _filterPairs;
    private readonly AlignedBuffer _filterQueries, _maxima, _workspace, _bests, _queries;
    private readonly AlignedBuffer _sums, _values;               // of the visits to a panel, 32 for each
    private readonly AlignedBuffer _thresholds, _visitors, _masks;
    private readonly int[] _filterNorms, _norms; // squared norms: of each query, and at each level of the second look
    private readonly AlignedBuffer _pairsOfQueries, _rests; // of each query for the second look
    private readonly AlignedBuffer _ends;

    /// <param name="points">The points.</param>
    /// <param name="capacity">The most queries in a block.</param>
    public MappedBlock(PrunedPoints points, int capacity)
    {
        Capacity = (capacity + PanelFilter.Group - 1) / PanelFilter.Group * PanelFilter.Group;
        _points = points;
        PruningLevels levels = points.Levels;
        (_levels, _pairs, _filterPairs) = (levels.Visits.Length, levels.Pairs, levels.FilterPairs);
        _mapped = new MappedVectors(Capacity, points.Basis.Directions);
        _filterQueries = new AlignedBuffer((nuint)(Capacity * _filterPairs * sizeof(int)));
        _maxima = new AlignedBuffer((nuint)points.PanelCount * (nuint)Capacity * sizeof(int));
        _bests = new AlignedBuffer((nuint)points.ClassCount * (nuint)Capacity * 2 * sizeof(int));
        _sums = new AlignedBuffer((nuint)(Capacity * PrunedPoints.Lanes * sizeof(int)));
        _values = new AlignedBuffer((nuint)(Capacity * PrunedPoints.Lanes * sizeof(int)));
        _thresholds = new AlignedBuffer((nuint)(Capacity * _levels * sizeof(int)));
        _visitors = new AlignedBuffer((nuint)(Capacity * sizeof(PanelVisit.Query)));
        _masks = new AlignedBuffer((nuint)(Capacity * sizeof(uint)));
        _workspace = new AlignedBuffer(points.Basis.WorkspaceBytes);
        _queries = new AlignedBuffer((nuint)(Capacity * points.Stride));
        (_filterNorms, _norms) = (new int[Capacity], new int[Capacity * _levels]);
        (_pairsOfQueries, _rests) = (new AlignedBuffer((nuint)(Capacity * _pairs * sizeof(int))),
            new AlignedBuffer((nuint)(Capacity * _levels * sizeof(int))));
        for (int q = 0; q < Capacity; q++)
            ((PanelVisit.Query*)_visitors.Pointer)[q] = new((nint)((int*)_pairsOfQueries.Pointer + q * _pairs),
                (nint)((int*)_rests.Pointer + q * _levels), (nint)((int*)_thresholds.Pointer + q * _levels));
        _ends = new AlignedBuffer((nuint)(_levels * sizeof(int)));
        for (int s = 0; s < _levels; s++) ((int*)_ends.Pointer)[s] = levels.Visits[s] / 2;
    }

    /// <summary>The most queries in a block, a multiple of 8.</summary>
    public int Capacity { get; }

    /// <summary>Queries in the block.</summary>
    public int Count { get; private set; }

    /// <summary>Queries rounded up, the stride of the maxima.</summary>
    public int Stride { get; private set; }

    /// <summary>Maps the given rows. O(n d') a row.</summary>
    public void Load(SampleMatrix<byte> queries, ReadOnlySpan<int> rows)
    {
        Count = rows.Length;
        Stride = (Count + PanelFilter.Group - 1) / PanelFilter.Group * PanelFilter.Group;
        _points.Basis.Map(queries, rows, _workspace.Pointer, _mapped, 0);
        PruningLevels levels = _points.Levels;
        for (int q = 0; q < Count; q++)
        {
            queries.Row(rows[q]).CopyTo(new Span<byte>(_queries.Pointer + (nint)q * _points.Stride, queries.Columns));
            ReadOnlySpan<short> coordinates = _mapped.Coordinates(q);
            int* packed = (int*)_filterQueries.Pointer + q / PanelFilter.Group * _filterPairs * PanelFilter.Group + q % PanelFilter.Group;
            for (int pair = 0; pair < _filterPairs - 1; pair++)
                packed[pair * PanelFilter.Group] = PrunedPoints.Pair(coordinates[2 * pair], coordinates[2 * pair + 1]);
            packed[(_filterPairs - 1) * PanelFilter.Group] = Rest(q, levels.Filter);
            _filterNorms[q] = _mapped.SquaredNorm(q, levels.Filter);
            for (int pair = 0; pair < _pairs; pair++)
                ((int*)_pairsOfQueries.Pointer)[q * _pairs + pair] = PrunedPoints.Pair(coordinates[2 * pair], coordinates[2 * pair + 1]);
            for (int s = 0; s < _levels; s++)
            {
                ((int*)_rests.Pointer)[q * _levels + s] = Rest(q, levels.Visits[s]);
                _norms[q * _levels + s] = _mapped.SquaredNorm(q, levels.Visits[s]);
            }
        }

        int Rest(int q, int end)
        {
            (short near, short far) = _mapped.Rest(q, end);
            return PrunedPoints.Pair(near, far);
        }
    }

    /// <summary>Takes the first look at panels first to end - 1. O(d0) a point and query.</summary>
    public void Filter(int first, int end) => PanelFilter.Maxima((int*)_filterQueries.Pointer, Count, _points.FilterPanel(first),
        end - first, _filterPairs, Row(first), Stride);

    /// <summary>What the first look found of a panel, for each query: at least <see cref="FilterThreshold"/> to count.</summary>
    public int* Row(int panel) => (int*)_maxima.Pointer + (nint)panel * Stride;

    /// <summary>The queries whose maximum in a panel reaches their threshold, and how many.</summary>
    /// <param name="panel">The panel.</param>
    /// <param name="thresholds">One for each query up to <see cref="Stride"/>, int.MaxValue for none.</param>
    /// <param name="open">Receives the queries.</param>
    public int Open(int panel, int* thresholds, Span<int> open)
    {
        int* maxima = Row(panel);
        int count = 0;
        for (int q = 0; q < Stride; q += Vector256<int>.Count)
            for (uint bits = Vector256.GreaterThanOrEqual(Vector256.Load(maxima + q), Vector256.Load(thresholds + q))
                     .ExtractMostSignificantBits(); bits != 0; bits &= bits - 1)
                open[count++] = q + BitOperations.TrailingZeroCount(bits);
        return count;
    }

    /// <summary>The least maximum of a panel that holds a point within the bar.</summary>
    public int FilterThreshold(int query, int bar) => Threshold(_filterNorms[query], bar);

    /// <summary>The bar at which a maximum starts to count.</summary>
    public int BarOf(int query, int maximum) => _filterNorms[query] - 2 * maximum;

    /// <summary>Sets the bar of a query's second looks.</summary>
    public void SetVisitBar(int query, int bar)
    {
        int* thresholds = (int*)_thresholds.Pointer + query * _levels;
        for (int s = 0; s < _levels; s++) thresholds[s] = Threshold(_norms[query * _levels + s], bar);
    }

    // |a|^2 + |b|^2 - 2 a.b <= bar, where h is half of |b|^2 rounded down: only if a.b - h >= (|a|^2 - bar) / 2.
    private static int Threshold(int norm, int bar) => (int)(((long)norm - bar + 1) >> 1);

    /// <summary>
    /// A block's worth of points of one class as queries: those of panels first to end - 1. O(n d') a point.
    /// </summary>
    public void LoadPanels(int first, int end, Span<int> rows)
    {
        int count = 0;
        for (int panel = first; panel < end; panel++)
        {
            _points.Rows(panel).CopyTo(rows[count..]);
            count += _points.Rows(panel).Length;
        }
        Load(_points.Points, rows[..count]);
    }

    /// <summary>
    /// For each query the panel of a class with the greatest maximum: bests[q], and the maximum: bests[q + Capacity].
    /// Classes without a panel give -1 and int.MinValue. Valid until the next <see cref="Filter"/>.
    /// </summary>
    public int* BestPanels(int pointClass)
    {
        int* panels = (int*)_bests.Pointer + pointClass * 2 * Capacity, maxima = panels + Capacity;
        for (int q = 0; q < Stride; q += Vector256<int>.Count)
        {
            Vector256<int> greatest = Vector256.Create(int.MinValue), best = Vector256.Create(-1);
            for (int p = _points.ClassStarts[pointClass]; p < _points.ClassStarts[pointClass + 1]; p++)
            {
                Vector256<int> values = Vector256.Load(Row(p) + q);
                best = Vector256.ConditionalSelect(Vector256.GreaterThan(values, greatest), Vector256.Create(p), best);
                greatest = Vector256.Max(values, greatest);
            }
            best.Store(panels + q);
            greatest.Store(maxima + q);
        }
        return panels;
    }

    /// <summary>
    /// Takes the second look at a panel for several queries; the points that may lie within the bar of each as bits, in the
    /// order of the queries. Valid until the next visit.
    /// </summary>
    public uint* Visit(ReadOnlySpan<int> queries, int panel)
    {
        var visitors = (PanelVisit.Query*)_visitors.Pointer;
        uint* masks = (uint*)_masks.Pointer;
        int* sums = (int*)_sums.Pointer, values = (int*)_values.Pointer, ends = (int*)_ends.Pointer;
        fixed (int* which = queries)
            PanelVisit.First(visitors, which, queries.Length, _points.VisitPanel(panel), *ends, _levels, sums, values, masks);
        if (_levels == 1) return masks;
        for (int i = 0; i < queries.Length; i++)
            if (masks[i] != 0)
                masks[i] = PanelVisit.Continue(visitors[queries[i]], _points.VisitPanel(panel), ends, _levels,
                    sums + i * PrunedPoints.Lanes, values + i * PrunedPoints.Lanes);
        return masks;
    }

    /// <summary>The bar at which a lane of the panel last visited starts to count, at the last level.</summary>
    /// <param name="query">The query.</param>
    /// <param name="visitor">Its place among those that visited.</param>
    /// <param name="lane">The lane.</param>
    public int VisitedBar(int query, int visitor, int lane) =>
        _norms[query * _levels + _levels - 1] - 2 * ((int*)_values.Pointer)[visitor * PrunedPoints.Lanes + lane];

    /// <summary>The lane of a panel whose point looks nearest.</summary>
    public int BestLane(int query, int panel)
    {
        int everything = int.MinValue; // one level is enough to guess by
        uint mask;
        int only = 0;
        int* values = (int*)_values.Pointer;
        PanelVisit.Query visitor = ((PanelVisit.Query*)_visitors.Pointer)[query] with { Thresholds = (nint)(&everything) };
        PanelVisit.First(&visitor, &only, 1, _points.VisitPanel(panel), *(int*)_ends.Pointer, _levels, (int*)_sums.Pointer, values, &mask);
        int best = 0, count = _points.Rows(panel).Length;
        for (int lane = 1; lane < count; lane++)
            if (values[lane] > values[best]) best = lane;
        return best;
    }

    /// <summary>The exact squared distance to a point. O(n).</summary>
    public int Distance(int query, int panel, int lane) =>
        BytePair.SquaredDistance(_queries.Pointer + (nint)query * _points.Stride, _points.Values(panel, lane), _points.Stride);

    /// <summary>Asks for a point's values, which come from memory in the meantime.</summary>
    public void Prefetch(int panel, int lane)
    {
        if (!Sse.IsSupported) return;
        byte* values = _points.Values(panel, lane);
        for (int k = 0; k < _points.Stride; k += 64) Sse.Prefetch0(values + k);
    }

    public void Dispose()
    {
        _filterQueries.Dispose();
        _maxima.Dispose();
        _bests.Dispose();
        _sums.Dispose();
        _values.Dispose();
        _thresholds.Dispose();
        _visitors.Dispose();
        _masks.Dispose();
        _workspace.Dispose();
        _queries.Dispose();
        _pairsOfQueries.Dispose();
        _rests.Dispose();
        _ends.Dispose();
    }
}
