using System.Numerics;
using Memo.Data;
using Memo.Numerics;

namespace Memo.Networks;

/// <summary>
/// The factored form of Theorem 7.3's network, word for word, in exact arithmetic: distances by definition, S_ij by the
/// identity, and no kernel, filter or band. Only Lemma A is used, to pass over neurons that cannot fire. This is what
/// `verify --reference` rests on and what the fast evaluator is tested against. O(N n) for the distances and O(N n) for
/// each neuron that fires.
/// </summary>
internal static class ReferenceCellEvaluator
{
    public static Predictions Predict(CellNetwork network, SampleMatrix queries, Outputs outputs, RunOptions run) =>
        network.TrainingPoints switch
        {
            SampleMatrix<byte> points => Predict(network, points, (SampleMatrix<byte>)queries, outputs, run),
            SampleMatrix<float> points => Predict(network, points, (SampleMatrix<float>)queries, outputs, run),
            SampleMatrix<double> points => Predict(network, points, (SampleMatrix<double>)queries, outputs, run),
            _ => throw new NotSupportedException(),
        };

    /// <summary>min P by definition. O(N^2 n).</summary>
    public static Dyadic MinimumSquaredDistance(CellNetwork network, RunOptions run) => network.TrainingPoints switch
    {
        SampleMatrix<byte> points => MinimumSquaredDistance(network, points, run),
        SampleMatrix<float> points => MinimumSquaredDistance(network, points, run),
        SampleMatrix<double> points => MinimumSquaredDistance(network, points, run),
        _ => throw new NotSupportedException(),
    };

    private static Dyadic MinimumSquaredDistance<T>(CellNetwork network, SampleMatrix<T> points, RunOptions run)
        where T : unmanaged, INumber<T>
    {
        var leasts = new Dyadic?[points.Rows];
        Parallel.For(0, points.Rows,
            new ParallelOptions { MaxDegreeOfParallelism = run.Threads, CancellationToken = run.Cancellation }, i =>
            {
                ReadOnlySpan<int> labels = network.Labels;
                for (int j = 0; j < i; j++)
                    if (labels[i] != labels[j] && ExactDistance.Squared(points.Row(i), points.Row(j)) is var distance &&
                        (leasts[i] is not { } least || distance < least))
                        leasts[i] = distance;
            });
        return leasts.Where(least => least is not null).Min()!.Value;
    }

    private static Predictions Predict<T>(CellNetwork network, SampleMatrix<T> points, SampleMatrix<T> queries,
        Outputs outputs, RunOptions run) where T : unmanaged, INumber<T>
    {
        int count = queries.Rows, classes = network.Classes.Count;
        if (outputs.HasFlag(Outputs.Values)) Predictions.RequireRoomForValues(count, classes);
        var labels = new int[count];
        var nearest = new int[count];
        var radii = new double[count];
        var values = new Dyadic[outputs.HasFlag(Outputs.Values) ? count * classes : 0];
        int done = 0;
        Parallel.For(0, count, new ParallelOptions
        {
            MaxDegreeOfParallelism = run.Threads, CancellationToken = run.Cancellation,
        }, () => new Dyadic[points.Rows], (q, _, distances) =>
        {
            Span<Dyadic> sums = values.Length == 0 ? [] : values.AsSpan(q * classes, classes);
            (labels[q], nearest[q], radii[q]) = Evaluate(network, points, queries.Row(q), distances, sums,
                outputs.HasFlag(Outputs.Radii));
            run.Progress?.Report((double)Interlocked.Increment(ref done) / count);
            return distances;
        }, _ => { });

        if (values.Length > 0 && classes == 2)
            values = [.. Enumerable.Range(0, count).Select(q => values[2 * q + 1] - values[2 * q])];
        var scaled = Predictions.OnCommonScale(values, network.UnitDenominator, typeof(T) == typeof(byte));
        return new Predictions
        {
            Labels = labels,
            Nearest = outputs.HasFlag(Outputs.Nearest) ? nearest : null,
            Radii = outputs.HasFlag(Outputs.Radii) ? radii : null,
            Values = outputs.HasFlag(Outputs.Values) ? scaled.Values : null,
            ScaleNumerator = scaled.Numerator,
            ScaleDenominator = scaled.Denominator,
        };
    }

    // One query. sums: F_k for each class k, or empty when only the sign is wanted.
    private static (int Label, int Nearest, double Radius) Evaluate<T>(CellNetwork network, SampleMatrix<T> points,
        ReadOnlySpan<T> query, Dyadic[] distances, Span<Dyadic> sums, bool wantsRadius) where T : unmanaged, INumber<T>
    {
        ReadOnlySpan<int> labels = network.Labels;
        var nearestOfClass = new int[network.Classes.Count];
        Array.Fill(nearestOfClass, -1);
        int nearest = 0;
        for (int i = 0; i < distances.Length; i++)
        {
            distances[i] = ExactDistance.Squared(query, points.Row(i));
            ref int best = ref nearestOfClass[labels[i]];
            if (best < 0 || distances[i] < distances[best]) best = i;
            if (distances[i] < distances[nearest]) nearest = i;
        }

        // Lemma A: only a point nearer than every point of another label can fire; all such are of one class.
        int winner = labels[nearest];
        int rival = -1;
        for (int k = 0; k < nearestOfClass.Length; k++)
            if (k != winner && nearestOfClass[k] >= 0 && (rival < 0 || distances[nearestOfClass[k]] < distances[rival]))
                rival = nearestOfClass[k];

        sums.Clear();
        int label = Predictions.Abstention;
        double radius = 0;
        for (int i = 0; i < distances.Length; i++)
        {
            if (labels[i] != winner || (rival >= 0 && distances[i] >= distances[rival])) continue;
            Dyadic activation = network.Threshold; // -u_i = r - sum of ReLU(-S_ij)
            double cellRadius = double.PositiveInfinity;
            for (int j = 0; j < distances.Length && activation.Sign > 0; j++)
            {
                if (labels[j] == winner) continue;
                Dyadic pair = ExactDistance.Squared(points.Row(i), points.Row(j));
                Dyadic wall = network.Wall(distances[i], distances[j], pair);
                if (wall.Sign < 0) activation += wall;
                if (wantsRadius) cellRadius = Math.Min(cellRadius, network.WallDistance(wall, pair));
            }
            if (activation.Sign <= 0) continue;
            label = winner;
            if (wantsRadius) radius = Math.Max(radius, cellRadius);
            if (!sums.IsEmpty) sums[winner] += activation;
            else if (!wantsRadius) break;
        }
        return (label, nearest, radius);
    }
}
