using System.Globalization;
using Memo.Kernels;

namespace Memo.Benchmarks;

/// <summary>Products of matrices: C (m by n) = A (m by k) times the transpose of B (n by k).</summary>
internal static class ProductBenchmarks
{
    // A cube that the caches hold, and layers of the size that dense networks on MNIST and CIFAR-10 have.
    private static readonly ProductShape[] UsualSingle = [new(1024, 1024, 1024), new(1000, 4096, 784), new(1000, 4096, 3072)];
    private static readonly ProductShape[] UsualBytes = [new(1000, 4096, 784), new(1000, 4096, 3072)];

    /// <summary>fp32 with bias and ReLU, B packed in every call.</summary>
    public static void Single(BenchmarkRun run)
    {
        IReadOnlyList<ProductShape> shapes = run.Options.Shapes is { Count: > 0 } asked ? asked : UsualSingle;
        foreach (ProductShape shape in shapes)
        {
            (int m, int n, int k) = shape;
            (int sizeA, int sizeB, int sizeC) = (Size(m, k, shape), Size(n, k, shape), Size(m, n, shape));
            float[] a = ReproducibleValues.Floats(sizeA), b = ReproducibleValues.Floats(sizeB, (uint)sizeA);
            float[] bias = ReproducibleValues.Floats(n, (uint)sizeA + (uint)sizeB), c = new float[sizeC];
            double seconds = run.Repetition(shapes.Count).Median(() =>
                Gemm.MultiplyTransposed(m, n, k, a, k, b, k, c, n, bias, relu: true, run.Quiet.Threads));
            double sum = 0;
            foreach (float element in c) sum += element;
            double rate = shape.Operations / seconds / 1e9;
            run.Add(run.Result(shape.ToString(), seconds, rate, "GFLOP/s") with
            {
                Operations = shape.Operations, Bytes = 4.0 * ((double)sizeA + sizeB + sizeC + n), ShareOfPeak = rate / run.Peaks?.Single,
                Checksum = sum,
            });
        }
    }

    /// <summary>Bytes summed in int32, B packed in every call.</summary>
    public static void Bytes(BenchmarkRun run) => Bytes(run, packedBefore: false);

    /// <summary>The same with B packed before, as a network keeps its points.</summary>
    public static void PackedBytes(BenchmarkRun run) => Bytes(run, packedBefore: true);

    private static void Bytes(BenchmarkRun run, bool packedBefore)
    {
        IReadOnlyList<ProductShape> shapes = run.Options.Shapes is { Count: > 0 } asked ? asked : UsualBytes;
        foreach (ProductShape shape in shapes)
        {
            (int m, int n, int k) = shape;
            if (k > ByteGemm.MaximumDepth)
                throw new MemoException(string.Create(CultureInfo.InvariantCulture, $"bytes {shape}: sums of more than {ByteGemm.MaximumDepth} products need not fit int32"));
            (int sizeA, int sizeB, int sizeC) = (Size(m, k, shape), Size(n, k, shape), Size(m, n, shape));
            byte[] a = ReproducibleValues.Bytes(sizeA), b = ReproducibleValues.Bytes(sizeB, (uint)sizeA);
            int[] c = new int[sizeC];
            using PackedBytes? packed = packedBefore ? new PackedBytes(b, n, k, k, run.Quiet.Threads) : null;
            double seconds = run.Repetition(shapes.Count).Median(() =>
            {
                if (packed is null) ByteGemm.MultiplyTransposed(m, n, k, a, k, b, k, c, n, run.Quiet.Threads);
                else ByteGemm.MultiplyTransposed(m, a, k, packed, c, n, run.Quiet.Threads);
            });
            double sum = 0; // exact below 2^53
            foreach (int element in c) sum += element;
            double rate = shape.Operations / seconds / 1e9;
            run.Add(run.Result(shape.ToString(), seconds, rate, "GOP/s") with
            {
                Operations = shape.Operations, Bytes = (double)sizeA + sizeB + 4.0 * sizeC, ShareOfPeak = rate / run.Peaks?.Integer,
                Checksum = sum,
            });
        }
    }

    private static int Size(int rows, int columns, ProductShape shape) => (long)rows * columns <= Array.MaxLength
        ? rows * columns
        : throw new MemoException($"{shape}: a matrix of {(long)rows * columns} elements is more than one array can hold ({Array.MaxLength})");
}
