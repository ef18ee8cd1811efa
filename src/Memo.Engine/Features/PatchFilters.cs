using Memo.Data;
using Memo.Numerics;

namespace Memo.Features;

/// <summary>
/// Filters on square patches of images, over the integers: f_k(p) = w_k . (p - 128) + b_k for a patch p of d = size * size * channels
/// bytes. Weights are whole numbers small enough that every partial sum of f is below 2^24 in size: products in single precision are
/// then exact, in any order, on any processor.
/// </summary>
/// <param name="Size">Pixels of a patch's side.</param>
/// <param name="Channels">Channels of the images.</param>
/// <param name="Weights">w, K by d: channel by channel, row by row, pixel by pixel.</param>
/// <param name="Biases">b, length K.</param>
/// <param name="Threshold">What f and -f must exceed to count.</param>
internal sealed record PatchFilters(int Size, int Channels, int[] Weights, int[] Biases, int Threshold)
{
    /// <summary>What is taken from each byte.</summary>
    public const int Centre = 128;

    /// <summary>Partial sums stay below this.</summary>
    public const int Limit = 1 << 24;

    /// <summary>Filters, K.</summary>
    public int Count => Biases.Length;

    /// <summary>Values of a patch, d.</summary>
    public int Dimension => Size * Size * Channels;
}

/// <summary>
/// Learns <see cref="PatchFilters"/> without gradients (A. Coates, A. Ng, "Learning feature representations with k-means", 2012): patches
/// drawn from training images, their means taken away, whitened (ZCA), and clustered on the sphere, where a patch and its negative are
/// the same. The same bits for any threads and instruction set.
/// </summary>
internal static class PatchFilterLearning
{
    private const int Iterations = 12;

    /// <summary>Learns K filters.</summary>
    /// <param name="images">Training images.</param>
    /// <param name="shape">Their shape.</param>
    /// <param name="size">Pixels of a patch's side.</param>
    /// <param name="count">K.</param>
    /// <param name="patches">Patches drawn.</param>
    /// <param name="regularization">Added to the variances before whitening, in squared bytes.</param>
    /// <param name="threshold">In whitened units.</param>
    /// <param name="seed">Where patches and first centres come from.</param>
    /// <param name="run">Threads, progress, cancellation.</param>
    public static PatchFilters Learn(SampleMatrix<byte> images, ImageShape shape, int size, int count, int patches, double regularization,
        double threshold, ulong seed, RunOptions run)
    {
        int d = size * size * shape.Channels;
        var random = new SeededRandom(seed);
        double[] x = Draw(images, shape, size, patches, random);
        double[] mean = new double[d];
        for (int i = 0; i < patches; i++) PortableAlgebra.AddMultiple(1, x.AsSpan(i * d, d), mean);
        for (int k = 0; k < d; k++) mean[k] /= patches;
        for (int i = 0; i < patches; i++) PortableAlgebra.AddMultiple(-1, mean, x.AsSpan(i * d, d));
        double[] covariance = PortableAlgebra.Gram(x, patches, d, run);
        for (int k = 0; k < covariance.Length; k++) covariance[k] /= patches;
        double[] whitening = Whitening(covariance, d, regularization);
        double[] whitened = Product(x, patches, whitening, d, run);
        double[] centres = SphericalKMeans.Find(whitened, patches, d, count, Iterations, random, run);
        return Quantize(Product(centres, count, whitening, d, run), mean, size, shape.Channels, count, threshold);
    }

    // Patches without their means.
    private static double[] Draw(SampleMatrix<byte> images, ImageShape shape, int size, int patches, SeededRandom random)
    {
        int d = size * size * shape.Channels;
        var x = new double[checked(patches * d)];
        for (int i = 0; i < patches; i++)
        {
            ReadOnlySpan<byte> image = images.Row((int)random.NextBelow((ulong)images.Rows));
            int top = (int)random.NextBelow((ulong)(shape.Height - size + 1)), left = (int)random.NextBelow((ulong)(shape.Width - size + 1));
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

    // ZCA: V diag(1 / sqrt(variance + regularization)) V'.
    private static double[] Whitening(double[] covariance, int d, double regularization)
    {
        (double[] values, double[] vectors) = PortableAlgebra.SymmetricEigen(covariance, d);
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

    // f = D W (p - mean(p) 1 - mean), so that every row of weights is made to sum to nothing; on the finest lattice that the limit allows.
    private static PatchFilters Quantize(double[] filters, double[] mean, int size, int channels, int count, double threshold)
    {
        int d = mean.Length;
        var biases = new double[count];
        double largest = 0;
        for (int k = 0; k < count; k++)
        {
            Span<double> row = filters.AsSpan(k * d, d);
            double average = 0, absolute = 0;
            foreach (double weight in row) average += weight / d;
            for (int i = 0; i < d; i++) row[i] -= average;
            for (int i = 0; i < d; i++)
            {
                biases[k] -= row[i] * mean[i];
                absolute += Math.Abs(row[i]);
            }
            largest = Math.Max(largest, PatchFilters.Centre * absolute + Math.Abs(biases[k]) + threshold);
        }
        // Rounding adds at most 1/2 for each weight.
        double scale = (PatchFilters.Limit - 1 - (d + 2) * PatchFilters.Centre) / largest;
        int[] weights = Array.ConvertAll(filters, weight => (int)Math.Round(weight * scale));
        return new PatchFilters(size, channels, weights, Array.ConvertAll(biases, bias => (int)Math.Round(bias * scale)), (int)Math.Round(threshold * scale));
    }
}
