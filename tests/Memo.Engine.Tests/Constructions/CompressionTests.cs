using System.Numerics;
using CsCheck;
using Memo.Constructions;
using Memo.Data;
using Memo.Kernels;
using Memo.Networks;
using Memo.Numerics;

namespace Memo.Tests.Constructions;

/// <summary>Lemma B.1: the first direction under which different labels have different codes.</summary>
public sealed class CompressionTests
{
    // All draws in order, all pairs compared.
    [Fact]
    public void The_first_direction_without_a_collision_is_taken() =>
        Gen.Select(MemorizationCase.Of(ElementType.UInt8, 4), Gen.OneOf(1, 4), Gen.Int[1, 4]).Sample((c, spacing, threads) =>
        {
            Dataset data = c.Data;
            var compression = Compression.Of(data, spacing, c.Seed, new RunOptions { Threads = threads });
            (int draws, int bits, long[] weights) = FirstByAllPairs(c);
            Assert.Equal((draws, bits), (compression.Draws, compression.WeightBits));
            long[] products = [.. c.Points.Select(point => point.Zip(weights, (x, w) => (long)x * w).Sum())];
            long[] codes = [.. products.Select(p => spacing * (p - products.Min() + 1))];
            Assert.Equal([.. codes.Distinct().Order().Select(code => (Int128)code)], compression.Codes);
            Assert.Equal(c.Labels, codes.Select(code => compression.LabelOf(code)));
            Assert.Equal([.. codes.Select(code => (Int128)code)], compression.CodesOf(data.Points));
        }, iter: 300, threads: 1);

    private static (int Draws, int Bits, long[] Weights) FirstByAllPairs(MemorizationCase c)
    {
        var random = new SeededRandom(c.Seed);
        for (int bits = 0, draws = 0; ; bits++)
        {
            ulong[] seeds = [.. Enumerable.Range(0, Compression.DrawsPerSize).Select(_ => random.NextUInt64())];
            foreach (ulong seed in seeds)
            {
                draws++;
                var own = new SeededRandom(seed);
                long[] weights = [.. Enumerable.Range(0, c.Dimension)
                    .Select(_ => (long)own.NextBelow((2UL << bits) + 1) - (1L << bits))];
                long[] products = [.. c.Points.Select(point => point.Zip(weights, (x, w) => (long)x * w).Sum())];
                if (Enumerable.Range(0, products.Length).All(i => Enumerable.Range(0, i).All(j =>
                        c.Labels[i] == c.Labels[j] || products[i] != products[j])))
                    return (draws, bits, weights);
            }
        }
    }

    // One bit of w cannot tell 2^20 bytes in two features apart; the message names two of those that collided.
    [Fact]
    public void Draws_that_run_out_are_reported_with_two_rows_and_their_distance()
    {
        var points = new byte[2 * 400];
        for (int i = 0; i < 400; i++) (points[2 * i], points[(2 * i) + 1]) = ((byte)(i % 20), (byte)(i / 20));
        var data = new Dataset(new SampleMatrix<byte>(points, 400, 2),
            [.. Enumerable.Range(0, 400).Select(i => (i % 20 + i / 20) % 2)],
            ClassList.FromIntegers([0, 1]), "grid", [.. Enumerable.Range(1000, 400)]);
        // w = (+-1, +-1) keeps the colours of a chessboard apart; (i + 2 (i / 20)) does not.
        Assert.Equal(0, Compression.Of(data, 4, 1, RunOptions.Default).WeightBits);
        var mixed = new Dataset(data.Points, [.. Enumerable.Range(0, 400).Select(i => (i % 20 / 2 + i / 20) % 2)],
            data.Classes, "grid", data.FileRows);
        var exception = Assert.Throws<MemoException>(() => Compression.Of(mixed, 4, 1, RunOptions.Default, mostWeightBits: 0));
        Assert.Matches(@"^grid: none of 64 directions with entries up to 2\^0 tells all labels apart: rows " +
                       @"1\d\d\d \(label [01]\) and 1\d\d\d \(label [01]\) still have equal codes, at distance [\d.]+; ",
            exception.Message);
    }

