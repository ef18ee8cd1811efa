// C = ReLU(A B^T + bias): every kernel against the definition, bit for bit on integers and within the proved bound on floats.
using CsCheck;
using Memo.Kernels;

namespace Memo.Tests.Kernels;

public sealed class GemmTests
{
    private const float Guard = -12345.5f;
    private const float UnitRoundoff = 1f / (1 << 24);

    private static readonly IReadOnlyList<InstructionSet> Kernels = Isa.UpTo(Isa.Best);

    // Tiles are 8 x 48, 4 x 24 and 4 x 8; sizes around a tile and a lane of each, and more than a block of k.
    private static readonly Gen<int> Sizes =
        Gen.OneOf(Gen.Int[0, 18], Gen.Int[22, 26], Gen.Int[31, 34], Gen.Int[46, 50], Gen.Int[90, 100]);

    private static readonly Gen<int> Depths =
        Gen.OneOf(Gen.Int[0, 10], Gen.Int[30, 40], Gen.OneOf(GemmBlocking.KC - 1, GemmBlocking.KC, GemmBlocking.KC + 1, 784, 1100));

    /// <summary>A product with room before, between and behind the rows, all of it filled.</summary>
    private sealed record Case(
        int M, int N, int K, int ExtraA, int ExtraB, int ExtraC, int Offset, bool WithBias, bool Relu, ulong Seed)
    {
        public int StrideA => K + ExtraA;

        public int StrideB => N == 0 ? K : K + ExtraB;

        public int StrideC => N + ExtraC;

        public float[] Values(int count, ulong salt, Func<Random, float> value)
        {
            var random = new Random((int)(Seed + salt));
            return [.. Enumerable.Range(0, count + Offset).Select(_ => value(random))];
        }
    }

    private static readonly Gen<Case> Cases =
        from m in Sizes
        from n in Sizes
        from k in Depths
        from extra in Gen.OneOf(Gen.Const((0, 0, 0)), Gen.Select(Gen.Int[0, 20], Gen.Int[0, 20], Gen.Int[0, 20]))
        from offset in Gen.Int[0, 3]
        from flags in Gen.Int[0, 3]
        from seed in Gen.Int[0, 1 << 30]
        select new Case(m, n, k, extra.Item1, extra.Item2, extra.Item3, offset, (flags & 1) != 0, (flags & 2) != 0, (ulong)seed);

    // Values in -8..8 and k <= 1100: every partial sum is an integer below 2^24, so float arithmetic is exact.
    private static float SmallInteger(Random random) => random.Next(-8, 9);

    private static float AnyFloat(Random random) =>
        (float)(random.NextDouble() - 0.5) * MathF.ScaleB(1, random.Next(-10, 11));

    [Fact]
    public void Integer_products_equal_the_definition_bit_for_bit_and_nothing_else_is_written() =>
        Cases.Sample(c =>
        {
            (float[] a, float[] b, float[] bias) = Factors(c, SmallInteger);
            float[] expected = Filled(c);
            Gemm.Reference(c.M, c.N, c.K, a.AsSpan(c.Offset), c.StrideA, b.AsSpan(c.Offset), c.StrideB,
                expected.AsSpan(c.Offset), c.StrideC, bias, c.Relu);
            foreach (InstructionSet kernel in Kernels)
                foreach (int threads in new[] { 1, 2, 3 })
                    foreach (bool packed in new[] { false, true })
                        AssertSameBits(expected, Product(kernel, c, a, b, bias, threads, packed), $"{c} {kernel} {threads} {packed}");
        }, iter: 400);

    [Fact]
    public void Float_products_are_within_the_bound_and_the_same_for_any_threads_and_packing() =>
        Cases.Sample(c =>
        {
            (float[] a, float[] b, float[] bias) = Factors(c, AnyFloat);
            foreach (InstructionSet kernel in Kernels)
            {
                float[] product = Product(kernel, c, a, b, bias, 1, false);
                foreach ((int threads, bool packed) in new[] { (2, false), (3, false), (1, true), (3, true) })
                    AssertSameBits(product, Product(kernel, c, a, b, bias, threads, packed), $"{c} {kernel} {threads} {packed}");
                for (int i = 0; i < c.M; i++)
                    for (int j = 0; j < c.N; j++)
                    {
                        double sum = bias.Length == 0 ? 0 : bias[j], magnitude = Math.Abs(sum);
                        for (int l = 0; l < c.K; l++)
                        {
                            double term = (double)a[c.Offset + i * c.StrideA + l] * b[c.Offset + j * c.StrideB + l];
                            sum += term;
                            magnitude += Math.Abs(term);
                        }
                        if (c.Relu) sum = Math.Max(sum, 0);
                        double gamma = (2.0 * c.K + 2) * UnitRoundoff / (1 - (2.0 * c.K + 2) * UnitRoundoff);
                        double error = Math.Abs(product[c.Offset + i * c.StrideC + j] - sum);
                        Assert.True(error <= gamma * magnitude,
                            $"{c} {kernel} ({i}, {j}): off by {error}, allowed {gamma * magnitude}");
                    }
            }
        }, iter: 150);

