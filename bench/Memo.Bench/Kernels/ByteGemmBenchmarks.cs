// Byte products: C = A B^T, B packed before and not, and the nearest rows without C, against the plain triple loop on a
// hundredth of the rows. 2 m n k operations: 6.4 G at k = 784 and 25 G at k = 3072.
using BenchmarkDotNet.Attributes;
using Memo.Kernels;

namespace Memo.Bench.Kernels;

public class ByteGemmBenchmarks : IDisposable
{
    private const int M = 1000, N = 4096, ReferenceRows = M / 100;
    private byte[] _a = [], _b = [];
    private int[] _c = [], _distances = [], _indices = [];
    private PackedBytes _packed = null!;

    [Params(784, 3072)]
    public int K { get; set; }

    [Params(1, 2)]
    public int Threads { get; set; }

    [GlobalSetup]
    public void SetUp()
    {
        (_a, _b) = (BenchmarkData.Bytes(M * K, 1), BenchmarkData.Bytes(N * K, 2));
        (_c, _distances, _indices) = (new int[M * N], new int[M], new int[M]);
        _packed = new PackedBytes(_b, N, K, K);
    }

    [GlobalCleanup]
    public void Dispose()
    {
        _packed.Dispose();
        GC.SuppressFinalize(this);
    }

    [Benchmark(Baseline = true)]
    public int Reference()
    {
        int last = 0;
        for (int i = 0; i < ReferenceRows; i++)
            for (int j = 0; j < N; j++)
            {
                int sum = 0;
                for (int l = 0; l < K; l++) sum += _a[i * K + l] * _b[j * K + l];
                _c[i * N + j] = last = sum;
            }
        return last;
    }

    [Benchmark]
    public void MultiplyTransposed() => ByteGemm.MultiplyTransposed(M, N, K, _a, K, _b, K, _c, N, Threads);

    [Benchmark]
    public void MultiplyTransposedPacked() => ByteGemm.MultiplyTransposed(M, _a, K, _packed, _c, N, Threads);

    [Benchmark]
    public void NearestRows() => ByteGemm.NearestRows(M, _a, K, _packed, _distances, _indices, Threads);

    [Benchmark]
    public void Pack() => new PackedBytes(_b, N, K, K, Threads).Dispose();
}
