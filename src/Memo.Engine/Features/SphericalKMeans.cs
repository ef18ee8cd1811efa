using Memo.Numerics;

namespace Memo.Features;

/// <summary>
/// K-means on the sphere, where x and -x are the same direction: every point goes to the centre c with the largest |c . x|, with that
/// product as its weight, and a centre becomes the direction of the weighted sum of its points. The same bits for any threads and
/// instruction set: products are summed feature by feature, sums over points in the points' order.
/// </summary>
internal static class SphericalKMeans
{
    /// <summary>K directions of length 1, K by d. O(iterations N K d).</summary>
    /// <param name="points">N by d.</param>
    /// <param name="count">N, at least 1.</param>
    /// <param name="d">Features.</param>
    /// <param name="centres">K.</param>
    /// <param name="iterations">Rounds.</param>
    /// <param name="random">Where the first centres come from, and those in place of centres that no point chose.</param>
    /// <param name="run">Threads, progress, cancellation.</param>
    public static double[] Find(double[] points, int count, int d, int centres, int iterations, SeededRandom random, RunOptions run)
    {
        var found = new double[centres * d];
        for (int c = 0; c < centres; c++) TakePoint(c);
        var (chosen, weights) = (new int[count], new double[count]);
        var columns = new double[d * centres]; // the centres, feature by feature
        const int block = 512;
        for (int iteration = 0; iteration < iterations; iteration++)
        {
            for (int c = 0; c < centres; c++)
                for (int k = 0; k < d; k++) columns[k * centres + c] = found[c * d + k];
            Turns.Take((count + block - 1) / block, run.Threads, () => new double[centres], (b, products) =>
            {
                for (int i = b * block; i < Math.Min(count, (b + 1) * block); i++)
                {
                    Array.Clear(products);
                    for (int k = 0; k < d; k++) PortableAlgebra.AddMultiple(points[i * d + k], columns.AsSpan(k * centres, centres), products);
                    int best = 0;
                    for (int c = 1; c < centres; c++)
                        if (Math.Abs(products[c]) > Math.Abs(products[best])) best = c;
                    (chosen[i], weights[i]) = (best, products[best]);
                }
            }, static _ => { }, run.Cancellation);
            Array.Clear(found);
            for (int i = 0; i < count; i++)
                PortableAlgebra.AddMultiple(weights[i], points.AsSpan(i * d, d), found.AsSpan(chosen[i] * d, d));
            for (int c = 0; c < centres; c++)
                if (!Normalize(found.AsSpan(c * d, d))) TakePoint(c);
            run.Progress?.Report((iteration + 1.0) / iterations);
        }
        return found;

        void TakePoint(int c)
        {
            for (int attempt = 0; attempt < 100; attempt++)
            {
                points.AsSpan((int)random.NextBelow((ulong)count) * d, d).CopyTo(found.AsSpan(c * d, d));
                if (Normalize(found.AsSpan(c * d, d))) return;
            }
            found[c * d + c % d] = 1; // constant data has no directions
        }
    }

    private static bool Normalize(Span<double> vector)
    {
        double squared = 0;
        foreach (double value in vector) squared += value * value;
        if (!(squared > 1e-18)) return false;
        double length = Math.Sqrt(squared);
        foreach (ref double value in vector) value /= length;
        return true;
    }
}
