using Memo.Constructions;
using Memo.Data;
using Memo.Networks;
using Memo.Numerics;

namespace Memo.Benchmarks;

/// <summary>
/// How the cost of one exact label grows with the training points, and with the features: the engine as it is, and the same
/// network by brute force.
/// </summary>
internal static class GrowthBenchmark
{
    private const int MostQueries = 2000;

    public static void Measure(BenchmarkRun run)
    {
        BenchmarkData samples = Reduced(run.Inputs.Load(run.Options.Data ?? "mnist", run.Options.Queries));
        BenchmarkData features = run.Options.Data is null ? Reduced(run.Inputs.Load("cifar-10", run.Options.Queries)) : samples;
        int[] counts = RoundNumbers.OneTwoFive(Math.Min(1000, (samples.Training.Count + 9) / 10), samples.Training.Count);
        int[] dimensions = Doublings(Math.Min(64, (features.Training.Dimension + 7) / 8), features.Training.Dimension);
        int parts = 2 * (counts.Length + dimensions.Length);
        // Rows of a file may be sorted by class: every size takes evenly spaced ones.
        foreach (int count in counts)
            Compare(run, samples with { Training = samples.Training.SelectSamples(Spaced(count, samples.Training.Count)) }, Growth.Samples, parts);
        foreach (int dimension in dimensions)
        {
            int[] columns = Spaced(dimension, features.Training.Dimension);
            Dataset training = features.Training;
            Compare(run, features with
            {
                Training = LabelConflicts.Resolve(new Dataset(SelectColumns(training.Points, columns), training.Labels, training.Classes,
                    training.Source, training.FileRows), OnConflict.Majority, out _),
                Queries = SelectColumns(features.Queries, columns),
            }, Growth.Features, parts);
        }
    }

    private static void Compare(BenchmarkRun run, BenchmarkData data, Growth grows, int parts)
    {
        using CellNetwork network = Cells.Build(data.Training, CellNetwork.DefaultLambda, run.Quiet);
        run.Add(Time(run, data, network, grows, parts) with { Pruned = true });
        if (data.Training.Points is not SampleMatrix<byte> bytes) return; // other types know brute force only
        using CellNetwork brute = new CellNetwork(bytes, data.Training.Labels, data.Training.Classes, network.Lambda, network.MinimumSquaredDistance)
            .WithEvaluator(new ByteCellEvaluator(bytes, data.Training.Labels, data.Training.Classes.Count, basis: null, run.Quiet));
        run.Add(Time(run, data, brute, grows, parts));
    }

    private static KernelResult Time(BenchmarkRun run, BenchmarkData data, CellNetwork network, Growth grows, int parts)
    {
        Predictions? predictions = null;
        double seconds = run.Repetition(parts).Median(() => predictions = network.Predict(data.Queries, Outputs.Labels, run.Quiet));
        return PredictionBenchmarks.Complete(run.Result(data.Shape, seconds, data.Queries.Rows / seconds, "queries/s"), data, predictions!)
            with { Grows = grows };
    }

    private static BenchmarkData Reduced(BenchmarkData data) => data.Queries.Rows <= MostQueries ? data
        : data with { Queries = data.Queries.SelectRows(Spaced(MostQueries, data.Queries.Rows)) };

    /// <summary>Doublings of a least size, and the greatest itself.</summary>
    internal static int[] Doublings(int least, int greatest)
    {
        var sizes = new List<int>();
        for (long size = least; size < greatest; size *= 2) sizes.Add((int)size);
        return [.. sizes, greatest];
    }

    /// <summary>The numbers below <paramref name="all"/> at so many evenly spaced places, from 0 on.</summary>
    internal static int[] Spaced(int count, int all) => [.. Enumerable.Range(0, count).Select(i => (int)((long)i * all / count))];

    private static SampleMatrix SelectColumns(SampleMatrix points, int[] columns) => points switch
    {
        SampleMatrix<byte> bytes => SelectColumns(bytes, columns),
        SampleMatrix<float> floats => SelectColumns(floats, columns),
        SampleMatrix<double> doubles => SelectColumns(doubles, columns),
        _ => throw new NotSupportedException($"samples of type {points.ElementType}"),
    };

    private static SampleMatrix<T> SelectColumns<T>(SampleMatrix<T> points, int[] columns) where T : unmanaged, System.Numerics.INumber<T>
    {
        var values = new T[checked(points.Rows * columns.Length)];
        for (int i = 0; i < points.Rows; i++)
            for (int j = 0; j < columns.Length; j++)
                values[i * columns.Length + j] = points.Row(i)[columns[j]];
        return new SampleMatrix<T>(values, points.Rows, columns.Length);
    }
}
