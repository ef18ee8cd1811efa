using System.Numerics;
using CsCheck;
using Memo.Constructions;
using Memo.Networks;
using Memo.Numerics;

namespace Memo.Tests.Constructions;

/// <summary>The steps that the constructions share, one by one.</summary>
public sealed class StepTests
{
    private static BigInteger[] Evaluate(IReadOnlyList<SparseLayer> layers, params BigInteger[] sample) =>
        ReferenceReluEvaluator.Evaluate([.. layers], sample, 0);

    private static readonly Gen<(int, int, int)> Numbers = Gen.Select(Gen.Int[0, 40], Gen.Int[-3, 40], Gen.Int[0, 40]);

    [Fact]
    public void Neurons_do_what_their_names_say() => Numbers.Sample((x, t, y) =>
    {
        var network = new ReluNetworkBuilder(2);
        LinearForm a = LinearForm.Neuron(0, 0), b = LinearForm.Neuron(0, 1);
        LinearForm[] outputs = [network.Carry(a), network.Carry(7), network.AtLeast(a, t),
            network.AtMost(a, t), network.Distance(a, b)];
        network.EndLayer();
        Assert.Equal([x, 7, x >= t ? 1 : 0, Math.Min(x, t), Math.Abs(x - y)], Evaluate(network.WithOutputs(outputs), x, y));
    }, iter: 500, threads: 1);

    [Fact]
    public void Staircases_are_the_sums_of_their_jumps() =>
        Gen.Select(Gen.Int[0, 60].Array[0, 8], Gen.Int[0, 100].Array[9], Gen.Int[0, 70]).Sample((at, heights, z) =>
        {
            int[] thresholds = [.. at.Distinct().Order()];
            BigInteger[] values = [.. heights.Take(thresholds.Length + 1).Select(h => (BigInteger)h)];
            int expected = heights[thresholds.Count(threshold => z >= threshold)];
            Staircase Stairs() => new([.. thresholds.Select(t => (BigInteger)t)], (values[0], BlockIntegers.Jumps(values)));
            var shorter = new Staircase([5], (3, [4]));
            foreach (bool wide in new[] { false, true })
            {
                Staircase stairs = Stairs();
                var network = new ReluNetworkBuilder(1);
                LinearForm form = LinearForm.Neuron(0, 0);
                form = wide ? Projection.InOneLayer(network, form, stairs) : Projection.Pipelined(network, form, stairs, shorter);
                Assert.Equal(wide ? 1 : Math.Max(1, thresholds.Length), network.Depth);
                Assert.Equal([expected, z], Evaluate(network.WithOutputs(stairs.Values[0], form), z));
            }
        }, iter: 500, threads: 1);

    [Fact]
    public void Block_integers_hold_their_digits() =>
        Gen.Select(Gen.Int[1, 126], Gen.Int[0, 40], Gen.ULong).Sample((bits, count, seed) =>
        {
            var random = new SeededRandom(seed);
            var digits = new Int128[count];
            BigInteger expected = 0;
            for (int j = 0; j < count; j++)
            {
                digits[j] = (Int128)(new UInt128(random.NextUInt64(), random.NextUInt64()) >> (128 - bits));
                if (random.NextBelow(4) == 0) digits[j] = 0;
                expected = (expected << bits) + digits[j];
            }
            Assert.Equal(expected, BlockIntegers.Concatenate(digits, bits));
        }, iter: 500, threads: 1);

    [Fact]
    public void Matches_are_counted() => Gen.Select(Gen.Int[1, 6], Gen.Int[1, 7], Gen.ULong).Sample((bits, count, seed) =>
    {
        var random = new SeededRandom(seed);
        Int128[] codes = [.. Enumerable.Range(0, count).Select(_ => (Int128)random.NextBelow(1UL << bits))];
        int z = (int)random.NextBelow(1UL << bits);
        var network = new ReluNetworkBuilder(2);
        LinearForm matches =
            LabelDetermination.CountMatches(network, LinearForm.Neuron(0, 0), LinearForm.Neuron(0, 1), count, bits);
        Assert.Equal(count * (bits + 1) + 2, network.Depth);
        Assert.Equal([codes.Count(code => code == z)],
            Evaluate(network.WithOutputs(matches), z, BlockIntegers.Concatenate(codes, bits)));
    }, iter: 300, threads: 1);

    [Fact]
    public void Roots_are_rounded_up() => Gen.Select(Gen.ULong, Gen.Int[0, 63], Gen.Int[2, 4]).Sample((large, shift, degree) =>
    {
        foreach (BigInteger value in new[] { large >> shift, BigInteger.Pow(large >> shift, degree),
            BigInteger.Pow(large >> shift, degree) + 1 })
        {
            BigInteger root = IntegerRoots.Ceiling(value, degree);
            Assert.True(BigInteger.Pow(root, degree) >= value && (root.IsZero || BigInteger.Pow(root - 1, degree) < value));
        }
    }, iter: 500, threads: 1);

    [Fact]
    public void A_sum_of_forms_is_their_sum()
    {
        LinearForm[] forms = [.. Enumerable.Range(0, 9).Select(i => (BigInteger)i * LinearForm.Neuron(2, i % 4) + i)];
        LinearForm sum = LinearForm.Sum(forms);
        Assert.Equal([(0, 12), (1, 6), (2, 8), (3, 10)], sum.Terms.ToArray().Select(term => (term.Neuron, (int)term.Weight)));
        Assert.Equal((36, 2), ((int)sum.Constant, sum.Layer));
        Assert.Equal(-1, LinearForm.Sum([]).Layer);
    }
}
