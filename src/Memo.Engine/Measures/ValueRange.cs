using System.Numerics;
using Memo.Data;
using Memo.Features;
using Memo.Networks;

namespace Memo.Measures;

/// <summary>
/// Values are used as they stand, so a network of bytes and queries divided by 255 (or the reverse) would give answers
/// that are exact and useless. This notices the likely case from the two ranges.
/// </summary>
internal static class ValueRange
{
    /// <summary>
    /// Whether one of the two exceeds 1.5 while the other is not all zero and stays within 1. Stops at the first value
    /// that decides; O(N n) at most. Samples of another number of features are not compared.
    /// </summary>
    public static bool SuggestsOtherScale(SampleMatrix training, SampleMatrix queries) =>
        training.Columns == queries.Columns &&
        ((Exceeds(training, 1.5) && IsWithinOne(queries)) || (Exceeds(queries, 1.5) && IsWithinOne(training)));

    /// <summary>
    /// The same for the samples that a network was made from: its training points, or what it knows of their range. O(N n) at
    /// most.
    /// </summary>
    public static bool SuggestsOtherScale(INetwork network, SampleMatrix queries) => network switch
    {
        CellNetwork cells => SuggestsOtherScale(cells.TrainingPoints, queries),
        FeatureNetwork => false, // it knows no range
        ReluNetwork relu => relu.Dimension == queries.Columns && SuggestsOtherScale(relu.Box, queries),
        _ => throw new NotSupportedException($"a network of type {network.GetType().Name}"),
    };

    // The box of bytes is all of 0 .. 255 whatever occurred, so there only fractions tell: bytes 0 and 1 may be all there is.
    private static bool SuggestsOtherScale(InputBox box, SampleMatrix queries)
    {
        if (box.Type == ElementType.UInt8) return IsWithinOne(queries) && HasFractions(queries);
        double greatest = Math.ScaleB((double)box.Greatest, box.Exponent);
        return (greatest > 1.5 && IsWithinOne(queries)) || (greatest is > 0 and <= 1 && Exceeds(queries, 1.5));
    }

    private static bool HasFractions(SampleMatrix points) => points switch
    {
        SampleMatrix<byte> => false,
        SampleMatrix<float> floats => HasFractions(floats.ToContiguous().Values),
        SampleMatrix<double> doubles => HasFractions(doubles.ToContiguous().Values),
        _ => throw new NotSupportedException($"samples of type {points.ElementType}"),
    };

    private static bool IsWithinOne(SampleMatrix points) => Exceeds(points, 0) && !Exceeds(points, 1);

    private static bool Exceeds(SampleMatrix points, double bound) => points switch
    {
        SampleMatrix<byte> bytes => Exceeds(bytes.ToContiguous().Values, bound),
        SampleMatrix<float> floats => Exceeds(floats.ToContiguous().Values, bound),
        SampleMatrix<double> doubles => Exceeds(doubles.ToContiguous().Values, bound),
        _ => throw new NotSupportedException($"samples of type {points.ElementType}"),
    };

    private static bool HasFractions<T>(ReadOnlySpan<T> values) where T : unmanaged, INumber<T>
    {
        foreach (T value in values)
            if (!T.IsInteger(value)) return true;
        return false;
    }

    private static bool Exceeds<T>(ReadOnlySpan<T> values, double bound) where T : unmanaged, INumber<T>
    {
        foreach (T value in values)
            if (double.CreateChecked(value) > bound) return true;
        return false;
    }
}
