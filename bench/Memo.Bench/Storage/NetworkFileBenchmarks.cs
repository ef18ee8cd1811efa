// Saving and loading a network file of 15 MB, checksum included.
using BenchmarkDotNet.Attributes;
using Memo.Data;
using Memo.Networks;
using Memo.Storage;

namespace Memo.Bench.Storage;

[MemoryDiagnoser]
public class NetworkFileBenchmarks : IDisposable
{
    private readonly string _path = Path.Combine(Path.GetTempPath(), $"memo-bench-{Environment.ProcessId}.memo");
    private CellNetwork _network = null!;

    [GlobalSetup]
    public void Setup()
    {
        const int Samples = 5000, Dimension = 3072;
        // The separation plays no part in storing: any positive value does.
        _network = new CellNetwork(new SampleMatrix<byte>(BenchmarkData.Bytes(Samples * Dimension), Samples, Dimension),
            [.. Enumerable.Range(0, Samples).Select(i => i % 2)], ClassList.FromIntegers([0, 1]), CellNetwork.DefaultLambda,
            minimumSquaredDistance: 1);
        Save();
    }

    [GlobalCleanup]
    public void Dispose()
    {
        GC.SuppressFinalize(this);
        _network.Dispose();
        File.Delete(_path);
    }

    [Benchmark]
    public void Save() => NetworkFile.Save(_path, _network, seed: 0);

    [Benchmark]
    public StoredNetwork Load() => NetworkFile.Load(_path);
}
