// The distribution on which small networks cannot do better than chance (THEORY, section 6).

using Memo.Numerics;

namespace Memo.Data.Generators;

/// <summary>
/// Theorem 5.1, Definition D.9 of L. Yu et al., "Generalizability of Memorization Neural Networks", 2024: around
/// (1/2, .., 1/2), label 1 uniform in the ball of radius r1 and label -1 uniform in the shell r2..r3, with r3 = 1/2,
/// r2 = r3 (2/3)^(1/n), r1 = r3 (1/3)^(1/n). The n-th powers divide the ball of radius r3 into three equal volumes, of
/// which the middle one stays empty. Separation r2 - r1. Labels take turns, -1 first.
/// </summary>
internal static class BallShell
{
    public static GeneratedSamples Generate(GeneratorParameters parameters, SeededRandom random, MemoryBudget budget)
    {
        int count = parameters.Integer("count", 1, Array.MaxLength), n = parameters.Integer("n", 1, Array.MaxLength);
        SampleMatrix points = FloatSamples.Create("ball-shell", count, n, parameters.FloatType(), budget, (i, row) =>
        {
            // The share of the volume inside a uniform point's radius is uniform: in [0, 1/3) for the ball, in [2/3, 1)
            // for the shell.
            double share = (random.NextDouble() + (i % 2 == 0 ? 2 : 0)) / 3;
            double radius = 0.5 * PortableMath.Root(share, n);
            double squares = 0;
            for (int k = 0; k < row.Length; k++)
            {
                row[k] = random.NextGaussian(); // a normal vector's direction is uniform
                squares += row[k] * row[k];
            }
            double scale = radius / Math.Sqrt(squares);
            for (int k = 0; k < row.Length; k++) row[k] = 0.5 + scale * row[k];
        });
        return new GeneratedSamples(points, [.. Enumerable.Range(0, count).Select(i => i % 2)], [-1, 1]);
    }
}
