using Memo.Data;
using Memo.Numerics;

namespace Memo.Features;

/// <summary>
/// Learns <see cref="PatchFilters"/> without gradients (A. Coates, A. Ng, "Learning feature representations with k-means", 2012):
/// patches drawn from training images, their means taken away, whitened (ZCA), and clustered on the sphere, where a patch and its
/// negative are the same. Labels are not looked at. The same bits for any threads and instruction set.
/// </summary>
internal static class PatchFilterLearning
{
    private const int Patches = 50_000, Iterations = 10;

    // Of whitened units, and of the mean variance of patches' values.
    private const double Threshold = 0.25, PureRegularization = 0.02, ContrastRegularization = 0.1, ContrastOffset = 0.01;

    // Lengths of rounded patches with contrast; those of weights have the other half of the bits.
    private const int ContrastLength = 1 << 12;

    /// <summary>Learns K filters. O(patches K d) and O(d^3), d the values of a patch.</summary>
    /// <param name="images">Training images.</param>
    /// <param name="shape">Their shape, no smaller than a patch.</param>
    /// <param name="size">Pixels of a patch's side.</param>
    /// <param name="count">K.</param>
    /// <param name="grade">Whether patches' contrast is normalized.</param>
    /// <param name="limit">What every partial sum of a filter must stay below, at most <see cref="PatchFilters.Limit"/>.</param>
    /// <param name="seed">Where patches and first centres come from.</param>
    /// <param name="run">Threads, progress, cancellation.</param>
    public static PatchFilters Learn(SampleMatrix<byte> images, ImageShape shape, int size, int count, FeatureGrade grade,
        int limit,
        ulong seed, RunOptions run)
    {
        int d = size * size * shape.Channels;
        var random = new SeededRandom(seed);
        double[] x = Draw(images, shape, size, random);
        PatchContrast? contrast = grade == FeatureGrade.Normalized ? Contrast(x, d) : null;
        double[] mean = TakeMean(x, d);
        run.Cancellation.ThrowIfCancellationRequested();
        double[] covariance = PortableAlgebra.Gram(x, Patches, d, run);
        double variance = 0;
        for (int k = 0; k < covariance.Length; k++) covariance[k] /= Patches;
        for (int k = 0; k < d; k++) variance += covariance[k * d + k] / d;
        double regularization = variance * (contrast is null ? PureRegularization : ContrastRegularization);
        double[] whitening = Whitening(covariance, d, regularization > 0 ? regularization : 1, run);
        double[] whitened = Product(x, Patches, whitening, d, run);
        double[] centres = SphericalKMeans.Find(whitened, Patches, d, count, Iterations, random, run);
        double[] filters = Product(centres, count, whitening, d, run);
        return Quantize(filters, mean, size, shape.Channels, count, contrast, limit);
    }

    // Patches without their means.
    private static double[] Draw(SampleMatrix<byte> images, ImageShape shape, int size, SeededRandom random)
    {
        int d = size * size * shape.Channels;
        var x = new double[checked(Patches * d)];
        for (int i = 0; i < Patches; i++)
        {
            ReadOnlySpan<byte> image = images.Row((int)random.NextBelow((ulong)images.Rows));
            int top = (int)random.NextBelow((ulong)(shape.Height - size + 1)), left =
                (int)random.NextBelow((ulong)(shape.Width - size + 1));
            int sum = 0;
            for (int c = 0, k = 0; c < shape.Channels; c++)
                for (int y = 0; y < size; y++)
                    for (int u = 0; u < size; u++, k++)
                    {
                        int value = image[shape.Feature(top + y, left + u, c)];
                        x[i * d + k] = value;
                        sum += value;
                    }
            for (int k = 0; k < d; k++) x[i * d + k] -= (double)sum / d;
        }
        return x;
    }

