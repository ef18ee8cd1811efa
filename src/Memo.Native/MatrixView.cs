// The caller's matrices: checked, and read where they lie.
using System.Numerics;
using System.Runtime.InteropServices;
using Memo.Data;
using Memo.Data.Formats;

namespace Memo.Native;

/// <summary>memo_matrix of memo.h: a read-only view of the caller's memory.</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct MatrixView
{
    private const int UInt8 = 1, Float32 = 2, Float64 = 3;

    // Elements of a block of rows that are converted, at most 128 MiB: so that a large matrix is not held twice.
    private const int ConvertedElements = 1 << 24;

    // Rows of a block that are read in place: their labels take 64 MiB.
    private const int MostRows = 1 << 24;

    public void* Data;
    public long Rows;
    public long Columns;
    public long RowStride;
    public int ElementType;
    public int Reserved;

    /// <summary>The number of an element type in the ABI.</summary>
    public static int NumberOf(ElementType type) => type switch
    {
        Memo.Data.ElementType.UInt8 => UInt8,
        Memo.Data.ElementType.Float32 => Float32,
        Memo.Data.ElementType.Float64 => Float64,
        _ => throw new ArgumentOutOfRangeException(nameof(type)),
    };

    /// <summary>The caller's view, which must be one that can be read; <paramref name="name"/> is the parameter's in memo.h.</summary>
    public static MatrixView Read(MatrixView* view, string name)
    {
        CallException.ThrowIfNull(view, name);
        view->RequireReadable(name);
        return *view;
    }

    private readonly void RequireReadable(string name)
    {
        if (ElementType is not (UInt8 or Float32 or Float64)) throw Invalid($"{name}: unknown element type {ElementType}");
        if (Reserved != 0) throw Invalid($"{name}: the reserved field must be 0");
        if (Rows < 0) throw Invalid($"{name}: {Rows} rows");
        if (Columns < 1) throw Invalid($"{name}: {Columns} columns");
        if (RowStride < Columns) throw Invalid($"{name}: a row stride of {RowStride} elements is less than the {Columns} columns");
        if (Rows > 0 && Data == null) throw Invalid($"{name}: {Rows} rows, but data is NULL");
        if ((Int128)Rows * RowStride * sizeof(double) > long.MaxValue)
            throw Invalid($"{name}: no memory holds {Rows} rows {RowStride} elements apart");
        if (Columns > Array.MaxLength) throw Invalid($"{name}: {Columns} columns are more than {Array.MaxLength}");
        if ((nuint)Data % (nuint)ElementSize != 0)
            throw Invalid($"{name}: data is not aligned to the {ElementSize} bytes of an element");
    }

    /// <summary>Throws unless there are so many columns.</summary>
    public readonly void RequireColumns(string name, long columns, string taker)
    {
        if (Columns != columns) throw Invalid($"{name}: {Columns} columns, but {taker} {columns} features");
    }

    /// <summary>Throws unless the matrix is small enough to be read at once.</summary>
    public readonly void RequireOneBlock(string name)
    {
        if (Elements > Array.MaxLength)
            throw Invalid($"{name}: {Rows} rows {RowStride} elements apart are more than {Array.MaxLength} elements; give fewer rows at a time");
    }

    /// <summary>Throws unless the elements are of the type.</summary>
    public readonly void RequireType(string name, ElementType type)
    {
        if (ElementType != NumberOf(type)) throw Invalid($"{name}: elements of type {ElementType}, but this takes {NumberOf(type)}");
    }

    /// <summary>Elements from the first to the last, those between rows included.</summary>
    public readonly long Elements => Rows == 0 ? 0 : (Rows - 1) * RowStride + Columns;

    /// <summary>Bytes from the first element to the last.</summary>
    public readonly nuint Bytes => (nuint)(Elements * ElementSize);

    private readonly int ElementSize => ElementType switch { UInt8 => 1, Float32 => sizeof(float), _ => sizeof(double) };

    /// <summary>Rows that can be read at once; at least 1.</summary>
    /// <param name="taken">The element type that they are converted to, or null for none.</param>
    public readonly int RowsPerBlock(ElementType? taken) => taken is { } type && NumberOf(type) != ElementType
        ? (int)Math.Max(1, ConvertedElements / Columns)
        : (int)Math.Clamp(Array.MaxLength / RowStride, 1, MostRows);

    /// <summary>Rows first to first + count - 1 where they lie, no more than one block of them.</summary>
    /// <exception cref="MemoException">A value is not finite; the text names its row and column.</exception>
    public readonly SampleMatrix Samples(long first, int count) => ElementType switch
    {
        UInt8 => InPlace<byte>(first, count),
        Float32 => InPlace<float>(first, count),
        _ => InPlace<double>(first, count),
    };

    /// <summary>All rows, copied. RequireOneBlock() need not hold, but rows * columns elements must fit an array.</summary>
    /// <exception cref="MemoException">A value is not finite; the text names its row and column.</exception>
    public readonly SampleMatrix Copy() => ElementType switch
    {
        UInt8 => Copy<byte>(),
        Float32 => Copy<float>(),
        _ => Copy<double>(),
    };

    private readonly SampleMatrix<T> InPlace<T>(long first, int count) where T : unmanaged, INumber<T>
    {
        // A single row may be farther from the next than a length can say.
        int columns = (int)Columns, stride = count > 1 ? (int)RowStride : columns;
        int length = count == 0 ? 0 : (count - 1) * stride + columns;
        var memory = new UnmanagedMemory<T>((T*)Data + first * RowStride, length);
        var samples = new SampleMatrix<T>(memory.Memory, count, columns, stride);
        FiniteCheck.Require(samples, null, first);
        return samples;
    }

    private readonly SampleMatrix<T> Copy<T>() where T : unmanaged, INumber<T>
    {
        int columns = (int)Columns, rows = (int)Rows;
        var values = GC.AllocateUninitializedArray<T>(rows * columns);
        for (int i = 0; i < rows; i++)
            new ReadOnlySpan<T>((T*)Data + i * RowStride, columns).CopyTo(values.AsSpan(i * columns, columns));
        var samples = new SampleMatrix<T>(values, rows, columns);
        FiniteCheck.Require(samples, null);
        return samples;
    }

    private static CallException Invalid(string message) => CallException.InvalidArgument(message);
}
