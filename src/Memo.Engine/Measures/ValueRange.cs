using System.Numerics;
using Memo.Data;

namespace Memo.Measures;

/// <summary>
/// Values are used as they stand, so a network of bytes and queries divided by 255 (or the reverse) would give answers
/// that are exact and useless. This notices the likely case from the two ranges.
/// </summary>
public static class ValueRange
{
    /// <summary>
    /// Whether one of the two exceeds 1.5 while the other is not all zero and stays within 1. Stops at the first value
    /// that decides; O(N n) at most. Samples of another number of features are not compared.
    /// </summary>
    public static bool SuggestsOtherScale(SampleMatrix training, SampleMatrix queries) =>
        training.Columns == queries.Columns &&
        ((Exceeds(training, 1.5) && IsWithinOne(queries)) || (Exceeds(queries, 1.5) && IsWithinOne(training)));

    private static bool IsWithinOne(SampleMatrix points) => Exceeds(points, 0) && !Exceeds(points, 1);

    private static bool Exceeds(SampleMatrix points, double bound) => points switch
    {
        SampleMatrix<byte> bytes => Exceeds<byte>(bytes.Values, bound),
        SampleMatrix<float> floats => Exceeds<float>(floats.Values, bound),
        SampleMatrix<double> doubles => Exceeds<double>(doubles.Values, bound),
        _ => throw new NotSupportedException($"samples of type {points.ElementType}"),
    };

    private static bool Exceeds<T>(ReadOnlySpan<T> values, double bound) where T : unmanaged, INumber<T>
    {
        foreach (T value in values)
            if (double.CreateChecked(value) > bound) return true;
        return false;
    }
}
