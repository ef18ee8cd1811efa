using System.Numerics;
using Memo.Data;
using Memo.Networks;
using Memo.Numerics;

namespace Memo.Constructions;

/// <summary>
/// The network of G. Vardi, G. Yehudai, O. Shamir, "On the optimal memorization power of ReLU neural networks" (2021): the
/// stages of <see cref="Sqrt"/> with two big integers for each block of codes, one for the codes and one for their labels.
/// It abstains where no code matches. Their section 5: with a block depth L, N / L^2 networks for L^2 codes each stand side
/// by side on one compression, N / L parameters up to logarithms.
/// </summary>
public static class Vardi
{
    /// <summary>The construction's name.</summary>
    public const string Method = "vardi";

    private const int Spacing = 4;

    // Pads the last block: no code, and z is never 1, as it is 0, a multiple of 4 or the successor of one beyond 4.
    private const int NoCode = 1;

    /// <summary>Neurons of the widest layer of one network, for two classes; each further one beside it adds one less.</summary>
    internal const int Width = 9;

    /// <summary>The network that memorizes <paramref name="data"/>. O(N n) for each of the draws.</summary>
    /// <param name="data">The samples, of two or more classes.</param>
    /// <param name="blockDepth">L, at least 1; null or more than ceil(sqrt N) for one network.</param>
    /// <param name="seed">Where the direction comes from.</param>
    /// <param name="run">Threads and cancellation.</param>
    /// <exception cref="LabelConflictException">Two equal samples carry different labels.</exception>
    /// <exception cref="MemoException">One class, L below 1, values that need too many bits, or too little memory.</exception>
    public static ReluNetwork Build(Dataset data, int? blockDepth = null, ulong seed = 0, RunOptions? run = null) =>
        BuildChecked(data, blockDepth, seed, run).Network;

    internal static CheckedNetwork BuildChecked(Dataset data, int? blockDepth, ulong seed, RunOptions? run = null,
        MemoryBudget? memory = null)
    {
        ArgumentNullException.ThrowIfNull(data);
        Construction.RequireClasses(data, Method, binary: false);
        run ??= RunOptions.Default;
        if (blockDepth < 1) throw new MemoException($"a block depth of {blockDepth}: it must be at least 1");
        var compression = Compression.Of(data, Spacing, seed, run);
        bool binary = data.Classes.Count == 2;
        int codeBits = compression.CodeBits;
        // Two classes: 0 and 1. More: class index + 1, so that 0 is none.
        int labelBits = binary ? 1 : BlockIntegers.BitsOf(data.Classes.Count);
        Int128[] labels = [.. compression.Labels.Select(label => (Int128)(binary ? label : label + 1))];

        int count = compression.Codes.Length;
        int depth = Math.Min(blockDepth ?? int.MaxValue, IntegerRoots.CeilingSquareRoot(count)); // L
        int each = (int)Math.Min((long)depth * depth, count), parts = (count + each - 1) / each;
        (memory ?? MemoryBudget.OfThisProcess).Require(data.Source, parts * LabelDetermination.Bytes(depth, depth, codeBits + labelBits));

        var network = new ReluNetworkBuilder(data.Dimension, run.Cancellation);
        LinearForm z = compression.Compress(network);
        var projections = new Staircase[parts];
        for (int part = 0; part < parts; part++)
        {
            Range own = (part * each)..Math.Min((part + 1) * each, count);
            projections[part] = new CodeBlocks(compression.Codes[own], depth)
                .ToStaircase((compression.Codes[own], codeBits, NoCode), (labels[own], labelBits, 0));
        }
        z = Projection.Pipelined(network, z, projections);
        LinearForm output = DetermineLabels(network, z, projections, depth, codeBits, labelBits, binary ? 0 : data.Classes.Count);
        IReadOnlyList<SparseLayer> layers = network.WithOutputs(output);

        return new CheckedNetwork(
            compression.ToNetwork(layers, data, Method, binary ? Readout.Sign : Readout.Index,
                ("block_depth", Compression.Text(depth)), ("label_bits", Compression.Text(labelBits)),
                ("parts", Compression.Text(parts))),
            samples => [.. compression.CodesOf(samples).Select(compression.LabelOf)]);
    }

