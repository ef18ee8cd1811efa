using System.Globalization;
using System.Numerics;
using Memo.Data;

namespace Memo.Features;

/// <summary>
/// What stands in front of a network: from samples, n values, to m whole numbers. Everything but what <see cref="Grade"/> allows beyond
/// it is arithmetic of whole numbers without rounding, up to the last step, and that one rounds the same way everywhere; so a sample
/// has the same features for any threads, instruction set and device.
/// </summary>
/// <param name="layer">conv: convolution, ReLU and pooling; null for linear.</param>
/// <param name="length">What the length of the features before the projection is made; 0 to leave it.</param>
/// <param name="projection">The affine map at the end.</param>
/// <param name="kind">What the projection was fitted as.</param>
/// <param name="inputType">The samples' type: bytes for conv.</param>
internal sealed class FeatureMap(PooledConvolution? layer, int length, IntegerProjection projection, FeatureProjection kind, ElementType inputType)
{
    /// <summary>Lengths that features before the projection are made: so that a feature has some 12 bits.</summary>
    public const int NormalizedLength = 1 << 20;

    private const int BlockRows = 4096;

    /// <summary>Convolution, ReLU and pooling; null for linear.</summary>
    public PooledConvolution? Layer => layer;

    /// <summary>What the length of the features before the projection is made; 0 to leave it.</summary>
    public int Length => length;

    /// <summary>The affine map at the end.</summary>
    public IntegerProjection Projection => projection;

    /// <summary>What the projection was fitted as.</summary>
    public FeatureProjection ProjectionKind => kind;

    /// <summary>The samples' type.</summary>
    public ElementType InputType => inputType;

    /// <summary>Features of a sample, n.</summary>
    public int InputDimension => layer?.Shape.Dimension ?? projection.Inputs;

    /// <summary>Features that come out, m.</summary>
    public int Dimension => projection.Outputs;

    /// <summary>linear or conv.</summary>
    public FeatureKind Kind => layer is null ? FeatureKind.Linear : FeatureKind.Conv;

    /// <summary>What the layers consist of.</summary>
    public FeatureGrade Grade => length > 0 || layer?.Filters.Contrast is not null ? FeatureGrade.Normalized : FeatureGrade.Pure;

    /// <summary>Numbers that the layers have: weights and biases of filters and of the projection, a threshold.</summary>
    public long Parameters => projection.Weights.Length + projection.Offsets.Length +
        (layer is null ? 0 : layer.Filters.Weights.Length + layer.Filters.Biases.Length + 1L);

    /// <summary>
    /// A bound L on how far features before their rounding move: |phi(x) - phi(x')| &lt;= L |x - x'|, for bytes. Null for what has
    /// none that is proved: the normalized grade, and fractions, whose sums are themselves rounded. Rounding adds at most sqrt(m).
    /// <para>
    /// linear: the Frobenius norm of A. conv: the gradient of y_j at a patch in cell c is a sum of filters with factors of at most
    /// max(|A+|, |A-|), hence at most |W| |a_jc|, |W| the spectral norm of the filters; and a pixel is in at most size^2 patches, so
    /// |grad y_j|^2 &lt;= size^2 sum over patches of that squared.
    /// </para>
    /// </summary>
    public double? Lipschitz => Grade == FeatureGrade.Normalized || inputType != ElementType.UInt8 ? null
        : Math.Sqrt(Enumerable.Range(0, Dimension).Sum(SquaredGradient)) * (1 + 1e-9) * Math.ScaleB(1, -projection.Shift);

    private double SquaredGradient(int j)
    {
        double sum = 0;
        if (layer is null)
        {
            for (int k = 0; k < projection.Inputs; k++) sum += Math.Pow(projection.Weight(j, k), 2);
            return sum;
        }
        int count = layer.Filters.Count;
        var patches = new int[layer.Grid * layer.Grid];
        for (int row = 0; row < layer.Rows; row++)
            for (int column = 0; column < layer.Columns; column++) patches[layer.Cell(row, column)]++;
        for (int cell = 0; cell < patches.Length; cell++)
            for (int k = 0; k < count; k++)
            {
                double above = projection.Weight(j, cell * 2 * count + k), below = projection.Weight(j, (cell * 2 + 1) * count + k);
                sum += patches[cell] * Math.Pow(Math.Max(Math.Abs(above), Math.Abs(below)), 2);
            }
        double passes = layer.Mirror ? 2 : 1;
        return sum * passes * passes * layer.Filters.SquaredNorm * layer.Filters.Size * layer.Filters.Size;
    }

