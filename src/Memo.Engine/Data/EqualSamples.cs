// Equal samples, found by hashing.

using System.Numerics;
using System.Runtime.InteropServices;

namespace Memo.Data;

/// <summary>Finds equal samples in O(N n). Values are compared as numbers: -0.0 equals 0.0.</summary>
internal static class EqualSamples
{
    /// <summary>
    /// The groups of two or more equal samples, each in ascending order of rows, in the order of their first rows.
    /// </summary>
    public static List<List<int>> Groups(SampleMatrix points) => points switch
    {
        SampleMatrix<byte> matrix => GroupsOf(matrix),
        SampleMatrix<float> matrix => GroupsOf(matrix),
        SampleMatrix<double> matrix => GroupsOf(matrix),
        _ => throw new NotSupportedException($"samples of type {points.ElementType}"),
    };

    /// <summary>For each query the lowest point that equals it, or -1. O((N + Q) n).</summary>
    /// <param name="points">N points.</param>
    /// <param name="queries">Q queries of the same type and number of features.</param>
    public static int[] Find(SampleMatrix points, SampleMatrix queries) => (points, queries) switch
    {
        (SampleMatrix<byte> a, SampleMatrix<byte> b) => Find(a, b),
        (SampleMatrix<float> a, SampleMatrix<float> b) => Find(a, b),
        (SampleMatrix<double> a, SampleMatrix<double> b) => Find(a, b),
        _ => throw new NotSupportedException($"samples of type {points.ElementType} and {queries.ElementType}"),
    };

    private static int[] Find<T>(SampleMatrix<T> points, SampleMatrix<T> queries) where T : unmanaged, INumber<T>
    {
        var lowest = new Dictionary<ulong, int>(points.Rows);
        var next = new int[points.Rows]; // the chain of points with the same hash, ascending; -1 ends it
        for (int i = points.Rows - 1; i >= 0; i--)
        {
            ref int first = ref CollectionsMarshal.GetValueRefOrAddDefault(lowest, Hash(points.Row(i)), out bool seen);
            (next[i], first) = (seen ? first : -1, i);
        }
        var found = new int[queries.Rows];
        for (int q = 0; q < found.Length; q++)
        {
            found[q] = lowest.GetValueOrDefault(Hash(queries.Row(q)), -1);
            while (found[q] >= 0 && !points.Row(found[q]).SequenceEqual(queries.Row(q))) found[q] = next[found[q]];
        }
        return found;
    }

    private static List<List<int>> GroupsOf<T>(SampleMatrix<T> points) where T : unmanaged, INumber<T>
    {
        var newestOfHash = new Dictionary<ulong, int>(points.Rows);
        var olderOfHash = new int[points.Rows]; // the chain of first samples with the same hash; -1 ends it
        var groupOfFirst = new SortedDictionary<int, List<int>>();
        for (int i = 0; i < points.Rows; i++)
        {
            ref int newest = ref CollectionsMarshal.GetValueRefOrAddDefault(
                newestOfHash, Hash(points.Row(i)), out bool seen);
            if (!seen) newest = -1;
            int first = newest;
            while (first >= 0 && !points.Row(first).SequenceEqual(points.Row(i))) first = olderOfHash[first];
            if (first < 0)
                (olderOfHash[i], newest) = (newest, i);
            else if (groupOfFirst.TryGetValue(first, out List<int>? group))
                group.Add(i);
            else
                groupOfFirst.Add(first, [first, i]);
        }
        return [.. groupOfFirst.Values];
    }

    // Equal rows have equal hashes, -0.0 and 0.0 included; that is all the result depends on.
    private static ulong Hash<T>(ReadOnlySpan<T> row) where T : unmanaged, INumber<T>
    {
        const ulong Multiplier = 0x9E3779B97F4A7C15; // 2^64 divided by the golden ratio, odd
        ulong hash = Multiplier;
        if (typeof(T) == typeof(byte))
        {
            ReadOnlySpan<byte> bytes = MemoryMarshal.AsBytes(row);
            foreach (ulong word in MemoryMarshal.Cast<byte, ulong>(bytes)) Mix(ref hash, word);
            foreach (byte value in bytes[(bytes.Length & ~7)..]) Mix(ref hash, value);
        }
        else
            foreach (T value in row)
                Mix(ref hash, BitConverter.DoubleToUInt64Bits(double.CreateTruncating(value) + 0.0));
        return hash;

        static void Mix(ref ulong hash, ulong word) => hash = BitOperations.RotateLeft((hash ^ word) * Multiplier, 29);
    }
}
