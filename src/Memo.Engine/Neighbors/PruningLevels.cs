using Memo.Kernels.SquaredDistance;

namespace Memo.Neighbors;

/// <summary>How many mapped coordinates the first look at a panel takes in, and each step of the second.</summary>
/// <param name="Filter">Coordinates of the first look.</param>
/// <param name="Visits">Coordinates of each level of the second, ascending.</param>
internal sealed record PruningLevels(int Filter, int[] Visits)
{
    private const int Step = MappedVectors.Step;
    private const int SampledQueries = 16, SampledPanels = 96;
    private const double BandRatio = 1.09;  // squared, about that of lambda = 51/100
    private const double StartRatio = 1.2; // the point that a scan starts from is about so much farther than the nearest

    // Costs, in what the first look spends on one coordinate of a panel: about 0.15 ns on the machine of RESULTS.md. What
    // counts is only their order of magnitude. A visit comes alone or with a few others; a point comes from memory.
    private const double VisitCost = 220, VisitedCoordinate = 1.2, LevelCost = 100, ContinuedCoordinate = 1.6, PointCost = 70;
    private const double PointCoordinate = 1.0 / 6;

    /// <summary>Pairs that the first look multiplies: the coordinates, and what stands for the rest.</summary>
    public int FilterPairs => Filter / 2 + 1;

    /// <summary>Pairs of coordinates of the last level.</summary>
    public int Pairs => Visits[^1] / 2;

    /// <summary>
    /// The levels that cost least for the label of points like these, by the shares of panels and points that pass each
    /// level, measured on a sample: some of the points as queries, each among all others but itself. O(N n) a query.
    /// </summary>
    public static PruningLevels Choose(MappedVectors mapped, ReadOnlySpan<int> labels, PrunedPoints points)
    {
        int steps = mapped.Directions / Step;
        (double[] panelShares, double[] pointShares) = MeasureShares(mapped, labels.ToArray(), points, steps);
        (PruningLevels Levels, double Cost) best = (new(Step, [Step]), double.PositiveInfinity);
        for (int filter = 1; filter <= steps; filter++)
            for (int first = filter; first <= steps; first++)
                for (int second = first; second <= steps; second++)
                    for (int third = second; third <= steps; third++)
                    {
                        if (first == filter && filter < steps) continue;      // a second look has to see more
                        if (third > second && second == first) continue;      // the same levels as another choice
                        double cost = Step * filter + 2 + panelShares[filter - 1] * (VisitCost + VisitedCoordinate * Step * first);
                        if (second > first)
                            cost += panelShares[first - 1] * (LevelCost + ContinuedCoordinate * Step * (second - first));
                        if (third > second)
                            cost += panelShares[second - 1] * (LevelCost + ContinuedCoordinate * Step * (third - second));
                        cost += PrunedPoints.Lanes * pointShares[third - 1] * (PointCost + PointCoordinate * points.Points.Columns);
                        if (cost < best.Cost)
                        {
                            int[] visits = [.. new[] { first, second, third }.Distinct().Select(steps => steps * Step)];
                            best = (new PruningLevels(filter * Step, visits), cost);
                        }
                    }
        return best.Levels;
    }

    private static (double[] Panels, double[] Points) MeasureShares(MappedVectors mapped, int[] labels, PrunedPoints points, int steps)
    {
        int panelCount = points.PanelCount, queries = Math.Min(SampledQueries, labels.Length), panels = Math.Min(SampledPanels, panelCount);
        var panelPasses = new int[steps];
        var pointPasses = new int[steps];
        Span<bool> passes = stackalloc bool[steps];
        for (int sample = 0; sample < queries; sample++)
        {
            int query = (int)((sample + 0.5) * labels.Length / queries);
            (int nearest, int nearestClass, int rival) = Nearest(labels, points, query);
            // The label is certain where every other class keeps its distance; else all within the rival's band count.
            bool certain = rival >= BandRatio * nearest;
            int bar = points.Basis.Limit(BandRatio * (certain ? StartRatio * nearest : rival));
            for (int p = 0; p < panels; p++)
            {
                passes.Clear();
                foreach (int point in points.Rows((int)((long)p * panelCount / panels)))
                {
                    if (point == query || (certain && labels[point] == nearestClass)) continue;
                    long head = 0;
                    ReadOnlySpan<short> a = mapped.Coordinates(query), b = mapped.Coordinates(point);
                    for (int step = 0; step < steps; step++)
                    {
                        for (int k = step * Step; k < (step + 1) * Step; k++) head += (a[k] - b[k]) * (a[k] - b[k]);
                        (short near, short far) = mapped.Rest(query, (step + 1) * Step);
                        (short near2, short far2) = mapped.Rest(point, (step + 1) * Step);
                        if (head + (near - near2) * (near - near2) + (far - far2) * (far - far2) > bar) break;
                        passes[step] = true;
                        pointPasses[step]++;
                    }
                }
                for (int step = 0; step < steps; step++)
                    if (passes[step]) panelPasses[step]++;
            }
        }
        double looks = Math.Max((double)queries * panels, 1);
        return ([.. panelPasses.Select(count => count / looks)], [.. pointPasses.Select(count => count / looks / PrunedPoints.Lanes)]);
    }

    // The nearest other point, and the nearest of another class than that one's.
    private static (int Nearest, int NearestClass, int Rival) Nearest(int[] labels, PrunedPoints points, int query)
    {
        var least = new int[points.ClassCount];
        Array.Fill(least, int.MaxValue);
        for (int i = 0; i < labels.Length; i++)
            if (i != query)
                least[labels[i]] = Math.Min(least[labels[i]], BytePair.SquaredDistance(points.Points.Row(query), points.Points.Row(i)));
        int nearestClass = Array.IndexOf(least, least.Min()), nearest = least[nearestClass];
        least[nearestClass] = int.MaxValue;
        return (nearest, nearestClass, least.Min());
    }
}
