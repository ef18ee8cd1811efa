using Memo.Data;
using Memo.Networks;

namespace Memo.Experiments;

/// <summary>A row worth looking at, and why it is answered as it is.</summary>
internal sealed record GalleryEntry(int Row, CellExplanation Why);

/// <summary>Rows of a kind: how many there are, and the first of them.</summary>
internal sealed record GalleryGroup(string Name, int Count, IReadOnlyList<GalleryEntry> Shown);

/// <summary>
/// The rows that a network of cells does worst on: those answered wrongly, most certain first; those it abstains on, in the
/// order of the data; and of those answered rightly the most fragile, of the smallest certified radius.
/// </summary>
internal static class Gallery
{
    /// <summary>Rows shown of each kind.</summary>
    public const int MostShown = 24;

    /// <summary>Chooses and explains the rows. O(N n) for each row shown.</summary>
    /// <param name="network">The network.</param>
    /// <param name="rows">Labelled rows of its classes.</param>
    /// <param name="answers">Its answers to them, with radii.</param>
    /// <param name="run">Threads, progress, cancellation.</param>
    public static IReadOnlyList<GalleryGroup> Of(CellNetwork network, Dataset rows, Predictions answers, RunOptions run)
    {
        double[] radii = answers.Radii ?? throw new ArgumentException("answers without radii", nameof(answers));
        int[] labels = answers.Labels, all = [.. Enumerable.Range(0, rows.Count)];
        int[] wrong = [.. all.Where(i => labels[i] >= 0 && labels[i] != rows.Labels[i]).OrderByDescending(i => radii[i])];
        int[] abstained = [.. all.Where(i => labels[i] == Predictions.Abstention)];
        int[] right = [.. all.Where(i => labels[i] == rows.Labels[i]).OrderBy(i => radii[i])];
        (string Name, int[] Rows)[] groups = [("wrong", wrong), ("abstained", abstained), ("fragile", right)];
        int[] shown = [.. groups.SelectMany(group => group.Rows.Take(MostShown))];
        IReadOnlyList<CellExplanation> explained = CellExplanation.Of(network, rows.Points, shown, run);
        int next = 0;
        return
        [
            .. groups.Select(group => new GalleryGroup(group.Name, group.Rows.Length,
                [.. group.Rows.Take(MostShown).Select(row => new GalleryEntry(row, explained[next++]))])),
        ];
    }
}
