using System.Numerics;
using Memo.Data;
using Memo.Kernels;
using Memo.Kernels.SquaredDistance;
using Memo.Numerics;

namespace Memo.Neighbors;

/// <summary>
/// The matrix of squared distances between the points of a data set, a row at a time and only the rows asked for: for what
/// works on few of the points but compares them with all. Rows are kept up to keptBytes, and computed again at every
/// call beyond. Any number of threads may use it at once.
/// </summary>
internal abstract class DistanceRows<TDistance> : IDisposable
    where TDistance : unmanaged, INumber<TDistance>, IMinMaxValue<TDistance>
{
    private readonly TDistance[]?[] _rows;
    private readonly long _mostRows;
    private long _rowsLeft; // that may still be kept

    protected DistanceRows(int count, int scale, (ErrorBound Bound, int DistanceBits) precision, long keptBytes)
    {
        (Count, Scale, (Bound, DistanceBits)) = (count, scale, precision);
        _rows = new TDistance[]?[count];
        int bytes = typeof(TDistance) == typeof(int) ? sizeof(int) : sizeof(double);
        _mostRows = _rowsLeft = keptBytes / Math.Max(1, (long)count * bytes);
    }

    /// <summary>Points, N; also the length of a row.</summary>
    public int Count { get; }

    /// <summary>Computed distances are the exact ones times 4^Scale.</summary>
    public int Scale { get; }

    /// <summary>The error of computed distances.</summary>
    public ErrorBound Bound { get; }

    /// <summary>Bits of the largest distance where they are exact.</summary>
    public int DistanceBits { get; }

    /// <summary>|x_i - x_j|^2 with no rounding. O(n).</summary>
    public abstract Dyadic Exact(int i, int j);

    /// <summary>The exact distance behind a computed one.</summary>
    public Dyadic Exact(int i, int j, TDistance computed) => Bound.IsExact
        ? new Dyadic(1, -2 * Scale) * Dyadic.FromDouble(double.CreateTruncating(computed))
        : Exact(i, j);

    /// <summary>The computed distances of a point from all points, which must not be changed. O(N n) unless kept.</summary>
    public TDistance[] Row(int point)
    {
        if (Volatile.Read(ref _rows[point]) is { } kept) return kept;
        var row = new TDistance[Count];
        Compute([point], [row]);
        Keep(point, row);
        return row;
    }

    /// <summary>
    /// Computes many rows at once, which costs less for each, as far as they can be kept; where there is no room left, all
    /// that were kept before go. One thread at a time.
    /// </summary>
    public void Load(ReadOnlySpan<int> points, RunOptions run)
    {
        List<int> missing = Missing(points);
        if (missing.Count > _rowsLeft)
        {
            Array.Clear(_rows);
            _rowsLeft = _mostRows;
            missing = Missing(points);
            if (missing.Count > _mostRows) missing.RemoveRange((int)_mostRows, missing.Count - (int)_mostRows);
        }
        const int most = 32; // as many share each panel that comes from memory
        int share = Math.Clamp((missing.Count + run.Threads - 1) / run.Threads, 1, most);
        Turns.Take((missing.Count + share - 1) / share, run.Threads, static () => 0, (block, _) =>
        {
            int[] part = [.. missing.Skip(block * share).Take(share)];
            TDistance[][] rows = [.. part.Select(_ => new TDistance[Count])];
            Compute(part, rows);
            for (int i = 0; i < part.Length; i++) Keep(part[i], rows[i]);
        }, static _ => { }, run.Cancellation);
    }

    private List<int> Missing(ReadOnlySpan<int> points)
    {
        var missing = new List<int>();
        foreach (int point in points)
            if (_rows[point] is null) missing.Add(point);
        return missing;
    }

    /// <summary>Fills in the rows of the given points.</summary>
    protected abstract void Compute(int[] points, TDistance[][] rows);

    private void Keep(int point, TDistance[] row)
    {
        if (Interlocked.Decrement(ref _rowsLeft) >= 0) Volatile.Write(ref _rows[point], row);
    }

    public abstract void Dispose();
}

/// <summary>The same with its kernel.</summary>
internal sealed unsafe class DistanceRows<TElement, TDistance, TKernel> : DistanceRows<TDistance>
    where TElement : unmanaged, INumber<TElement>
    where TDistance : unmanaged, INumber<TDistance>, IMinMaxValue<TDistance>
    where TKernel : struct, IDistanceKernel<TElement, TDistance>
{
    private readonly PackedPoints<TElement, TDistance, TKernel> _points;

    private DistanceRows(PackedPoints<TElement, TDistance, TKernel> points, long keptBytes)
        : base(points.Points.Rows, points.Scale, points.Precision(points.Points), keptBytes) => _points = points;

    /// <summary>Packs the points. O(N n).</summary>
    /// <param name="samples">The points.</param>
    /// <param name="keptBytes">The most memory that kept rows may take.</param>
    /// <param name="run">Threads.</param>
    public static DistanceRows<TDistance> Of(SampleMatrix<TElement> samples, long keptBytes, RunOptions run)
    {
        var points = new PackedPoints<TElement, TDistance, TKernel>(samples, new int[samples.Rows], 1);
        points.Pack(run);
        return new DistanceRows<TElement, TDistance, TKernel>(points, keptBytes);
    }

    public override Dyadic Exact(int i, int j) => ExactDistance.Squared(_points.Points.Row(i), _points.Points.Row(j));

    protected override void Compute(int[] points, TDistance[][] rows)
    {
        int padded = (points.Length + TKernel.QueryGroup - 1) / TKernel.QueryGroup * TKernel.QueryGroup;
        nuint queryBytes = TKernel.QueryBytes(_points.Dimension);
        using var queries = new AlignedBuffer((nuint)padded * queryBytes);
        using var distances = new AlignedBuffer((nuint)(padded * TKernel.PanelWidth * sizeof(TDistance)));
        for (int q = 0; q < points.Length; q++)
            TKernel.PackQuery(_points.Points.Row(points[q]), queries.Pointer + (nuint)q * queryBytes, _points.Scale);
        for (int panel = 0; panel < _points.PanelCount; panel++)
        {
            TKernel.Distances(queries.Pointer, padded, _points.Panel(panel), _points.Dimension, (TDistance*)distances.Pointer);
            // One class, so that panels hold the points in order.
            int first = panel * TKernel.PanelWidth, count = _points.Rows(panel).Length;
            for (int q = 0; q < points.Length; q++)
                new ReadOnlySpan<TDistance>((TDistance*)distances.Pointer + q * TKernel.PanelWidth, count)
                    .CopyTo(rows[q].AsSpan(first));
        }
    }

    public override void Dispose() => _points.Dispose();
}
