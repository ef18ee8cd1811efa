// Lemma B.1, over the integers: a random direction w under which samples of different labels have different codes
// c(x) = spacing * w.x + b.

using System.Globalization;
using System.Numerics;
using System.Runtime.InteropServices;
using Memo.Data;
using Memo.Networks;
using Memo.Numerics;

namespace Memo.Constructions;

/// <summary>The direction, and the codes that the training samples have under it.</summary>
internal sealed class Compression
{
    /// <summary>Draws of w for each size of its entries.</summary>
    public const int DrawsPerSize = 64;

    // Two samples have equal codes with probability below 2^-(t+1), so for N^2/2 pairs t = 2 log2 N is plenty.
    private const int MostWeightBits = 40;

    // A size at which labels are told apart may still be too small for its user: this many more bits are tried.
    private const int MoreWeightBits = 8;

    private readonly long[] _weights;
    private readonly Int128 _offset;
    private readonly int _spacing;
    private readonly InputBox _box;

    private Compression(IntegerSamples samples, int[] labels, long[] weights, int spacing, int weightBits,
        int draws, RunOptions run)
    {
        (_weights, _spacing, _box, WeightBits, Draws) = (weights, spacing, samples.Box, weightBits, draws);
        Int128[] products = Products(samples, weights, run);
        _offset = spacing * (1 - products.Min());
        int[] order = [.. Enumerable.Range(0, products.Length)];
        Array.Sort(products, order);
        int[] first = [.. Enumerable.Range(0, products.Length).Where(i => i == 0 || products[i] != products[i - 1])];
        Codes = [.. first.Select(i => spacing * products[i] + _offset)];
        Labels = [.. first.Select(i => labels[order[i]])];
    }

    /// <summary>The distinct codes of the training samples, ascending from the spacing; equal codes have equal labels.</summary>
    public Int128[] Codes { get; }

    /// <summary>The class of each code.</summary>
    public int[] Labels { get; }

    /// <summary>B: bits of the largest training code.</summary>
    public int CodeBits => 128 - (int)Int128.LeadingZeroCount(Codes[^1]);

    /// <summary>z never exceeds this, the successor of the largest training code, and no training code equals it.</summary>
    public Int128 Ceiling => Codes[^1] + 1;

    /// <summary>t: entries of w are uniform in [-2^t, 2^t].</summary>
    public int WeightBits { get; }

    /// <summary>How many directions were drawn until this one.</summary>
    public int Draws { get; }

    /// <summary>
    /// Draws w, with <see cref="DrawsPerSize"/> tries for t = 0, 1, ..., until different labels have different codes: the
    /// fewer bits a code has, the fewer parameters. A draw costs O(N n), most of them far less.
    /// </summary>
    /// <param name="data">Two or more classes.</param>
    /// <param name="spacing">Codes are multiples of this, from this on.</param>
    /// <param name="seed">Where w comes from.</param>
    /// <param name="run">Threads and cancellation.</param>
    /// <param name="suits">What else is asked of the codes; if more bits do not help, codes go without.</param>
    /// <param name="mostWeightBits">The largest t.</param>
    /// <exception cref="LabelConflictException">Two equal samples carry different labels.</exception>
    /// <exception cref="MemoException">The values need too many bits, or no w was found.</exception>
    public static Compression Of(Dataset data, int spacing, ulong seed, RunOptions run, Func<Compression, bool>? suits = null,
        int mostWeightBits = MostWeightBits)
    {
        LabelConflicts.Resolve(data, OnConflict.Error, out _);
        IntegerSamples samples = Integers(data);
        mostWeightBits = Math.Min(mostWeightBits, WeightBitsThatFit(samples));
        int[][] prefixes = GrowingPrefixes(data.Count);
        var random = new SeededRandom(seed);
        var collisions = new (int First, int Second)?[DrawsPerSize];
        int draws = 0, enough = int.MaxValue;
        Compression? found = null;
        for (int bits = 0; bits <= mostWeightBits; bits++)
        {
            ulong[] seeds = [.. Enumerable.Range(0, DrawsPerSize).Select(_ => random.NextUInt64())];
            int accepted = DrawsPerSize; // the first draw without a collision; those behind it are not needed
            Turns.Take(DrawsPerSize, run.Threads, () => new Dictionary<Int128, int>(), (draw, rowOfCode) =>
            {
                if (draw > Volatile.Read(ref accepted)) return;
                collisions[draw] = FindCollision(samples, data.LabelArray, Direction(seeds[draw], samples.Columns, bits),
                    prefixes, rowOfCode, run.Cancellation);
                if (collisions[draw] is null) Lower(ref accepted, draw);
            }, _ => { }, run.Cancellation);
            draws += Math.Min(accepted + 1, DrawsPerSize);
            if (accepted == DrawsPerSize) continue;
            if (found is null) enough = bits + MoreWeightBits;
            found = new Compression(samples, data.LabelArray, Direction(seeds[accepted], samples.Columns, bits),
                spacing, bits, draws, run);
            if (suits is null || suits(found) || bits >= enough) break;
        }
        run.Progress?.Report(1); // nearly all of the work of the constructions; how much it is to be, nobody knows before
        return found ?? throw NotFound(data, samples, collisions[^1]!.Value, draws, mostWeightBits);
    }

