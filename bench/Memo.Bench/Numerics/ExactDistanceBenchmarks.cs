// One exact squared distance at the dimensions of digits, MNIST and CIFAR-10, by element type.
using BenchmarkDotNet.Attributes;
using Memo.Numerics;

namespace Memo.Bench.Numerics;

public class ExactDistanceBenchmarks
{
    private byte[] _bytesA = [], _bytesB = [];
    private float[] _floatsA = [], _floatsB = [];
    private double[] _doublesA = [], _doublesB = [];

    [Params(64, 784, 3072)]
    public int Dimension { get; set; }

    [GlobalSetup]
    public void Setup()
    {
        (_bytesA, _bytesB) = (BenchmarkData.Bytes(Dimension, 1), BenchmarkData.Bytes(Dimension, 2));
        (_floatsA, _floatsB) = (BenchmarkData.Floats(Dimension, 1), BenchmarkData.Floats(Dimension, 2));
        (_doublesA, _doublesB) = (BenchmarkData.Doubles(Dimension, 1), BenchmarkData.Doubles(Dimension, 2));
    }

    [Benchmark(Baseline = true)]
    public long Bytes() => ExactDistance.SquaredBytes(_bytesA, _bytesB);

    [Benchmark]
    public Dyadic Floats() => ExactDistance.Squared<float>(_floatsA, _floatsB);

    [Benchmark]
    public Dyadic Doubles() => ExactDistance.Squared<double>(_doublesA, _doublesB);
}
