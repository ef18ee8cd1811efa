using System.Numerics;
using Memo.Data;
using Memo.Kernels;
using Memo.Numerics;

namespace Memo.Networks;

/// <summary>
/// Samples as integers X with x = X * 2^Exponent, exactly: bytes as they are, floats on the lattice of their last places.
/// </summary>
internal sealed class IntegerSamples
{
    /// <summary>
    /// Floats whose lattice needs more bits than this are refused: a double's 53 and a range of 2^43, with room in 128 bits for
    /// sums over all features.
    /// </summary>
    public const int MostBits = 96;

    /// <summary>Bits of the lower part that <see cref="Products"/> takes of each number: two digits.</summary>
    public const int LowBits = 2 * Kernels.Digits.Digit.Bits;

    private const int NarrowBits = 62;

    private readonly SampleMatrix<byte>? _bytes;
    private readonly long[]? _values;   // where NarrowBits suffice
    private readonly Int128[]? _wide;   // where they do not

    private IntegerSamples(SampleMatrix samples, int exponent, long[]? values, Int128[]? wide = null)
    {
        (_bytes, _values, _wide) = (values is null && wide is null ? (SampleMatrix<byte>)samples : null, values, wide);
        (Rows, Columns, Exponent, Type) = (samples.Rows, samples.Columns, exponent, samples.ElementType);
        (Least, Greatest) = _bytes is not null ? (0, byte.MaxValue) : samples.Rows * samples.Columns == 0 ? (0, 0)
            : values is not null ? (values.Min(), values.Max()) : (wide!.Min(), wide!.Max());
    }

    /// <summary>Number of samples.</summary>
    public int Rows { get; }

    /// <summary>Number of features, n.</summary>
    public int Columns { get; }

    /// <summary>The type that the values had.</summary>
    public ElementType Type { get; }

    /// <summary>The unit's exponent.</summary>
    public int Exponent { get; }

    /// <summary>No X is below this; for bytes 0.</summary>
    public Int128 Least { get; }

    /// <summary>No X is above this; for bytes 255.</summary>
    public Int128 Greatest { get; }

    /// <summary>What a network made for these samples is to know of them.</summary>
    public InputBox Box => new(Type, Exponent, Least, Greatest);

    /// <summary>The samples on the coarsest lattice that holds them all, or on 2^coarsest where that is finer. O(N n).</summary>
    /// <exception cref="MemoException">The lattice needs more than <see cref="MostBits"/> bits.</exception>
    public static IntegerSamples Of(SampleMatrix samples, int? coarsest = null) => samples switch
    {
        SampleMatrix<byte> when coarsest is null or 0 => new IntegerSamples(samples, 0, null),
        SampleMatrix<byte> bytes => Scale(bytes.ToContiguous(), coarsest),
        SampleMatrix<float> floats => Scale(floats.ToContiguous(), coarsest),
        SampleMatrix<double> doubles => Scale(doubles.ToContiguous(), coarsest),
        _ => throw new NotSupportedException($"samples of type {samples.ElementType}"),
    };

    /// <summary>Sample i into a buffer of n numbers.</summary>
    public void CopyRow(int row, Span<Int128> target)
    {
        for (int k = 0; k < Columns; k++) target[k] = _bytes?.Row(row)[k] ?? _values?[row * Columns + k] ?? _wide![row * Columns + k];
    }

    /// <summary>Whether <see cref="Products"/> has an upper part.</summary>
    public bool IsWide => _wide is not null;

    /// <summary>
    /// w . (X mod 2^<see cref="LowBits"/>), or the rest w . floor(X / 2^LowBits), of the samples from <paramref name="first"/> on,
    /// one for each product; |w| &lt;= 2^28. All of w . X where samples are not wide.
    /// </summary>
    public void Products(ReadOnlySpan<int> weights, int first, Span<Int128> products, bool upper = false)
    {
        int most = 0;
        foreach (int weight in weights) most = Math.Max(most, Math.Abs(weight));
        for (int s = 0; s < products.Length; s++)
            products[s] = _wide is not null ? PartialDot(weights, _wide.AsSpan((first + s) * Columns, Columns), upper)
                : _values is not null ? Dot(weights, _values.AsSpan((first + s) * Columns, Columns))
                : most <= WeightedBytes.MostWeight ? WeightedBytes.Dot(_bytes!.Row(first + s), weights, most)
                : WeightedBytes.DotScalar(_bytes!.Row(first + s), weights);
    }