    /// <summary>
    /// Two layers: c = ReLU(spacing w.x + b), and z = min(c, <see cref="Ceiling"/>), after which no bound depends on how far
    /// samples reach. Samples below all training codes have z &lt; spacing; neither they nor those at the ceiling have the
    /// code of a training sample.
    /// </summary>
    public LinearForm Compress(ReluNetworkBuilder network)
    {
        LinearForm c = network.Relu((BigInteger)_spacing * LinearForm.OfInputs(_weights) + (BigInteger)_offset);
        network.EndLayer();
        LinearForm z = network.AtMost(c, Ceiling);
        network.EndLayer();
        return z;
    }

    /// <summary>z of each sample, without any layer; the samples are to lie on the training samples' lattice.</summary>
    public Int128[] CodesOf(SampleMatrix samples)
    {
        IntegerSamples integers = IntegerSamples.Of(samples, _box.Exponent);
        if (integers.Exponent != _box.Exponent)
            throw new MemoException("samples between the integers that the codes are made for");
        return [.. Products(integers, _weights, RunOptions.Default)
            .Select(p => Int128.Clamp(_spacing * p + _offset, 0, Ceiling))];
    }

    /// <summary>The class of a training code, or <see cref="Predictions.Abstention"/> for a number that is none.</summary>
    public int LabelOf(Int128 code)
    {
        int index = Array.BinarySearch(Codes, code);
        return index >= 0 ? Labels[index] : Predictions.Abstention;
    }

    /// <summary>The network of these layers, with what the compression found out in front of the construction's notes.</summary>
    public ReluNetwork ToNetwork(IReadOnlyList<SparseLayer> layers, Dataset data, string method, Readout readout,
        params ReadOnlySpan<(string Name, string Value)> notes)
    {
        List<KeyValuePair<string, string>> all =
        [
            new("draws", Text(Draws)), new("weight_bits", Text(WeightBits)),
            new("code_bits", Text(CodeBits)), new("codes", Text(Codes.Length)),
        ];
        if (_box.Exponent != 0) all.Add(new("unit", $"2^{Text(_box.Exponent)}"));
        foreach ((string name, string value) in notes) all.Add(new(name, value));
        return new ReluNetwork(layers, new ReluNetworkDescription
        {
            Method = method,
            Classes = data.Classes,
            Readout = readout,
            Samples = data.Count,
            Box = _box,
            Notes = all,
        });
    }

    /// <summary>A number in a note.</summary>
    public static string Text(BigInteger value) => value.ToString(CultureInfo.InvariantCulture);

    private static IntegerSamples Integers(Dataset data)
    {
        try
        {
            return IntegerSamples.Of(data.Points);
        }
        catch (MemoException exception)
        {
            throw new MemoException($"{data.Source}: {exception.Message}", exception);
        }
    }