    [Fact]
    public void Kernels_with_fused_multiplication_agree_bit_for_bit()
    {
        if (Isa.Best < InstructionSet.Avx512) return; // there is only one such kernel here
        Cases.Sample(c =>
        {
            (float[] a, float[] b, float[] bias) = Factors(c, AnyFloat);
            AssertSameBits(Product(InstructionSet.Avx2, c, a, b, bias, 1, false),
                Product(InstructionSet.Avx512, c, a, b, bias, 1, false), $"{c}");
        }, iter: 100);
    }

    [Fact]
    public void An_element_depends_on_its_row_of_A_and_its_row_of_B_alone() =>
        Cases.Where(c => c.M > 0 && c.N > 0).Sample(c =>
        {
            (float[] a, float[] b, float[] bias) = Factors(c, AnyFloat);
            int i = (int)(c.Seed % (ulong)c.M), j = (int)(c.Seed / 7 % (ulong)c.N);
            foreach (InstructionSet kernel in Kernels)
            {
                float[] whole = Product(kernel, c, a, b, bias, 1, false), one = [Guard];
                Gemm.Multiply(kernel, 1, 1, c.K, a.AsSpan(c.Offset + i * c.StrideA, c.K), c.K,
                    b.AsSpan(c.Offset + j * c.StrideB, c.K), c.K, null, one, 1,
                    c.WithBias ? bias.AsSpan(j, 1) : default, c.Relu, 1);
                AssertSameBits([whole[c.Offset + i * c.StrideC + j]], one, $"{c} {kernel} ({i}, {j})");
            }
        }, iter: 150);

    // Many rows and columns beyond a block of each, rows apart by a multiple of 4096 bytes, parts for several threads.
    [Theory]
    [InlineData(GemmBlocking.MC + 5, 2100, 5, 1024)]
    [InlineData(2 * GemmBlocking.MC + 1, GemmBlocking.NC + 49, 3, 3)]
    [InlineData(5000, 17, 9, 2048)]
    [InlineData(3, 5000, 600, 1024)]
    public void Blocks_of_every_kind_fit_together(int m, int n, int k, int stride)
    {
        var c = new Case(m, n, k, stride - k % stride, stride - k % stride, 1, 0, true, true, 1);
        (float[] a, float[] b, float[] bias) = Factors(c, SmallInteger);
        float[] expected = Filled(c);
        Gemm.Reference(m, n, k, a, c.StrideA, b, c.StrideB, expected, c.StrideC, bias, true);
        foreach (InstructionSet kernel in Kernels)
            foreach (int threads in new[] { 1, 2, 3, 16 })
                foreach (bool packed in new[] { false, true })
                    AssertSameBits(expected, Product(kernel, c, a, b, bias, threads, packed), $"{c} {kernel} {threads} {packed}");
    }

    [Fact]
    public void Calls_from_many_threads_at_once_do_not_disturb_each_other()
    {
        var cases = Enumerable.Range(0, 32).Select(i => new Case(40 + i, 300 - i, 50 + 20 * i, 0, 0, 0, 0, true, true, (ulong)i)).ToArray();
        Parallel.ForEach(cases, c =>
        {
            (float[] a, float[] b, float[] bias) = Factors(c, SmallInteger);
            float[] expected = Filled(c);
            Gemm.Reference(c.M, c.N, c.K, a, c.StrideA, b, c.StrideB, expected, c.StrideC, bias, c.Relu);
            foreach (InstructionSet kernel in Kernels)
                for (int repetition = 0; repetition < 5; repetition++)
                    AssertSameBits(expected, Product(kernel, c, a, b, bias, 3, repetition % 2 == 0), $"{c} {kernel}");
        });
    }

