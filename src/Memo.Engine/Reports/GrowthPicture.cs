using Memo.Benchmarks;

namespace Memo.Reports;

/// <summary>
/// How the cost of one exact label grows with the training points (left) and with the features (right), by pruning and by
/// brute force: microseconds on logarithmic axes, on which a power law is a straight line.
/// </summary>
internal sealed class GrowthPicture
{
    private const int Width = 980, Height = 500, Top = 124, PlotWidth = 360, PlotHeight = 290, LeftPanel = 84, RightPanel = 560;
    private readonly KernelResult[] _results;

    /// <summary>The second line: the machine.</summary>
    public required string Subtitle { get; init; }

    /// <summary>A picture of the results of `growth`.</summary>
    /// <exception cref="MemoException">There are none.</exception>
    public GrowthPicture(BenchmarkReport report)
    {
        ArgumentNullException.ThrowIfNull(report);
        _results = [.. report.Kernels.Where(result => result.Grows is not null && result is { Samples: > 0, Dimension: > 0, Queries: > 0 })];
        if (_results.Length == 0) throw new MemoException("a picture of growth needs results of the kernel growth");
    }

    /// <summary>The SVG document.</summary>
    public string Render()
    {
        var page = new SvgPage(Width, Height, "Cost of one exact label against training points and features",
            Styles(0.25, 0.62, "#ffffff") + LogAxes.Styles, Styles(0.60, 0.85, "#12161c") + LogAxes.DarkStyles);
        page.Text(28, 42, "title", "What one exact label costs, and how that grows");
        page.Text(28, 64, "note", Subtitle);
        (double, double) costs = LogAxes.Decades(_results.Select(Cost));
        DrawPanel(page, costs, LeftPanel, Growth.Samples, result => result.Samples, "training points N");
        DrawPanel(page, costs, RightPanel, Growth.Features, result => result.Dimension, "features n");
        return page.ToString();
    }

    private void DrawPanel(SvgPage page, (double, double) costs, double left, Growth grows, Func<KernelResult, double> size, string name)
    {
        KernelResult[] results = [.. _results.Where(result => result.Grows == grows).OrderBy(size)];
        if (results.Length == 0) return;
        var axes = new LogAxes(left, Top, PlotWidth, PlotHeight, (size(results[0]) * 0.8, size(results[^1]) * 1.25), costs);
        axes.Draw(page, $"{name}, {Fixed(results, grows)}", "microseconds a label");
        KernelResult[] pruned = [.. results.Where(result => result.Pruned)], brute = [.. results.Where(result => !result.Pruned)];
        var labels = new LabelPlacement(left, Top, PlotWidth, PlotHeight);
        DrawSeries(page, axes, brute, size, "brute");
        DrawSeries(page, axes, pruned, size, "pruned");
        foreach (KernelResult result in results) labels.Avoid(axes.X(size(result)), axes.Y(Cost(result)), 8);
        foreach ((KernelResult[] series, string text) in new[] { (brute, "brute force"), (pruned, "memo") })
            if (series.Length > 0)
            {
                KernelResult middle = series[series.Length / 2];
                LabelPlacement.Place place = labels.Find(axes.X(size(middle)), axes.Y(Cost(middle)), text);
                page.Text(place.X, place.Y, $"label {place.Anchor}", text);
            }
        if (brute.Length > 0)
            page.Text(left + PlotWidth, Top - 12, "note end", FormattableString.Invariant(
                $"{Cost(brute[^1]) / Cost(pruned[^1]):0.0} times at the right end"));
    }

    private static void DrawSeries(SvgPage page, LogAxes axes, KernelResult[] series, Func<KernelResult, double> size, string style)
    {
        page.Path(series.Select(result => (axes.X(size(result)), axes.Y(Cost(result)))), $"series {style}-line");
        foreach (KernelResult result in series)
            page.Disc(axes.X(size(result)), axes.Y(Cost(result)), 3.5, style, FormattableString.Invariant($"{result.Shape}: {Cost(result):0.###} µs a label"));
    }

    // What does not grow: "mnist, n = 784".
    private static string Fixed(KernelResult[] results, Growth grows)
    {
        string data = results[0].Shape.Split(' ')[0];
        return grows == Growth.Samples
            ? FormattableString.Invariant($"{data}, n = {results[0].Dimension:N0}")
            : FormattableString.Invariant($"{data}, N = {results[^1].Samples:N0}");
    }

    private static double Cost(KernelResult result) => 1e6 * result.Seconds / result.Queries;

    private static string Styles(double brute, double pruned, string page) => $$"""
        .series { fill: none; stroke-width: 2; stroke-linejoin: round; }
        .brute-line { stroke: {{PerceptualScale.At(brute)}}; }
        .pruned-line { stroke: {{PerceptualScale.At(pruned)}}; }
        .brute { fill: {{PerceptualScale.At(brute)}}; }
        .pruned { fill: {{PerceptualScale.At(pruned)}}; }
        .label { paint-order: stroke; stroke: {{page}}; stroke-width: 4px; }

        """;
}
