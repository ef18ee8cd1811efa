using System.Globalization;
using System.Numerics;
using Memo.Data;

namespace Memo.Features;

/// <summary>
/// What stands in front of a network: from samples, n values, to m whole numbers. Everything but what <see cref="Grade"/> allows
/// beyond it is arithmetic of whole numbers without rounding, up to the last step, and that one rounds the same way everywhere; so
/// a sample has the same features for any threads, instruction set and device.
/// </summary>
internal sealed class FeatureMap
{
    /// <summary>Lengths that features before the projection are made: so that a feature has some 15 bits.</summary>
    public const int NormalizedLength = 1 << 20;

    private const int BlockRows = 4096;

    private readonly Lazy<double?> _lipschitz;

    /// <param name="layer">conv: convolution, ReLU and pooling; null for linear.</param>
    /// <param name="length">What the length of the features before the projection is made; 0 to leave it.</param>
    /// <param name="projection">The affine map at the end.</param>
    /// <param name="kind">What the projection was fitted as.</param>
    /// <param name="inputType">The samples' type: bytes for conv.</param>
    /// <exception cref="MemoException">The parts do not fit each other, or sums could be inexact.</exception>
    public FeatureMap(PooledConvolution? layer, int length, RoundedProjection projection, FeatureProjection kind,
        ElementType inputType)
    {
        (Layer, Length, Projection, ProjectionKind, InputType) = (layer, length, projection, kind, inputType);
        if (layer is not null && (layer.Dimension != projection.Inputs || inputType != ElementType.UInt8))
            throw new MemoException($"a projection of {projection.Inputs} features behind {layer.Dimension}, of samples of type {inputType.NumpyName()}");
        if (length < 0 || (length > 0 && layer is null)) throw new MemoException($"a length of {length} for features");
        if (LargestFeatures(layer, length, inputType, projection.Inputs) is { } largest) projection.RequireExact(largest);
        _lipschitz = new Lazy<double?>(FindLipschitz);
    }

    /// <summary>Convolution, ReLU and pooling; null for linear.</summary>
    public PooledConvolution? Layer { get; }

    /// <summary>What the length of the features before the projection is made; 0 to leave it.</summary>
    public int Length { get; }

    /// <summary>The affine map at the end.</summary>
    public RoundedProjection Projection { get; }

    /// <summary>What the projection was fitted as.</summary>
    public FeatureProjection ProjectionKind { get; }

    /// <summary>The samples' type.</summary>
    public ElementType InputType { get; }

    /// <summary>
    /// Bounds on the features before the projection, of any sample; null for fractions, which have none. Where their length is
    /// made so much, twice that: a feature is at most twice its whole multiple of 2^<see cref="LengthShift"/>, or that is 0 and it
    /// stays below the root or, alone, below 2^shift.
    /// </summary>
    public static double[]? LargestFeatures(PooledConvolution? layer, int length, ElementType inputType, int features)
    {
        if (layer is null && inputType != ElementType.UInt8) return null;
        double normalized = length > 0 ? Math.Max(2.0 * length, Math.ScaleB(1, LengthShift(layer!))) : 0;
        var largest = new double[features];
        for (int k = 0; k < features; k++)
            largest[k] = length > 0 ? normalized : layer is null ? byte.MaxValue : layer.LargestFeature(k % layer.Filters.Count);
        return largest;
    }

    /// <summary>Features of a sample, n.</summary>
    public int InputDimension => Layer?.Shape.Dimension ?? Projection.Inputs;

    /// <summary>Features that come out, m.</summary>
    public int Dimension => Projection.Outputs;

    /// <summary>linear or conv.</summary>
    public FeatureKind Kind => Layer is null ? FeatureKind.Linear : FeatureKind.Conv;

    /// <summary>What the layers consist of.</summary>
    public FeatureGrade Grade => Length > 0 || Layer?.Filters.Contrast is not null ? FeatureGrade.Normalized : FeatureGrade.Pure;

    /// <summary>Numbers that the layers have: weights and biases of filters and of the projection, a threshold.</summary>
    public long Parameters => Projection.Weights.Length + Projection.Offsets.Length +
        (Layer is null ? 0 : Layer.Filters.Weights.Length + Layer.Filters.Biases.Length + 1L);

    /// <summary>
    /// A bound L on how far features before their rounding move: |phi(x) - phi(x')| &lt;= L |x - x'|, for bytes. Null for what has
    /// none that is proved: the normalized grade, and fractions, whose sums are themselves rounded. Rounding adds at most sqrt(m).
    /// <para>
    /// linear: the Frobenius norm of A. conv: the gradient of y_j at a patch in cell c is a sum of filters with factors of at most
    /// max(|A+|, |A-|), hence at most |W| |a_jc|, |W| the spectral norm of the filters; and a pixel is in at most size^2 patches,
    /// so |grad y_j|^2 &lt;= size^2 sum over patches of that squared.
    /// </para>
    /// </summary>
    public double? Lipschitz => _lipschitz.Value;

    private double? FindLipschitz() => Grade == FeatureGrade.Normalized || InputType != ElementType.UInt8 ? null
        : Math.Sqrt(Enumerable.Range(0, Dimension).Sum(SquaredGradient) * (Layer?.Filters.SquaredNorm ?? 1)) *
            (1 + 1e-9) * Math.ScaleB(1, -Projection.Shift);

