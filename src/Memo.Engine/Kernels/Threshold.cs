using System.Numerics;

namespace Memo.Kernels;

/// <summary>Minimum of a row, and its comparison with a limit.</summary>
internal static unsafe class Threshold
{
    /// <summary>Whether any of <paramref name="count"/> values is at most <paramref name="limit"/>.</summary>
    public static bool AnyAtMost<T>(T* values, int count, T limit) where T : unmanaged, INumber<T> =>
        FirstAtMost(values, 0, count, limit) < count;

    /// <summary>The first index from <paramref name="from"/> on with a value at most the limit, or <paramref name="count"/>.</summary>
    public static int FirstAtMost<T>(T* values, int from, int count, T limit) where T : unmanaged, INumber<T>
    {
        int i = from;
        var limits = new Vector<T>(limit);
        while (i <= count - Vector<T>.Count && !Vector.LessThanOrEqualAny(*(Vector<T>*)(values + i), limits))
            i += Vector<T>.Count;
        while (i < count && !(values[i] <= limit)) i++;
        return i;
    }

    /// <summary>The index of the least of <paramref name="count"/> values, the first of equals; count at least 1.</summary>
    public static int IndexOfLeast(int* values, int count)
    {
        int least = int.MaxValue, i = 0;
        if (count >= Vector<int>.Count)
        {
            var leasts = new Vector<int>(int.MaxValue);
            for (; i <= count - Vector<int>.Count; i += Vector<int>.Count)
                leasts = Vector.Min(leasts, *(Vector<int>*)(values + i));
            for (int lane = 0; lane < Vector<int>.Count; lane++) least = Math.Min(least, leasts[lane]);
        }
        for (; i < count; i++) least = Math.Min(least, values[i]);
        return new ReadOnlySpan<int>(values, count).IndexOf(least);
    }
}