    // Code by code: the bits of its label, the bits of the code, the comparison with z, in step for all parts.
    private static LinearForm DetermineLabels(ReluNetworkBuilder network, LinearForm z,
        ReadOnlySpan<Staircase> projections, int count, int codeBits, int labelBits, int classes)
    {
        var scans = new BlockScan[projections.Length];
        for (int part = 0; part < scans.Length; part++)
            scans[part] = new BlockScan(network, classes,
                network.AtMost(projections[part].Values[0], BlockIntegers.Largest(count * codeBits)),
                network.AtMost(projections[part].Values[1], BlockIntegers.Largest(count * labelBits)));
        NextLayer();
        for (int behind = count - 1; behind >= 0; behind--)
        {
            for (int bit = labelBits - 1; bit >= 0; bit--)
            {
                foreach (BlockScan scan in scans) scan.ReadLabelBit(bit, behind * labelBits, first: bit == labelBits - 1);
                NextLayer();
            }
            for (int bit = codeBits - 1; bit >= 0; bit--)
            {
                foreach (BlockScan scan in scans)
                    scan.ClearCodeBit(bit, behind * codeBits, first: bit == codeBits - 1, last: behind == 0);
                NextLayer();
            }
            foreach (BlockScan scan in scans) scan.Compare(z, behind * codeBits);
            if (behind > 0) NextLayer();
            else network.EndLayer(); // z is not needed any more
        }
        foreach (BlockScan scan in scans) scan.AddMatch();
        network.EndLayer();
        return LinearForm.Sum([.. scans.Select(scan => scan.Output)]);

        void NextLayer()
        {
            z = network.Relu(z);
            network.EndLayer();
        }
    }

    // One network's state between two layers. Every method makes the part of one layer.
    private sealed class BlockScan(ReluNetworkBuilder network, int classes, LinearForm codes, LinearForm labels)
    {
        private LinearForm _codes = codes, _labels = labels;    // what is left of u and v
        private LinearForm _before = 0, _label = 0;             // V; the label of the code at hand
        private LinearForm? _distance;                          // |z - a| 2^S for the code a before, still to be judged
        private LinearForm _positive = 0, _negative = 0;        // q+, q-; with more than two classes q+ is class index + 1

        public LinearForm Output => _positive - _negative;

        public void ReadLabelBit(int bit, int shift, bool first)
        {
            AddMatch();
            BigInteger power = BigInteger.One << (shift + bit);
            LinearForm isSet = network.AtLeast(_labels, power);
            _labels = shift + bit == 0 ? 0 : network.Relu(_labels) - power * isSet; // 0: all bits are cleared
            _label = (first ? 0 : network.Relu(_label)) + (BigInteger.One << bit) * isSet;
            _codes = network.Relu(_codes);
        }

        public void ClearCodeBit(int bit, int shift, bool first, bool last)
        {
            BigInteger power = BigInteger.One << (shift + bit);
            LinearForm rest = network.Relu(_codes);
            _before = first ? rest : network.Relu(_before);
            _codes = rest - power * network.AtLeast(_codes, power);
            if (last && bit == 0) _codes = 0;
            CarryLabels();
        }

        // V - x = a 2^S for the code a: compared without dividing.
        public void Compare(LinearForm z, int shift)
        {
            _distance = network.Distance((BigInteger.One << shift) * z, _before - _codes);
            _codes = network.Carry(_codes);
            CarryLabels();
        }

        // Where the distance is 0: the label 1 adds to q+, 0 to q-; of more than two classes the label itself counts.
        public void AddMatch()
        {
            LinearForm none = 0, positive = none, negative = none;
            if (_distance is not null)
            {
                positive = network.Relu(_label - (classes == 0 ? BigInteger.One : classes) * _distance);
                if (classes == 0) negative = network.Relu(1 - _label - _distance);
            }
            _positive = network.Carry(_positive) + positive;
            _negative = network.Carry(_negative) + negative;
            _distance = null;
        }

        private void CarryLabels()
        {
            (_labels, _label) = (network.Carry(_labels), network.Carry(_label));
            (_positive, _negative) = (network.Carry(_positive), network.Carry(_negative));
        }
    }
}
