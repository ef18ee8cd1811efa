namespace Memo.Gpu.Search;

/// <summary>
/// The order in which labelled points lie on the device: panels of one class each, the classes taking turns, so that a search
/// from the front meets every class early and its limits tighten at once. A class's last panel is filled up with padding.
/// </summary>
internal sealed class PointLayout
{
    public PointLayout(ReadOnlySpan<int> labels, int classCount, int width)
    {
        var byClass = new List<int>[classCount];
        for (int k = 0; k < classCount; k++) byClass[k] = [];
        for (int i = 0; i < labels.Length; i++) byClass[labels[i]].Add(i);
        Width = width;
        PanelCount = byClass.Sum(rows => (rows.Count + width - 1) / width);
        (Rows, PanelClasses) = (new int[checked(PanelCount * width)], new int[PanelCount]);
        Array.Fill(Rows, -1);
        for (int panel = 0, turn = 0; panel < PanelCount; turn++)
            for (int k = 0; k < classCount; k++)
            {
                int first = turn * width, count = Math.Min(width, byClass[k].Count - first);
                if (count <= 0) continue;
                byClass[k].CopyTo(first, Rows, panel * width, count);
                PanelClasses[panel++] = k;
            }
    }

    /// <summary>Points of a panel.</summary>
    public int Width { get; }

    public int PanelCount { get; }

    /// <summary>The row of the data at each position, -1 for padding.</summary>
    public int[] Rows { get; }

    /// <summary>The class that the points of each panel share.</summary>
    public int[] PanelClasses { get; }
}
