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

    /// <summary>Whether the rows follow each other without gaps.</summary>
    public abstract bool IsContiguous { get; }

    /// <summary>These samples with rows that follow each other: this matrix where they do, else a copy. O(N n).</summary>
    public abstract SampleMatrix ToContiguous();

    /// <summary>
    /// The same values in another element type. Throws <see cref="MemoException"/> naming the first value (row, column)
    /// that the type cannot represent exactly; returns this matrix when the type is already right.
    /// </summary>
    /// <param name="type">The type wanted.</param>
    /// <param name="fileRows">What to call the rows in messages; their positions by default.</param>
    public abstract SampleMatrix ConvertExactly(ElementType type, ReadOnlySpan<int> fileRows = default);

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
    internal SampleMatrix FitTo(int dimension, ElementType type, string source, string purpose, ReadOnlySpan<int> fileRows = default)
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
/// A sample matrix with elements of type <typeparamref name="T"/>: byte, float or double; all values finite. It refers to
/// memory that is not its own: an array, a mapped file, what C passed. What is built from samples keeps them, so the memory
/// must neither change nor go as long as it is in use.
/// </summary>
public sealed class SampleMatrix<T> : SampleMatrix where T : unmanaged, INumber<T>
{
    private readonly ReadOnlyMemory<T> _values;

    /// <summary>Wraps (does not copy) <paramref name="values"/>, row-major, of length rows * columns.</summary>
    /// <exception cref="ArgumentException">The length is not rows * columns, or a dimension is negative.</exception>
    public SampleMatrix(T[] values, int rows, int columns)
        : this((values ?? throw new ArgumentNullException(nameof(values))).AsMemory(), rows, columns)
    {
    }

    /// <inheritdoc cref="SampleMatrix{T}(T[], int, int)"/>
    public SampleMatrix(ReadOnlyMemory<T> values, int rows, int columns) : base(rows, columns)
    {
        if (rows < 0 || columns < 0 || values.Length != (long)rows * columns)
            throw new ArgumentException($"{values.Length} values for a {rows} x {columns} matrix");
        (_values, RowStride) = (values, columns);
    }

    /// <summary>Wraps (does not copy) rows that lie apart: sample i begins at i * rowStride.</summary>
    /// <param name="values">At least (rows - 1) * rowStride + columns elements where there is a row.</param>
    /// <param name="rows">N, 0 or more.</param>
    /// <param name="columns">n, 0 or more.</param>
    /// <param name="rowStride">Elements from one row to the next, at least <paramref name="columns"/>.</param>
    /// <exception cref="ArgumentException">Too few values, a negative dimension or too short a stride.</exception>
    public SampleMatrix(ReadOnlyMemory<T> values, int rows, int columns, int rowStride) : base(rows, columns)
    {
        if (rows < 0 || columns < 0 || rowStride < columns || (rows > 0 && values.Length < (rows - 1L) * rowStride + columns))
            throw new ArgumentException($"{values.Length} values for a {rows} x {columns} matrix with a row stride of {rowStride}");
        (_values, RowStride) = (values, rowStride);
    }

    /// <summary>Elements from one row to the next.</summary>
    public int RowStride { get; }

    /// <inheritdoc/>
    public override bool IsContiguous => RowStride == Columns || Rows <= 1;

    /// <summary>All values, row-major, length Rows * Columns.</summary>
    /// <exception cref="InvalidOperationException">The rows lie apart; see <see cref="ToContiguous"/>.</exception>
    public ReadOnlySpan<T> Values => IsContiguous
        ? _values.Span[..(Rows * Columns)]
        : throw new InvalidOperationException($"the rows of {Columns} lie {RowStride} apart");

    /// <summary>The rows and what lies between them: sample i begins at i * <see cref="RowStride"/>.</summary>
    public ReadOnlySpan<T> Elements => _values.Span;

    /// <inheritdoc/>
    public override SampleMatrix<T> ToContiguous()
    {
        if (IsContiguous) return this;
        var values = new T[checked(Rows * Columns)];
        for (int i = 0; i < Rows; i++) Row(i).CopyTo(values.AsSpan(i * Columns, Columns));
        return new SampleMatrix<T>(values, Rows, Columns);
    }

    /// <summary>Sample i, length n.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ReadOnlySpan<T> Row(int i) => _values.Span.Slice(checked(i * RowStride), Columns);

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
    public override SampleMatrix ConvertExactly(ElementType type, ReadOnlySpan<int> fileRows = default) => type switch
    {
        _ when type == ElementType => this,
        ElementType.UInt8 => ConvertTo<byte>(fileRows),
        ElementType.Float32 => ConvertTo<float>(fileRows),
        ElementType.Float64 => ConvertTo<double>(fileRows),
        _ => throw new ArgumentOutOfRangeException(nameof(type)),
    };

    private SampleMatrix<TOther> ConvertTo<TOther>(ReadOnlySpan<int> fileRows) where TOther : unmanaged, INumber<TOther>
    {
        var converted = new TOther[checked(Rows * Columns)];
        for (int i = 0; i < Rows; i++)
        {
            ReadOnlySpan<T> from = Row(i);
            Span<TOther> to = converted.AsSpan(i * Columns, Columns);
            for (int k = 0; k < from.Length; k++)
            {
                to[k] = TOther.CreateSaturating(from[k]);
                if (double.CreateChecked(to[k]) != double.CreateChecked(from[k]))
                    throw new MemoException($"row {(fileRows.IsEmpty ? i : fileRows[i])}, column {k}: the value {from[k]} is not exactly representable as " +
                                            new SampleMatrix<TOther>(ReadOnlyMemory<TOther>.Empty, 0, 0).ElementType.ToString().ToLowerInvariant());
            }
        }
        return new SampleMatrix<TOther>(converted, Rows, Columns);
    }
}
