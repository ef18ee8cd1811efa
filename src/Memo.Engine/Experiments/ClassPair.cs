using Memo.Data;

namespace Memo.Experiments;

/// <summary>A binary task: the class that is -1 and the class that is +1, by name.</summary>
/// <param name="Negative">The first named, -1.</param>
/// <param name="Positive">The second named, +1.</param>
internal readonly record struct ClassPair(string Negative, string Positive)
{
    /// <summary>
    /// Every pair of two classes, the earlier in the list first (so the smaller is -1 unless the classes were selected in
    /// another order): K (K-1) / 2 pairs.
    /// </summary>
    /// <exception cref="MemoException">There are fewer than two classes.</exception>
    public static IReadOnlyList<ClassPair> All(ClassList classes)
    {
        ArgumentNullException.ThrowIfNull(classes);
        if (classes.Count < 2)
            throw new MemoException($"only one class ({classes}) is there; a pair needs two");
        var pairs = new List<ClassPair>();
        for (int a = 0; a < classes.Count; a++)
            for (int b = a + 1; b < classes.Count; b++)
                pairs.Add(new ClassPair(classes[a], classes[b]));
        return pairs;
    }

    /// <summary>
    /// Reads "all" or a list such as "1-7,2-3". Class names may hold a hyphen (-1--2 is -1 against -2) as long as one
    /// reading fits the classes.
    /// </summary>
    /// <exception cref="MemoException">An item is no pair of two different known classes.</exception>
    public static IReadOnlyList<ClassPair> Parse(string text, ClassList classes)
    {
        ArgumentNullException.ThrowIfNull(text);
        ArgumentNullException.ThrowIfNull(classes);
        return text == "all" ? All(classes) : [.. text.Split(',').Select(item => ParseOne(item.Trim(), classes))];
    }

    private static ClassPair ParseOne(string item, ClassList classes)
    {
        for (int hyphen = item.IndexOf('-', StringComparison.Ordinal); hyphen >= 0;
             hyphen = item.IndexOf('-', hyphen + 1))
        {
            ClassPair pair = new(item[..hyphen], item[(hyphen + 1)..]);
            if (classes.IndexOf(pair.Negative) < 0 || classes.IndexOf(pair.Positive) < 0) continue;
            if (pair.Negative == pair.Positive)
                throw new MemoException($"'{item}' is no pair: the two classes are the same");
            return pair;
        }
        throw new MemoException($"'{item}' is no pair of classes; write a pair as A-B with A and B among {classes}");
    }

    /// <summary>"A-B".</summary>
    public override string ToString() => $"{Negative}-{Positive}";
}
