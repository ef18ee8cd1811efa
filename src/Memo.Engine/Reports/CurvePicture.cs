using System.Globalization;
using Memo.Constructions;
using Memo.Experiments;

namespace Memo.Reports;

/// <summary>
/// How networks grow with the samples that they memorize: parameters, depth, bits and the cost of a label against N, a line a
/// method, on logarithmic axes, on which a power law is a straight line. Beside the parameters, dashed, what the theorem says
/// of each, through the last point.
/// </summary>
public sealed class CurvePicture
{
    private const int Width = 980, Top = 128, PlotWidth = 318, PlotHeight = 268, RowHeight = 368, LeftPanel = 72, RightPanel = 560;
    private const double LabelGap = 14, LabelHeight = 15;
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
        int height = Top + RowHeight + PlotHeight + 78 + 18 * laws.Length;
        var page = new SvgPage(Width, height, $"{Title}: how networks grow with the samples that they memorize",
            Styles("#ffffff", CategoricalColours.OnLight) + LogAxes.Styles, Styles("#12161c", CategoricalColours.OnDark) + LogAxes.DarkStyles);
        page.Text(28, 42, "title", Title);
        page.Text(28, 64, "note", Subtitle);
        bool factored = _report.Points.Any(point => point.IsFactored);
        DrawPanel(page, LeftPanel, Top, factored ? "parameters that grow" : "parameters without the first layer's",
            point => (double)point.GrowingParameters, withLaws: true);
        DrawPanel(page, RightPanel, Top, "depth", point => point.Size.Depth);
        DrawPanel(page, LeftPanel, Top + RowHeight, "bits of the largest weight", point => point.Size.Bits);
        DrawPanel(page, RightPanel, Top + RowHeight, "microseconds a label", point => Math.Max(1e6 * point.SecondsPerLabel, 1e-3));
        for (int i = 0; i < laws.Length; i++) page.Text(LeftPanel, Top + RowHeight + PlotHeight + 76 + 18 * i, "note", laws[i]);
        return page.ToString();
    }

    // What is dashed, and what is counted.
    private IEnumerable<string> Laws()
    {
        IEnumerable<string> formulas = _report.Methods.Select(method => (method, Law: _report.LawOf(method))).Where(item => item.Law is not null)
            .GroupBy(item => item.Law!.Formula, item => item.method).Select(group => $"{group.Key}: {string.Join(", ", group)}");
        if (formulas.Any()) yield return "dashed: the theorem's curve through the last point  ·  " + string.Join("  ·  ", formulas);
        string[] factored = [.. _report.Points.Where(point => point.IsFactored).Select(point => point.Method).Distinct()];
        if (factored.Length < _report.Methods.Count && factored.Length > 0)
            yield return $"parameters: all but the first layer's, which do not grow; {string.Join(", ", factored)}: all that are not zero";
    }

    private void DrawPanel(SvgPage page, double left, double top, string name, Func<CurvePoint, double> value, bool withLaws = false)
    {
        Line[] lines =
        [
            .. _report.Methods.Select(method => new Line(method,
                [.. _report.Of(method).Select(size => ((double)size[0].Samples, size.Average(value)))])),
        ];
        IEnumerable<double> values = lines.SelectMany(line => line.Points.Select(point => point.Value));
        if (withLaws) values = values.Concat(lines.SelectMany(line => LawThroughLast(line).Select(point => point.Value)));
        IReadOnlyList<int> sizes = _report.Sizes;
        var axes = new LogAxes(left, top, PlotWidth, PlotHeight, (sizes[0] * 0.85, sizes[^1] * 1.12), LogAxes.Decades(values));
        axes.Draw(page, "training samples N", name);

        if (withLaws)
            foreach (Line line in lines.Where(line => LawThroughLast(line).Any()))
                page.Path(LawThroughLast(line).Select(point => (axes.X(point.Samples), axes.Y(point.Value))), $"law {Style(line.Method)}");
        foreach (Line line in lines)
            page.Path(line.Points.Select(point => (axes.X(point.Samples), axes.Y(point.Value))), $"series {Style(line.Method)}");
        foreach (CurvePoint point in _report.Points)
            page.Disc(axes.X(point.Samples), axes.Y(value(point)), 3, $"dot {Style(point.Method)}", Describe(point));
        DrawLabels(page, axes, lines);
    }

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
            page.Path([(axes.X(samples) + 4, axes.Y(value)), (right + 2, axes.Y(value)), (column - 3, middles[i])], $"lead {Style(ordered[i].Method)}");
            page.Text(column, middles[i] + 4, $"label ink {Style(ordered[i].Method)}", ordered[i].Method);
        }
    }

    private IEnumerable<(double Samples, double Value)> LawThroughLast(Line line)
    {
        if (line.Points.Length < 2 || _report.LawOf(line.Method) is not { } law) return [];
        (double samples, double value) = line.Points[^1];
        return line.Points.Select(point => (point.Samples, value * law.At(point.Samples) / law.At(samples)));
    }

    private static string Describe(CurvePoint point) => string.Create(CultureInfo.InvariantCulture,
        $"{point.Method}, N = {point.Samples:N0}, seed {point.Seed}: {point.GrowingParameters:N0} parameters, depth {point.Size.Depth:N0}, " +
        $"{point.Size.Bits:N0} bits, {1e6 * point.SecondsPerLabel:0.###} µs a label") + (point.Memorized ? "" : "; NOT memorized");

    // A method keeps its colour, whatever others are beside it.
    private string Style(string method)
    {
        string[] known = [.. Construction.Methods.Union(_report.Methods)];
        return $"c{Array.IndexOf(known, method) % CategoricalColours.Count}";
    }

    private static string Styles(string page, Func<int, Rgb> colour) => $$"""
        .series { fill: none; stroke-width: 2; stroke-linejoin: round; }
        .law { fill: none; stroke-width: 1.3; stroke-dasharray: 5 4; opacity: 0.85; }
        .lead { fill: none; stroke-width: 0.8; opacity: 0.6; }
        .dot { stroke-width: 0; }
        .ink { paint-order: stroke; stroke: {{page}}; stroke-width: 0; }
        {{string.Join('\n', Enumerable.Range(0, CategoricalColours.Count).Select(i =>
            $"polyline.c{i} {{ stroke: {colour(i)}; }} circle.c{i}, text.c{i} {{ fill: {colour(i)}; }}"))}}

        """;
}