    /// <summary>The features before the projection, Q by F.</summary>
    public static FeatureRows Before(PooledConvolution? layer, int length, SampleMatrix samples, RunOptions run) => layer is null
        ? FeatureRows.Of(samples)
        : FeatureRows.Of(layer.Apply((SampleMatrix<byte>)samples, run), layer.Dimension, length);

    /// <summary>The features of samples in <see cref="InputType"/>, Q by m: whole numbers. 2 K d operations a patch, m F a sample.</summary>
    /// <exception cref="MemoException">Values near the ends of double's range.</exception>
    public SampleMatrix<double> Apply(SampleMatrix samples, RunOptions run)
    {
        if (samples.Rows <= BlockRows) return projection.Round(projection.Sums(Before(layer, length, samples, run.Part(0, 0.9)), run));
        var features = new double[checked(samples.Rows * Dimension)];
        for (int first = 0; first < samples.Rows; first += BlockRows)
        {
            int rows = Math.Min(BlockRows, samples.Rows - first);
            SampleMatrix block = samples.SelectRows([.. Enumerable.Range(first, rows)]);
            RunOptions part = run.Part((double)first / samples.Rows, (double)(first + rows) / samples.Rows);
            projection.Round(projection.Sums(Before(layer, length, block, part), part), first).Values.CopyTo(features.AsSpan(first * Dimension));
        }
        return new SampleMatrix<double>(features, samples.Rows, Dimension);
    }

    /// <summary>The same by the definition, in integers without limit where samples are bytes and the grade is pure.</summary>
    public SampleMatrix<double> ApplyByReference(SampleMatrix samples, RunOptions run)
    {
        if (inputType != ElementType.UInt8 || length > 0) return Apply(samples, run);
        var features = new double[checked(samples.Rows * Dimension)];
        Turns.Take(samples.Rows, run.Threads, static () => 0, (i, _) =>
        {
            ReadOnlySpan<byte> sample = ((SampleMatrix<byte>)samples).Row(i);
            long[] before = layer is null ? Array.ConvertAll(sample.ToArray(), value => (long)value) : layer.ApplyByReference(sample);
            for (int j = 0; j < Dimension; j++)
            {
                BigInteger sum = projection.Offsets[j];
                for (int k = 0; k < before.Length; k++) sum += (BigInteger)projection.Weight(j, k) * before[k];
                sum += projection.Shift > 0 ? BigInteger.One << (projection.Shift - 1) : 0;
                features[i * Dimension + j] = (double)(sum >> projection.Shift);
            }
        }, static _ => { }, run.Cancellation);
        return new SampleMatrix<double>(features, samples.Rows, Dimension);
    }

    /// <summary>"conv, pure: 200 filters of 6 x 6, pooled 2 x 2, discriminant, 9 features".</summary>
    public override string ToString()
    {
        var text = new List<string>();
        if (layer is not null)
        {
            text.Add(string.Create(CultureInfo.InvariantCulture, $"{layer.Filters.Count} filters of {layer.Filters.Size} x {layer.Filters.Size}"));
            text.Add(string.Create(CultureInfo.InvariantCulture, $"pooled {layer.Grid} x {layer.Grid}"));
            if (layer.Mirror) text.Add("mirrored");
        }
        if (kind != FeatureProjection.None) text.Add(FeatureNames.Of(kind));
        text.Add(string.Create(CultureInfo.InvariantCulture, $"{Dimension} {(Dimension == 1 ? "feature" : "features")}"));
        return $"{FeatureNames.Of(Kind)}, {FeatureNames.Of(Grade)}: {string.Join(", ", text)}";
    }
}
