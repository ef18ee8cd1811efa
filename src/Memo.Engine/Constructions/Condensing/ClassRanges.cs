using Memo.Data;

namespace Memo.Constructions.Condensing;

/// <summary>Samples sorted by class, in the data's order within each: where every class stands.</summary>
internal sealed class ClassRanges
{
    private readonly int[] _labels, _starts;

    /// <summary>Sorts by class. O(N).</summary>
    public ClassRanges(Dataset data)
    {
        Count = data.Classes.Count;
        _starts = new int[Count + 1];
        foreach (int label in data.Labels) _starts[label + 1]++;
        for (int k = 0; k < Count; k++) _starts[k + 1] += _starts[k];
        int[] next = [.. _starts];
        (Order, _labels) = (new int[data.Count], new int[data.Count]);
        for (int i = 0; i < data.Count; i++) Order[next[data.Labels[i]]++] = i;
        for (int i = 0; i < data.Count; i++) _labels[i] = data.Labels[Order[i]];
    }

    /// <summary>Classes, K; some may have no sample.</summary>
    public int Count { get; }

    /// <summary>The row in the data of each sorted sample.</summary>
    public int[] Order { get; }

    /// <summary>The class of a sorted sample.</summary>
    public int this[int sample] => _labels[sample];

    /// <summary>The sorted samples of a class: from the first to before the end.</summary>
    public (int First, int End) Range(int label) => (_starts[label], _starts[label + 1]);
}
