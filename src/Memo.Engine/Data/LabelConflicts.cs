// Equal samples with different labels, which no network can memorize.

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
        int[] labels = data.LabelArray;
        List<List<int>> conflicts = EqualSamples.Groups(data.Points).FindAll(group => group.Exists(i => labels[i] != labels[group[0]]));
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
