using System.Runtime.InteropServices;
using Memo.Data;
using Memo.Data.Formats;
using Memo.Networks;

namespace Memo.Benchmarks;

/// <summary>Whole predictions, from queries in memory to answers in memory.</summary>
internal static class PredictionBenchmarks
{
    public static void Labels(BenchmarkRun run) => Predict(run, run.Inputs.Data, run.Inputs.Network, Outputs.Labels);

    public static void Values(BenchmarkRun run) => Predict(run, run.Inputs.Data, run.Inputs.Network, Outputs.Values);

    public static void Brute(BenchmarkRun run)
    {
        BenchmarkData data = run.Inputs.Uniform;
        using CellNetwork network = run.Inputs.Build(data);
        (double seconds, Predictions predictions) = Time(run, data, network, Outputs.Labels);
        double operations = Operations(data, data.Queries.Rows), rate = operations / seconds / 1e9;
        run.Add(Complete(run.Result(data.Shape, seconds, rate, "GOP/s"), data, predictions) with
        {
            ShareOfPeak = rate / run.Peaks?.Integer,
        });
    }

    private static void Predict(BenchmarkRun run, BenchmarkData data, CellNetwork network, Outputs outputs)
    {
        (double seconds, Predictions predictions) = Time(run, data, network, outputs);
        run.Add(Complete(run.Result(data.Shape, seconds, data.Queries.Rows / seconds, "queries/s"), data, predictions) with { Pruned = true });
    }

    private static (double Seconds, Predictions Predictions) Time(BenchmarkRun run, BenchmarkData data, CellNetwork network, Outputs outputs)
    {
        Predictions? predictions = null;
        double seconds = run.Repetition().Median(() => predictions = network.Predict(data.Queries, outputs, run.Quiet));
        return (seconds, predictions!);
    }

    /// <summary>The result with what there is to say of the data and the answers.</summary>
    public static KernelResult Complete(KernelResult result, BenchmarkData data, Predictions predictions)
    {
        int[] answers = ClassValues(predictions.Labels, data.Training.Classes);
        return result with
        {
            Operations = Operations(data, data.Queries.Rows), Bytes = Bytes(data, data.Queries.Rows), Queries = data.Queries.Rows,
            Samples = data.Training.Count, Dimension = data.Training.Dimension,
            Answers = answers, Checksum = Checksum(answers),
        };
    }

    /// <summary>A multiplication and an addition for each feature of each training point and query.</summary>
    public static double Operations(BenchmarkData data, int queries) => 2.0 * data.Training.Count * data.Training.Dimension * queries;

    /// <summary>The training points and the queries in their own type, and an int32 for each answer.</summary>
    public static double Bytes(BenchmarkData data, int queries)
    {
        int element = data.Training.Points.ElementType switch { ElementType.UInt8 => 1, ElementType.Float32 => 4, _ => 8 };
        return ((double)data.Training.Count + queries) * data.Training.Dimension * element + 4.0 * queries;
    }

    /// <summary>Labels as .npy files carry them.</summary>
    public static int[] ClassValues(int[] labels, ClassList classes) =>
        Array.ConvertAll(labels, label => label == Predictions.Abstention ? int.MinValue : classes.ExternalValue(label));

    /// <summary>CRC-32 of the answers as little-endian int32.</summary>
    public static double Checksum(ReadOnlySpan<int> answers) => Crc32.Append(0, MemoryMarshal.AsBytes(answers));
}
