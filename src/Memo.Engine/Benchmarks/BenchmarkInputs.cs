using Memo.Constructions;
using Memo.Data;
using Memo.Networks;

namespace Memo.Benchmarks;

/// <summary>Training samples and queries, by the name of what they are read from.</summary>
/// <param name="Name">As it was written.</param>
/// <param name="Training">The training samples.</param>
/// <param name="Queries">The queries, in the training samples' type.</param>
internal sealed record BenchmarkData(string Name, Dataset Training, SampleMatrix Queries)
{
    public string Shape => FormattableString.Invariant(
        $"{Name} {Training.Count} x {Training.Dimension}, {Queries.Rows} queries");
}

/// <summary>The inputs of the kernels that work on data, made when the first one asks for them.</summary>
internal sealed class BenchmarkInputs(BenchmarkOptions options, RunOptions run) : IDisposable
{
    private const int UniformPoints = 12_000, UniformQueries = 2_000, UniformDimension = 784;
    private BenchmarkData? _data, _pair, _uniform;
    private CellNetwork? _network;

    /// <summary>The data asked for, or the usual.</summary>
    public BenchmarkData Data => _data ??= Load(options.Data ?? Usual, options.Queries);

    /// <summary>The same for single queries: where nothing was asked for, two classes.</summary>
    public BenchmarkData SingleData => options.Data is not null || Usual != "mnist" ? Data : _pair ??= Load("mnist:4,9", null);

    /// <summary>Uniform random bytes, which nothing can compress, in two classes by turns.</summary>
    public BenchmarkData Uniform => _uniform ??= new BenchmarkData("uniform",
        new Dataset(UniformMatrix(UniformPoints, 0), [.. Enumerable.Range(0, UniformPoints).Select(i => i % 2)],
            ClassList.FromIntegers([0, 1]), "uniform bytes"), UniformMatrix(UniformQueries, UniformPoints));

    /// <summary>The network of <see cref="Data"/>.</summary>
    public CellNetwork Network => _network ??= Build(Data);

    /// <summary>A network, which the caller disposes of.</summary>
    public CellNetwork Build(BenchmarkData data) => Cells.Build(data.Training, CellNetwork.DefaultLambda, run with { Progress = null });

    private static string Usual => DataCatalogue.Find("mnist").Locate() is null ? "digits" : "mnist";

    private static SampleMatrix<byte> UniformMatrix(int rows, int firstRow) =>
        new(ReproducibleValues.Bytes(rows * UniformDimension, (uint)(firstRow * UniformDimension)), rows, UniformDimension);

    /// <summary>Training samples, and queries from the same data or another.</summary>
    /// <exception cref="MemoException">Data that cannot be read, or no queries.</exception>
    public BenchmarkData Load(string name, string? queries)
    {
        var training = DataReference.Parse(name);
        if (queries is null && !training.HasParts)
            throw new MemoException($"{name}: a single file or generator has no test part to take queries from; name them")
                { Setting = nameof(BenchmarkOptions.Queries) };
        Dataset samples = training.Load(training.HasParts ? DataPart.Train : DataPart.Default,
            new LoadOptions { PerClass = options.PerClass });
        DataReference asked = queries is null ? training : DataReference.Parse(queries);
        SampleMatrix points = asked.LoadPoints(asked.HasParts ? DataPart.Test : DataPart.Default)
            .FitTo(samples.Dimension, samples.Points.ElementType, asked.Text, "the network");
        return points.Rows > 0 ? new BenchmarkData(name, samples, points) : throw new MemoException($"{asked.Text}: no rows to ask for");
    }

    public void Dispose() => _network?.Dispose();
}
