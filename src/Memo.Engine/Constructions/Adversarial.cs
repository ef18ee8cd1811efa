using System.Globalization;
using System.Numerics;
using Memo.Data;
using Memo.Networks;
using Memo.Numerics;

namespace Memo.Constructions;

/// <summary>
/// Theorem 5.3, Appendix E: memorizes its data and is wrong about nearly half of everything else. As <see cref="Sqrt"/>, but
/// projected by one wide layer, and with a default label for whatever has no training sample's code. With p the share of the
/// default label in a test set and s the share of its samples that have a stored code, the accuracy is at most p + s.
/// </summary>
public static class Adversarial
{
    /// <summary>The construction's name.</summary>
    public const string Method = "adversarial";

    /// <summary>The share s of unseen samples with a training code that is aimed at; it has to stay below 1 %.</summary>
    internal const double TargetShare = 0.005;

    private const int Spacing = 4;

    /// <summary>The network that memorizes <paramref name="data"/>. O(N n) for each of the draws.</summary>
    /// <param name="data">The samples, of two classes.</param>
    /// <param name="defaultLabel">Index of the class of unseen samples; null for the rarer one, the first on a tie.</param>
    /// <param name="seed">Where the direction comes from.</param>
    /// <param name="run">Threads and cancellation.</param>
    /// <exception cref="LabelConflictException">Two equal samples carry different labels.</exception>
    /// <exception cref="MemoException">Not two classes, values that need too many bits, or too little memory.</exception>
    public static ReluNetwork Build(Dataset data, int? defaultLabel = null, ulong seed = 0, RunOptions? run = null) =>
        BuildChecked(data, defaultLabel, seed, run).Network;

    internal static CheckedNetwork BuildChecked(Dataset data, int? defaultLabel, ulong seed, RunOptions? run = null,
        MemoryBudget? memory = null)
    {
        ArgumentNullException.ThrowIfNull(data);
        Construction.RequireClasses(data, Method, binary: true);
        run ??= RunOptions.Default;
        if (defaultLabel is < 0 or > 1)
            throw new MemoException($"{data.Source}: there is no class of index {defaultLabel} for unseen samples");
        int positives = data.LabelArray.Count(label => label == 1);
        int unseen = defaultLabel ?? (positives < data.Count - positives ? 1 : 0), kept = 1 - unseen;
        var compression = Compression.Of(data, Spacing, seed, run,
            found => ShareOfHits(found, kept) <= TargetShare);

        // Only the codes of the other class are stored; any of them pads the last block.
        Int128[] codes = [.. compression.Codes.Where((_, i) => compression.Labels[i] == kept)];
        int bits = compression.CodeBits;
        var blocks = new CodeBlocks(codes, IntegerRoots.CeilingSquareRoot(codes.Length));
        (memory ?? MemoryBudget.OfThisProcess).Require(data.Source, LabelDetermination.Bytes(blocks.Count, blocks.Each, bits));

        var network = new ReluNetworkBuilder(data.Dimension, run.Cancellation);
        LinearForm z = compression.Compress(network);
        Staircase projection = blocks.ToStaircase((codes, bits, codes[0]));
        z = Projection.InOneLayer(network, z, projection);
        LinearForm matches = LabelDetermination.CountMatches(network, z, projection.Values[0], blocks.Each, bits);
        IReadOnlyList<SparseLayer> layers = network.WithOutputs(kept == 1 ? 2 * matches - 1 : 1 - (BigInteger)2 * matches);

        return new CheckedNetwork(
            compression.ToNetwork(layers, data, Method, Readout.Sign,
                ("default_label", data.Classes[unseen]), ("stored_codes", Compression.Text(codes.Length)),
                ("expected_hits", ShareOfHits(compression, kept).ToString("g3", CultureInfo.InvariantCulture)),
                ("blocks", Compression.Text(blocks.Count)), ("block_codes", Compression.Text(blocks.Each))),
            samples => [.. compression.CodesOf(samples).Select(code => compression.LabelOf(code) == kept ? kept : unseen)]);
    }

    /// <summary>
    /// The share of unseen samples to be expected on codes of the class <paramref name="kept"/>: the sum over those codes of
    /// the density of codes there, as the number of training codes among the neighbours tells it. Codes lie on multiples of
    /// their differences' greatest common divisor, and so do those of unseen samples of the same kind.
    /// </summary>
    internal static double ShareOfHits(Compression compression, int kept)
    {
        Int128[] codes = compression.Codes;
        BigInteger unit = 0;
        foreach (Int128 code in codes) unit = BigInteger.GreatestCommonDivisor(unit, code - codes[0]);
        int reach = Math.Max(1, (int)Math.Sqrt(codes.Length) / 2);
        double share = 0;
        for (int i = 0; i < codes.Length; i++)
        {
            if (compression.Labels[i] != kept) continue;
            int first = Math.Max(0, i - reach), last = Math.Min(codes.Length - 1, i + reach);
            share += (double)unit * (last - first) / ((double)(codes[last] - codes[first]) * codes.Length);
        }
        return share;
    }
}
