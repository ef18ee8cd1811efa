using System.Numerics;

namespace Memo.Data;

/// <summary>Rows in the order of their values, which does not depend on the order in which they came.</summary>
internal static class RowOrder
{
    /// <summary>Positions in lexicographic order of the rows' values, equal rows in the order of their positions. O(N log N n).</summary>
    public static int[] Of(SampleMatrix points) => points switch
    {
        SampleMatrix<byte> matrix => Of(matrix),
        SampleMatrix<float> matrix => Of(matrix),
        SampleMatrix<double> matrix => Of(matrix),
        _ => throw new NotSupportedException($"samples of type {points.ElementType}"),
    };

    private static int[] Of<T>(SampleMatrix<T> points) where T : unmanaged, INumber<T>
    {
        int[] order = [.. Enumerable.Range(0, points.Rows)];
        Array.Sort(order, (i, j) =>
        {
            int sign = points.Row(i).SequenceCompareTo(points.Row(j));
            return sign != 0 ? sign : i.CompareTo(j);
        });
        return order;
    }
}