    [Fact]
    public void What_suits_is_looked_for_with_more_bits_and_done_without_in_the_end()
    {
        Dataset data = MemorizationCase.RandomBytes(50, 3, 2, seed: 2);
        int plain = Compression.Of(data, 4, 1, RunOptions.Default).WeightBits;
        Assert.Equal(plain + 3,
            Compression.Of(data, 4, 1, RunOptions.Default, found => found.WeightBits == plain + 3).WeightBits);
        Assert.Equal(plain + 8, Compression.Of(data, 4, 1, RunOptions.Default, _ => false).WeightBits);
    }

    [Fact]
    public void Work_can_be_cancelled()
    {
        var cancelled = new RunOptions { Threads = 2, Cancellation = new CancellationToken(canceled: true) };
        Assert.Throws<OperationCanceledException>(
            () => Compression.Of(MemorizationCase.RandomBytes(50, 3, 2, seed: 2), 4, 1, cancelled));
    }

    [Fact]
    public void Products_with_bytes_and_integers_are_exact() =>
        Gen.Select(Gen.Int[1, 300], Gen.Int[0, 30], Gen.ULong).Sample((dimension, bits, seed) =>
        {
            var random = new SeededRandom(seed);
            long[] weights = [.. Enumerable.Range(0, dimension)
                .Select(_ => (long)random.NextBelow((2UL << bits) + 1) - (1L << bits))];
            if (seed % 3 == 0) Array.Fill(weights, 1L << bits);
            var bytes = new byte[2 * dimension];
            for (int i = 0; i < bytes.Length; i++) bytes[i] = seed % 2 == 0 ? (byte)255 : (byte)random.NextBelow(256);
            double[] large = [.. bytes.Select(value => Math.ScaleB(value - 128, (int)(seed % 40)) + 1)];
            double[] wide = [.. bytes.Select((value, i) => value - 128 + Math.ScaleB(i % 3, -(int)(seed % 53)) + (i == 0 ? Math.ScaleB(1, 35) : 0))];
            foreach (IntegerSamples samples in new[]
            {
                IntegerSamples.Of(new SampleMatrix<byte>(bytes, 2, dimension)),
                IntegerSamples.Of(new SampleMatrix<double>(large, 2, dimension)),
                IntegerSamples.Of(new SampleMatrix<double>(wide, 2, dimension)),
            })
            {
                Func<int, Int128> product = samples.ProductsWith(weights);
                var row = new Int128[dimension];
                for (int i = 0; i < 2; i++)
                {
                    samples.CopyRow(i, row);
                    Assert.Equal(row.Zip(weights, (x, w) => (BigInteger)x * w).Aggregate(BigInteger.Add), product(i));
                }
            }
        }, iter: 500, threads: 1);

    // Lengths around a register, the largest weight, and bytes behind the end that must not count.
    [Fact]
    public void The_vector_product_is_the_plain_one()
    {
        foreach (int length in new[] { 0, 1, 15, 16, 17, 31, 32, 33, 63, 64, 65, 127, 129, 1000 })
            foreach (int most in new[] { 0, 1, 300, 70_000, WeightedBytes.MostWeight })
            {
                var bytes = new byte[length + 7];
                var weights = new int[length + 7];
                Array.Fill(bytes, (byte)255);
                for (int i = 0; i < weights.Length; i++) weights[i] = i % 5 == 0 ? -most : most;
                Assert.Equal(WeightedBytes.DotScalar(bytes.AsSpan(3, length), weights.AsSpan(3, length)),
                    WeightedBytes.Dot(bytes.AsSpan(3, length), weights.AsSpan(3, length), most));
            }
    }
}
