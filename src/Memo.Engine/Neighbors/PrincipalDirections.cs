using System.Numerics;
using Memo.Data;
using Memo.Numerics;

namespace Memo.Neighbors;

/// <summary>
/// The leading principal directions of byte points, by block subspace iteration on a sample (G. Golub, C. Van Loan, "Matrix
/// Computations", section 8.2.4), re-orthogonalized in every round. They need not be exact: a <see cref="PruningBasis"/>
/// bounds distances for any matrix.
/// </summary>
internal static class PrincipalDirections
{
    private const double RowScale = 1 << 14; // |x.b| <= 2^14 * 255 sqrt(33025) < 2^30
    private const int SampleSize = 2048;
    private const int Iterations = 3;

    /// <summary>A basis of <paramref name="count"/> directions. O(sample * n * count) an iteration.</summary>
    public static PruningBasis Basis(SampleMatrix<byte> points, int count, RunOptions run)
    {
        int n = points.Columns, sample = Math.Min(points.Rows, SampleSize);
        var rows = new int[sample];
        for (int i = 0; i < sample; i++) rows[i] = (int)((long)i * points.Rows / sample);

        var sums = new int[n];
        foreach (int row in rows)
        {
            ReadOnlySpan<byte> point = points.Row(row);
            for (int k = 0; k < n; k++) sums[k] += point[k];
        }
        var mean = new byte[n];
        for (int k = 0; k < n; k++) mean[k] = (byte)((sums[k] + sample / 2) / sample);
        var centred = new float[sample * n];    // X, sample by n
        var transposed = new float[n * sample]; // X', n by sample
        const int band = 32;                    // rows at a time, so that both sides of the copy stay in cache
        Parallel.For(0, (sample + band - 1) / band, new ParallelOptions { MaxDegreeOfParallelism = run.Threads }, b =>
        {
            for (int i = b * band; i < Math.Min(sample, (b + 1) * band); i++)
            {
                ReadOnlySpan<byte> point = points.Row(rows[i]);
                for (int k = 0; k < n; k++) centred[i * n + k] = point[k] - mean[k];
            }
            for (int k = 0; k < n; k++)
                for (int i = b * band; i < Math.Min(sample, (b + 1) * band); i++) transposed[k * sample + i] = centred[i * n + k];
        });

        var random = new SeededRandom(0);
        var directions = new float[count * n];  // V, count by n
        for (int i = 0; i < directions.Length; i++) directions[i] = (float)random.NextGaussian();
        var products = new float[count * sample];
        for (int iteration = 0; iteration < Iterations; iteration++)
        {
            MultiplyTransposed(count, sample, n, directions, centred, products, run.Threads);     // V X'
            MultiplyTransposed(count, n, sample, products, transposed, directions, run.Threads);  // (V X') X
            Orthonormalize(directions, count, n, run);
            // Once more, for what the first time left among nearly parallel rows.
            Orthonormalize(directions, count, n, run);
        }

        var quantized = new short[count * n];
        for (int i = 0; i < quantized.Length; i++) quantized[i] = (short)MathF.Round(directions[i] * (float)RowScale);
        return new PruningBasis(quantized, count, mean);
    }

    private static void MultiplyTransposed(int m, int n, int k, float[] a, float[] b, float[] c, int threads) =>
        Parallel.For(0, n, new ParallelOptions { MaxDegreeOfParallelism = threads }, j =>
        {
            for (int i = 0; i < m; i++) c[i * n + j] = Product(a.AsSpan(i * k, k), b.AsSpan(j * k, k));
        });

    // Modified Gram-Schmidt on the rows; a row that vanishes becomes zero.
    private static void Orthonormalize(float[] rows, int count, int n, RunOptions run)
    {
        var lengths = new float[count];
        for (int r = 0; r < count; r++) lengths[r] = Product(rows.AsSpan(r * n, n), rows.AsSpan(r * n, n));
        for (int r = 0; r < count; r++)
        {
            float length = Product(rows.AsSpan(r * n, n), rows.AsSpan(r * n, n));
            // What is left is rounding where the square fell by the square of single precision's.
            float factor = length > 1e-11f * lengths[r] ? 1 / MathF.Sqrt(length) : 0;
            foreach (ref float value in rows.AsSpan(r * n, n)) value *= factor;
            int first = r;
            Parallel.For(r + 1, count, new ParallelOptions { MaxDegreeOfParallelism = run.Threads }, other =>
            {
                Span<float> row = rows.AsSpan(other * n, n);
                ReadOnlySpan<float> unit = rows.AsSpan(first * n, n);
                AddMultiple(-Product(row, unit), unit, row);
            });
        }
    }

    private static void AddMultiple(float factor, ReadOnlySpan<float> values, Span<float> sums)
    {
        int k = 0;
        var factors = new Vector<float>(factor);
        for (; k <= values.Length - Vector<float>.Count; k += Vector<float>.Count)
            (new Vector<float>(sums[k..]) + factors * new Vector<float>(values[k..])).CopyTo(sums[k..]);
        for (; k < values.Length; k++) sums[k] += factor * values[k];
    }

    private static float Product(ReadOnlySpan<float> a, ReadOnlySpan<float> b)
    {
        Vector<float> sums0 = default, sums1 = default;
        int k = 0;
        for (; k <= a.Length - 2 * Vector<float>.Count; k += 2 * Vector<float>.Count)
        {
            sums0 += new Vector<float>(a[k..]) * new Vector<float>(b[k..]);
            sums1 += new Vector<float>(a[(k + Vector<float>.Count)..]) * new Vector<float>(b[(k + Vector<float>.Count)..]);
        }
        float sum = Vector.Sum(sums0 + sums1);
        for (; k < a.Length; k++) sum += a[k] * b[k];
        return sum;
    }
}
