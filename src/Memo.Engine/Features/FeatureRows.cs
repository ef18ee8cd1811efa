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
    public static FeatureRows Of(SampleMatrix samples) => new(samples.Rows, samples.Columns, (i, row) =>
    {
        Span<double> values = row.Span;
        for (int k = 0; k < values.Length; k++) values[k] = samples[i, k];
    });

    /// <summary>Whole numbers, row by row.</summary>
    /// <param name="features">N by F.</param>
    /// <param name="dimension">F.</param>
    /// <param name="length">What the length of every row is made, or 0 to leave rows as they are: round(v length / |v|), each operation
    /// a correctly rounded one of IEEE 754 and |v|^2 summed in order. A row of zeros stays.</param>
    public static FeatureRows Of(int[] features, int dimension, double length) => new(features.Length / dimension, dimension, (i, row) =>
    {
        Span<double> values = row.Span;
        double squared = 0;
        for (int k = 0; k < values.Length; k++)
        {
            double value = features[i * dimension + k];
            values[k] = value;
            squared += value * value;
        }
        if (length == 0 || squared == 0) return;
        double root = Math.Sqrt(squared);
        foreach (ref double value in values) value = Math.Round(value * length / root);
    });
}
