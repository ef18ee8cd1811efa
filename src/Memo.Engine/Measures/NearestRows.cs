using Memo.Data;
using Memo.Kernels;
using Memo.Kernels.SquaredDistance;
using Memo.Neighbors;
using Memo.Numerics;

namespace Memo.Measures;

/// <summary>The nearest of N points of each of Q queries, exactly: the 1-nearest-neighbour rule without the labels.</summary>
public sealed class NearestRows
{
    // Multiplications between two looks at whether the work shall end: a tenth of a second or so.
    private const double PieceWork = 1L << 34;

    private readonly int[] _rows;
    private readonly Dyadic[] _squaredDistances;

    private NearestRows(int[] rows, Dyadic[] squaredDistances) => (_rows, _squaredDistances) = (rows, squaredDistances);

    /// <summary>For each query the row of the nearest point in the Euclidean distance; of equally near ones the lowest. Length Q.</summary>
    public ReadOnlySpan<int> Rows => _rows;

    /// <summary>The exact squared distance to it, in the data's units. Length Q.</summary>
    public ReadOnlySpan<Dyadic> SquaredDistances => _squaredDistances;

    /// <summary>
    /// Finds them: bytes in integers, floating point by a filter with a proved bound and exact arithmetic where that leaves
    /// the order of two points open. O(Q N n). The same answer for any number of threads and any instruction set.
    /// </summary>
    /// <param name="points">N points, one at least.</param>
    /// <param name="queries">Q queries of as many features and the same type.</param>
    /// <param name="run">Threads, progress, cancellation.</param>
    /// <exception cref="MemoException">There is no point, or features or types differ.</exception>
    public static NearestRows Of(SampleMatrix points, SampleMatrix queries, RunOptions? run = null)
    {
        ArgumentNullException.ThrowIfNull(points);
        ArgumentNullException.ThrowIfNull(queries);
        run ??= RunOptions.Default;
        if (points.Rows == 0) throw new MemoException("there is no point to be nearest to a query");
        if (points.Columns != queries.Columns)
            throw new MemoException($"points of {points.Columns} features, but queries of {queries.Columns}");
        if (points.ElementType != queries.ElementType)
            throw new MemoException($"points of type {points.ElementType}, but queries of type {queries.ElementType}");
        var found = new NearestRows(new int[queries.Rows], new Dyadic[queries.Rows]);
        switch (points)
        {
            case SampleMatrix<byte> { Columns: <= ByteGemm.MaximumDepth } bytes:
                found.Find(bytes, (SampleMatrix<byte>)queries, run);
                break;
            case SampleMatrix<byte>: // longer than sums of products fit int32
                return Of(points.ConvertExactly(ElementType.Float32), queries.ConvertExactly(ElementType.Float32), run);
            case SampleMatrix<float> floats:
                found.Find<float, FloatDistance<float>>(floats, (SampleMatrix<float>)queries, run);
                break;
            case SampleMatrix<double> doubles:
                found.Find<double, FloatDistance<double>>(doubles, (SampleMatrix<double>)queries, run);
                break;
            default:
                throw new NotSupportedException($"samples of type {points.ElementType}");
        }
        return found;
    }

    private void Find(SampleMatrix<byte> points, SampleMatrix<byte> queries, RunOptions run)
    {
        using var packed = new PackedBytes(points.Elements, points.Rows, points.Columns, points.RowStride, run.Threads);
        int piece = (int)Math.Clamp(PieceWork / ((double)points.Rows * Math.Max(points.Columns, 1)), 1024, int.MaxValue);
        var squared = new int[Math.Min(piece, queries.Rows)];
        for (int first = 0, count; first < queries.Rows; first += count)
        {
            run.Cancellation.ThrowIfCancellationRequested();
            count = Math.Min(piece, queries.Rows - first);
            ByteGemm.NearestRows(count, queries.Elements[(first * queries.RowStride)..], queries.RowStride, packed, squared,
                _rows.AsSpan(first, count), run.Threads);
            for (int q = 0; q < count; q++) _squaredDistances[first + q] = new Dyadic(squared[q]);
            run.Progress?.Report((double)(first + count) / queries.Rows);
        }
    }

    private void Find<T, TKernel>(SampleMatrix<T> points, SampleMatrix<T> queries, RunOptions run)
        where T : unmanaged, System.Numerics.INumber<T>
        where TKernel : struct, IDistanceKernel<T, double>
    {
        using var packed = new PackedPoints<T, double, TKernel>(points.ToContiguous(), new int[points.Rows], classCount: 1);
        BruteNearest<T, double, TKernel>.Find(packed, queries, labels: null, _rows, _squaredDistances, run);
    }
}
