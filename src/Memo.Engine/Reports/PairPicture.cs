using System.Globalization;
using Memo.Data;
using Memo.Experiments;

namespace Memo.Reports;

/// <summary>
/// The pairs experiment as one picture: a class by class table in SVG, self-contained (no script, font or link),
/// readable on a light and a dark page. Above the diagonal the accuracy of each pair, below it the share of
/// abstentions.
/// </summary>
internal sealed class PairPicture
{
    private const int Cell = 60, CellHeight = 40, Gap = 2, Left = 104, Top = 132, Right = 28, Legend = 92;
    private const int NumberedClasses = 24; // above this many, cells are too many to be read as numbers
    private readonly PairReport _report;
    private readonly string[] _classes;
    private readonly Dictionary<string, int> _index;
    private SvgPage _svg = null!; // the page of this Render
    private readonly int _cell, _cellHeight;
    private readonly double _floor;
    private readonly double _mostAbstained;

    /// <summary>The first line, for example the data's name.</summary>
    public required string Title { get; init; }

    /// <summary>The second line: method, samples, lambda.</summary>
    public required string Subtitle { get; init; }

    /// <summary>
    /// What to write for a class where its name in the data says little (cifar-10: 0 is "airplane"); may be empty.
    /// </summary>
    public IReadOnlyDictionary<string, string> DisplayNames { get; init; } = new Dictionary<string, string>();

    /// <summary>A picture of <paramref name="report"/> with the classes in the order of <paramref name="classes"/>;
    /// those that occur in no pair are left out.</summary>
    public PairPicture(PairReport report, ClassList classes)
    {
        ArgumentNullException.ThrowIfNull(report);
        ArgumentNullException.ThrowIfNull(classes);
        _report = report;
        var occurring = report.Pairs.SelectMany(result => (string[])[result.Pair.Negative, result.Pair.Positive])
            .ToHashSet();
        _classes = [.. classes.Where(occurring.Contains)];
        _index = _classes.Select((name, index) => (name, index)).ToDictionary(item => item.name, item => item.index);
        bool numbered = _classes.Length <= NumberedClasses;
        (_cell, _cellHeight) = numbered ? (Cell, CellHeight) : (14, 14);
        _floor = ColourFloor(report);
        _mostAbstained = report.Pairs.Max(result => result.Test.AbstainedShare);
    }

    /// <summary>
    /// The accuracy that gets the darkest colour: the least one, rounded down to a multiple of 1, 2, 5 or 10 percent so
    /// that the scale covers what occurs and its ends are plain numbers. The lightest colour is always 100 %.
    /// </summary>
    public static double ColourFloor(PairReport report)
    {
        ArgumentNullException.ThrowIfNull(report);
        double percent = 100 * report.Pairs.Min(result => result.Test.Accuracy);
        double step = percent >= 95 ? 1 : percent >= 90 ? 2 : percent >= 80 ? 5 : 10;
        return Math.Min(step * Math.Floor(percent / step), 99) / 100;
    }

    /// <summary>Position of an accuracy on the colour scale from <paramref name="floor"/> to 1.</summary>
    public static double OnScale(double accuracy, double floor) => (accuracy - floor) / (1 - floor);

    /// <summary>The SVG document.</summary>
    public string Render()
    {
        int span = _classes.Length;
        int width = Math.Max(Left + span * (_cell + Gap) + Right, 560);
        int height = Top + span * (_cellHeight + Gap) + Legend;
        _svg = Open(width, height);
        Text(28, 42, "title", Title);
        Text(28, 64, "note", Subtitle);
        Text(28, 84, "note", string.Create(CultureInfo.InvariantCulture,
            $"mean accuracy {100 * _report.MeanAccuracy:0.00} %  ·  nearest neighbour ") +
            string.Create(CultureInfo.InvariantCulture,
                $"{100 * _report.MeanNearestNeighbour:0.00} %  ·  abstained {100 * _report.AbstainedShare:0.00} %"));
        string[] names = [.. _classes.Select(name => Shorten(DisplayNames.GetValueOrDefault(name, name)))];
        string heading = names.Any(name => name.Length > 6) ? "small middle" : "label middle";
        for (int k = 0; k < span; k++)
        {
            (double x, double y) = Corner(k, k);
            if (_cell >= Cell) Text(x + _cell / 2.0, Top - 12, heading, names[k]);
            Text(Left - 10, y + _cellHeight / 2.0 + 4, "label end", _cell >= Cell || k % 5 == 0 ? names[k] : "");
            Rectangle(x, y, "diagonal", null, null);
        }
        foreach (PairResult result in _report.Pairs) DrawPair(result);
        DrawLegend(Top + span * (_cellHeight + Gap) + 34);
        return _svg.ToString();
    }

