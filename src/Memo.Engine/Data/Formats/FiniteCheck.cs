// Refuses NaN and infinity: no distance to such a sample is defined.

using System.Numerics;

namespace Memo.Data.Formats;

/// <summary>Finds values that are not finite.</summary>
internal static class FiniteCheck
{
    /// <summary>Throws, naming row and column, unless all values of the matrix are finite. O(rows * columns).</summary>
    public static void Require<T>(ReadOnlySpan<T> values, int columns, string path)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        // x * 0 is 0 for finite x and NaN for the rest, and a sum with NaN stays NaN: one vector pass finds that there
        // is such a value, a scalar pass over the data then finds which.
        ReadOnlySpan<T> rest = values;
        Vector<T> sum = Vector<T>.Zero;
        for (; rest.Length >= Vector<T>.Count; rest = rest[Vector<T>.Count..])
            sum += new Vector<T>(rest) * Vector<T>.Zero;
        bool finite = T.IsFinite(Vector.Sum(sum));
        foreach (T value in rest) finite &= T.IsFinite(value);
        if (finite) return;

        for (int i = 0; i < values.Length; i++)
            if (!T.IsFinite(values[i]))
                throw new FileFormatException(path,
                    $"row {i / columns}, column {i % columns}: {Describe(double.CreateChecked(values[i]))}; " +
                        "values must be finite",
                    i / columns);
    }

    /// <summary>"NaN" or "infinity".</summary>
    public static string Describe(double value) => double.IsNaN(value) ? "NaN" : "infinity";
}
