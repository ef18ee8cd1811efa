using System.Numerics;
using Memo.Data;
using Memo.Networks;
using Memo.Numerics;

namespace Memo.Constructions;

/// <summary>
/// The network of S. Park, J. Lee, C. Yun, J. Shin, "Provable memorization via deep neural networks using sub-linear
/// parameters" (2021): constant width and O(N^(2/3)) parameters. Codes are moved to positions below about N^(4/3), by halving
/// their range and by translating intervals of it (<see cref="Positions"/>); a big integer for each block of N^(2/3)
/// positions holds their labels, and a scan returns the one at the code's position. It abstains where no sample's code lies.
/// </summary>
public static class Park
{
    /// <summary>The construction's name.</summary>
    public const string Method = "park";

    /// <summary>Neurons of the widest layer, whatever the data; of two codes only, one less.</summary>
    internal const int Width = 8;

    /// <summary>The network that memorizes <paramref name="data"/>. O(N n) for each of the draws.</summary>
    /// <param name="data">The samples, of two or more classes.</param>
    /// <param name="seed">Where the direction comes from.</param>
    /// <param name="run">Threads and cancellation.</param>
    /// <exception cref="LabelConflictException">Two equal samples carry different labels.</exception>
    /// <exception cref="MemoException">One class, values that need too many bits, or too little memory.</exception>
    public static ReluNetwork Build(Dataset data, ulong seed = 0, RunOptions? run = null) => BuildChecked(data, seed, run).Network;

    internal static CheckedNetwork BuildChecked(Dataset data, ulong seed, RunOptions? run = null,
        MemoryBudget? memory = null)
    {
        ArgumentNullException.ThrowIfNull(data);
        Construction.RequireClasses(data, Method, binary: false);
        run ??= RunOptions.Default;
        var compression = Compression.Of(data, spacing: 1, seed, run);
        int classes = data.Classes.Count, labelBits = BlockIntegers.BitsOf(classes); // class index + 1; 0 is none
        var positions = Positions.Of(compression, run.Cancellation);
        int each = (int)IntegerRoots.Ceiling(BigInteger.Pow(compression.Codes.Length, 2), 3); // P = ceil(N^(2/3))
        int blocks = (int)(positions.Last / each) + 1;
        (memory ?? MemoryBudget.OfThisProcess).Require(data.Source, Bytes(positions.Intervals, blocks, each, labelBits));

        var network = new ReluNetworkBuilder(data.Dimension, run.Cancellation);
        LinearForm z = compression.Compress(network);
        LinearForm position = positions.Locate(network, z);
        Staircase projection = ToStaircase(positions, position, each, blocks, labelBits);
        Projection.Pipelined(network, position, projection);
        LinearForm label = Scan(network, projection.Values[0], projection.Values[1], each, labelBits, classes);
        if (classes == 2)
        {
            // 0, 1, 2 to 0, -1, +1.
            LinearForm beyond = network.Relu(label - 1);
            label = (BigInteger)3 * beyond - network.Relu(label);
            network.EndLayer();
        }
        IReadOnlyList<SparseLayer> layers = network.WithOutputs(label);

        return new CheckedNetwork(
            compression.ToNetwork(layers, data, Method, classes == 2 ? Readout.Sign : Readout.Index,
                ("halvings", Compression.Text(positions.Halvings)), ("intervals", Compression.Text(positions.Intervals)),
                ("positions", Compression.Text(positions.Last + 1)), ("blocks", Compression.Text(blocks)),
                ("block_length", Compression.Text(each)), ("label_bits", Compression.Text(labelBits))),
            samples => [.. compression.CodesOf(samples).Select(code => positions.LabelOf(code))]);
    }

    // The position within the block, and the block's integer of labels.
    private static Staircase ToStaircase(Positions positions, LinearForm position, int each, int blocks, int labelBits)
    {
        var thresholds = new BigInteger[blocks - 1];
        for (int k = 0; k < thresholds.Length; k++) thresholds[k] = (BigInteger)(k + 1) * each;
        var toNextBlock = new BigInteger[blocks - 1];
        Array.Fill(toNextBlock, -each);
        var integers = new BigInteger[blocks];
        var labels = new Int128[each];
        (Int128 Position, int Label)[] occupied = positions.Occupied;
        for (int k = 0, next = 0; k < blocks; k++)
        {
            labels.AsSpan().Clear();
            for (; next < occupied.Length && occupied[next].Position < (Int128)(k + 1) * each; next++)
                labels[(int)(occupied[next].Position - (Int128)k * each)] = occupied[next].Label + 1;
            integers[k] = BlockIntegers.Concatenate(labels, labelBits);
        }
        return new Staircase(thresholds, (position, toNextBlock), (integers[0], BlockIntegers.Jumps(integers)));
    }

    // Position by position: takes a label's bits off v, from the top, and keeps the label where the position is the one.
    private static LinearForm Scan(ReluNetworkBuilder network, LinearForm position, LinearForm labels,
        int count, int labelBits, int classes)
    {
        // Neither is larger, but what can be said of them without knowing z is: a sum over all jumps.
        position = network.AtMost(position, count - 1);
        labels = network.AtMost(labels, BlockIntegers.Largest(count * labelBits));
        network.EndLayer();

        LinearForm found = 0, label = 0;   // q, and the label at hand
        LinearForm? distance = null;       // |position - j| for the position before, whose label is still to be judged
        for (int j = 0; j < count; j++)
            for (int bit = labelBits - 1; bit >= 0; bit--)
            {
                found = network.Carry(found) + LabelAt(distance);
                BigInteger power = BigInteger.One << (labelBits * (count - 1 - j) + bit);
                LinearForm isSet = network.AtLeast(labels, power);
                labels = power.IsOne ? 0 : network.Relu(labels) - power * isSet; // 0: all bits are cleared
                label = (bit == labelBits - 1 ? 0 : network.Relu(label)) + (BigInteger.One << bit) * isSet;
                distance = bit == 0 ? network.Distance(position, j) : null;
                if (j < count - 1 || bit > 0) position = network.Relu(position);
                network.EndLayer();
            }
        found = network.Carry(found) + LabelAt(distance);
        network.EndLayer();
        return found;

        LinearForm LabelAt(LinearForm? distance) => distance is null ? 0 : network.Relu(label - (BigInteger)classes * distance);
    }

    // As LabelDetermination.Bytes; besides, a layer of 1 kB for each interval and each block.
    private static double Bytes(double intervals, double blocks, double each, double labelBits) =>
        1000 * (intervals + blocks) + LabelDetermination.Bytes(blocks, each, labelBits);
}
