using Memo.Kernels;
using Memo.Numerics;

namespace Memo.Features;

/// <summary>
/// K-means on the sphere, where x and -x are the same direction: every point goes to the centre c with the largest |c . x|, with
/// that product as its weight, and a centre becomes the direction of the weighted sum of its points. The same bits for any threads
/// and instruction set: products are those of whole numbers, exact in single precision, and sums run over points in their order.
/// </summary>
internal static class SphericalKMeans
{
    private const int Length = 1 << 12; // of a rounded direction; its products are below 2^24
    private const int Block = 1024;

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
        (float[] directions, double[] lengths) = Rounded(points, count, d);
        var (chosen, weights) = (new int[count], new double[count]);
        for (int iteration = 0; iteration < iterations; iteration++)
        {
            run.Cancellation.ThrowIfCancellationRequested();
            using var packed = new PackedMatrix(Rounded(found, centres, d).Directions, centres, d, d);
            Turns.Take((count + Block - 1) / Block, run.Threads, () => new float[Block * centres], (b, products) =>
            {
                int first = b * Block, rows = Math.Min(Block, count - first);
                Gemm.MultiplyTransposed(rows, directions.AsSpan(first * d, rows * d), d, packed, products, centres);
                for (int i = 0; i < rows; i++)
                {
                    ReadOnlySpan<float> row = products.AsSpan(i * centres, centres);
                    int best = 0;
                    for (int c = 1; c < centres; c++)
                        if (Math.Abs(row[c]) > Math.Abs(row[best])) best = c;
                    (chosen[first + i], weights[first + i]) = (best, row[best] * lengths[first + i]);
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
            found.AsSpan(c * d, d).Clear(); // constant data has no directions
            found[c * d + c % d] = 1;
        }
    }

    // Directions in whole numbers, of a length below 2^12; and the true lengths. A point without direction stays 0.
    private static (float[] Directions, double[] Lengths) Rounded(double[] points, int count, int d)
    {
        var (directions, lengths) = (new float[count * d], new double[count]);
        double target = Length - 1 - Math.Sqrt(d) / 2; // rounding adds at most 1/2 to each value
        for (int i = 0; i < count; i++)
        {
            ReadOnlySpan<double> point = points.AsSpan(i * d, d);
            double squared = 0;
            foreach (double value in point) squared += value * value;
            lengths[i] = Math.Sqrt(squared);
            if (!(lengths[i] > 0)) continue;
            for (int k = 0; k < d; k++) directions[i * d + k] = (float)Math.Round(point[k] * target / lengths[i]);
        }
        return (directions, lengths);
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