    [Fact]
    public void Infinities_and_NaN_follow_IEEE_and_ReLU_keeps_NaN_and_minus_zero()
    {
        const float Inf = float.PositiveInfinity;
        // Rows of A times the one row (1, 1) of B; 17 equal columns, so that vectors and tails both take part.
        float[] a = [Inf, 1, -Inf, 1, Inf, -Inf, float.NaN, 1, float.MaxValue, float.MaxValue, -1, -2];
        float[] ones = [.. Enumerable.Repeat(1f, 2 * 17)];
        foreach (InstructionSet kernel in Kernels)
        {
            float[] plain = new float[6 * 17], rectified = new float[6 * 17];
            Gemm.Multiply(kernel, 6, 17, 2, a, 2, ones, 2, null, plain, 17, default, false, 1);
            Gemm.Multiply(kernel, 6, 17, 2, a, 2, ones, 2, null, rectified, 17, default, true, 1);
            for (int j = 0; j < 17; j++)
            {
                Assert.Equal([Inf, -Inf, float.NaN, float.NaN, Inf, -3], Column(plain, j));
                Assert.Equal([Inf, 0, float.NaN, float.NaN, Inf, 0], Column(rectified, j));
            }
            // 8 x 48 zeros: whole tiles. The sum 0 + -0 is 0 and not less than 0.
            float[] zeros = new float[48], c = new float[8 * 48], bias = [.. Enumerable.Repeat(float.NaN, 48)];
            Gemm.Multiply(kernel, 8, 48, 1, zeros, 1, zeros, 1, null, c, 48, bias, true, 1);
            Assert.All(c, value => Assert.True(float.IsNaN(value)));
        }

        static float[] Column(float[] c, int j) => [.. Enumerable.Range(0, 6).Select(i => c[i * 17 + j])];
    }

    [Fact]
    public void Sums_of_no_terms_give_the_bias()
    {
        foreach (InstructionSet kernel in Kernels)
        {
            float[] c = [Guard, Guard, Guard, Guard, Guard, Guard];
            Gemm.Multiply(kernel, 2, 2, 0, default, 0, default, 0, null, c, 3, [-1, 2], true, 1);
            Assert.Equal([0, 2, Guard, 0, 2, Guard], c);
            Gemm.Multiply(kernel, 2, 2, 0, default, 0, default, 0, null, c, 3, default, true, 2);
            Assert.Equal([0, 0, Guard, 0, 0, Guard], c);
        }
    }

    [Fact]
    public void Wrong_arguments_are_refused_before_anything_is_written()
    {
        float[] a = new float[6], b = new float[6], c = [Guard, Guard, Guard, Guard];
        Throws<ArgumentOutOfRangeException>("m", () => Gemm.MultiplyTransposed(-1, 2, 3, a, 3, b, 3, c, 2, default, false));
        Throws<ArgumentOutOfRangeException>("n", () => Gemm.MultiplyTransposed(2, -1, 3, a, 3, b, 3, c, 2, default, false));
        Throws<ArgumentOutOfRangeException>("k", () => Gemm.MultiplyTransposed(2, 2, -1, a, 3, b, 3, c, 2, default, false));
        Throws<ArgumentOutOfRangeException>("m", () => Gemm.MultiplyTransposed(int.MaxValue, 2, 3, a, 3, b, 3, c, 2, default, false));
        Throws<ArgumentOutOfRangeException>("strideA", () => Gemm.MultiplyTransposed(2, 2, 3, a, 2, b, 3, c, 2, default, false));
        Throws<ArgumentOutOfRangeException>("strideB", () => Gemm.MultiplyTransposed(2, 2, 3, a, 3, b, 2, c, 2, default, false));
        Throws<ArgumentOutOfRangeException>("strideC", () => Gemm.MultiplyTransposed(2, 2, 3, a, 3, b, 3, c, 1, default, false));
        Throws<ArgumentOutOfRangeException>("threads", () => Gemm.MultiplyTransposed(2, 2, 3, a, 3, b, 3, c, 2, default, false, 0));
        Throws<ArgumentException>("a", () => Gemm.MultiplyTransposed(2, 2, 3, a.AsSpan(1), 3, b, 3, c, 2, default, false));
        Throws<ArgumentException>("b", () => Gemm.MultiplyTransposed(2, 2, 3, a, 3, b.AsSpan(1), 3, c, 2, default, false));
        Throws<ArgumentException>("c", () => Gemm.MultiplyTransposed(2, 2, 3, a, 3, b, 3, c.AsSpan(1), 2, default, false));
        Throws<ArgumentException>("a", () => Gemm.MultiplyTransposed(2, 2, 3, a, int.MaxValue, b, 3, c, 2, default, false));
        Throws<ArgumentException>("bias", () => Gemm.MultiplyTransposed(2, 2, 3, a, 3, b, 3, c, 2, new float[3], false));
        Throws<ArgumentException>("c", () => Gemm.MultiplyTransposed(2, 2, 2, c, 2, b, 3, c, 2, default, false));
        Throws<ArgumentException>("c", () => Gemm.MultiplyTransposed(2, 2, 2, a, 3, c, 2, c, 2, default, false));
        Throws<ArgumentException>("c", () => Gemm.MultiplyTransposed(2, 2, 2, a, 3, b, 3, c, 2, c.AsSpan(2), false));
        Throws<ArgumentException>("values", () => new PackedMatrix(b.AsSpan(1), 2, 3, 3).Dispose());
        Throws<ArgumentOutOfRangeException>("stride", () => new PackedMatrix(b, 2, 3, 2).Dispose());
        var disposed = new PackedMatrix(b, 2, 3, 3);
        disposed.Dispose();
        Assert.Throws<ObjectDisposedException>(() => Gemm.MultiplyTransposed(2, a, 3, disposed, c, 2, default, false));
        Assert.All(c, value => Assert.Equal(Guard, value));

        static void Throws<T>(string parameter, Action call) where T : ArgumentException => Assert.Throws<T>(parameter, call);
    }

