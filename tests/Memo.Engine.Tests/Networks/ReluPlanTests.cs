using System.Numerics;
using CsCheck;
using Memo.Data;
using Memo.Kernels;
using Memo.Networks;
using Memo.Networks.Plans;
using Memo.Numerics;

namespace Memo.Tests.Networks;

/// <summary>
/// The plan's evaluator equals the plain forward pass in BigInteger, layer by layer, on random sparse networks made to meet
/// every instruction: shared linear forms, steps, carried numbers, shifts, products, sums that wrap.
/// </summary>
public sealed class ReluPlanTests
{
    public static TheoryData<InstructionSet> Sets => [.. Isa.UpTo(Isa.Best)];

    [Theory, MemberData(nameof(Sets))]
    public void Equals_the_plain_forward_pass_layer_by_layer(InstructionSet set) =>
        Gen.ULong.Sample(seed => Check(new SeededRandom(seed), set), iter: 150, threads: 1);

    private static void Check(SeededRandom random, InstructionSet set)
    {
        int inputs = 1 + (int)random.NextBelow(5), depth = 1 + (int)random.NextBelow(9), rows = 1 + (int)random.NextBelow(140);
        bool bytes = random.NextBelow(2) == 0;
        IntegerSamples samples = Samples(random, rows, inputs, bytes);
        int shift = random.NextBelow(3) == 0 ? 1 + (int)random.NextBelow(40) : 0;
        var layers = new List<SparseLayer>();
        while (layers.Count < depth)
        {
            layers.Add(RandomLayer(random, layers.Count == 0 ? inputs : layers[^1].Outputs));
            var plan = ReluPlan.Compile([.. layers], shift, new Interval(samples.Least, samples.Greatest));
            BigInteger[] values = ReluPlanEvaluator.Evaluate(plan, samples, RunOptions.Default, set);
            var row = new Int128[inputs];
            for (int i = 0; i < rows; i++)
            {
                samples.CopyRow(i, row);
                BigInteger[] expected = ReferenceReluEvaluator.Evaluate([.. layers], [.. row.Select(x => (BigInteger)x)], shift);
                Assert.Equal(expected, values.AsSpan(i * expected.Length, expected.Length).ToArray());
            }
        }
    }

    [Fact]
    public void Numbers_beyond_all_memory_are_refused_and_not_tried()
    {
        BigInteger huge = BigInteger.One << (1 << 24);
        SparseLayer layer = new(1, [0, 1], [0], [huge], [1]);
        string message = Assert.Throws<MemoException>(
            () => ReluPlan.Compile([layer, layer, layer, layer, layer], 0, new Interval(0, 255))).Message;
        Assert.Contains("bits would occur", message, StringComparison.Ordinal);
    }

    [Fact]
    public void Planning_can_be_cancelled() => Assert.Throws<OperationCanceledException>(
        () => ReluPlan.Compile([new SparseLayer(1, [0, 1], [0], [1], [1])], 0, new Interval(0, 255), new CancellationToken(true)));

    private static IntegerSamples Samples(SeededRandom random, int rows, int inputs, bool bytes)
    {
        if (bytes)
        {
            var values = new byte[rows * inputs];
            for (int i = 0; i < values.Length; i++) values[i] = (byte)random.NextBelow(random.NextBelow(2) == 0 ? 4u : 256u);
            return IntegerSamples.Of(new SampleMatrix<byte>(values, rows, inputs));
        }
        var floats = new double[rows * inputs];
        int bits = 1 + (int)random.NextBelow(53), range = random.NextBelow(3) == 0 ? (int)random.NextBelow(42) : 0;
        for (int i = 0; i < floats.Length; i++)
            floats[i] = Math.ScaleB((double)(random.NextUInt64() >> (64 - bits)) - Math.ScaleB(1, bits - 1), (int)random.NextBelow((ulong)range + 1));
        return IntegerSamples.Of(new SampleMatrix<double>(floats, rows, inputs), 0);
    }

    private static SparseLayer RandomLayer(SeededRandom random, int inputs)
    {
        int outputs = 1 + (int)random.NextBelow(8);
        bool run = random.NextBelow(8) == 0; // one form with many constants that follow one another, longer than a run may be
        if (run) outputs = 40;
        var rows = new List<(List<(int Column, BigInteger Weight)> Entries, BigInteger Bias)>();
        while (rows.Count < outputs)
        {
            ulong kind = run && rows.Count > 0 ? 0 : random.NextBelow(6);
            if (kind <= 2 && rows.Count > 0) // a neuron beside another: the same form or its opposite, the constant near or far
            {
                var (entries, bias) = rows[(int)random.NextBelow((ulong)rows.Count)];
                int sign = random.NextBelow(4) == 0 ? -1 : 1;
                BigInteger by = kind == 2 ? Number(random) : (long)random.NextBelow(run ? 20u : 5u) - 2;
                rows.Add(([.. entries.Select(e => (e.Column, sign * e.Weight))], sign * bias + by));
            }
            else if (kind == 3) rows.Add(([((int)random.NextBelow((ulong)inputs), BigInteger.One)], BigInteger.Zero)); // carries on
            else
            {
                var entries = new List<(int, BigInteger)>();
                for (int column = 0; column < inputs; column++)
                    if (random.NextBelow(3) != 0 && Number(random) is { IsZero: false } weight) entries.Add((column, weight));
                rows.Add((entries, random.NextBelow(3) == 0 ? BigInteger.Zero : Number(random)));
            }
        }
        int[] starts = [0, .. rows.Select((_, i) => rows.Take(i + 1).Sum(row => row.Entries.Count))];
        return new SparseLayer(inputs, starts, [.. rows.SelectMany(row => row.Entries.Select(e => e.Column))],
            [.. rows.SelectMany(row => row.Entries.Select(e => e.Weight))], [.. rows.Select(row => row.Bias)]);
    }

    private static BigInteger Number(SeededRandom random)
    {
        int bits = (int)random.NextBelow(random.NextBelow(4) == 0 ? 300u : 30u);
        BigInteger magnitude = random.NextBelow(5) switch
        {
            0 => BigInteger.One << bits,
            1 => (BigInteger.One << bits) - 1,
            2 => BigInteger.One,
            _ => Uniform(random, bits),
        };
        return random.NextBelow(2) == 0 ? magnitude : -magnitude;
    }

    private static BigInteger Uniform(SeededRandom random, int bits)
    {
        BigInteger value = 0;
        for (int done = 0; done < bits; done += 64) value = (value << 64) | random.NextUInt64();
        return value & ((BigInteger.One << bits) - 1);
    }
}
