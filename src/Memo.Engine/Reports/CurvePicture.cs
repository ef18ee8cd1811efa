using System.Globalization;
using Memo.Constructions;
using Memo.Experiments;

namespace Memo.Reports;

/// <summary>
/// How networks grow with the samples that they memorize: parameters, depth, bits and the cost of a label against N, a line a
/// method, on logarithmic axes, on which a power law is a straight line. Beside the parameters, dashed, what the theorem says
/// of each, through the last point.
/// </summary>
internal sealed class CurvePicture
{
    private const int Width = 980, Top = 128, PlotWidth = 318, LeftPanel = 72, RightPanel = 560;
    private const int FirstHeight = 400, SecondTop = Top + FirstHeight + 96, SecondHeight = 260;
    private const int Notes = SecondTop + SecondHeight + 76;
    private const double LabelGap = 14, LabelHeight = 15, LeastMicroseconds = 1e-3; // a logarithm needs a number

    // Lines that one line is wide enough to show behind.
    private const int MostCovering = 3;

    // How far the axes go beyond the sizes: a theorem's curve shows there, where no line hides it.
    private const double Beyond = 1.8;

    private readonly CurveReport _report;

    /// <summary>The first line: what was memorized.</summary>
    public required string Title { get; init; }

    /// <summary>The second line: seeds, threads, the machine.</summary>
    public required string Subtitle { get; init; }

    /// <summary>A picture of a report.</summary>
    public CurvePicture(CurveReport report)
    {
        ArgumentNullException.ThrowIfNull(report);
        _report = report;
    }

    // One line of a panel: the mean over the seeds for each size.
    private sealed record Line(string Method, (double Samples, double Value)[] Points);

    /// <summary>The SVG document.</summary>
    public string Render()
    {
        string[] laws = [.. Laws()];
        int height = Notes + 8 + 18 * laws.Length;
        var page = new SvgPage(Width, height, $"{Title}: how networks grow with the samples that they memorize",
            Styles("#ffffff", CategoricalColours.OnLight) + LogAxes.Styles,
            Styles("#12161c", CategoricalColours.OnDark) + LogAxes.DarkStyles);
        page.Text(28, 42, "title", Title);
        page.Text(28, 64, "note", Subtitle);
        DrawPanel(page, LeftPanel, Top, FirstHeight, "parameters that grow with N", point => (double)point.GrowingParameters,
            withLaws: true);
        DrawPanel(page, RightPanel, Top, FirstHeight, "depth", point => point.Size.Depth);
        DrawPanel(page, LeftPanel, SecondTop, SecondHeight, "bits of the largest weight", point => point.Size.Bits);
        DrawPanel(page, RightPanel, SecondTop, SecondHeight, "microseconds a label",
            point => Math.Max(1e6 * point.SecondsPerLabel, LeastMicroseconds));
        for (int i = 0; i < laws.Length; i++) page.Text(LeftPanel, Notes + 18 * i, "note", laws[i]);
        return page.ToString();
    }

    // What is dashed, and what is counted.
    private IEnumerable<string> Laws()
    {
        IEnumerable<string> formulas = _report.Methods.Select(method => (method, Law: _report.LawOf(method)))
            .Where(item => item.Law is not null)
            .GroupBy(item => item.Law!.Formula, item => item.method).Select(group => $"{group.Key}: {string.Join(", ", group)}");
        if (formulas.Any())
            yield return "dashed: the theorem's curve through the last point  ·  " + string.Join("  ·  ", formulas);
        string[] factored = [.. _report.Points.Where(point => point.IsFactored).Select(point => point.Method).Distinct()];
        if (factored.Length < _report.Methods.Count && factored.Length > 0)
            yield return "parameters: all but the first layer's, which do not grow; " +
                         $"{string.Join(", ", factored)}: all that are not zero";
        string[] shorter = [.. _report.Methods.Select(method => (method, Last: _report.Of(method)[^1][0].Samples))
            .Where(item => item.Last < _report.Sizes[^1])
            .Select(item => string.Create(CultureInfo.InvariantCulture, $"{item.method} at N = {item.Last:N0}"))];
        if (shorter.Length > 0) yield return $"ended early, for the time it takes: {string.Join(", ", shorter)}";
    }

