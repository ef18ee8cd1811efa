using System.Globalization;
using System.Numerics;
using Memo.Data;
using Memo.Kernels.SquaredDistance;
using Memo.Networks;
using Memo.Numerics;

namespace Memo.Constructions;

/// <summary>
/// Theorem 4.3, Appendix C: a network whose size stops growing with N. Points of a subset D_s are picked until every sample
/// lies within rho c0 of a picked one, c0 being the separation of the data; picked points are farther apart than that, so
/// their number is at most a packing number of the region that the samples come from. The `cells` network on D_s (Theorem
/// 7.3) is constant on the ball of radius rho c0 around each point x_i, for every rho below 1 - lambda: the distance from x_i
/// to the wall between i and j is (1 - lambda) |x_i - x_j| &gt;= (1 - lambda) c0. And a sample within rho c0 &lt; c0 of x_i
/// has its label. So the network memorizes all samples.
/// </summary>
public static class Constant
{
    /// <summary>The construction's name.</summary>
    public const string Method = "constant";

    /// <summary>The rho used where none is given, 1/3.</summary>
    public static Ratio DefaultRho { get; } = new(1, 3);

    /// <summary>
    /// The network that memorizes <paramref name="data"/>. O(N^2 n) for the separation, less where it can be pruned, and
    /// O(N |D_s| n) for the subset, within each class.
    /// </summary>
    /// <param name="data">N samples of two classes or more.</param>
    /// <param name="lambda">Exact, 1/2 &lt; lambda &lt; 1; null for <see cref="CellNetwork.DefaultLambda"/>.</param>
    /// <param name="rho">Exact, 0 &lt; rho &lt; 1 - lambda; null for <see cref="DefaultRho"/>.</param>
    /// <param name="run">Threads, progress, cancellation.</param>
    /// <exception cref="LabelConflictException">Two equal samples carry different labels.</exception>
    /// <exception cref="MemoException">Fewer than two classes occur, or lambda or rho is out of range.</exception>
    public static CellNetwork Build(Dataset data, Ratio? lambda = null, Ratio? rho = null, RunOptions? run = null) =>
        Build(data, lambda ?? CellNetwork.DefaultLambda, rho ?? DefaultRho, run ?? RunOptions.Default);

    private static CellNetwork Build(Dataset data, Ratio lambda, Ratio rho, RunOptions run)
    {
        ArgumentNullException.ThrowIfNull(data);
        CellNetwork.RequireValidLambda(lambda);
        RequireValidRho(rho, lambda);
        Construction.RequireClasses(data, Method, binary: false);

        Dyadic separation; // c0 squared
        using (CellNetwork cells = Cells.Build(data, lambda, run.Part(0, 0.5))) separation = cells.MinimumSquaredDistance;
        // Samples of different classes are farther apart than rho c0 anyway, so every class is covered by itself.
        Dyadic squaredRadius = new Dyadic((long)rho.Numerator * rho.Numerator) * separation;
        var picked = new List<int>();
        for (int k = 0; k < data.Classes.Count; k++)
        {
            int[] members = [.. Enumerable.Range(0, data.Count).Where(i => data.Labels[i] == k)];
            picked.AddRange(Cover(data.Points.SelectRows(members), squaredRadius, rho.Denominator,
                run.Part(0.5 + 0.4 * k / data.Classes.Count, 0.5 + 0.4 * (k + 1) / data.Classes.Count)).Select(i => members[i]));
        }
        picked.Sort();
        using CellNetwork network = Cells.Build(data.SelectSamples([.. picked]), lambda, run.Part(0.9, 1));
        double c0 = Math.Sqrt(separation.RoundDown());
        double bound = PackingBound(data.Points, c0 * rho.Numerator / rho.Denominator);
        var notes = new List<KeyValuePair<string, string>>
        {
            new("subset", picked.Count.ToString(CultureInfo.InvariantCulture)),
            new("rho", rho.ToString()),
            new("separation", c0.ToString("R", CultureInfo.InvariantCulture)),
        };
        if (double.IsFinite(bound))
            notes.Add(new("packing_bound_log10", (Math.Ceiling(100 * bound) / 100).ToString("F2", CultureInfo.InvariantCulture)));
        return network.As(Method, data.Count, notes);
    }

    private static void RequireValidRho(Ratio rho, Ratio lambda)
    {
        long p = lambda.Denominator - lambda.Numerator, q = lambda.Denominator; // 1 - lambda = p/q
        if (rho.Numerator <= 0 || rho.Numerator * q >= p * rho.Denominator)
            throw new MemoException($"rho = {rho} must lie strictly between 0 and 1 - lambda = {new Ratio((int)p, (int)q)}: " +
                                    "beyond, the balls around the chosen points cross the walls between them; give another rho")
                { Setting = nameof(ConstructionSettings.Rho) };
    }

    private static IReadOnlyList<int> Cover(SampleMatrix samples, Dyadic squaredRadius, int denominator, RunOptions run)
    {
        return samples switch
        {
            SampleMatrix<byte> { Columns: <= ByteDistance.MaximumDimension } bytes => Find<byte, int, ByteDistance>(bytes),
            SampleMatrix<byte> bytes =>
                Find<float, double, FloatDistance<float>>((SampleMatrix<float>)bytes.ConvertExactly(ElementType.Float32)),
            SampleMatrix<float> floats => Find<float, double, FloatDistance<float>>(floats),
            SampleMatrix<double> doubles => Find<double, double, FloatDistance<double>>(doubles),
            _ => throw new NotSupportedException($"samples of type {samples.ElementType}"),
        };

        IReadOnlyList<int> Find<TElement, TDistance, TKernel>(SampleMatrix<TElement> points)
            where TElement : unmanaged, INumber<TElement>
            where TDistance : unmanaged, INumber<TDistance>, IMinMaxValue<TDistance>
            where TKernel : struct, IDistanceKernel<TElement, TDistance>
        {
            using var cover = new BallCover<TElement, TDistance, TKernel>(points, squaredRadius, denominator);
            return cover.Find(run);
        }
    }

    /// <summary>
    /// The decimal logarithm of a bound on the points of a box that are farther apart than a distance d: cut into boxes of
    /// edges at most d / sqrt n, which hold one each. The box is the samples' bounding box. Infinite where doubles do not reach.
    /// O(N n).
    /// </summary>
    internal static double PackingBound(SampleMatrix points, double distance)
    {
        double sum = 0;
        for (int k = 0; k < points.Columns; k++)
        {
            double low = double.PositiveInfinity, high = double.NegativeInfinity;
            for (int i = 0; i < points.Rows; i++) (low, high) = (Math.Min(low, points[i, k]), Math.Max(high, points[i, k]));
            // The width is halved, for it may pass the largest double; a share of 2^-50 outweighs the roundings.
            double parts = 2 * ((high / 2 - low / 2) * Math.Sqrt(points.Columns) / distance) * (1 + 1.0 / (1L << 50));
            if (!double.IsFinite(parts)) return double.PositiveInfinity;
            sum += PortableMath.Log(Math.Floor(parts) + 1);
        }
        return sum / PortableMath.Log(10);
    }
}