    // 4 w.x + b, at most 8 n max|X| 2^t in magnitude, is to stay below 2^62 for bytes, whose products are summed in 64 bits,
    // and below 2^125 for others.
    private static int WeightBitsThatFit(IntegerSamples samples)
    {
        Int128 most = (Int128)samples.Columns * Int128.Max(Int128.Abs(samples.Least), Int128.Abs(samples.Greatest));
        int bits = 3 + 128 - (int)Int128.LeadingZeroCount(most);
        return (samples.Type == ElementType.UInt8 ? 62 : 125) - bits;
    }

    private static long[] Direction(ulong seed, int dimension, int bits)
    {
        var random = new SeededRandom(seed);
        var weights = new long[dimension];
        for (int k = 0; k < weights.Length; k++) weights[k] = (long)random.NextBelow((2UL << bits) + 1) - (1L << bits);
        return weights;
    }

    // All rows, in parts that double in length: an unsuitable direction is found out by the first few. Rows are chosen at
    // random, so that each part mixes the labels however the data are sorted, and ascend within a part.
    private static int[][] GrowingPrefixes(int rows)
    {
        const int First = 256;
        int[] shuffled = [.. Enumerable.Range(0, rows)];
        new SeededRandom(0).Shuffle<int>(shuffled);
        var parts = new List<int[]>();
        for (int start = 0, end = Math.Min(First, rows); start < rows; (start, end) = (end, (int)Math.Min(2L * end, rows)))
        {
            int[] part = shuffled[start..end];
            Array.Sort(part);
            parts.Add(part);
        }
        return [.. parts];
    }

    // Two rows of different labels with equal codes, or null.
    private static (int First, int Second)? FindCollision(IntegerSamples samples, int[] labels, long[] weights, int[][] parts,
        Dictionary<Int128, int> rowOfCode, CancellationToken cancellation)
    {
        rowOfCode.Clear();
        Func<int, Int128> product = samples.ProductsWith(weights);
        foreach (int[] part in parts)
        {
            cancellation.ThrowIfCancellationRequested();
            foreach (int row in part)
            {
                ref int other = ref CollectionsMarshal.GetValueRefOrAddDefault(rowOfCode, product(row), out bool seen);
                if (!seen) other = row;
                else if (labels[row] != labels[other]) return (other, row);
            }
        }
        return null;
    }

    private static void Lower(ref int least, int value)
    {
        int seen = Volatile.Read(ref least);
        while (value < seen)
        {
            int before = Interlocked.CompareExchange(ref least, value, seen);
            if (before == seen) return;
            seen = before;
        }
    }

    private static Int128[] Products(IntegerSamples samples, long[] weights, RunOptions run)
    {
        const int Piece = 1024;
        var products = new Int128[samples.Rows];
        Func<int, Int128> product = samples.ProductsWith(weights);
        Turns.Take((samples.Rows + Piece - 1) / Piece, run.Threads, () => 0, (piece, _) =>
        {
            for (int row = piece * Piece; row < Math.Min((piece + 1) * Piece, samples.Rows); row++) products[row] = product(row);
        }, _ => { }, run.Cancellation);
        return products;
    }

    private static MemoException NotFound(Dataset data, IntegerSamples samples, (int First, int Second) pair, int draws, int bits)
    {
        var (first, second) = (new Int128[samples.Columns], new Int128[samples.Columns]);
        samples.CopyRow(pair.First, first);
        samples.CopyRow(pair.Second, second);
        BigInteger squared = first.Zip(second, (a, b) => BigInteger.Pow(a - b, 2)).Aggregate(BigInteger.Add);
        double distance = Math.Sqrt((double)squared) * Math.ScaleB(1, samples.Exponent);
        return new MemoException(string.Create(CultureInfo.InvariantCulture,
            $"{data.Source}: none of {draws} directions with entries up to 2^{bits} tells all labels apart: rows " +
            $"{Describe(pair.First)} and {Describe(pair.Second)} still have equal codes, at distance {distance:G3}; " +
            $"take another seed, or fewer or less close samples"));

        string Describe(int row) => $"{data.FileRows[row]} (label {data.Classes[data.Labels[row]]})";
    }
}