    // Of y_j; conv: but for the filters' norm.
    private double SquaredGradient(int j)
    {
        double sum = 0;
        if (Layer is null)
        {
            for (int k = 0; k < Projection.Inputs; k++) sum += Math.Pow(Projection.Weight(j, k), 2);
            return sum;
        }
        int count = Layer.Filters.Count;
        var patches = new int[Layer.Grid * Layer.Grid];
        for (int row = 0; row < Layer.Rows; row++)
            for (int column = 0; column < Layer.Columns; column++) patches[Layer.Cell(row, column)]++;
        for (int cell = 0; cell < patches.Length; cell++)
            for (int k = 0; k < count; k++)
            {
                double above = Projection.Weight(j, cell * 2 * count + k), below = Projection.Weight(j, (cell * 2 + 1) * count + k);
                sum += patches[cell] * Math.Pow(Math.Max(Math.Abs(above), Math.Abs(below)), 2);
            }
        double passes = Layer.Mirror ? 2 : 1;
        return sum * passes * passes * Layer.Filters.Size * Layer.Filters.Size;
    }

    /// <summary>Bits of the largest magnitude, 52 at most; a sign is one more.</summary>
    public static int BitsOf(ReadOnlySpan<double> values)
    {
        double largest = 0;
        foreach (double value in values) largest = Math.Max(largest, Math.Abs(value));
        int bits = 0;
        while (Math.ScaleB(1, bits) <= largest && bits < 52) bits++;
        return bits;
    }

    /// <summary>The features before the projection, Q by F.</summary>
    public static FeatureRows Before(PooledConvolution? layer, int length, SampleMatrix samples, RunOptions run) => layer is null
        ? FeatureRows.Of(samples)
        : FeatureRows.Of(layer.Apply((SampleMatrix<byte>)samples, run), layer.Dimension, length, LengthShift(layer));

    /// <summary>Bits that are left out of features where their length is computed: the least for which squares sum to less than
    /// 2^53.</summary>
    public static int LengthShift(PooledConvolution layer)
    {
        double largest = Enumerable.Range(0, layer.Filters.Count).Max(layer.LargestFeature);
        int shift = 0;
        while (layer.Dimension * Math.Pow(Math.ScaleB(largest, -shift), 2) >= 1L << 53) shift++;
        return shift;
    }

    /// <summary>The features of samples in <see cref="InputType"/>, Q by m: whole numbers. 2 K d operations a patch, m F a
    /// sample.</summary>
    /// <exception cref="MemoException">Values near the ends of double's range.</exception>
    public SampleMatrix<double> Apply(SampleMatrix samples, RunOptions run)
    {
        if (samples.Rows <= BlockRows) return Projection.Round(Projection.Sums(Before(Layer, Length, samples, run.Part(0, 0.9)),
            run));
        Projection.RequireRoom(samples.Rows);
        var features = new double[samples.Rows * Dimension];
        for (int first = 0; first < samples.Rows; first += BlockRows)
        {
            int rows = Math.Min(BlockRows, samples.Rows - first);
            SampleMatrix block = samples.SelectRows([.. Enumerable.Range(first, rows)]);
            RunOptions part = run.Part((double)first / samples.Rows, (double)(first + rows) / samples.Rows);
            Projection.Round(Projection.Sums(Before(Layer, Length, block, part), part), first)
                .Values.CopyTo(features.AsSpan(first * Dimension));
        }
        return new SampleMatrix<double>(features, samples.Rows, Dimension);
    }

    /// <summary>The features of a data set's samples.</summary>
    public Dataset Apply(Dataset data, RunOptions run) =>
        new(Apply(data.Points.ConvertExactly(InputType), run), data.Labels, data.Classes, data.Source, data.FileRows);

    /// <summary>The same by the definition, in integers without limit where samples are bytes and the grade is pure.</summary>
    public SampleMatrix<double> ApplyByReference(SampleMatrix samples, RunOptions run)
    {
        if (InputType != ElementType.UInt8 || Length > 0) return Apply(samples, run);
        Projection.RequireRoom(samples.Rows);
        var features = new double[samples.Rows * Dimension];
        Turns.Take(samples.Rows, run.Threads, static () => 0, (i, _) =>
        {
            ReadOnlySpan<byte> sample = ((SampleMatrix<byte>)samples).Row(i);
            long[] before = Layer is null ? Array.ConvertAll(sample.ToArray(), value => (long)value)
                : Layer.ApplyByReference(sample);
            for (int j = 0; j < Dimension; j++)
            {
                BigInteger sum = (BigInteger)Projection.Offsets[j];
                for (int k = 0; k < before.Length; k++) sum += (BigInteger)Projection.Weight(j, k) * before[k];
                sum += Projection.Shift > 0 ? BigInteger.One << (Projection.Shift - 1) : 0;
                features[i * Dimension + j] =
                    Math.Clamp((double)(sum >> Projection.Shift), -RoundedProjection.Greatest, RoundedProjection.Greatest);
            }
        }, static _ => { }, run.Cancellation);
        return new SampleMatrix<double>(features, samples.Rows, Dimension);
    }

    /// <summary>"conv, pure: 200 filters of 6 x 6, pooled 2 x 2, discriminant, 9 features".</summary>
    public override string ToString()
    {
        var text = new List<string>();
        if (Layer is not null)
        {
            text.Add(string.Create(CultureInfo.InvariantCulture,
                $"{Layer.Filters.Count} filters of {Layer.Filters.Size} x {Layer.Filters.Size}"));
            text.Add(string.Create(CultureInfo.InvariantCulture, $"pooled {Layer.Grid} x {Layer.Grid}"));
            if (Layer.Mirror) text.Add("mirrored");
        }
        if (ProjectionKind != FeatureProjection.None) text.Add(FeatureNames.Of(ProjectionKind));
        text.Add(string.Create(CultureInfo.InvariantCulture, $"{Dimension} {(Dimension == 1 ? "feature" : "features")}"));
        return $"{FeatureNames.Of(Kind)}, {FeatureNames.Of(Grade)}: {string.Join(", ", text)}";
    }
}
