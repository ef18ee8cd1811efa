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
    /// <summary>The most queries in a block: their maxima and a panel stay in the second-level cache.</summary>
    public const int Capacity = 64;

    private readonly PrunedPoints _points;
    private readonly MappedVectors _mapped;
    private readonly int _levels, _pairs, _filterPairs;
    private readonly AlignedBuffer _filterQueries, _maxima, _values, _workspace, _bests, _queries;
    private readonly int[] _filterNorms, _norms; // squared norms: of each query, and at each level of the second look
    private readonly AlignedBuffer _pairsOfQueries, _rests; // of each query for the second look
    private readonly AlignedBuffer _ends;
    private readonly delegate*<int*, int*, int*, byte*, int*, int, int*, int, uint> _visit = PanelVisit.Chosen;

    public MappedBlock(PrunedPoints points)
    {
        _points = points;
        PruningLevels levels = points.Levels;
        (_levels, _pairs, _filterPairs) = (levels.Visits.Length, levels.Pairs, levels.FilterPairs);
        _mapped = new MappedVectors(Capacity, points.Basis.Directions);
        _filterQueries = new AlignedBuffer((nuint)(Capacity * _filterPairs * sizeof(int)));
        _maxima = new AlignedBuffer((nuint)points.PanelCount * Capacity * sizeof(int));
        _bests = new AlignedBuffer((nuint)points.ClassCount * Capacity * 2 * sizeof(int));
        _values = new AlignedBuffer(PrunedPoints.Lanes * sizeof(int));
        _workspace = new AlignedBuffer(points.Basis.WorkspaceBytes);
        _queries = new AlignedBuffer((nuint)(Capacity * points.Stride));
        (_filterNorms, _norms) = (new int[Capacity], new int[Capacity * _levels]);
        (_pairsOfQueries, _rests) = (new AlignedBuffer((nuint)(Capacity * _pairs * sizeof(int))),
            new AlignedBuffer((nuint)(Capacity * _levels * sizeof(int))));
        _ends = new AlignedBuffer((nuint)(_levels * sizeof(int)));
        for (int s = 0; s < _levels; s++) ((int*)_ends.Pointer)[s] = levels.Visits[s] / 2;
    }

    /// <summary>Queries in the block.</summary>
    public int Count { get; private set; }

    /// <summary>Queries rounded up, the stride of the maxima.</summary>
    public int Stride { get; private set; }

    /// <summary>Levels of the second look.</summary>
    public int Levels => _levels;

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

    /// <summary>Takes the first look at the panels of classes firstClass and up. O(N d0) a query.</summary>
    public void Filter(int firstClass = 0)
    {
        int first = _points.ClassStarts[firstClass];
        PanelFilter.Maxima((int*)_filterQueries.Pointer, Count, _points.FilterPanel(first), _points.PanelCount - first,
            _filterPairs, Row(first), Stride);
    }

    /// <summary>What the first look found of a panel, for each query: at least <see cref="FilterThreshold"/> to count.</summary>
    public int* Row(int panel) => (int*)_maxima.Pointer + (nint)panel * Stride;

    /// <summary>The least maximum of a panel that holds a point within the bar.</summary>
    public int FilterThreshold(int query, int bar) => Threshold(_filterNorms[query], bar);

    /// <summary>The bar at which a maximum starts to count.</summary>
    public int BarOf(int query, int maximum) => _filterNorms[query] - 2 * maximum;

    /// <summary>The thresholds of the second look, one a level.</summary>
    public void VisitThresholds(int query, int bar, int* thresholds)
    {
        for (int s = 0; s < _levels; s++) thresholds[s] = Threshold(_norms[query * _levels + s], bar);
    }

    // |a|^2 + |b|^2 - 2 a.b <= bar, where h is half of |b|^2 rounded down: only if a.b - h >= (|a|^2 - bar) / 2.
    private static int Threshold(int norm, int bar) => (int)(((long)norm - bar + 1) >> 1);

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
    /// Takes the second look at a panel for a query; the points that may lie within the bar as bits.
    /// </summary>
    public uint Visit(int query, int panel, int* thresholds) => Visit(query, panel, thresholds, _levels - 1);

    private uint Visit(int query, int panel, int* thresholds, int lastLevel) =>
        _visit((int*)_pairsOfQueries.Pointer + query * _pairs, (int*)_rests.Pointer + query * _levels, thresholds,
            _points.VisitPanel(panel), (int*)_ends.Pointer, _levels, (int*)_values.Pointer, lastLevel);

    /// <summary>The bar at which a lane of the panel last visited starts to count, at the last level.</summary>
    public int VisitedBar(int query, int lane) => _norms[query * _levels + _levels - 1] - 2 * ((int*)_values.Pointer)[lane];

    /// <summary>The lane of a panel whose point looks nearest.</summary>
    public int BestLane(int query, int panel)
    {
        int everything = int.MinValue; // one level is enough to guess by
        Visit(query, panel, &everything, lastLevel: 0);
        int best = 0, count = _points.Rows(panel).Length;
        int* values = (int*)_values.Pointer;
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
        _values.Dispose();
        _workspace.Dispose();
        _queries.Dispose();
        _pairsOfQueries.Dispose();
        _rests.Dispose();
        _ends.Dispose();
    }
}
