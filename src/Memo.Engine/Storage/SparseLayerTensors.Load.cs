// Reading layers: every start, column, sign and limb is checked before it is used, and named by layer and row when refused.
using System.Numerics;
using System.Runtime.InteropServices;
using Memo.Networks;

namespace Memo.Storage;

internal sealed partial class SparseLayerTensors
{
    private readonly SafetensorsReader _file;
    private readonly int _entryCount, _rowCount;
    private int[] _sizes = [], _rowStarts = [], _columns = [], _limbStarts = [];
    private int[] _limbs = []; // their 32 bits, without a sign
    private byte[] _signs = [];

    /// <summary>The tensors of a file that has all of them; types and lengths are checked, nothing is read.</summary>
    /// <exception cref="FileFormatException">A tensor of another type, or lengths that do not fit each other.</exception>
    public SparseLayerTensors(SafetensorsReader file)
    {
        _file = file;
        long entries = RequireVector(Columns, TensorType.I32), numbers = RequireVector(Signs, TensorType.I8);
        RequireVector(Limbs, TensorType.U32);
        if (RequireVector(Sizes, TensorType.I32) < 2) throw Misfit(Sizes, "at least 2 elements");
        if (numbers <= entries) throw Misfit(Signs, $"more elements than {Columns} has, {entries}: a bias for each row");
        if (RequireVector(RowStarts, TensorType.I32) != numbers - entries + 1)
            throw Misfit(RowStarts, $"{numbers - entries + 1} elements, as {Signs} and {Columns} have it");
        if (RequireVector(LimbStarts, TensorType.I32) != numbers + 1)
            throw Misfit(LimbStarts, $"{numbers + 1} elements, as {Signs} has it");
        if (numbers >= Array.MaxLength) throw Misfit(Signs, $"fewer than {Array.MaxLength} elements");
        (_entryCount, _rowCount) = ((int)entries, (int)(numbers - entries));
    }

    /// <summary>Takes the values of a tensor, all of whose bytes go to the sink as well.</summary>
    public void Read(TensorEntry tensor, ByteSink alsoTo)
    {
        switch (tensor.Name)
        {
            case Sizes: _sizes = _file.ReadValues<int>(tensor, alsoTo); break;
            case RowStarts: _rowStarts = _file.ReadValues<int>(tensor, alsoTo); break;
            case Columns: _columns = _file.ReadValues<int>(tensor, alsoTo); break;
            case LimbStarts: _limbStarts = _file.ReadValues<int>(tensor, alsoTo); break;
            case Limbs: _limbs = _file.ReadValues<int>(tensor, alsoTo); break;
            case Signs: _signs = _file.ReadValues<byte>(tensor, alsoTo); break;
            default: _file.CopyTo(tensor, alsoTo); break;
        }
    }

    /// <summary>The layers, once all tensors have been read. O(numbers + limbs).</summary>
    /// <param name="dimension">The features that the first layer is to take.</param>
    /// <exception cref="FileFormatException">Anything that is not the one form of some layers.</exception>
    public SparseLayer[] ToLayers(int dimension)
    {
        RequireSizes(dimension);
        RequireStarts(RowStarts, _rowStarts, _columns.Length, row => WhereRow(row));
        RequireStarts(LimbStarts, _limbStarts, _limbs.Length, WhereNumber);
        var layers = new SparseLayer[_sizes.Length - 1];
        for (int k = 0, firstRow = 0; k < layers.Length; firstRow += _sizes[++k])
            layers[k] = ToLayer(_sizes[k], firstRow, _sizes[k + 1]);
        return layers;
    }

    private SparseLayer ToLayer(int inputs, int firstRow, int rows)
    {
        int firstEntry = _rowStarts[firstRow], entries = _rowStarts[firstRow + rows] - firstEntry;
        var (starts, weights, biases) = (new int[rows + 1], new BigInteger[entries], new BigInteger[rows]);
        for (int row = 0; row < rows; row++)
        {
            starts[row + 1] = _rowStarts[firstRow + row + 1] - firstEntry;
            for (int e = starts[row], last = -1; e < starts[row + 1]; e++)
            {
                int column = _columns[firstEntry + e];
                if (column <= last || column >= inputs)
                    throw Flaw(Columns, firstEntry + e, $"{WhereRow(firstRow + row)}: column {column} " +
                        (column <= last && last >= 0 ? $"follows {last}; they must ascend" : $"is none of its {inputs} inputs"));
                last = column;
                weights[e] = ReadNumber(firstEntry + e);
                if (weights[e].IsZero)
                    throw Flaw(Signs, firstEntry + e, $"{WhereRow(firstRow + row)}: the weight of column {column} is zero");
            }
            biases[row] = ReadNumber(_entryCount + firstRow + row);
        }
        return new SparseLayer(inputs, starts, _columns.AsSpan(firstEntry, entries).ToArray(), weights, biases);
    }

