using System.Globalization;
using Memo.Constructions;
using Memo.Networks;

namespace Memo.Benchmarks;

/// <summary>
/// The exact forward pass of networks over big integers (THEORY: sqrt, vardi, park, adversarial) on the test part, without the
/// construction and without the planning, which is done once when a network is loaded.
/// </summary>
internal static class IntegerBenchmarks
{
    public static void Sqrt(BenchmarkRun run) => Measure(run, Constructions.Sqrt.Method);

    public static void Vardi(BenchmarkRun run) => Measure(run, Constructions.Vardi.Method);

    public static void Park(BenchmarkRun run) => Measure(run, Constructions.Park.Method);

    public static void Adversarial(BenchmarkRun run) => Measure(run, Constructions.Adversarial.Method);

    private static void Measure(BenchmarkRun run, string method)
    {
        BenchmarkData data = run.Inputs.SingleData;
        if (data.Training.Classes.Count > 2) data = TwoClasses(data);
        using INetwork network = Construction.Build(method, data.Training, new ConstructionSettings(), run.Quiet);
        Predictions? predictions = null;
        double seconds = run.Repetition().Median(() => predictions = network.Predict(data.Queries, Outputs.Labels, run.Quiet));
        int queries = data.Queries.Rows;
        int[] answers = PredictionBenchmarks.ClassValues(predictions!.Labels, data.Training.Classes);
        string shape = string.Create(CultureInfo.InvariantCulture,
            $"{data.Name} N = {data.Training.Count}, {network.Size.Bits} bits, {network.Size.Depth} layers, {queries} queries");
        run.Add(run.Result(shape, seconds, queries / seconds, "queries/s") with
        {
            // Products and sums of big integers, of the plain forward pass; the plan avoids most of them.
            Pruned = true, Operations = 2 * (double)network.Size.NonZero * queries,
            Bytes = PredictionBenchmarks.Bytes(data with { Training = data.Training.SelectSamples([]) }, queries),
            Queries = queries, Samples = data.Training.Count, Dimension = data.Training.Dimension,
            Answers = answers, Checksum = PredictionBenchmarks.Checksum(answers),
        });
    }

    // The first two classes; the queries stay as they are.
    private static BenchmarkData TwoClasses(BenchmarkData data) =>
        data with { Training = data.Training.SelectClasses([data.Training.Classes[0], data.Training.Classes[1]]) };
}
