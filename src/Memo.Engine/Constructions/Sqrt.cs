using Memo.Data;
using Memo.Networks;
using Memo.Numerics;

namespace Memo.Constructions;

/// <summary>
/// Theorem 4.1, Appendix B: memorizes N samples of two classes in width 6 with O(sqrt(N) log N) parameters, by compression to
/// a code, projection to a big integer that holds the codes of a block of sqrt(N) neighbours, and a search for the code in it.
/// The output is 2 q - 1, where q counts matches with codes of class +1: every other sample is answered -1.
/// </summary>
public static class Sqrt
{
    /// <summary>The construction's name.</summary>
    public const string Method = "sqrt";

    /// <summary>Neurons of the widest layer, whatever the data.</summary>
    internal const int Width = 6;

    internal const int Spacing = 4;

    /// <summary>The network that memorizes <paramref name="data"/>. O(N n) for each of the draws.</summary>
    /// <param name="data">The samples, of two classes.</param>
    /// <param name="seed">Where the direction comes from.</param>
    /// <param name="run">Threads and cancellation.</param>
    /// <exception cref="LabelConflictException">Two equal samples carry different labels.</exception>
    /// <exception cref="MemoException">Not two classes, values that need too many bits, or too little memory.</exception>
    public static ReluNetwork Build(Dataset data, ulong seed = 0, RunOptions? run = null) => BuildChecked(data, seed, run).Network;

    internal static CheckedNetwork BuildChecked(Dataset data, ulong seed, RunOptions? run = null,
        MemoryBudget? memory = null)
    {
        ArgumentNullException.ThrowIfNull(data);
        Construction.RequireClasses(data, Method, binary: true);
        run ??= RunOptions.Default;
        var compression = Compression.Of(data, Spacing, seed, run);
        int bits = compression.CodeBits;
        var blocks = new CodeBlocks(compression.Codes, IntegerRoots.CeilingSquareRoot(compression.Codes.Length));
        (memory ?? MemoryBudget.OfThisProcess).Require(data.Source, LabelDetermination.Bytes(blocks.Count, blocks.Each, bits));

        // In its block's integer a code of class -1 is replaced by one that is certainly +1, and so is what pads the last block.
        Int128 positive = compression.Codes[Array.IndexOf(compression.Labels, 1)];
        Int128[] positives = [.. compression.Codes.Select((code, i) => compression.Labels[i] == 1 ? code : positive)];

        var network = new ReluNetworkBuilder(data.Dimension, run.Cancellation);
        LinearForm z = compression.Compress(network);
        Staircase projection = blocks.ToStaircase((positives, bits, positive));
        z = Projection.Pipelined(network, z, projection);
        LinearForm matches = LabelDetermination.CountMatches(network, z, projection.Values[0], blocks.Each, bits);
        IReadOnlyList<SparseLayer> layers = network.WithOutputs(2 * matches - 1);

        return new CheckedNetwork(
            compression.ToNetwork(layers, data, Method, Readout.Sign,
                ("blocks", Compression.Text(blocks.Count)), ("block_codes", Compression.Text(blocks.Each))),
            samples => [.. compression.CodesOf(samples).Select(code => compression.LabelOf(code) == 1 ? 1 : 0)]);
    }
}
