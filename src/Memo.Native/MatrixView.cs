// The caller's matrices: checked, and copied by blocks of rows into the engine's own.
using System.Numerics;
using System.Runtime.InteropServices;
using Memo.Data;

namespace Memo.Native;

/// <summary>memo_matrix of memo.h: a read-only view of the caller's memory.</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct MatrixView
{
    private const int UInt8 = 1, Float32 = 2, Float64 = 3;

    // Elements copied at once, at most 128 MiB: so that a large matrix is not held twice.
    private const int BlockElements = 1 << 24;

    public void* Data;
    public long Rows;
    public long Columns;
    public long RowStride;
    public int ElementType;
    public int Reserved;

    /// <summary>Rows of a block of <see cref="CopyRows"/> that keeps the copy small; at least 1.</summary>
    public readonly int RowsPerBlock => (int)Math.Max(1, BlockElements / Columns);

    /// <summary>The number of an element type in the ABI.</summary>
    public static int NumberOf(ElementType type) => type switch
    {
        Memo.Data.ElementType.UInt8 => UInt8,
        Memo.Data.ElementType.Float32 => Float32,
        Memo.Data.ElementType.Float64 => Float64,
        _ => throw new ArgumentOutOfRangeException(nameof(type)),
    };

    /// <summary>Throws unless this is a view that can be read, of <paramref name="columns"/> columns.</summary>
    public readonly void RequireReadable(string name, int columns)
    {
        if (ElementType is not (UInt8 or Float32 or Float64)) throw Invalid($"{name}: unknown element type {ElementType}");
        if (Reserved != 0) throw Invalid($"{name}: the reserved field must be 0");
        if (Rows < 0) throw Invalid($"{name}: {Rows} rows");
        if (Columns != columns) throw Invalid($"{name}: {Columns} columns, but the network takes {columns} features");
        if (RowStride < Columns) throw Invalid($"{name}: a row stride of {RowStride} elements is less than the {Columns} columns");
        if (Rows > 0 && Data == null) throw Invalid($"{name}: {Rows} rows, but data is NULL");
        if ((Int128)Rows * RowStride * sizeof(double) > long.MaxValue)
            throw Invalid($"{name}: no memory holds {Rows} rows {RowStride} elements apart");
    }

    /// <summary>A copy of rows first to first + count - 1.</summary>
    /// <exception cref="MemoException">A value is not finite.</exception>
    public readonly SampleMatrix CopyRows(long first, int count) => ElementType switch
    {
        UInt8 => CopyRowsOf<byte>(first, count),
        Float32 => CopyRowsOf<float>(first, count),
        _ => CopyRowsOf<double>(first, count),
    };

    private readonly SampleMatrix<T> CopyRowsOf<T>(long first, int count) where T : unmanaged, INumber<T>
    {
        int columns = (int)Columns;
        var values = GC.AllocateUninitializedArray<T>(checked(count * columns));
        for (int i = 0; i < count; i++)
        {
            var row = new ReadOnlySpan<T>((T*)Data + (first + i) * RowStride, columns);
            for (int k = 0; k < columns; k++)
                if (!T.IsFinite(row[k]))
                    throw new MemoException($"row {first + i}, column {k}: {row[k]} is not a finite number");
            row.CopyTo(values.AsSpan(i * columns, columns));
        }
        return new SampleMatrix<T>(values, count, columns);
    }

    private static CallException Invalid(string message) => new(Status.InvalidArgument, message);
}