    [Fact]
    public void The_public_methods_multiply()
    {
        // (1 2) (3 4)^T and so on, by hand.
        float[] a = [1, 2, -3, 1], b = [3, 4, 5, 6], c = new float[4];
        Gemm.MultiplyTransposed(2, 2, 2, a, 2, b, 2, c, 2, [0.5f, -20], true, 2);
        Assert.Equal([11.5f, 0, 0, 0], c);
        using var packed = new PackedMatrix(b, 2, 2, 2);
        Array.Clear(b); // the packed matrix is a copy
        Gemm.MultiplyTransposed(2, a, 2, packed, c, 2, default, false);
        Assert.Equal([11, 17, -5, -9], c);
        Assert.Equal((2, 2), (packed.Rows, packed.Columns));
    }

    [Fact]
    public void Repeated_products_allocate_nothing()
    {
        var c = new Case(200, 300, 100, 0, 0, 0, 0, true, true, 1);
        (float[] a, float[] b, float[] bias) = Factors(c, SmallInteger);
        float[] product = Filled(c);
        void Run() => Gemm.MultiplyTransposed(c.M, c.N, c.K, a, c.K, b, c.K, product, c.N, bias, true);
        // The least of several: buffers are made anew when products elsewhere hold all of them.
        long least = long.MaxValue;
        for (int i = 0; i < 10; i++)
        {
            long before = GC.GetAllocatedBytesForCurrentThread();
            Run();
            least = Math.Min(least, GC.GetAllocatedBytesForCurrentThread() - before);
        }
        Assert.Equal(0, least);
    }

    private static (float[] A, float[] B, float[] Bias) Factors(Case c, Func<Random, float> value) =>
        (c.Values(c.M * c.StrideA, 1, value), c.Values(c.N * c.StrideB, 2, value),
            c.WithBias && c.N > 0 ? c.Values(c.N, 3, value)[..c.N] : []);

    private static float[] Filled(Case c)
    {
        float[] values = new float[c.Offset + c.M * c.StrideC + 64];
        Array.Fill(values, Guard);
        return values;
    }

    private static float[] Product(InstructionSet kernel, Case c, float[] a, float[] b, float[] bias, int threads, bool packed)
    {
        float[] product = Filled(c);
        using PackedMatrix? matrix = packed ? new PackedMatrix(kernel, b.AsSpan(c.Offset), c.N, c.K, c.StrideB) : null;
        Gemm.Multiply(kernel, c.M, c.N, c.K, a.AsSpan(c.Offset), c.StrideA, packed ? default : b.AsSpan(c.Offset), c.StrideB,
            matrix, product.AsSpan(c.Offset), c.StrideC, bias, c.Relu, threads);
        return product;
    }

    private static void AssertSameBits(float[] expected, float[] actual, string what)
    {
        for (int i = 0; i < expected.Length; i++)
            if (BitConverter.SingleToInt32Bits(expected[i]) != BitConverter.SingleToInt32Bits(actual[i]))
                Assert.Fail($"{what}: at {i} {actual[i]:R} instead of {expected[i]:R}");
    }
}
