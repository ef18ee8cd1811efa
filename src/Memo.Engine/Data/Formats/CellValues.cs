// The values of a text file: bytes as long as all are, else doubles.

namespace Memo.Data.Formats;

/// <summary>Collects values row by row; uint8 when all are integers in 0..255, else float64.</summary>
internal sealed class CellValues(ContentReader content)
{
    private readonly GrowingArray<byte> _bytes = new(content);
    private GrowingArray<double>? _doubles; // from the first value on that is no byte

    /// <summary>Adds a finite value.</summary>
    public void Add(double value)
    {
        if (_doubles is null)
        {
            if (NumberCell.TryByte(value, out byte small))
            {
                _bytes.Add(small);
                return;
            }
            _doubles = new GrowingArray<double>(content);
            foreach (byte earlier in _bytes.Items) _doubles.Add(earlier);
        }
        _doubles.Add(value);
    }

    /// <summary>The values as a matrix of the given shape.</summary>
    public SampleMatrix ToMatrix(int rows, int columns) => _doubles is null
        ? new SampleMatrix<byte>(Exactly(_bytes, rows, columns), rows, columns)
        : new SampleMatrix<double>(Exactly(_doubles, rows, columns), rows, columns);

    private T[] Exactly<T>(GrowingArray<T> values, int rows, int columns) where T : unmanaged
    {
        T[] exact = content.Budget.Allocate<T>(content.Path, rows, columns);
        values.Items.CopyTo(exact);
        return exact;
    }
}
