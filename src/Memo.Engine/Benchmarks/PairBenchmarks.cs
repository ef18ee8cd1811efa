using Memo.Constructions;
using Memo.Data;
using Memo.Kernels;
using Memo.Measures;
using Memo.Networks;

namespace Memo.Benchmarks;

/// <summary>Work on all pairs of training points of different label.</summary>
internal static class PairBenchmarks
{
    /// <summary>Cells.Build from samples in memory: packing, a basis to prune with, and min P.</summary>
    public static void Separation(BenchmarkRun run)
    {
        BenchmarkData data = run.Inputs.Data;
        double least = 0;
        double seconds = run.Repetition().Median(() =>
        {
            using CellNetwork network = Cells.Build(data.Training, CellNetwork.DefaultLambda, run.Quiet);
            least = network.MinimumSquaredDistance.RoundDown();
        });
        run.Add(Complete(run.Result(Shape(data), seconds, data.Training.Count / seconds, "points/s"), data) with { Checksum = least });
    }

    /// <summary>NearestOther.Of from samples in memory; the answers are the squared distances, where these are int32.</summary>
    public static void Neighbours(BenchmarkRun run)
    {
        BenchmarkData data = run.Inputs.Data;
        NearestOther? found = null;
        double seconds = run.Repetition().Median(() => found = NearestOther.Of(data.Training, run.Quiet));
        int[]? answers = data.Training.Points is SampleMatrix<byte> { Columns: <= ByteGemm.MaximumDepth }
            ? [.. found!.SquaredDistances.ToArray().Select(squared => (int)squared.RoundDown())] : null;
        run.Add(Complete(run.Result(Shape(data), seconds, data.Training.Count / seconds, "points/s"), data) with
        {
            Answers = answers, Checksum = answers is null ? null : PredictionBenchmarks.Checksum(answers),
        });
    }

    private static string Shape(BenchmarkData data) => FormattableString.Invariant(
        $"{data.Name} {data.Training.Count} x {data.Training.Dimension}");

    private static KernelResult Complete(KernelResult result, BenchmarkData data) => result with
    {
        Pruned = true, Queries = data.Training.Count, Samples = data.Training.Count, Dimension = data.Training.Dimension,
        Operations = 2.0 * data.Training.Dimension * UnorderedPairs(data), Bytes = PredictionBenchmarks.Bytes(data, 0),
    };

    // Pairs of different label: half of sum_k N_k (N - N_k).
    private static double UnorderedPairs(BenchmarkData data)
    {
        var perClass = new long[data.Training.Classes.Count];
        foreach (int label in data.Training.Labels) perClass[label]++;
        return perClass.Sum(count => (double)count * (data.Training.Count - count)) / 2;
    }
}
