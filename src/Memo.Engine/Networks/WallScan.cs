using System.Numerics;
using Memo.Data;
using Memo.Kernels;
using Memo.Kernels.SquaredDistance;
using Memo.Numerics;

namespace Memo.Networks;

/// <summary>
/// Certified radii (THEORY section 1): rho_i(x) = min over j of another label of S_ij(x) / |x_i - x_j| for each cell that
/// contains x, and rho(x) the largest. The band of Lemma B does not bound which wall is nearest, so all walls of a cell
/// are looked at: the distances from x and from x_i to all points are scanned side by side. Walls that are clearly
/// farther than the nearest so far are passed over in double; the others are measured exactly, which makes the result
/// the minimum of <see cref="CellNetwork.WallDistance"/> over all walls, whatever the order.
/// </summary>
internal sealed unsafe class WallScan<TElement, TDistance, TKernel> : IDisposable
    where TElement : unmanaged, INumber<TElement>
    where TDistance : unmanaged, INumber<TDistance>, IMinMaxValue<TDistance>
    where TKernel : struct, IDistanceKernel<TElement, TDistance>
{
    private const int Batch = 32; // cells measured together, so that a panel is used 64 times when it comes from memory

    // Products below this may have lost their relative precision: P is at most n 2^258 for floats and 4n for scaled doubles,
    // so above it SquaredBar is a normal number.
    private const double Underflow = 1e-220;

    private readonly CellDecision<TElement, TDistance, TKernel>.Constants _constants;
    private readonly List<Cell> _cells = [];
    private AlignedBuffer? _rows, _distances;

    // A cell that contains a query; its radius cannot exceed Bound, the distance to one of its walls.
    private sealed class Cell
    {
        public required int Query, Point;
        public required double DistanceI, Bound;
        public double Radius, SquaredBar;
    }

    public WallScan(CellDecision<TElement, TDistance, TKernel>.Constants constants) => _constants = constants;

    /// <summary>
    /// Remembers that the cell of point i contains the query; j is the nearest point of another label. Cells of one
    /// query are added one behind the other.
    /// </summary>
    public void Add(int query, ReadOnlySpan<TElement> values, int i, double distanceI, int j, double distanceJ) =>
        _cells.Add(new Cell
        {
            Query = query, Point = i, DistanceI = distanceI,
            Bound = MeasureWall(values, i, j, distanceI, distanceJ, _constants.Points.PairDistance(i, j)),
        });

    /// <summary>Writes the radius of every query that has cells, and forgets the cells.</summary>
    public void Measure(SampleMatrix<TElement> queries, double[] radii)
    {
        if (_cells.Count == 0) return;
        _rows ??= new AlignedBuffer(2 * Batch * TKernel.QueryBytes(_constants.Points.Dimension));
        _distances ??= new AlignedBuffer((nuint)(2 * Batch * TKernel.PanelWidth * sizeof(TDistance)));
        // Of each query the most promising cell first; most others then fall to its radius unmeasured.
        _cells.Sort((a, b) => a.Query != b.Query ? a.Query.CompareTo(b.Query)
            : a.Bound != b.Bound ? b.Bound.CompareTo(a.Bound) : a.Point.CompareTo(b.Point));
        var batch = new List<Cell>(Batch);
        while (_cells.Count > 0)
        {
            int kept = 0, lastQuery = -1;
            batch.Clear();
            for (int c = 0; c < _cells.Count; c++)
            {
                Cell cell = _cells[c];
                if (cell.Bound <= radii[cell.Query]) continue;
                if (cell.Query != lastQuery && batch.Count < Batch)
                    batch.Add(cell);
                else
                    _cells[kept++] = cell;
                lastQuery = cell.Query;
            }
            _cells.RemoveRange(kept, _cells.Count - kept);
            if (batch.Count > 0) MeasureBatch(queries, batch);
            foreach (Cell cell in batch) radii[cell.Query] = Math.Max(radii[cell.Query], cell.Radius);
        }
    }

    private void MeasureBatch(SampleMatrix<TElement> queries, List<Cell> batch)
    {
        var points = _constants.Points;
        nuint rowBytes = TKernel.QueryBytes(points.Dimension);
        for (int c = 0; c < batch.Count; c++)
        {
            TKernel.PackQuery(queries.Row(batch[c].Query), _rows!.Pointer + (nuint)(2 * c) * rowBytes, points.Scale);
            TKernel.PackQuery(points.Points.Row(batch[c].Point), _rows.Pointer + (nuint)(2 * c + 1) * rowBytes, points.Scale);
            Tighten(batch[c], batch[c].Bound);
        }
        int group = TKernel.QueryGroup, padded = (2 * batch.Count + group - 1) / group * group;
        ReadOnlySpan<int> labels = _constants.Network.Labels;
        for (int panel = 0; panel < points.PanelCount; panel++)
        {
            TKernel.Distances(_rows!.Pointer, padded, points.Panel(panel), points.Dimension, (TDistance*)_distances!.Pointer);
            for (int c = 0; c < batch.Count; c++)
                if (labels[batch[c].Point] != points.ClassOf(panel))
                    VisitWalls(batch[c], queries.Row(batch[c].Query), points.Rows(panel),
                        (TDistance*)_distances.Pointer + 2 * c * TKernel.PanelWidth);
        }
    }

    private void VisitWalls(Cell cell, ReadOnlySpan<TElement> query, ReadOnlySpan<int> rows, TDistance* toQuery)
    {
        TDistance* toPoint = toQuery + TKernel.PanelWidth;
        for (int lane = 0; lane < rows.Length && cell.Radius > 0; lane++)
        {
            double distanceJ = double.CreateTruncating(toQuery[lane]), pair = double.CreateTruncating(toPoint[lane]);
            double wall = _constants.Wall(cell.DistanceI, distanceJ, pair) -
                          _constants.ErrorOfWall(cell.DistanceI, distanceJ, pair);
            double bar = cell.SquaredBar * _constants.Distance.Upper(pair);
            if (wall > 0 && wall * wall > bar && bar > Underflow) continue;
            double distance = MeasureWall(query, cell.Point, rows[lane], cell.DistanceI, distanceJ, pair);
            if (distance < cell.Radius) Tighten(cell, distance);
        }
    }

    // A wall with S > 0 and S^2 / P above the bar is farther than the radius even after the rounding of WallDistance,
    // which is relative, and absolute among subnormals.
    private void Tighten(Cell cell, double radius)
    {
        double scaled = Math.ScaleB(radius + 4 * double.Epsilon, _constants.Points.Scale) * _constants.Network.UnitDenominator;
        (cell.Radius, cell.SquaredBar) = (radius, scaled * scaled * (1 + 1.0 / (1L << 40)));
    }

    private double MeasureWall(ReadOnlySpan<TElement> query, int i, int j, double distanceI, double distanceJ, double pair)
    {
        if (!_constants.IsExact)
        {
            (Dyadic wall, Dyadic squared) = _constants.ExactWall(query, i, j);
            return _constants.Network.WallDistance(wall, squared);
        }
        var unit = new Dyadic(1, -2 * _constants.Points.Scale);
        return _constants.Network.WallDistance(
            Dyadic.FromDouble(_constants.Wall(distanceI, distanceJ, pair)) * unit, Dyadic.FromDouble(pair) * unit);
    }

    public void Dispose()
    {
        _rows?.Dispose();
        _distances?.Dispose();
    }
}
