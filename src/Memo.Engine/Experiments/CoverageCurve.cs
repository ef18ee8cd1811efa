using Memo.Constructions;
using Memo.Data;
using Memo.Measures;
using Memo.Networks;
using Memo.Numerics;

namespace Memo.Experiments;

/// <summary>What `cells` answers with one lambda, over several draws of the training samples: means and standard deviations.</summary>
/// <param name="Lambda">Where the walls stand.</param>
/// <param name="Coverage">Share of the test samples answered: 1 less the abstentions.</param>
/// <param name="Selective">Share of those answered that are right; not a number where none is.</param>
/// <param name="Accuracy">Share of all that are right.</param>
internal sealed record CoveragePoint(Ratio Lambda, Spread Coverage, Spread Selective, Spread Accuracy);

/// <summary>A mean and the standard deviation of the values around it; null for fewer than two.</summary>
internal readonly record struct Spread(double Mean, double? Deviation)
{
    /// <summary>Of some values, at least one; the deviation's divisor is their number less one.</summary>
    public static Spread Of(IReadOnlyCollection<double> values)
    {
        double mean = values.Average();
        return new Spread(mean, values.Count < 2 ? null : Math.Sqrt(values.Sum(value => (value - mean) * (value - mean)) / (values.Count - 1)));
    }
}

/// <summary>
/// Coverage against accuracy as lambda varies: larger lambda move the walls towards the training points, so that `cells` (Theorem
/// 7.3) answers less and is right more often where it does.
/// </summary>
internal static class CoverageCurve
{
    /// <summary>The lambdas where none are given.</summary>
    public static IReadOnlyList<Ratio> DefaultLambdas { get; } =
        [new(501, 1000), new(51, 100), new(11, 20), new(3, 5), new(7, 10), new(4, 5), new(9, 10)];

    /// <summary>Builds and tests a network for every lambda and draw. The cost of as many constructions and evaluations.</summary>
    /// <param name="draws">Training samples and test samples in their form, for each draw.</param>
    /// <param name="lambdas">At least one.</param>
    /// <param name="run">Threads, progress, cancellation.</param>
    public static IReadOnlyList<CoveragePoint> Of(IReadOnlyList<(Dataset Training, Dataset Test)> draws, IReadOnlyList<Ratio> lambdas,
        RunOptions run)
    {
        var points = new List<CoveragePoint>();
        foreach (Ratio lambda in lambdas)
        {
            var evaluations = new List<Evaluation>();
            foreach ((Dataset training, Dataset test) in draws)
            {
                RunOptions stage = run.Stage(points.Count * draws.Count + evaluations.Count, lambdas.Count * draws.Count);
                using CellNetwork network = Cells.Build(training, lambda, stage.Stage(0, 2));
                evaluations.Add(Evaluation.Of(network, test, stage.Stage(1, 2)));
            }
            points.Add(new CoveragePoint(lambda,
                Spread.Of([.. evaluations.Select(each => 1 - each.AbstainedShare)]),
                Spread.Of([.. evaluations.Select(each => (double)each.Right / (each.Rows - each.Abstained))]),
                Spread.Of([.. evaluations.Select(each => each.Accuracy)])));
        }
        return points;
    }
}
