// Equal samples with different labels, which no network can memorize.

using System.Numerics;
using System.Runtime.InteropServices;

namespace Memo.Data;

/// <summary>What to do with equal samples that carry different labels.</summary>
public enum OnConflict
{
    /// <summary>Refuse the data, naming two such rows.</summary>
    Error,
    /// <summary>Remove all samples equal to one in conflict.</summary>
    Drop,
    /// <summary>
    /// Keep, of equal samples, those with the most frequent label; on a tie, the label of the lowest row.
    /// </summary>
    Majority,
}

/// <summary>Finds equal samples by hashing, O(N n), and settles their labels.</summary>
public static class LabelConflicts
{
    /// <summary>
    /// The data without label conflicts; the same object when there are none. Values are compared as numbers (-0.0
    /// equals 0.0). Equal samples with equal labels stay as they are. <paramref name="dropped"/> counts the samples
    /// removed.
    /// </summary>
    /// <exception cref="LabelConflictException">There is a conflict and the policy is
    /// <see cref="OnConflict.Error"/>.</exception>
    public static Dataset Resolve(Dataset data, OnConflict policy, out int dropped)
    {
        ArgumentNullException.ThrowIfNull(data);
        List<List<int>> conflicts = data.Points switch
        {
            SampleMatrix<byte> matrix => FindConflicts(matrix, data.LabelArray),
            SampleMatrix<float> matrix => FindConflicts(matrix, data.LabelArray),
            SampleMatrix<double> matrix => FindConflicts(matrix, data.LabelArray),
            _ => throw new NotSupportedException($"samples of type {data.Points.ElementType}"),
        };
        dropped = 0;
        if (conflicts.Count == 0) return data;
        if (policy == OnConflict.Error) throw Describe(data, conflicts);

        var keep = new bool[data.Count];
        Array.Fill(keep, true);
        foreach (List<int> group in conflicts)
        {
            int winner = policy == OnConflict.Majority ? MostFrequentLabel(data, group) : -1;
            foreach (int i in group)
                if (data.Labels[i] != winner)
                {
                    keep[i] = false;
                    dropped++;
                }
        }
        if (dropped == data.Count)
            throw new MemoException($"{data.Source}: every sample equals another with a different label, so none " +
                "is left; keep the majority's") { Setting = nameof(OnConflict) };
        return data.SelectSamples([.. Enumerable.Range(0, data.Count).Where(i => keep[i])]);
    }

    // Groups of equal samples with more than one label, each in ascending order, in order of their first sample.
    private static List<List<int>> FindConflicts<T>(SampleMatrix<T> points, int[] labels)
        where T : unmanaged, INumber<T>
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
        return [.. groupOfFirst.Values.Where(group => group.Exists(i => labels[i] != labels[group[0]]))];
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

    private static int MostFrequentLabel(Dataset data, List<int> group)
    {
        var counts = new Dictionary<int, int>();
        foreach (int i in group) CollectionsMarshal.GetValueRefOrAddDefault(counts, data.Labels[i], out _)++;
        int most = counts.Values.Max();
        // "Lowest row" is the row in the file, so that shuffling does not change which label wins.
        return data.Labels[group.Where(i => counts[data.Labels[i]] == most).MinBy(i => data.FileRows[i])];
    }

    // The two lowest file rows of different labels in the group with the lowest file row.
    private static LabelConflictException Describe(Dataset data, List<List<int>> conflicts)
    {
        List<int> group = conflicts.MinBy(rows => rows.Min(i => data.FileRows[i]))!;
        int[] ordered = [.. group.OrderBy(i => data.FileRows[i])];
        int other = ordered.First(i => data.Labels[i] != data.Labels[ordered[0]]);
        return new LabelConflictException(data.Source, data.FileRows[ordered[0]], data.Classes[data.Labels[ordered[0]]],
            data.FileRows[other], data.Classes[data.Labels[other]]);
    }
}
