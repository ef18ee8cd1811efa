// Ten queries to a binary network of 1000 images of 784 bytes: the evaluator against the plain reference.
using BenchmarkDotNet.Attributes;
using Memo.Data;
using Memo.Networks;

namespace Memo.Bench.Networks;

public class CellNetworkBenchmarks
{
    private const int Queries = 10;
    private CellNetwork _network = null!;
    private SampleMatrix _queries = null!;

    [Params(Outputs.Labels, Outputs.Values, Outputs.Radii)]
    public Outputs Outputs { get; set; }

    [GlobalSetup]
    public void Setup()
    {
        _network = BenchmarkData.Network(1000, 784);
        _queries = new SampleMatrix<byte>(BenchmarkData.Bytes(Queries * 784, 3), Queries, 784);
    }

    [Benchmark(Baseline = true, OperationsPerInvoke = Queries)]
    public Predictions Reference() => _network.PredictByReference(_queries, Outputs);

    [Benchmark(OperationsPerInvoke = Queries)]
    public Predictions Predict() => _network.Predict(_queries, Outputs);
}