    // Divides every patch by its deviation.
    private static PatchContrast Contrast(double[] x, int d)
    {
        double total = 0;
        foreach (double value in x) total += value * value;
        double added = Math.Max(ContrastOffset * total / x.Length, 1e-3);
        for (int i = 0; i < Patches; i++)
        {
            Span<double> patch = x.AsSpan(i * d, d);
            double squared = 0;
            foreach (double value in patch) squared += value * value;
            double deviation = Math.Sqrt(squared / d + added);
            foreach (ref double value in patch) value /= deviation;
        }
        return new PatchContrast(Math.Max(1, (int)(ContrastLength / Math.Sqrt(d))),
            (int)Math.Clamp(Math.Round(added * d * d), 1, int.MaxValue));
    }

    private static double[] TakeMean(double[] x, int d)
    {
        var mean = new double[d];
        for (int i = 0; i < Patches; i++) PortableAlgebra.AddMultiple(1, x.AsSpan(i * d, d), mean);
        for (int k = 0; k < d; k++) mean[k] /= Patches;
        for (int i = 0; i < Patches; i++) PortableAlgebra.AddMultiple(-1, mean, x.AsSpan(i * d, d));
        return mean;
    }

    // ZCA: V diag(1 / sqrt(variance + regularization)) V'.
    private static double[] Whitening(double[] covariance, int d, double regularization, RunOptions run)
    {
        (double[] values, double[] vectors) = PortableAlgebra.SymmetricEigen(covariance, d, run.Cancellation);
        var whitening = new double[d * d];
        for (int e = 0; e < d; e++)
        {
            double factor = 1 / Math.Sqrt(Math.Max(values[e], 0) + regularization);
            ReadOnlySpan<double> vector = vectors.AsSpan(e * d, d);
            for (int i = 0; i < d; i++) PortableAlgebra.AddMultiple(factor * vector[i], vector, whitening.AsSpan(i * d, d));
        }
        return whitening;
    }

    // Rows times a symmetric matrix.
    private static double[] Product(double[] rows, int count, double[] symmetric, int d, RunOptions run)
    {
        var product = new double[count * d];
        const int block = 256;
        Turns.Take((count + block - 1) / block, run.Threads, static () => 0, (b, _) =>
        {
            for (int i = b * block; i < Math.Min(count, (b + 1) * block); i++)
                for (int k = 0; k < d; k++)
                    PortableAlgebra.AddMultiple(rows[i * d + k], symmetric.AsSpan(k * d, d), product.AsSpan(i * d, d));
        }, static _ => { }, run.Cancellation);
        return product;
    }

    // f = w . (patch - mean(patch) 1 - mean), so that every row of weights is made to sum to nothing; on the finest lattice that
    // the limit allows, the same for all filters.
    private static PatchFilters Quantize(double[] filters, double[] mean, int size, int channels, int count,
        PatchContrast? contrast, int limit)
    {
        int d = mean.Length;
        var biases = new double[count];
        double unit = contrast?.Scale ?? 1, largest = 0;
        for (int k = 0; k < count; k++)
        {
            Span<double> row = filters.AsSpan(k * d, d);
            double average = 0, absolute = 0, squared = 0;
            foreach (double weight in row) average += weight / d;
            for (int i = 0; i < d; i++)
            {
                row[i] -= average;
                biases[k] -= row[i] * mean[i] * unit;
                absolute += Math.Abs(row[i]);
                squared += row[i] * row[i];
            }
            largest = Math.Max(largest, Math.Abs(biases[k]) + Threshold * unit +
                (contrast is null ? PatchFilters.Centre * absolute : Math.Sqrt(squared) * contrast.LargestLength(d)));
        }
        // Rounding adds at most 1/2 for each weight.
        double room = contrast is null ? (d + 2.0) * PatchFilters.Centre : Math.Sqrt(d) * contrast.LargestLength(d);
        double scale = (limit - 1 - room) / largest;
        return new PatchFilters(size, channels, Array.ConvertAll(filters, weight => (int)Math.Round(weight * scale)),
            Array.ConvertAll(biases, bias => (int)Math.Round(bias * scale)), (int)Math.Round(Threshold * unit * scale), contrast);
    }
}
