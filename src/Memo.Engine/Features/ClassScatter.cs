using Memo.Kernels;

namespace Memo.Features;

/// <summary>
/// Sums and sums of products of features, class by class: all that discriminants need, so that those of any two classes cost no
/// further look at the samples. Features enter in small whole numbers u = round((v - centre) / step), cut at 127: products in
/// single precision are then exact in blocks of 1024 rows. The grid is chosen from all rows without their labels; a step is an
/// eighth of 127 deviations.
/// </summary>
internal sealed class ClassScatter
{
    private const int Largest = 127, Block = 1024; // 1024 * 127^2 < 2^24
    private const double StepsOfDeviation = Largest / 8.0;

    private ClassScatter(int dimension, double[] centre, double[] step, int[] counts, double[][] sums, double[][] products) =>
        (Dimension, Centre, Step, Counts, Sums, Products) = (dimension, centre, step, counts, sums, products);

    /// <summary>F.</summary>
    public int Dimension { get; }

    /// <summary>What is taken from each feature.</summary>
    public double[] Centre { get; }

    /// <summary>What a feature's unit is; 0 for a feature that does not vary.</summary>
    public double[] Step { get; }

    /// <summary>Rows of each class.</summary>
    public int[] Counts { get; }

    /// <summary>Sums of u, for each class.</summary>
    public double[][] Sums { get; }

    /// <summary>Sums of u u', for each class, F by F.</summary>
    public double[][] Products { get; }

    /// <summary>Throws where sums of products of so many features would take more than 8 GiB.</summary>
    /// <exception cref="MemoException">They would.</exception>
    public static void RequireRoom(int features, int classes)
    {
        long bytes = (long)features * features * classes * sizeof(double);
        if ((long)features * features > Array.MaxLength || bytes > 8L << 30)
            throw new MemoException($"products of {features} features for each of {classes} classes would take {bytes >> 30} GiB; take fewer filters, " +
                                    "a coarser pooling grid or fewer classes") { Setting = nameof(FeatureSettings.Filters) };
    }

    /// <summary>Sums over N rows. O(N F^2).</summary>
    public static ClassScatter Of(FeatureRows rows, int[] labels, int classes, RunOptions run)
    {
        int f = rows.Dimension;
        RequireRoom(f, classes);
        (double[] centre, double[] step) = Grid(rows, run);
        int[][] members = [.. Enumerable.Range(0, classes)
            .Select(c => Enumerable.Range(0, labels.Length).Where(i => labels[i] == c).ToArray())];
        double[][] sums = [.. members.Select(_ => new double[f])], products = [.. members.Select(_ => new double[f * f])];
        var (block, product) = (new float[f * Block], new float[f * f]);
        int done = 0;
        for (int c = 0; c < classes; c++)
            for (int first = 0; first < members[c].Length; first += Block)
            {
                run.Cancellation.ThrowIfCancellationRequested();
                int[] taken = members[c][first..Math.Min(first + Block, members[c].Length)];
                Transpose(rows, taken, centre, step, block, run);
                Gemm.MultiplyTransposed(f, f, taken.Length, block, Block, block, Block, product, f, threads: run.Threads);
                for (int k = 0; k < f; k++)
                    for (int i = 0; i < taken.Length; i++) sums[c][k] += block[k * Block + i];
                double[] total = products[c];
                for (int k = 0; k < total.Length; k++) total[k] += product[k];
                run.Progress?.Report((double)(done += taken.Length) / labels.Length);
            }
        return new ClassScatter(f, centre, step, [.. members.Select(each => each.Length)], sums, products);
    }

    // The mean of each feature, and an eighth of 127 deviations.
    private static (double[] Centre, double[] Step) Grid(FeatureRows rows, RunOptions run)
    {
        int f = rows.Dimension;
        var (row, mean, step) = (new double[f], new double[f], new double[f]);
        for (int i = 0; i < rows.Count; i++)
        {
            rows.Read(i, row);
            for (int k = 0; k < f; k++) mean[k] += row[k] / rows.Count;
        }
        run.Cancellation.ThrowIfCancellationRequested();
        for (int i = 0; i < rows.Count; i++)
        {
            rows.Read(i, row);
            for (int k = 0; k < f; k++) step[k] += (row[k] - mean[k]) * (row[k] - mean[k]) / rows.Count;
        }
        for (int k = 0; k < f; k++)
        {
            double deviation = Math.Sqrt(step[k]);
            step[k] = deviation > 1e-13 * Math.Abs(mean[k]) && double.IsFinite(deviation) ? deviation / StepsOfDeviation : 0;
        }
        return (mean, step);
    }

    // u', feature by feature, so that products run over rows.
    private static void Transpose(FeatureRows rows, int[] taken, double[] centre, double[] step, float[] block, RunOptions run)
    {
        const int piece = 16; // floats of a cache line, so that threads do not share one
        Turns.Take((taken.Length + piece - 1) / piece, run.Threads, () => new double[rows.Dimension], (p, row) =>
        {
            for (int i = p * piece; i < Math.Min(taken.Length, (p + 1) * piece); i++)
            {
                rows.Read(taken[i], row);
                for (int k = 0; k < row.Length; k++)
                    block[k * Block + i] = step[k] == 0 ? 0
                        : (float)Math.Clamp(Math.Round((row[k] - centre[k]) / step[k]), -Largest, Largest);
            }
        }, static _ => { }, run.Cancellation);
    }
}