    private void DrawPanel(SvgPage page, double left, double top, double height, string name, Func<CurvePoint, double> value,
        bool withLaws = false)
    {
        Line[] lines =
        [
            .. _report.Methods.Select(method => new Line(method,
                [.. _report.Of(method).Select(size => ((double)size[0].Samples, size.Average(value)))])),
        ];
        (double, double)[][] laws = withLaws ? [.. lines.Select(LawThroughLast)] : [];
        IReadOnlyList<int> sizes = _report.Sizes;
        var axes = new LogAxes(left, top, PlotWidth, height, (sizes[0] / Beyond, sizes[^1] * Beyond),
            LogAxes.Decades([.. lines.SelectMany(line => line.Points).Concat(laws.SelectMany(law => law))
                .Select(point => point.Item2)]));
        axes.Draw(page, "training samples N", name);

        for (int i = 0; i < laws.Length; i++)
            if (laws[i].Length > 0)
                page.Path(laws[i].Select(point => (axes.X(point.Item1), axes.Y(point.Item2))), $"law {Style(lines[i].Method)}");
        for (int i = 0; i < lines.Length; i++)
        {
            // One that others cover is drawn wider, and shows on both sides.
            int covering = lines.Skip(i + 1).Count(other => Coincide(axes, lines[i], other));
            page.Path(lines[i].Points.Select(point => (axes.X(point.Samples), axes.Y(point.Value))),
                $"series {(covering > 0 ? $"covered{Math.Min(covering, MostCovering)} " : "")}{Style(lines[i].Method)}");
        }
        foreach (CurvePoint point in _report.Points)
            page.Disc(axes.X(point.Samples), axes.Y(value(point)), 3, $"dot {Style(point.Method)}", Describe(point));
        DrawLabels(page, axes, lines);
    }

    // Whether the shorter line lies on the other one.
    private static bool Coincide(LogAxes axes, Line line, Line other) =>
        line.Points.Zip(other.Points).All(pair => pair.First.Samples == pair.Second.Samples &&
                                                  Math.Abs(axes.Y(pair.First.Value) - axes.Y(pair.Second.Value)) < 1.5);

    // In a column beside the plot, in the order of the lines' ends.
    private void DrawLabels(SvgPage page, LogAxes axes, Line[] lines)
    {
        double right = axes.Left + axes.Width, column = right + LabelGap;
        Line[] ordered = [.. lines.OrderByDescending(line => line.Points[^1].Value)];
        double[] middles = LabelPlacement.Column([.. ordered.Select(line => axes.Y(line.Points[^1].Value))], LabelHeight,
            axes.Top, axes.Top + axes.Height);
        for (int i = 0; i < ordered.Length; i++)
        {
            (double samples, double value) = ordered[i].Points[^1];
            page.Path([(axes.X(samples), axes.Y(value)), (right, axes.Y(value)), (column - 3, middles[i])],
                $"lead {Style(ordered[i].Method)}");
            page.Text(column, middles[i] + 4, $"label ink {Style(ordered[i].Method)}", ordered[i].Method);
        }
    }

    // From end to end of the axis.
    private (double Samples, double Value)[] LawThroughLast(Line line)
    {
        const int Steps = 24;
        if (_report.LawOf(line.Method) is not { } law) return [];
        (double last, double value) = line.Points[^1];
        double from = _report.Sizes[0] / Beyond, ratio = _report.Sizes[^1] * Beyond / from;
        return
        [
            .. Enumerable.Range(0, Steps + 1).Select(step => from * Math.Pow(ratio, (double)step / Steps))
                .Select(samples => (samples, value * law.At(samples) / law.At(last))),
        ];
    }

    private static string Describe(CurvePoint point) => string.Create(CultureInfo.InvariantCulture,
        $"{point.Method}, N = {point.Samples:N0}, seed {point.Seed}: {point.GrowingParameters:N0} parameters, " +
        $"depth {point.Size.Depth:N0}, {point.Size.Bits:N0} bits, {1e6 * point.SecondsPerLabel:0.###} µs a label") +
        (point.Memorized ? "" : "; NOT memorized");

    // A method keeps its colour, whatever others are beside it.
    private string Style(string method)
    {
        string[] known = [.. Construction.Methods.Union(_report.Methods)];
        return $"c{Array.IndexOf(known, method) % CategoricalColours.Count}";
    }

    private static string Styles(string page, Func<int, Rgb> colour) => $$"""
        .series { fill: none; stroke-width: 2; stroke-linejoin: round; }
        {{string.Join('\n', Enumerable.Range(1, MostCovering).Select(i => string.Create(CultureInfo.InvariantCulture,
            $".covered{i} {{ stroke-width: {2 + 2.5 * i:0.#}; }}")))}}
        .law { fill: none; stroke-width: 1.3; stroke-dasharray: 5 4; opacity: 0.85; }
        .lead { fill: none; stroke-width: 0.8; opacity: 0.6; }
        .dot { stroke-width: 0; }
        .ink { paint-order: stroke; stroke: {{page}}; stroke-width: 0; }
        {{string.Join('\n', Enumerable.Range(0, CategoricalColours.Count).Select(i =>
            $"polyline.c{i} {{ stroke: {colour(i)}; }} circle.c{i}, text.c{i} {{ fill: {colour(i)}; }}"))}}

        """;
}
