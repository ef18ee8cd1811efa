using System.Numerics;
using Memo.Data;
using Memo.Kernels.SquaredDistance;
using Memo.Neighbors;

namespace Memo.Measures;

/// <summary>
/// The condensed nearest neighbour rule (P. Hart, "The condensed nearest neighbor rule", IEEE Trans. Inf. Theory 14, 1968):
/// a subset of the data by whose nearest neighbours every sample is given its label. What `condense` is measured against.
/// </summary>
internal static class CondensedNearestNeighbour
{
    /// <summary>
    /// The rows of the subset, ascending. The first sample is chosen; then, in the data's order, every sample whose nearest
    /// chosen one (of equally near ones that of the lowest row) has another label, in one pass after another until one
    /// chooses none. Decided exactly. O(N |S| n) for |S| chosen rows.
    /// </summary>
    /// <param name="data">N samples, one at least, without label conflicts.</param>
    /// <param name="run">Threads are not used; cancellation is.</param>
    /// <exception cref="MemoException">There are no samples, or two equal ones carry different labels.</exception>
    public static int[] Find(Dataset data, RunOptions? run = null)
    {
        ArgumentNullException.ThrowIfNull(data);
        if (data.Count == 0) throw new MemoException($"{data.Source}: no samples");
        LabelConflicts.Resolve(data, OnConflict.Error, out _);
        run ??= RunOptions.Default;
        return data.Points switch
        {
            SampleMatrix<byte> { Columns: <= ByteDistance.MaximumDimension } bytes =>
                Find<byte, int, ByteDistance>(bytes, data.LabelArray, run),
            SampleMatrix<byte> bytes => Find<float, double, FloatDistance<float>>(
                (SampleMatrix<float>)bytes.ConvertExactly(ElementType.Float32), data.LabelArray, run),
            SampleMatrix<float> floats => Find<float, double, FloatDistance<float>>(floats, data.LabelArray, run),
            SampleMatrix<double> doubles => Find<double, double, FloatDistance<double>>(doubles, data.LabelArray, run),
            _ => throw new NotSupportedException($"samples of type {data.Points.ElementType}"),
        };
    }

    private static int[] Find<TElement, TDistance, TKernel>(SampleMatrix<TElement> samples, int[] labels, RunOptions run)
        where TElement : unmanaged, INumber<TElement>
        where TDistance : unmanaged, INumber<TDistance>, IMinMaxValue<TDistance>
        where TKernel : struct, IDistanceKernel<TElement, TDistance>
    {
        using DistanceRows<TDistance> rows = DistanceRows<TElement, TDistance, TKernel>.Of(samples, keptBytes: 0, run);
        var nearest = new int[labels.Length];
        TDistance[] distances = [.. rows.Row(0)];
        var chosen = new List<int> { 0 };
        for (int before = 0; before < chosen.Count;)
        {
            before = chosen.Count;
            for (int x = 0; x < labels.Length; x++)
                if (labels[nearest[x]] != labels[x]) Choose(x);
        }
        chosen.Sort();
        return [.. chosen];

        void Choose(int point)
        {
            run.Cancellation.ThrowIfCancellationRequested();
            chosen.Add(point);
            TDistance[] row = rows.Row(point);
            for (int x = 0; x < row.Length; x++)
            {
                double newer = double.CreateTruncating(row[x]), older = double.CreateTruncating(distances[x]);
                if (rows.Bound.Lower(newer) > rows.Bound.Upper(older)) continue;
                if (rows.Bound.Upper(newer) >= rows.Bound.Lower(older))
                {
                    int order = rows.Exact(x, point, row[x]).CompareTo(rows.Exact(x, nearest[x], distances[x]));
                    if (order > 0 || (order == 0 && point > nearest[x])) continue;
                }
                (nearest[x], distances[x]) = (point, row[x]);
            }
        }
    }
}