    private (double X, double Y) Corner(int row, int column) =>
        (Left + column * (_cell + Gap), Top + row * (_cellHeight + Gap));

    private void DrawPair(PairResult result)
    {
        int a = _index[result.Pair.Negative], b = _index[result.Pair.Positive];
        (int row, int column) = a < b ? (a, b) : (b, a);
        string tooltip = $"{result.Pair}: {result.Test.Right} right, {result.Test.Wrong} wrong, " +
                         $"{result.Test.Abstained} abstained of {result.Test.Rows}" +
                         (result.Memorized ? "" : "; NOT memorized");

        double position = OnScale(result.Test.Accuracy, _floor);
        (double x, double y) = Corner(row, column);
        Rectangle(x, y, "cell", PerceptualScale.At(position), tooltip);
        if (_cell >= Cell)
            Text(x + _cell / 2.0, y + _cellHeight / 2.0 + 5, "number middle", Percent(result.Test.Accuracy, "0.0"),
                PerceptualScale.InkAt(position));

        (x, y) = Corner(column, row);
        double share = result.Test.AbstainedShare;
        Rectangle(x, y, "abstained", null, null);
        Rectangle(x, y, "amber", null, tooltip, share == 0 ? 0 : 0.08 + 0.42 * share / _mostAbstained);
        if (_cell >= Cell)
            Text(x + _cell / 2.0, y + _cellHeight / 2.0 + 4, share > 0 ? "share middle" : "share faint middle",
                Percent(share, "0.0"));
    }

    private void DrawLegend(double y)
    {
        const int Stops = 24, Width = 240, Height = 10;
        _svg.Append($"<defs><linearGradient id='scale'>");
        for (int s = 0; s <= Stops; s++)
            _svg.Append($"<stop offset='{(double)s / Stops:0.####}' stop-color='{PerceptualScale.At((double)s / Stops)}'/>");
        _svg.Append($"</linearGradient></defs>\n<rect x='{Left}' y='{y:0.##}' width='{Width}' height='{Height}' ");
        _svg.Append($"rx='2' fill='url(#scale)'/>\n");
        Text(Left, y + 26, "note", Percent(_floor, "0.#") + " %");
        Text(Left + Width, y + 26, "note end", "100 %");
        Text(Left + Width + 20, y + 9, "note", "above: accuracy in %");
        Text(Left + Width + 20, y + 26, "note", "below: abstained in %");
    }

    private SvgPage Open(int width, int height) => new(width, height, $"{Title}: accuracy of every pair of classes",
        """
        .share { fill: #3c4654; font-size: 12px; font-variant-numeric: tabular-nums; }
        .faint { fill: #aab3bf; }
        .diagonal { fill: #e3e7ed; }
        .abstained { fill: #f4f6f9; }
        .amber { fill: #e08a1e; }
        """,
        """
          .share { fill: #c3ccd8; }
          .faint { fill: #56616f; }
          .diagonal { fill: #2b333e; }
          .abstained { fill: #1b2129; }
        """);

    private void Rectangle(double x, double y, string style, Rgb? fill, string? tooltip, double opacity = 1) =>
        _svg.Rectangle(x, y, _cell, _cellHeight, _cell >= Cell ? 4 : 1, style, fill, tooltip, opacity);

    private void Text(double x, double y, string style, string text, Rgb? fill = null) => _svg.Text(x, y, style, text, fill);

    private static string Percent(double share, string format) =>
        (100 * share).ToString(format, CultureInfo.InvariantCulture);

    private static string Shorten(string name) => name.Length <= 10 ? name : name[..9] + "…";
}
