using System.Globalization;
using System.Numerics;
using System.Runtime.CompilerServices;

namespace Memo.Data;

/// <summary>The element types that are native everywhere: bytes stay bytes, floats stay what they are.</summary>
public enum ElementType
{
    /// <summary>Unsigned bytes; computed in integers, exactly.</summary>
    UInt8,
    /// <summary>IEEE binary32; filtered in floating point, decided exactly.</summary>
    Float32,
    /// <summary>IEEE binary64; filtered in floating point, decided exactly.</summary>
    Float64,
}

/// <summary>What the element types are called.</summary>
public static class ElementTypes
{
    /// <summary>The type as NumPy calls it: "uint8", "float32" or "float64".</summary>
    public static string NumpyName(this ElementType type) => type switch
    {
        ElementType.UInt8 => "uint8",
        ElementType.Float32 => "float32",
        ElementType.Float64 => "float64",
        _ => throw new ArgumentOutOfRangeException(nameof(type)),
    };
}

/// <summary>N samples of n features: a dense row-major matrix of one of the three element types.</summary>
public abstract class SampleMatrix
{
    /// <summary>Number of samples, N.</summary>
    public int Rows { get; }

    /// <summary>Number of features, n.</summary>
    public int Columns { get; }

    private protected SampleMatrix(int rows, int columns) => (Rows, Columns) = (rows, columns);

    /// <summary>The type of the elements.</summary>
    public abstract ElementType ElementType { get; }

    /// <summary>A new matrix of the given rows, in the given order (rows may repeat). O(rows.Length * n).</summary>
    public abstract SampleMatrix SelectRows(ReadOnlySpan<int> rows);

    /// <summary>
    /// The same values in another element type. Throws <see cref="MemoException"/> naming the first value (row, column)
    /// that the type cannot represent exactly; returns this matrix when the type is already right.
    /// </summary>
    /// <param name="type">The type wanted.</param>
    /// <param name="fileRows">What to call the rows in messages; their positions by default.</param>
    public abstract SampleMatrix ConvertExactly(ElementType type, int[]? fileRows = null);

    /// <summary>
    /// These samples in the form that something built from other samples takes, with messages that name the data.
    /// O(N n); this matrix itself when its type is right.
    /// </summary>
    /// <param name="dimension">The number of features expected.</param>
    /// <param name="type">The element type; every value must convert exactly.</param>
    /// <param name="source">What to call the data in messages.</param>
    /// <param name="purpose">What expects that form, for the message: "the network".</param>
    /// <param name="fileRows">What to call the rows in messages; their positions by default.</param>
    /// <exception cref="MemoException">Another number of features, or a value that the type cannot
    /// represent.</exception>
    public SampleMatrix FitTo(int dimension, ElementType type, string source, string purpose, int[]? fileRows = null)
    {
        if (Columns != dimension)
            throw new MemoException(string.Create(CultureInfo.InvariantCulture,
                $"{source}: samples of {Columns} features, but {purpose} takes {dimension}"));
        try
        {
            return ConvertExactly(type, fileRows);
        }
        catch (MemoException exception)
        {
            throw new MemoException($"{source}: {exception.Message}, the type that {purpose} takes", exception);
        }
    }

    /// <summary>One value, widened exactly to double.</summary>
    public abstract double this[int row, int column] { get; }
}

/// <summary>
/// A sample matrix with elements of type <typeparamref name="T"/>: byte, float or double; all values finite.
/// </summary>
public sealed class SampleMatrix<T> : SampleMatrix where T : unmanaged, INumber<T>
{
    private readonly T[] _values;

    /// <summary>Wraps (does not copy) <paramref name="values"/>, row-major, of length rows * columns.</summary>
    /// <exception cref="ArgumentException">The length is not rows * columns, or a dimension is negative.</exception>
    public SampleMatrix(T[] values, int rows, int columns) : base(rows, columns)
    {
        ArgumentNullException.ThrowIfNull(values);
        if (rows < 0 || columns < 0 || values.LongLength != (long)rows * columns)
            throw new ArgumentException($"{values.LongLength} values for a {rows} x {columns} matrix");
        _values = values;
    }

    /// <summary>All values, row-major, length Rows * Columns.</summary>
    public ReadOnlySpan<T> Values => _values;

    /// <summary>Sample i, length n.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ReadOnlySpan<T> Row(int i) => _values.AsSpan(checked(i * Columns), Columns);

    /// <inheritdoc/>
    public override ElementType ElementType =>
        typeof(T) == typeof(byte) ? ElementType.UInt8 :
        typeof(T) == typeof(float) ? ElementType.Float32 :
        typeof(T) == typeof(double) ? ElementType.Float64 :
        throw new NotSupportedException($"samples of type {typeof(T)}");

    /// <inheritdoc/>
    public override double this[int row, int column] => double.CreateChecked(Row(row)[column]);

    /// <inheritdoc/>
    public override SampleMatrix SelectRows(ReadOnlySpan<int> rows)
    {
        var selected = new T[checked(rows.Length * Columns)];
        for (int i = 0; i < rows.Length; i++)
            Row(rows[i]).CopyTo(selected.AsSpan(i * Columns, Columns));
        return new SampleMatrix<T>(selected, rows.Length, Columns);
    }

    /// <inheritdoc/>
    public override SampleMatrix ConvertExactly(ElementType type, int[]? fileRows = null) => type switch
    {
        _ when type == ElementType => this,
        ElementType.UInt8 => ConvertTo<byte>(fileRows),
        ElementType.Float32 => ConvertTo<float>(fileRows),
        ElementType.Float64 => ConvertTo<double>(fileRows),
        _ => throw new ArgumentOutOfRangeException(nameof(type)),
    };

    private SampleMatrix<TOther> ConvertTo<TOther>(int[]? fileRows) where TOther : unmanaged, INumber<TOther>
    {
        var converted = new TOther[_values.Length];
        for (int i = 0; i < _values.Length; i++)
        {
            converted[i] = TOther.CreateSaturating(_values[i]);
            if (double.CreateChecked(converted[i]) != double.CreateChecked(_values[i]))
            {
                int row = fileRows?[i / Columns] ?? i / Columns;
                string type = new SampleMatrix<TOther>([], 0, 0).ElementType.ToString().ToLowerInvariant();
                throw new MemoException($"row {row}, column {i % Columns}: the value {_values[i]} is not exactly " +
                                        $"representable as {type}");
            }
        }
        return new SampleMatrix<TOther>(converted, Rows, Columns);
    }
}
