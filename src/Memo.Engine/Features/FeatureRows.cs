using System.Numerics;
using Memo.Data;

namespace Memo.Features;

/// <summary>N rows of F features before the last affine map: of the pooled convolution, or the samples themselves.</summary>
/// <param name="count">N.</param>
/// <param name="dimension">F.</param>
/// <param name="read">Writes row i to F doubles; from any thread.</param>
internal sealed class FeatureRows(int count, int dimension, Action<int, Memory<double>> read)
{
    /// <summary>N.</summary>
    public int Count { get; } = count;

    /// <summary>F.</summary>
    public int Dimension { get; } = dimension;

    /// <summary>Row i, to F doubles.</summary>
    public void Read(int i, double[] row) => read(i, row);

    /// <summary>Some of the rows.</summary>
    public FeatureRows Select(int[] rows) => new(rows.Length, Dimension, (i, row) => read(rows[i], row));

    /// <summary>Features that are the samples themselves.</summary>
    public static FeatureRows Of(SampleMatrix samples) => samples switch
    {
        SampleMatrix<byte> bytes => Of(bytes),
        SampleMatrix<float> floats => Of(floats),
        SampleMatrix<double> doubles => Of(doubles),
        _ => throw new NotSupportedException($"samples of type {samples.ElementType}"),
    };

    private static FeatureRows Of<T>(SampleMatrix<T> samples) where T : unmanaged, INumber<T> => new(samples.Rows, samples.Columns, (i, row) =>
    {
        ReadOnlySpan<T> sample = samples.Row(i);
        Span<double> values = row.Span;
        for (int k = 0; k < sample.Length; k++) values[k] = double.CreateChecked(sample[k]);
    });

    /// <summary>Whole numbers, row by row.</summary>
    /// <param name="features">N by F.</param>
    /// <param name="dimension">F.</param>
    /// <param name="length">What the length of every row is made, or 0 to leave rows as they are: round(v length / r), each
    /// operation a correctly rounded one of IEEE 754.</param>
    /// <param name="shift">r = 2^shift |floor(v / 2^shift)|, so that the sum of squares is exact; a row for which that is 0
    /// stays.</param>
    public static FeatureRows Of(int[] features, int dimension, double length, int shift) =>
        new(features.Length / dimension, dimension, (i, row) =>
    {
        Span<double> values = row.Span;
        double squared = 0;
        for (int k = 0; k < values.Length; k++)
        {
            int value = features[i * dimension + k];
            values[k] = value;
            squared += (double)(value >> shift) * (value >> shift);
        }
        if (length == 0 || squared == 0) return;
        double root = Math.Sqrt(squared) * (1 << shift);
        foreach (ref double value in values) value = Math.Round(value * length / root);
    });
}
