// Refuses NaN and infinity: no distance to such a sample is defined.

using System.Numerics;

namespace Memo.Data.Formats;

/// <summary>Finds values that are not finite.</summary>
internal static class FiniteCheck
{
    /// <summary>Throws, naming row and column, unless all values of a file's matrix are finite. O(rows * columns).</summary>
    public static void Require<T>(ReadOnlySpan<T> values, int columns, string path)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        int i = IndexOfNotFinite(values);
        if (i >= 0) throw new FileFormatException(path, Problem(i / columns, i % columns, values[i]), i / columns);
    }

    /// <summary>Throws, naming row and column, unless all values are finite. O(N n).</summary>
    /// <param name="samples">The samples.</param>
    /// <param name="source">What to call them; null where the caller says it.</param>
    /// <param name="firstRow">The number of their first row.</param>
    public static void Require(SampleMatrix samples, string? source, long firstRow = 0)
    {
        if (samples is SampleMatrix<float> floats) Require(floats);
        if (samples is SampleMatrix<double> doubles) Require(doubles);

        void Require<T>(SampleMatrix<T> matrix) where T : unmanaged, IFloatingPointIeee754<T>
        {
            for (int i = 0; i < matrix.Rows; i++)
            {
                int k = IndexOfNotFinite(matrix.Row(i));
                if (k >= 0)
                    throw new MemoException($"{(source is null ? "" : source + ": ")}{Problem(firstRow + i, k, matrix.Row(i)[k])}");
            }
        }
    }

    // x * 0 is 0 for finite x and NaN for the rest, and a sum with NaN stays NaN: one vector pass finds that there
    // is such a value, a scalar pass over the data then finds which.
    private static int IndexOfNotFinite<T>(ReadOnlySpan<T> values) where T : unmanaged, IFloatingPointIeee754<T>
    {
        ReadOnlySpan<T> rest = values;
        Vector<T> sum = Vector<T>.Zero;
        for (; rest.Length >= Vector<T>.Count; rest = rest[Vector<T>.Count..])
            sum += new Vector<T>(rest) * Vector<T>.Zero;
        bool finite = T.IsFinite(Vector.Sum(sum));
        foreach (T value in rest) finite &= T.IsFinite(value);
        int i = finite ? values.Length : 0;
        while (i < values.Length && T.IsFinite(values[i])) i++;
        return i < values.Length ? i : -1;
    }

    private static string Problem<T>(long row, int column, T value) where T : unmanaged, IFloatingPointIeee754<T> =>
        $"row {row}, column {column}: {Describe(double.CreateChecked(value))}; values must be finite";

    /// <summary>"NaN" or "infinity".</summary>
    public static string Describe(double value) => double.IsNaN(value) ? "NaN" : "infinity";
}
