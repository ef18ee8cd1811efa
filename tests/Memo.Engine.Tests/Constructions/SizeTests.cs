using System.Numerics;
using Memo.Constructions;
using Memo.Data;
using Memo.Networks;

namespace Memo.Tests.Constructions;

/// <summary>Width, depth and parameters, neuron for neuron, as the theorems' proofs count them.</summary>
public sealed class SizeTests
{
    private static int CeilingRoot(int value) => Enumerable.Range(0, value + 1).First(root => (long)root * root >= value);

    // Neurons of the hidden layers that compare z with m codes of B bits: z, x, its two ReLUs, V, q; the first code has no q.
    private static IEnumerable<int> LabelDetermination(int m, int bits)
    {
        yield return 2; // x and z
        for (int k = 0; k < m; k++)
        {
            bool last = k == m - 1;
            yield return k switch { 0 => 4, 1 => 5, _ => 6 }; // V is x itself; t for the code before, and q
            for (int bit = 1; bit < bits; bit++) yield return k == 0 ? 5 : 6;
            yield return (last ? 2 : 4) + (k == 0 ? 0 : 1); // p, n; x and z; q
        }
        yield return m == 1 ? 1 : 2; // t and q
    }

    private static int[] SqrtLayers(int bits, int m, int blocks) =>
        [1, 1, .. Enumerable.Range(1, blocks - 1).Select(k => k == 1 ? 3 : 4), .. LabelDetermination(m, bits)];

    private static int[] AdversarialLayers(int bits, int m, int blocks) =>
        [1, 1, 1 + (2 * (blocks - 1)), .. LabelDetermination(m, bits)];

    // For each part: z once; what is left of u and v, two ReLUs, V, label, q+, q-.
    private static IEnumerable<int> VardiLayers(int bits, int labelBits, int depth, int[] blocks, int accumulators)
    {
        yield return 1;
        yield return 1;
        for (int k = 1; k < blocks.Max(); k++)
            yield return 1 + blocks.Sum(count => (k < count ? 2 : 0) + (k > 1 && count > 1 ? 2 : 0));
        int parts = blocks.Length;
        yield return 1 + (2 * parts);
        for (int j = 0; j < depth; j++)
        {
            bool last = j == depth - 1;
            int q = j == 0 ? 0 : accumulators;                                // carried from code 1 on
            for (int bit = 0; bit < labelBits; bit++)
            {
                int match = bit == 0 && j > 0 ? accumulators : 0, carried = j > 1 || (j == 1 && bit > 0) ? accumulators : 0;
                int rest = last && bit == labelBits - 1 ? 0 : 1;              // nothing is left of the last label
                yield return 1 + (parts * (3 + rest + (bit > 0 ? 1 : 0) + match + carried));
            }
            int labels = last ? 0 : 1;
            for (int bit = 0; bit < bits; bit++) yield return 1 + (parts * (3 + (bit > 0 ? 1 : 0) + labels + 1 + q));
            yield return (last ? 0 : 1) + (parts * (2 + (last ? 0 : 1) + labels + 1 + q));
        }
        yield return parts * (accumulators + (depth > 1 ? accumulators : 0));
    }

    private static IEnumerable<int> ParkLayers(int halvings, int intervals, int blocks, int each, int labelBits, bool binary)
    {
        yield return 1;
        yield return 1;
        for (int k = 0; k < halvings; k++) yield return 3;
        for (int k = 1; k < intervals; k++) yield return 4;                   // z, x, two ReLUs
        yield return 1;
        for (int k = 1; k < blocks; k++) yield return k == 1 ? 4 : 5;         // position, within its block, two ReLUs, v
        yield return 2;
        for (int j = 0; j < each; j++)
            for (int bit = 0; bit < labelBits; bit++)
            {
                bool end = j == each - 1 && bit == labelBits - 1;
                int match = bit == 0 && j > 0 ? 1 : 0, found = j > 1 || (j == 1 && bit > 0) ? 1 : 0;
                yield return (end ? 2 : 4) + (bit > 0 ? 1 : 0) + (bit == labelBits - 1 ? 2 : 0) + match + found;
            }
        yield return 2;
        if (binary) yield return 2;
    }

    private static void AssertLayers(IEnumerable<int> hidden, ReluNetwork network, int dimension)
    {
        int[] outputs = [.. hidden, 1];
        Assert.Equal(outputs, network.Layers.Select(layer => (int)layer.Outputs));
        BigInteger parameters = outputs.Select((neurons, k) => (BigInteger)neurons * ((k == 0 ? dimension : outputs[k - 1]) + 1))
            .Aggregate(BigInteger.Add);
        Assert.Equal((outputs[..^1].Max(), outputs.Length, parameters),
            ((int)network.Size.Width, network.Size.Depth, network.Size.Parameters));
    }

    public static TheoryData<int, int> Sizes =>
        new() { { 2, 1 }, { 3, 2 }, { 4, 7 }, { 5, 1 }, { 17, 3 }, { 50, 9 }, { 120, 4 }, { 500, 30 } };

    [Theory, MemberData(nameof(Sizes))]
    public void Sqrt_has_width_6_and_the_layers_of_its_proof(int count, int dimension)
    {
        ReluNetwork network = Sqrt.Build(MemorizationCase.RandomBytes(count, dimension, 2, 3).WithDistinct(), 7);
        int bits = MemorizationCase.Note(network, "code_bits"), codes = MemorizationCase.Note(network, "codes");
        int m = CeilingRoot(codes), blocks = (codes + m - 1) / m;
        AssertLayers(SqrtLayers(bits, m, blocks), network, dimension);
        Assert.Equal((Sqrt.Width, blocks + (m * (bits + 1)) + 4), ((int)network.Size.Width, network.Size.Depth));
    }

