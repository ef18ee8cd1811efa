using CsCheck;
using Memo.Kernels;

namespace Memo.Tests.Kernels;

/// <summary>C = A B^T on bytes is the sum of the definition, whatever the shape, the strides and the threads.</summary>
public sealed class ByteGemmTests
{
    private sealed record Case(int M, int N, int K, byte[] A, int StrideA, byte[] B, int StrideB, int StrideC, int Offset, int Threads)
    {
        public ReadOnlySpan<byte> SpanA => A.AsSpan(Offset);
        public ReadOnlySpan<byte> SpanB => B.AsSpan(Offset);
    }

    private static readonly Gen<Case> Cases =
        from m in Gen.OneOf(Gen.Int[0, 7], Gen.Int[95, 99], Gen.Const(200))
        from n in Gen.OneOf(Gen.Int[0, 2], Gen.Int[31, 34], Gen.Int[63, 65])
        from k in Gen.OneOf(Gen.Int[0, 9], Gen.Int[31, 33], Gen.Int[63, 65], Gen.Const(300))
        from extraA in Gen.OneOf(Gen.Const(0), Gen.Int[1, 70], Gen.Const(5000))
        from extraB in Gen.Int[0, 9]
        from extraC in Gen.Int[0, 9]
        from offset in Gen.Int[0, 3]
        from least in Gen.OneOf(Gen.Const((byte)0), Gen.Const((byte)255))
        from a in Gen.Byte[least, 255].Array[offset + Length(m, k, k + extraA)]
        from b in Gen.Byte[least, 255].Array[offset + Length(n, k, k + extraB)]
        from threads in Gen.Int[1, 4]
        select new Case(m, n, k, a, k + extraA, b, k + extraB, n + extraC, offset, threads);

    private static int Length(int rows, int columns, int stride) => rows == 0 ? 0 : (rows - 1) * stride + columns;

    [Fact]
    public void The_product_matches_the_definition_and_leaves_the_rest_alone() => Cases.Sample(c =>
    {
        const int guard = -7;
        int length = Length(c.M, c.N, c.StrideC);
        int[] expected = [.. Enumerable.Repeat(guard, length + 3)];
        for (int i = 0; i < c.M; i++)
            for (int j = 0; j < c.N; j++)
            {
                int sum = 0;
                for (int l = 0; l < c.K; l++) sum += c.SpanA[i * c.StrideA + l] * c.SpanB[j * c.StrideB + l];
                expected[i * c.StrideC + j] = sum;
            }
        int[] product = [.. Enumerable.Repeat(guard, length + 3)];
        ByteGemm.MultiplyTransposed(c.M, c.N, c.K, c.SpanA, c.StrideA, c.SpanB, c.StrideB, product.AsSpan(0, length), c.StrideC, c.Threads);
        Assert.Equal(expected, product);

        using var packed = new PackedBytes(c.SpanB, c.N, c.K, c.StrideB, c.Threads);
        Array.Fill(product, guard);
        ByteGemm.MultiplyTransposed(c.M, c.SpanA, c.StrideA, packed, product, c.StrideC, c.Threads);
        Assert.Equal(expected, product);
    }, iter: 150);

    [Fact]
    public void The_nearest_row_is_the_first_of_the_least_distances() => Cases.Where(c => c.N > 0).Sample(c =>
    {
        using var packed = new PackedBytes(c.SpanB, c.N, c.K, c.StrideB);
        int[] distances = [.. Enumerable.Repeat(-7, c.M + 1)], indices = [.. Enumerable.Repeat(-7, c.M + 1)];
        ByteGemm.NearestRows(c.M, c.SpanA, c.StrideA, packed, distances, indices, c.Threads);
        for (int i = 0; i < c.M; i++)
        {
            int[] row = new int[c.N];
            for (int j = 0; j < c.N; j++)
                for (int l = 0; l < c.K; l++)
                {
                    int difference = c.SpanA[i * c.StrideA + l] - c.SpanB[j * c.StrideB + l];
                    row[j] += difference * difference;
                }
            Assert.Equal((row.Min(), Array.IndexOf(row, row.Min())), (distances[i], indices[i]));
        }
        Assert.Equal((-7, -7), (distances[c.M], indices[c.M]));
    }, iter: 100);

    [Fact]
    public void The_largest_product_fits()
    {
        const int k = ByteGemm.MaximumDepth;
        byte[] ones = new byte[2 * k];
        Array.Fill(ones, (byte)255);
        int[] product = new int[4];
        ByteGemm.MultiplyTransposed(2, 2, k, ones, k, ones, k, product, 2);
        Assert.All(product, entry => Assert.Equal(65025 * k, entry));
    }

    [Fact]
    public void Sizes_that_do_not_fit_are_errors()
    {
        byte[] bytes = new byte[40000];
        int[] c = new int[100];
        Assert.Throws<ArgumentException>("a", () => ByteGemm.MultiplyTransposed(3, 3, 4, bytes.AsSpan(0, 11), 4, bytes, 4, c, 3));
        Assert.Throws<ArgumentException>("values", () => ByteGemm.MultiplyTransposed(3, 3, 4, bytes, 4, bytes.AsSpan(0, 11), 4, c, 3));
        Assert.Throws<ArgumentException>("c", () => ByteGemm.MultiplyTransposed(3, 3, 4, bytes, 4, bytes, 4, c.AsSpan(0, 8), 3));
        Assert.Throws<ArgumentException>("a", () => ByteGemm.MultiplyTransposed(3, 3, 4, bytes, 3, bytes, 4, c, 3));
        Assert.Throws<ArgumentException>("a", () => ByteGemm.MultiplyTransposed(-1, 3, 4, bytes, 4, bytes, 4, c, 3));
        Assert.Throws<ArgumentOutOfRangeException>("threads", () => ByteGemm.MultiplyTransposed(3, 3, 4, bytes, 4, bytes, 4, c, 3, 0));
        const int tooDeep = ByteGemm.MaximumDepth + 1;
        Assert.Throws<ArgumentOutOfRangeException>("k", () => ByteGemm.MultiplyTransposed(1, 1, tooDeep, bytes, tooDeep, bytes, tooDeep, c, 1));
        using var empty = new PackedBytes([], 0, 4, 4);
        Assert.Throws<ArgumentException>("b", () => ByteGemm.NearestRows(1, bytes, 4, empty, c, c));
        Assert.Throws<ArgumentException>("indices", () => ByteGemm.NearestRows(2, bytes, 4, empty, c, c.AsSpan(0, 1)));
    }
}
