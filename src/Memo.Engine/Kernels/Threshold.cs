using System.Numerics;

namespace Memo.Kernels;

/// <summary>Comparisons of a short row with a limit.</summary>
internal static unsafe class Threshold
{
    /// <summary>Whether any of <paramref name="count"/> values is at most <paramref name="limit"/>.</summary>
    public static bool AnyAtMost<T>(T* values, int count, T limit) where T : unmanaged, INumber<T>
    {
        int lane = 0;
        var limits = new Vector<T>(limit);
        for (; lane <= count - Vector<T>.Count; lane += Vector<T>.Count)
            if (Vector.LessThanOrEqualAny(*(Vector<T>*)(values + lane), limits)) return true;
        for (; lane < count; lane++)
            if (values[lane] <= limit) return true;
        return false;
    }
}