    [Theory, MemberData(nameof(Sizes))]
    public void Adversarial_is_as_wide_as_its_projection(int count, int dimension)
    {
        ReluNetwork network = Adversarial.Build(MemorizationCase.RandomBytes(count, dimension, 2, 3).WithDistinct(), null, 7);
        int bits = MemorizationCase.Note(network, "code_bits"), codes = MemorizationCase.Note(network, "stored_codes");
        int m = CeilingRoot(codes), blocks = (codes + m - 1) / m;
        AssertLayers(AdversarialLayers(bits, m, blocks), network, dimension);
        Assert.Equal(3 + 1 + (m * (bits + 1)) + 2, network.Size.Depth);
    }

    [Theory]
    [InlineData(2, 1, 2, null), InlineData(40, 3, 2, null), InlineData(40, 3, 3, null), InlineData(200, 9, 10, null)]
    [InlineData(40, 3, 2, 1), InlineData(40, 3, 4, 1), InlineData(40, 3, 2, 2), InlineData(41, 3, 3, 3)]
    [InlineData(200, 9, 2, 5), InlineData(500, 20, 2, null)]
    public void Vardi_has_the_layers_of_its_proof(int count, int dimension, int classes, int? blockDepth)
    {
        ReluNetwork network = Vardi.Build(MemorizationCase.RandomBytes(count, dimension, classes, 3).WithDistinct(),
            blockDepth, 7);
        int bits = MemorizationCase.Note(network, "code_bits"), codes = MemorizationCase.Note(network, "codes");
        int depth = Math.Min(blockDepth ?? codes, CeilingRoot(codes));
        int[] blocks = [.. Enumerable.Range(0, codes).Chunk(depth * depth).Select(part => (part.Length + depth - 1) / depth)];
        int labelBits = classes == 2 ? 1 : (int)Math.Ceiling(Math.Log2(classes + 1));
        AssertLayers(VardiLayers(bits, labelBits, depth, blocks, classes == 2 ? 2 : 1), network, dimension);
        Assert.Equal(blocks.Max() + (depth * (bits + labelBits + 1)) + 4, network.Size.Depth);
        Assert.InRange((int)network.Size.Width, 1, 1 + (blocks.Length * (Vardi.Width - 1)));
        if (blockDepth is null && count > 40) Assert.Equal(classes == 2 ? Vardi.Width : Vardi.Width - 1, network.Size.Width);
    }

    // In parts for L^2 codes each: L (B + 2) layers and blocks, N / L^2 parts, at most 8 neurons with 3 weights and a bias.
    [Theory, InlineData(1), InlineData(2), InlineData(4), InlineData(8), InlineData(16)]
    public void Vardi_in_parts_has_N_over_L_weights_up_to_logarithms(int depth)
    {
        ReluNetwork network = Vardi.Build(MemorizationCase.RandomBytes(1000, 16, 2, 3), depth, 7);
        int bits = MemorizationCase.Note(network, "code_bits"), codes = MemorizationCase.Note(network, "codes");
        int parts = (codes + (depth * depth) - 1) / (depth * depth);
        Assert.Equal(parts, MemorizationCase.Note(network, "parts"));
        double each = (double)network.Size.NonZero / parts / (depth * (bits + 2));
        Assert.InRange(each, 10, 32);
    }

    [Theory]
    [InlineData(2, 1, 2), InlineData(3, 2, 2), InlineData(17, 3, 4), InlineData(60, 9, 2), InlineData(200, 9, 10)]
    [InlineData(1000, 30, 2)]
    public void Park_has_constant_width_and_the_layers_of_its_proof(int count, int dimension, int classes)
    {
        ReluNetwork network = Park.Build(MemorizationCase.RandomBytes(count, dimension,
            Math.Min(classes, count), 3).WithDistinct(), 7);
        int Note(string name) => MemorizationCase.Note(network, name);
        double codes = Note("codes");
        int each = Enumerable.Range(1, 10_000).First(p => (double)p * p * p >= codes * codes);
        int blocks = (Note("positions") + each - 1) / each, labelBits = (int)Math.Ceiling(Math.Log2(classes + 1));
        AssertLayers(ParkLayers(Note("halvings"), Note("intervals"), blocks, each, labelBits, classes == 2), network, dimension);
        Assert.Equal(count > 2 ? Park.Width : Park.Width - 1, network.Size.Width);
        // The theorem's counts: 1.5 N^(2/3) intervals and 2 N^(4/3) positions, where N^(1/3) and the like are rounded up.
        Assert.InRange(Note("intervals"), 1, 1.5 * Math.Pow(codes, 2.0 / 3) + 2);
        Assert.InRange(Note("positions"), 2, Math.Pow(codes, 4.0 / 3) + (Math.Pow(codes, 1.0 / 3) + 1) * codes + 2);
    }
}

internal static class DistinctSamples
{
    /// <summary>The samples that equal none before them.</summary>
    public static Dataset WithDistinct(this Dataset data)
    {
        var points = (SampleMatrix<byte>)data.Points;
        return data.SelectSamples([.. Enumerable.Range(0, data.Count).Where(i =>
            Enumerable.Range(0, i).All(j => !points.Row(i).SequenceEqual(points.Row(j))))]);
    }
}
