namespace Memo.Reports;

/// <summary>
/// Finds room for the labels of points: each is put at the nearest of a few places around its point where it covers no
/// other label, no point and no edge. Greedy, in the order in which labels come.
/// </summary>
/// <param name="left">Left edge of the room.</param>
/// <param name="top">Upper edge.</param>
/// <param name="width">Its width.</param>
/// <param name="height">Its height.</param>
internal sealed class LabelPlacement(double left, double top, double width, double height)
{
    private const double LineHeight = 16, CharacterWidth = 8.8; // of a bold text of 13 pixels, on the safe side
    private readonly List<(double Left, double Top, double Right, double Bottom)> _taken = [];

    /// <summary>
    /// A label's place: the point on its base line where it is anchored, by its end where it stands left of its point, so
    /// that its distance does not depend on the font; its box; and whether it is so far off that a line should lead there.
    /// </summary>
    public readonly record struct Place(double X, double Y, string Anchor, double Left, double Right, bool Leads);

    /// <summary>Keeps labels off a point.</summary>
    public void Avoid(double x, double y, double margin) => Avoid(x - margin, y - margin, x + margin, y + margin);

    /// <summary>Keeps labels off an area.</summary>
    public void Avoid(double areaLeft, double areaTop, double areaRight, double areaBottom) =>
        _taken.Add((areaLeft, areaTop, areaRight, areaBottom));

    /// <summary>The place of a label; where there is no free one, the one that is nearest.</summary>
    public Place Find(double x, double y, string text)
    {
        double wide = text.Length * CharacterWidth;
        Place? nearest = null;
        for (double distance = 10; distance < 260; distance += 8)
            foreach ((double dx, double dy) in Directions)
            {
                // The box touches a circle of this radius around the point from outside.
                double boxLeft = x + distance * dx - (dx < -0.5 ? wide : dx > 0.5 ? 0 : wide / 2);
                double boxTop = y + distance * dy - (dy < -0.5 ? LineHeight : dy > 0.5 ? 0 : LineHeight / 2);
                (double anchor, string style) = dx < -0.5 ? (boxLeft + wide, "end") : dx > 0.5 ? (boxLeft, "start") : (boxLeft + wide / 2, "middle");
                var place = new Place(anchor, boxTop + 12, style, boxLeft, boxLeft + wide, distance > 12);
                nearest ??= place;
                (double Left, double Top, double Right, double Bottom) box = (boxLeft, boxTop, boxLeft + wide, boxTop + LineHeight);
                if (box.Left < left || box.Top < top || box.Right > left + width || box.Bottom > top + height) continue;
                if (_taken.Exists(other => box.Left < other.Right && other.Left < box.Right && box.Top < other.Bottom && other.Top < box.Bottom))
                    continue;
                _taken.Add(box);
                return place;
            }
        return nearest!.Value;
    }

    /// <summary>
    /// The middles of labels in a column: each as near to where it should be as the others allow, none nearer than
    /// <paramref name="height"/> to the next. Where there is no room for all, they are spread evenly.
    /// </summary>
    /// <param name="wanted">Where they should be, ascending.</param>
    /// <param name="height">Of a label.</param>
    /// <param name="top">No middle is above this.</param>
    /// <param name="bottom">No middle is below this.</param>
    public static double[] Column(ReadOnlySpan<double> wanted, double height, double top, double bottom)
    {
        int count = wanted.Length;
        if (count > 1) height = Math.Min(height, (bottom - top) / (count - 1));
        // Labels that touch are a group, centred on the mean of what its members want; groups that overlap become one
        // (isotonic regression of wanted[i] - i height).
        var groups = new Stack<(double Sum, int Count)>();
        for (int i = 0; i < count; i++)
        {
            (double Sum, int Count) group = (wanted[i] - i * height, 1);
            while (groups.Count > 0 && groups.Peek() is var above && above.Sum / above.Count >= group.Sum / group.Count)
                group = (group.Sum + groups.Pop().Sum, group.Count + above.Count);
            groups.Push(group);
        }
        var middles = new double[count];
        int next = 0;
        foreach ((double sum, int members) in groups.Reverse())
            for (int end = next + members; next < end; next++)
                middles[next] = Math.Clamp(sum / members, top, bottom - (count - 1) * height) + next * height;
        return middles;
    }

    private static readonly (double X, double Y)[] Directions =
        [(1, 0), (-1, 0), (0, -1), (0, 1), (0.75, -0.75), (0.75, 0.75), (-0.75, -0.75), (-0.75, 0.75)];
}
