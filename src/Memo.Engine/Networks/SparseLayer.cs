using System.Numerics;

namespace Memo.Networks;

/// <summary>
/// One affine layer over the integers with sparse rows: output j = sum over the entries e of row j of
/// Weights[e] * input[Columns[e]], + Biases[j]. Weights are of any size. Immutable.
/// </summary>
public sealed class SparseLayer
{
    private readonly int[] _rowStarts, _columns;
    private readonly BigInteger[] _weights, _biases;

    /// <summary>Wraps (does not copy) the rows of a layer.</summary>
    /// <param name="inputs">Numbers that go in.</param>
    /// <param name="rowStarts">Length outputs + 1, ascending from 0: row j's entries are rowStarts[j] .. rowStarts[j+1] - 1.</param>
    /// <param name="columns">The input of each entry, strictly ascending within a row.</param>
    /// <param name="weights">The weight of each entry, not zero.</param>
    /// <param name="biases">Length outputs.</param>
    /// <exception cref="MemoException">The parts do not fit together.</exception>
    internal SparseLayer(int inputs, int[] rowStarts, int[] columns, BigInteger[] weights, BigInteger[] biases)
    {
        ArgumentNullException.ThrowIfNull(rowStarts);
        ArgumentNullException.ThrowIfNull(columns);
        ArgumentNullException.ThrowIfNull(weights);
        ArgumentNullException.ThrowIfNull(biases);
        if (inputs < 1 || biases.Length < 1) throw new MemoException("a layer needs an input and an output");
        if (rowStarts.Length != biases.Length + 1 || rowStarts[0] != 0 || rowStarts[^1] != columns.Length ||
            columns.Length != weights.Length)
            throw new MemoException("the rows of a layer do not fit its entries");
        for (int row = 0; row < biases.Length; row++)
        {
            if (rowStarts[row] > rowStarts[row + 1] || rowStarts[row + 1] > columns.Length)
                throw new MemoException($"row {row} of a layer ends before it starts, or beyond the entries");
            for (int e = rowStarts[row], last = -1; e < rowStarts[row + 1]; last = columns[e++])
                if (columns[e] <= last || columns[e] >= inputs || weights[e].IsZero)
                    throw new MemoException($"row {row} of a layer of {inputs} inputs: entries must have ascending columns " +
                                            "below that and weights that are not zero");
        }
        (Inputs, _rowStarts, _columns, _weights, _biases) = (inputs, rowStarts, columns, weights, biases);
        int nonZeroBiases = 0;
        foreach (BigInteger weight in weights) Bits = Math.Max(Bits, (int)BigInteger.Abs(weight).GetBitLength());
        foreach (BigInteger bias in biases)
        {
            Bits = Math.Max(Bits, (int)BigInteger.Abs(bias).GetBitLength());
            if (!bias.IsZero) nonZeroBiases++;
        }
        Shape = new LayerShape(inputs, biases.Length, weights.Length + nonZeroBiases);
    }

    /// <summary>Numbers that go in.</summary>
    public int Inputs { get; }

    /// <summary>Numbers that come out.</summary>
    public int Outputs => _biases.Length;

    /// <summary>Where each row's entries start, and the end of the last; length Outputs + 1.</summary>
    public ReadOnlySpan<int> RowStarts => _rowStarts;

    /// <summary>The input of each entry.</summary>
    public ReadOnlySpan<int> Columns => _columns;

    /// <summary>The weight of each entry.</summary>
    public ReadOnlySpan<BigInteger> Weights => _weights;

    /// <summary>The bias of each output.</summary>
    public ReadOnlySpan<BigInteger> Biases => _biases;

    /// <summary>The layer's sizes.</summary>
    public LayerShape Shape { get; }

    /// <summary>Bits of the largest weight's or bias's magnitude.</summary>
    public int Bits { get; }
}
