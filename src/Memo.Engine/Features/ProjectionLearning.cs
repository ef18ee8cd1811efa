using Memo.Numerics;

namespace Memo.Features;

/// <summary>
/// The affine maps fitted to some classes of a <see cref="ClassScatter"/>: standardization over these classes, then, as asked,
/// linear discriminants (R. Fisher, 1936; C. Rao, 1948) or whitening within the classes, with shrinkage of the covariance towards a
/// multiple of the unit matrix. In double, with the same bits everywhere.
/// </summary>
internal static class ProjectionLearning
{
    /// <summary>The map, m by F, in units of the features; what is subtracted from them first is their mean over the
    /// classes.</summary>
    /// <param name="Rows">m by F; of standardization alone the diagonal, F.</param>
    /// <param name="Mean">F.</param>
    public sealed record Map(double[] Rows, double[] Mean);

    /// <summary>Fits a map. O(F^3 / 3) for discriminants and O(F^3) for whitening.</summary>
    /// <param name="scatter">Sums by class.</param>
    /// <param name="classes">The classes looked at, of which two or more occur.</param>
    /// <param name="kind">Which map.</param>
    /// <param name="shrinkage">Added to the variances, as a share of their mean.</param>
    /// <param name="run">Threads, cancellation.</param>
    public static Map Fit(ClassScatter scatter, IReadOnlyList<int> classes, FeatureProjection kind, double shrinkage,
        RunOptions run)
    {
        int f = scatter.Dimension;
        int[] present = [.. classes.Where(c => scatter.Counts[c] > 0)];
        double count = present.Sum(c => scatter.Counts[c]);
        var (mean, deviation) = (new double[f], new double[f]);
        for (int k = 0; k < f; k++)
        {
            double squares = 0;
            foreach (int c in present)
            {
                mean[k] += scatter.Sums[c][k];
                squares += scatter.Products[c][k * f + k];
            }
            mean[k] /= count;
            deviation[k] = Math.Sqrt(Math.Max(squares / count - mean[k] * mean[k], 0));
        }
        double[] rows = kind switch
        {
            FeatureProjection.None => [.. Enumerable.Repeat(1.0, f)],
            FeatureProjection.Whitening => Whiten(Factor(), f, run),
            _ => Discriminants(Factor(), f, [.. present.Select(c => StandardizedMean(scatter, c, mean, deviation))]),
        };
        // From standardized u to v: u = (v - centre) / step.
        var centre = new double[f];
        for (int k = 0; k < f; k++)
        {
            double unit = deviation[k] > 0 && scatter.Step[k] > 0 ? 1 / (deviation[k] * scatter.Step[k]) : 0;
            centre[k] = scatter.Centre[k] + mean[k] * scatter.Step[k];
            for (int j = 0; j < rows.Length / f; j++) rows[j * f + k] *= unit;
        }
        return new Map(rows, centre);

        double[] Factor()
        {
            double[] within = Within(scatter, present, deviation, count, run);
            double trace = 0;
            for (int k = 0; k < f; k++) trace += within[k * f + k] / f;
            // Rounding alone can leave a matrix of low rank indefinite.
            for (double added = Math.Max(shrinkage, 1e-9) * (trace > 0 ? trace : 1); ; added *= 10)
            {
                double[] factor = [.. within];
                for (int k = 0; k < f; k++) factor[k * f + k] += added;
                if (PortableAlgebra.TryFactorPositive(factor, f, run)) return factor;
            }
        }
    }

    // The covariance within classes of standardized features, its upper triangle.
    private static double[] Within(ClassScatter scatter, int[] present, double[] deviation, double count, RunOptions run)
    {
        int f = scatter.Dimension;
        var within = new double[f * f];
        Turns.Take(f, run.Threads, static () => 0, (i, _) =>
        {
            if (deviation[i] == 0) return;
            Span<double> row = within.AsSpan(i * f, f);
            foreach (int c in present)
            {
                ReadOnlySpan<double> products = scatter.Products[c].AsSpan(i * f, f);
                double[] sums = scatter.Sums[c];
                double share = sums[i] / scatter.Counts[c];
                for (int j = i; j < f; j++) row[j] += products[j] - share * sums[j];
            }
            double unit = 1 / (deviation[i] * count);
            for (int j = i; j < f; j++) row[j] = deviation[j] == 0 ? 0 : row[j] * unit / deviation[j];
        }, static _ => { }, run.Cancellation);
        return within;
    }

    private static double[] StandardizedMean(ClassScatter scatter, int c, double[] mean, double[] deviation)
    {
        var standardized = new double[mean.Length];
        for (int k = 0; k < mean.Length; k++)
            standardized[k] = deviation[k] > 0 ? (scatter.Sums[c][k] / scatter.Counts[c] - mean[k]) / deviation[k] : 0;
        return standardized;
    }

    // The directions W^-1 (m_c - m_0), turned so that the covariance within classes is the unit matrix on them: distances are
    // Mahalanobis's. Those along which means do not differ are left out.
    private static double[] Discriminants(double[] factor, int f, double[][] means)
    {
        int differences = means.Length - 1;
        var (between, solved) = (new double[differences][], new double[differences][]);
        for (int c = 0; c < differences; c++)
        {
            between[c] = [.. means[c + 1].Zip(means[0], (a, b) => a - b)];
            solved[c] = [.. between[c]];
            PortableAlgebra.SolveFactored(factor, f, solved[c]);
        }
        var gram = new double[differences * differences];
        for (int a = 0; a < differences; a++)
            for (int b = a; b < differences; b++)
            {
                double sum = 0;
                for (int k = 0; k < f; k++) sum += between[a][k] * solved[b][k];
                gram[a * differences + b] = gram[b * differences + a] = sum;
            }
        (double[] values, double[] vectors) = PortableAlgebra.SymmetricEigen(gram, differences);
        int kept = Math.Max(1, values.Count(value => value > 1e-10 * values[0]));
        var rows = new double[kept * f];
        for (int e = 0; e < kept; e++)
            for (int c = 0; c < differences; c++)
                PortableAlgebra.AddMultiple(vectors[e * differences + c] / Math.Sqrt(Math.Max(values[e], 1e-300)), solved[c],
                    rows.AsSpan(e * f, f));
        return rows;
    }

    // U'^-1, column by column.
    private static double[] Whiten(double[] factor, int f, RunOptions run)
    {
        var rows = new double[f * f];
        Turns.Take(f, run.Threads, () => new double[f], (k, column) =>
        {
            Array.Clear(column);
            column[k] = 1;
            PortableAlgebra.SolveLower(factor, f, column, first: k);
            for (int j = k; j < f; j++) rows[j * f + k] = column[j];
        }, static _ => { }, run.Cancellation);
        return rows;
    }
}
