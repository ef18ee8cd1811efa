// The one place where arrays for data are allocated, so that too large a request ends in a message, not in a crash.

using System.Globalization;
using System.Runtime.CompilerServices;

namespace Memo.Data;

/// <summary>How many bytes of memory data may take.</summary>
internal readonly record struct MemoryBudget(long AvailableBytes)
{
    /// <summary>What the runtime says this process may use: the machine's memory or its container's limit.</summary>
    public static MemoryBudget OfThisProcess => new(GC.GetGCMemoryInfo().TotalAvailableMemoryBytes);

    /// <summary>Throws unless <paramref name="bytes"/> are available.</summary>
    public void Require(string source, double bytes)
    {
        if (bytes > AvailableBytes)
            throw new MemoException($"{source}: needs {Gigabytes(bytes)} GB of memory, {Gigabytes(AvailableBytes)} " +
                                    "GB are available; use fewer samples");
    }

    /// <summary>
    /// An uninitialized array of rows * columns elements, after checking memory and the runtime's array limit.
    /// </summary>
    public T[] Allocate<T>(string source, long rows, long columns) where T : unmanaged
    {
        Require(source, (double)rows * columns * Unsafe.SizeOf<T>());
        if ((Int128)rows * columns > Array.MaxLength)
            throw new MemoException(
                $"{source}: {rows} x {columns} values are more than the {Array.MaxLength} that one " +
                                    "array can hold; use fewer samples");
        try
        {
            return GC.AllocateUninitializedArray<T>((int)(rows * columns));
        }
        catch (OutOfMemoryException exception)
        {
            throw new MemoException(
                $"{source}: no memory left for {rows} x {columns} values; use fewer samples", exception);
        }
    }

    private static string Gigabytes(double bytes) =>
        (bytes / 1e9).ToString(bytes < 1e8 ? "G2" : "F1", CultureInfo.InvariantCulture);
}
