// A dense layer's product with bias and ReLU: the plain definition, each kernel that this machine runs, and B packed before.
using BenchmarkDotNet.Attributes;
using Memo.Kernels;

namespace Memo.Bench.Kernels;

#pragma warning disable CA1001 // the cleanup below disposes of what the setup makes
public class GemmBenchmarks
{
    private const int Rows = 1000, Outputs = 1024;
    private float[] _a = null!, _b = null!, _c = null!, _bias = null!;
    private PackedMatrix _packed = null!;

    [Params(784, 3072)]
    public int Inputs { get; set; }

    [Params(1, 2)]
    public int Threads { get; set; }

    [GlobalSetup]
    public void Setup()
    {
        _a = BenchmarkData.Floats(Rows * Inputs);
        _b = BenchmarkData.Floats(Outputs * Inputs, 2);
        _bias = BenchmarkData.Floats(Outputs, 3);
        _c = new float[Rows * Outputs];
        _packed = new PackedMatrix(_b, Outputs, Inputs, Inputs);
    }

    [GlobalCleanup]
    public void Cleanup() => _packed.Dispose();

    [Benchmark(Baseline = true)]
    public void Reference() =>
        Gemm.Reference(Rows, Outputs, Inputs, _a, Inputs, _b, Inputs, _c, Outputs, _bias, true);

    [Benchmark]
    public void Portable() => Run(InstructionSet.Scalar);

    [Benchmark]
    public void Avx2() => Run(InstructionSet.Avx2);

    [Benchmark]
    public void Avx512() => Run(InstructionSet.Avx512);

    [Benchmark]
    public void PackedBefore() =>
        Gemm.MultiplyTransposed(Rows, _a, Inputs, _packed, _c, Outputs, _bias, true, Threads);

    private void Run(InstructionSet kernel)
    {
        if (kernel > Isa.Best) throw new NotSupportedException($"no {Isa.Name(kernel)} here");
        Gemm.Multiply(kernel, Rows, Outputs, Inputs, _a, Inputs, _b, Inputs, null, _c, Outputs, _bias, true, Threads);
    }
}
