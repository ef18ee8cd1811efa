// What the numbered classes of well-known data sets show, for pictures and tables.
using Memo.Data;

namespace Memo.Reports;

/// <summary>Names for people of the classes of named data sets.</summary>
public static class KnownClassNames
{
    private static readonly Dictionary<string, string[]> Names = new()
    {
        // batches.meta.txt of the data set
        ["cifar-10"] = ["airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck"],
        // the data set's README, "Labels", shortened
        ["fashion-mnist"] = ["t-shirt", "trouser", "pullover", "dress", "coat", "sandal", "shirt", "sneaker", "bag", "boot"],
    };

    /// <summary>From class value to name for a reference such as cifar-10:3,5; empty for data whose classes name themselves.</summary>
    public static IReadOnlyDictionary<string, string> Of(DataReference reference)
    {
        ArgumentNullException.ThrowIfNull(reference);
        string name = reference.Text.Split(':')[0];
        return Names.TryGetValue(name, out string[]? names)
            ? Enumerable.Range(0, names.Length).ToDictionary(
                k => k.ToString(System.Globalization.CultureInfo.InvariantCulture), k => names[k])
            : new Dictionary<string, string>();
    }
}
