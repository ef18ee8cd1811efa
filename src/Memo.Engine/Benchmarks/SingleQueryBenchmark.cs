using System.Diagnostics;
using System.Runtime.InteropServices;
using Memo.Data;
using Memo.Networks;

namespace Memo.Benchmarks;

/// <summary>
/// One query at a time on one thread, as a service answers them: each call is timed by itself, and the median call counts.
/// </summary>
internal static class SingleQueryBenchmark
{
    private const int MostQueries = 1000;

    public static void Measure(BenchmarkRun run)
    {
        bool both = run.Options.Data is null;
        Measure(run, run.Inputs.SingleData, run.Repetition(both ? 2 : 1));
        if (both) Measure(run, run.Inputs.Uniform, run.Repetition(2));
    }

    private static void Measure(BenchmarkRun run, BenchmarkData data, Repetition repetition)
    {
        int count = Math.Min(data.Queries.Rows, MostQueries);
        SampleMatrix[] queries = [.. Enumerable.Range(0, count).Select(q => data.Queries.SelectRows([q]))];
        RunOptions single = run.Quiet with { Threads = 1 };
        using CellNetwork network = run.Inputs.Build(data);
        var labels = new int[count];
        var seconds = new List<double>(count * (repetition.Count + 1));
        repetition.Median(() =>
        {
            for (int q = 0; q < count; q++)
            {
                long start = Stopwatch.GetTimestamp();
                labels[q] = network.Predict(queries[q], Outputs.Labels, single).Labels[0];
                seconds.Add(Stopwatch.GetElapsedTime(start).TotalSeconds);
            }
        });
        double median = Repetition.MedianOf(CollectionsMarshal.AsSpan(seconds)[count..]); // without those that warmed up
        int[] answers = PredictionBenchmarks.ClassValues(labels, data.Training.Classes);
        string shape = FormattableString.Invariant($"{data.Name} {data.Training.Count} x {data.Training.Dimension}, 1 query");
        run.Add(run.Result(shape, median, 1 / median, "queries/s") with
        {
            Threads = 1, Pruned = true, Queries = 1, Samples = data.Training.Count, Dimension = data.Training.Dimension,
            Operations = PredictionBenchmarks.Operations(data, 1),
            Bytes = PredictionBenchmarks.Bytes(data, 1), Answers = answers, Checksum = PredictionBenchmarks.Checksum(answers),
        });
    }
}