    private static Int128 PartialDot(ReadOnlySpan<int> weights, ReadOnlySpan<Int128> sample, bool upper)
    {
        const long Mask = (1L << LowBits) - 1;
        Int128 sum = 0;
        for (int k = 0; k < sample.Length; k++)
            sum += (Int128)weights[k] * (upper ? (long)(sample[k] >> LowBits) : (long)sample[k] & Mask);
        return sum;
    }

    private static Int128 Dot(ReadOnlySpan<int> weights, ReadOnlySpan<long> sample)
    {
        Int128 sum = 0;
        for (int k = 0; k < sample.Length; k++) sum += (Int128)weights[k] * sample[k];
        return sum;
    }

    /// <summary>
    /// w . X of any sample by its row, prepared for many rows. The caller keeps the weights small enough for a sum below 2^63 for
    /// bytes, 2^127 for others.
    /// </summary>
    public Func<int, Int128> ProductsWith(long[] weights)
    {
        long most = weights.Length == 0 ? 0 : weights.Max(Math.Abs);
        if (_bytes is not null && most <= WeightedBytes.MostWeight)
        {
            int[] narrow = [.. weights.Select(weight => (int)weight)];
            return row => WeightedBytes.Dot(_bytes.Row(row), narrow, (int)most);
        }
        if (_values is not null && (Int128)most * Int128.Max(Int128.Abs(Least), Int128.Abs(Greatest)) * Columns <= long.MaxValue)
            return row =>
            {
                long sum = 0;
                ReadOnlySpan<long> values = _values.AsSpan(row * Columns, Columns);
                for (int k = 0; k < values.Length; k++) sum += weights[k] * values[k];
                return sum;
            };
        return row =>
        {
            Int128 sum = 0;
            for (int k = 0; k < Columns; k++)
                sum += weights[k] * (_bytes?.Row(row)[k] ?? _values?[row * Columns + k] ?? _wide![row * Columns + k]);
            return sum;
        };
    }

    private static IntegerSamples Scale<T>(SampleMatrix<T> samples, int? coarsest) where T : unmanaged, INumber<T>
    {
        var lattice = new Lattice();
        foreach (T value in samples.Values) lattice.Include(double.CreateChecked(value));
        // Zeros lie on every lattice.
        int exponent = lattice.Bits == 0 ? coarsest ?? 0 : Math.Min(lattice.Lowest, coarsest ?? lattice.Lowest);
        int bits = lattice.Bits == 0 ? 0 : lattice.Highest - exponent + 1;
        if (bits > MostBits)
            throw new MemoException($"the values reach up to 2^{lattice.Highest}, and the last place that {(exponent < lattice.Lowest ? "the " +
                "network" : "they")} need{(exponent < lattice.Lowest ? "s" : "")} is 2^{exponent}: as integers they take {bits} bits, more " +
                $"than the {MostBits} that networks over integers take; round the data");
        const string Purpose = "the samples as integers";
        if (bits > NarrowBits)
        {
            Int128[] wide = MemoryBudget.OfThisProcess.Allocate<Int128>(Purpose, samples.Rows, samples.Columns);
            for (int i = 0; i < wide.Length; i++) wide[i] = (Int128)Math.ScaleB(double.CreateChecked(samples.Values[i]), -exponent);
            return new IntegerSamples(samples, exponent, null, wide);
        }
        long[] values = MemoryBudget.OfThisProcess.Allocate<long>(Purpose, samples.Rows, samples.Columns);
        for (int i = 0; i < values.Length; i++)
            values[i] = (long)Math.ScaleB(double.CreateChecked(samples.Values[i]), -exponent); // exact: 53 bits and a shift
        return new IntegerSamples(samples, exponent, values);
    }
}