    private BigInteger ReadNumber(int number)
    {
        int start = _limbStarts[number], count = _limbStarts[number + 1] - start, sign = (sbyte)_signs[number];
        if (sign is < -1 or > 1 || (sign == 0) != (count == 0))
            throw Flaw(Signs, number, $"{WhereNumber(number)}: the sign {sign} does not fit a number of {count} limbs");
        if (count == 0) return BigInteger.Zero;
        if (count > MostLimbs)
            throw Flaw(LimbStarts, number, $"{WhereNumber(number)}: a number of {count} limbs; {MostLimbs} are the most");
        if (_limbs[start + count - 1] == 0)
            throw Flaw(Limbs, start + count - 1, $"{WhereNumber(number)}: the last limb is zero; a number has no more limbs " +
                                                 "than it needs");
        BigInteger magnitude = count == 1
            ? (uint)_limbs[start]
            : new BigInteger(MemoryMarshal.AsBytes(_limbs.AsSpan(start, count)), isUnsigned: true);
        return sign < 0 ? -magnitude : magnitude;
    }

    private void RequireSizes(int dimension)
    {
        long rows = 0;
        for (int k = 0; k < _sizes.Length; k++)
        {
            if (_sizes[k] < 1)
                throw Flaw(Sizes, k, k == 0 ? $"the network takes {_sizes[k]} features" : $"layer {k} has {_sizes[k]} rows");
            if (k > 0) rows += _sizes[k];
        }
        if (_sizes[0] != dimension)
            throw Flaw(Sizes, 0, $"the first layer takes {_sizes[0]} features, the metadata 'dimension' says {dimension}");
        if (_sizes[^1] != 1) throw Flaw(Sizes, _sizes.Length - 1, $"the last layer has {_sizes[^1]} rows; it must have one");
        if (rows != _rowCount)
            throw Flaw(Sizes, 1, $"the layers have {rows} rows in all, but {RowStarts} is made for {_rowCount}");
    }

    private void RequireStarts(string name, int[] starts, int end, Func<int, string> where)
    {
        if (starts[0] != 0) throw Flaw(name, 0, $"must start at 0, not at {starts[0]}");
        for (int i = 1; i < starts.Length; i++)
            if (starts[i] < starts[i - 1] || starts[i] > end)
                throw Flaw(name, i, $"{where(i - 1)} reaches from {starts[i - 1]} to {starts[i]}; starts must ascend, to {end}");
        if (starts[^1] != end) throw Flaw(name, starts.Length - 1, $"must end at {end}, not at {starts[^1]}");
    }

    // "layer 3, row 5": layers from 1, as `memo inspect` counts them, rows from 0.
    private string WhereRow(int row)
    {
        int layer = 1;
        for (; row >= _sizes[layer]; layer++) row -= _sizes[layer];
        return $"layer {layer}, row {row}";
    }

    private string WhereNumber(int number)
    {
        if (number >= _entryCount) return $"{WhereRow(number - _entryCount)}, bias";
        int row = Array.BinarySearch(_rowStarts, number);
        if (row < 0) row = ~row - 1;
        else
            while (_rowStarts[row + 1] == number) row++; // rows without entries before it
        return $"{WhereRow(row)}, column {_columns[number]}";
    }

    private long RequireVector(string name, TensorType type)
    {
        TensorEntry tensor = _file.Header.Find(name)!;
        if (tensor.Type != type || tensor.Shape.Count != 1)
            throw new FileFormatException(_file.Name, $"{name} is {tensor.Describe()}; it must be {type.FormatName()} of one " +
                "dimension", _file.Prefix.Length + tensor.Begin);
        return tensor.Count;
    }

    private FileFormatException Misfit(string name, string needed)
    {
        TensorEntry tensor = _file.Header.Find(name)!;
        return new(_file.Name, $"{name} is {tensor.Describe()}; it must have {needed}", _file.Prefix.Length + tensor.Begin);
    }

    private FileFormatException Flaw(string name, int index, string problem)
    {
        TensorEntry tensor = _file.Header.Find(name)!;
        long offset = _file.Prefix.Length + tensor.Begin + (long)index * tensor.Type.ElementBytes();
        return new(_file.Name, $"{problem} ({name}[{index}], at byte {offset})", offset);
    }
}
