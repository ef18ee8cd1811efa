// Moons, circles and blobs.

using System.Globalization;
using Memo.Numerics;

namespace Memo.Data.Generators;

/// <summary>Shapes with Gaussian noise. Labels take turns, so that every prefix is balanced to within one.</summary>
internal static class PlaneShapes
{
    /// <summary>
    /// Label 0: (cos t, sin t); label 1: (1 - cos t, 1/2 - sin t); t uniform in [0, pi).
    /// </summary>
    public static GeneratedSamples Moons(GeneratorParameters parameters, SeededRandom random, MemoryBudget budget)
    {
        double noise = parameters.Real("noise", 0, 1000);
        return InPlane("moons", parameters, random, budget, noise, (label, random) =>
        {
            (double sine, double cosine) = PortableMath.SinCosOfTurns(random.NextDouble() / 2);
            return label == 0 ? (cosine, sine) : (1 - cosine, 0.5 - sine);
        });
    }

    /// <summary>Label 0: radius 1; label 1: radius factor; the angle uniform.</summary>
    public static GeneratedSamples Circles(GeneratorParameters parameters, SeededRandom random, MemoryBudget budget)
    {
        double noise = parameters.Real("noise", 0, 1000), factor = parameters.Real("factor", 0, 1);
        return InPlane("circles", parameters, random, budget, noise, (label, random) =>
        {
            (double sine, double cosine) = PortableMath.SinCosOfTurns(random.NextDouble());
            double radius = label == 0 ? 1 : factor;
            return (radius * cosine, radius * sine);
        });
    }

    private const int MostDraws = 100_000; // of a sample

    /// <summary>
    /// Label k: its centre plus spread times a standard normal vector. With truncate: the same, given that the sample lies
    /// within that distance of its centre, so that clouds whose centres are more than twice as far apart never touch.
    /// </summary>
    public static GeneratedSamples Blobs(GeneratorParameters parameters, SeededRandom random, MemoryBudget budget)
    {
        int count = parameters.Integer("count", 1, Array.MaxLength), n = parameters.Integer("n", 1, Array.MaxLength);
        int classes = parameters.Integer("classes", 2, 10_000);
        double spread = parameters.Real("spread", 0, 1000), box = parameters.Real("box", 0, 1e6);
        double truncate = parameters.IsGiven("truncate")
            ? parameters.Real("truncate", double.Epsilon, 1e6) : double.PositiveInfinity;
        ElementType type = parameters.FloatType();
        double[] centres = budget.Allocate<double>("blobs", classes, n);
        for (int k = 0; k < centres.Length; k++) centres[k] = box * (2 * random.NextDouble() - 1);
        SampleMatrix points = FloatSamples.Create("blobs", count, n, type, budget, (i, row) =>
        {
            ReadOnlySpan<double> centre = centres.AsSpan(i % classes * n, n);
            double squares;
            int draws = 0;
            do
            {
                if (draws++ == MostDraws)
                    throw new MemoException(string.Create(CultureInfo.InvariantCulture,
                        $"blobs: of {MostDraws} draws none lies within truncate={truncate} of its centre; spread times the " +
                        $"root of n, {spread * Math.Sqrt(n):G3}, would let about half of them pass"));
                squares = 0;
                for (int k = 0; k < n; k++)
                {
                    double offset = spread * random.NextGaussian();
                    row[k] = centre[k] + offset;
                    squares += offset * offset;
                }
            }
            while (squares > truncate * truncate);
        });
        return new GeneratedSamples(points, TakingTurns(count, classes), [.. Enumerable.Range(0, classes)]);
    }

    private static GeneratedSamples InPlane(
        string name, GeneratorParameters parameters, SeededRandom random, MemoryBudget budget,
        double noise, Func<int, SeededRandom, (double X, double Y)> draw)
    {
        int count = parameters.Integer("count", 1, Array.MaxLength);
        SampleMatrix points = FloatSamples.Create(name, count, 2, parameters.FloatType(), budget, (i, row) =>
        {
            (double x, double y) = draw(i % 2, random);
            row[0] = x + noise * random.NextGaussian();
            row[1] = y + noise * random.NextGaussian();
        });
        return new GeneratedSamples(points, TakingTurns(count, 2), [0, 1]);
    }

    private static int[] TakingTurns(int count, int classes) =>
        [.. Enumerable.Range(0, count).Select(i => i % classes)];
}
