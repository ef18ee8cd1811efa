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
    /// <summary>Floats whose lattice needs more bits than this are refused: sums over all features stay within 128 bits.</summary>
    public const int MostBits = 62;

    private readonly SampleMatrix<byte>? _bytes;
    private readonly long[]? _values;

    private IntegerSamples(SampleMatrix samples, int exponent, long[]? values)
    {
        (_bytes, _values) = (values is null ? (SampleMatrix<byte>)samples : null, values);
        (Rows, Columns, Exponent, Type) = (samples.Rows, samples.Columns, exponent, samples.ElementType);
        (Least, Greatest) = _bytes is not null ? (0, byte.MaxValue) : values!.Length == 0 ? (0, 0) : (values.Min(), values.Max());
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
    public long Least { get; }

    /// <summary>No X is above this; for bytes 255.</summary>
    public long Greatest { get; }

    /// <summary>What a network made for these samples is to know of them.</summary>
    public InputBox Box => new(Type, Exponent, Least, Greatest);

    /// <summary>The samples on the coarsest lattice that holds them all, or on 2^coarsest where that is finer. O(N n).</summary>
    /// <exception cref="MemoException">The lattice needs more than <see cref="MostBits"/> bits.</exception>
    public static IntegerSamples Of(SampleMatrix samples, int? coarsest = null)
    {
        return samples switch
        {
            SampleMatrix<byte> when coarsest is null or 0 => new IntegerSamples(samples, 0, null),
            SampleMatrix<byte> bytes => Scale<byte>(bytes, coarsest),
            SampleMatrix<float> floats => Scale<float>(floats, coarsest),
            SampleMatrix<double> doubles => Scale<double>(doubles, coarsest),
            _ => throw new NotSupportedException($"samples of type {samples.ElementType}"),
        };
    }

    /// <summary>Sample i into a buffer of n numbers.</summary>
    public void CopyRow(int row, Span<long> target)
    {
        if (_values is not null) _values.AsSpan(row * Columns, Columns).CopyTo(target);
        else
            for (int k = 0; k < Columns; k++) target[k] = _bytes!.Row(row)[k];
    }

    /// <summary>w . X of sample i. The caller keeps the weights small enough for a sum below 2^63 for bytes, 2^127 for others.</summary>
    public Int128 Dot(ReadOnlySpan<long> weights, int row)
    {
        if (_bytes is not null)
        {
            long sum = 0;
            ReadOnlySpan<byte> sample = _bytes.Row(row);
            for (int k = 0; k < sample.Length; k++) sum += weights[k] * sample[k];
            return sum;
        }
        Int128 total = 0;
        ReadOnlySpan<long> values = _values.AsSpan(row * Columns, Columns);
        for (int k = 0; k < values.Length; k++) total += (Int128)weights[k] * values[k];
        return total;
    }

    /// <summary>w . X of the samples from <paramref name="first"/> on, one for each product; |w| &lt;= 2^28.</summary>
    public void Products(ReadOnlySpan<int> weights, int first, Span<Int128> products)
    {
        int most = 0;
        foreach (int weight in weights) most = Math.Max(most, Math.Abs(weight));
        for (int s = 0; s < products.Length; s++)
            products[s] = _bytes is null ? WideDot(weights, _values.AsSpan((first + s) * Columns, Columns))
                : most <= WeightedBytes.MostWeight ? WeightedBytes.Dot(_bytes.Row(first + s), weights, most)
                : WeightedBytes.DotScalar(_bytes.Row(first + s), weights);
    }

    private static Int128 WideDot(ReadOnlySpan<int> weights, ReadOnlySpan<long> sample)
    {
        Int128 sum = 0;
        for (int k = 0; k < sample.Length; k++) sum += (Int128)weights[k] * sample[k];
        return sum;
    }

    /// <summary>w . X of any sample by its row, as <see cref="Dot"/> but prepared for many rows.</summary>
    public Func<int, Int128> ProductsWith(long[] weights)
    {
        long most = weights.Length == 0 ? 0 : weights.Max(Math.Abs);
        if (_bytes is not null && most <= WeightedBytes.MostWeight)
        {
            int[] narrow = [.. weights.Select(weight => (int)weight)];
            return row => WeightedBytes.Dot(_bytes.Row(row), narrow, (int)most);
        }
        if (_values is not null && (Int128)most * Math.Max(Math.Abs(Least), Math.Abs(Greatest)) * Columns <= long.MaxValue)
            return row =>
            {
                long sum = 0;
                ReadOnlySpan<long> values = _values.AsSpan(row * Columns, Columns);
                for (int k = 0; k < values.Length; k++) sum += weights[k] * values[k];
                return sum;
            };
        return row => Dot(weights, row);
    }

    private static IntegerSamples Scale<T>(SampleMatrix<T> samples, int? coarsest) where T : unmanaged, INumber<T>
    {
        var lattice = new Lattice();
        foreach (T value in samples.Values) lattice.Include(double.CreateChecked(value));
        int exponent = Math.Min(lattice.Lowest, coarsest ?? lattice.Lowest);
        int bits = lattice.Bits == 0 ? 0 : lattice.Highest - exponent + 1;
        if (bits > MostBits)
            throw new MemoException($"the values reach from 2^{exponent} (their last place) to 2^{lattice.Highest}: as integers they " +
                                    $"need {bits} bits, more than the {MostBits} that networks over integers take; round the data");
        long[] values = MemoryBudget.OfThisProcess.Allocate<long>("the samples as integers", samples.Rows, samples.Columns);
        for (int i = 0; i < values.Length; i++)
            values[i] = (long)Math.ScaleB(double.CreateChecked(samples.Values[i]), -exponent); // exact: below 2^62, 53 bits
        return new IntegerSamples(samples, exponent, values);
    }
}
