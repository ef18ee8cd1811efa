using System.Globalization;
using Memo.Benchmarks;
using Memo.Kernels;

namespace Memo.Reports;

/// <summary>
/// What kernels reach beside what the machine could (S. Williams, A. Waterman, D. Patterson, "Roofline", 2009): operations a
/// second against operations for each byte of input and output, both logarithmic. The roofs are the measured peaks; a
/// kernel that avoids operations can stand above them, and is drawn as a ring.
/// </summary>
internal sealed class RooflinePicture
{
    private const int Width = 880, Height = 620, Left = 84, Top = 118, PlotWidth = 760, PlotHeight = 400;
    private readonly MachinePeaks _peaks;
    private readonly KernelResult[] _results;

    /// <summary>The second line: the machine.</summary>
    public required string Subtitle { get; init; }

    /// <summary>A picture of a report.</summary>
    /// <exception cref="MemoException">The peaks were not measured, or no kernel that counts its operations.</exception>
    public RooflinePicture(BenchmarkReport report)
    {
        ArgumentNullException.ThrowIfNull(report);
        _peaks = report.Peaks ?? throw new MemoException("a roofline picture needs the machine's peaks, which were not measured");
        _results = [.. report.Kernels.Where(result => result is { Operations: > 0, Bytes: > 0, Grows: null })];
        if (_results.Length == 0) throw new MemoException("a roofline picture needs a kernel that counts its operations");
    }

    /// <summary>The SVG document.</summary>
    public string Render()
    {
        (string Name, double Rate)[] roofs =
        [
            ("fp64", _peaks.Double), ("fp32", _peaks.Single), ($"integer ({_peaks.IntegerInstruction})", _peaks.Integer),
        ];
        double highest = roofs.Max(roof => roof.Rate), slowest = _peaks.Memory.Min(level => level.Rate);
        double[] intensities = [.. _results.Select(Intensity), 1];
        double[] rates = [.. _results.Select(result => result.EquivalentRate!.Value), highest, slowest];
        var axes = new LogAxes(Left, Top, PlotWidth, PlotHeight, LogAxes.Decades(intensities), LogAxes.Decades(rates));
        var page = new SvgPage(Width, Height, "Roofline of the kernels",
            Styles(0.30, 0.55, "#ffffff") + LogAxes.Styles, Styles(0.62, 0.80, "#12161c") + LogAxes.DarkStyles);
        page.Text(28, 42, "title", "What the kernels reach of what the machine can do");
        page.Text(28, 64, "note", string.Create(CultureInfo.InvariantCulture,
            $"{Subtitle}  ·  {Isa.Name(_peaks.Isa)}, {_peaks.Threads} thread{(_peaks.Threads == 1 ? "" : "s")}"));
        axes.Draw(page, "operations for each byte of input and output", "10⁹ operations a second");

        var labels = new LabelPlacement(Left, Top, PlotWidth, PlotHeight);
        foreach (MemoryRate level in _peaks.Memory) DrawSlope(page, axes, level, highest);
        foreach ((string name, double rate) in roofs) DrawRoof(page, axes, labels, name, rate);
        foreach (KernelResult result in _results) labels.Avoid(axes.X(Intensity(result)), axes.Y(result.EquivalentRate!.Value), 7);
        foreach (KernelResult result in _results) DrawLabel(page, axes, labels, result);
        foreach (KernelResult result in _results) DrawDot(page, axes, result);

        double y = Top + PlotHeight + 72;
        page.Disc(Left + 6, y - 4, 5, "dot");
        page.Text(Left + 18, y, "note", "computes every operation");
        page.Disc(Left + 226, y - 4, 5, "ring");
        page.Text(Left + 238, y, "note", "avoids most: the speed of the brute force that it replaces");
        return page.ToString();
    }

    private static double Intensity(KernelResult result) => result.Operations!.Value / result.Bytes!.Value;

    // Under a bandwidth b a kernel of x operations a byte does at most b x operations a second.
    private static void DrawSlope(SvgPage page, LogAxes axes, MemoryRate level, double highest)
    {
        double from = Math.Max(axes.Horizontal.Least, axes.Vertical.Least / level.Rate);
        double to = Math.Min(axes.Horizontal.Greatest, highest / level.Rate);
        if (to <= from) return;
        (double x1, double y1, double x2, double y2) = (axes.X(from), axes.Y(from * level.Rate), axes.X(to), axes.Y(to * level.Rate));
        page.Line(x1, y1, x2, y2, "slope");
        (double length, double angle) = (Math.Sqrt((x2 - x1) * (x2 - x1) + (y2 - y1) * (y2 - y1)), Math.Atan2(y2 - y1, x2 - x1));
        string text = string.Create(CultureInfo.InvariantCulture, $"{level.Level} {level.Rate:N0} GB/s");
        if (length < 8.0 * text.Length) return;
        (double x, double y) = (x1 + 12 * Math.Cos(angle) + 5 * Math.Sin(angle), y1 + 12 * Math.Sin(angle) - 5 * Math.Cos(angle));
        page.Append($"<g transform='translate({x:0.##} {y:0.##}) rotate({angle * 180 / Math.PI:0.##})'>");
        page.Text(0, 0, "note roof", text);
        page.Append($"</g>\n");
    }

    private void DrawRoof(SvgPage page, LogAxes axes, LabelPlacement labels, string name, double rate)
    {
        double from = Math.Max(axes.Horizontal.Least, rate / _peaks.Memory.Max(level => level.Rate));
        double y = axes.Y(rate), right = Left + PlotWidth - 8;
        page.Line(axes.X(from), y, Left + PlotWidth, y, "roof-line");
        string text = string.Create(CultureInfo.InvariantCulture, $"{name} {rate:N0}");
        page.Text(right, y - 5, "note roof end", text);
        labels.Avoid(right - 7.2 * text.Length, y - 18, right, y + 2);
    }

    private void DrawLabel(SvgPage page, LogAxes axes, LabelPlacement labels, KernelResult result)
    {
        double rate = result.EquivalentRate!.Value, x = axes.X(Intensity(result)), y = axes.Y(rate);
        bool isAlone = _results.Count(other => other.Name == result.Name) == 1;
        string text = isAlone ? result.Name : $"{result.Name} {result.Shape.Split(", ")[0].Replace(" x ", "×", StringComparison.Ordinal)}";
        LabelPlacement.Place place = labels.Find(x, y, text);
        if (place.Leads)
            page.Line(x, y, Math.Clamp(x, place.Left, place.Right), place.Y + (y > place.Y ? 3 : -12), "lead");
        page.Text(place.X, place.Y, $"label {place.Anchor}", text);
    }

    // After all labels, whose halos would cover them.
    private static void DrawDot(SvgPage page, LogAxes axes, KernelResult result) =>
        page.Disc(axes.X(Intensity(result)), axes.Y(result.EquivalentRate!.Value), 5, result.Pruned ? "ring" : "dot", string.Create(
            CultureInfo.InvariantCulture, $"{result.Name} {result.Shape}: {result.EquivalentRate:N0} GOP/s, {1e3 * result.Seconds:0.###} ms"));

    private static string Styles(double slope, double dot, string page) => $$"""
        .slope, .roof-line { stroke: {{PerceptualScale.At(slope)}}; stroke-width: 1.6; }
        .roof { font-size: 12px; }
        .dot { fill: {{PerceptualScale.At(dot)}}; }
        .ring { fill: none; stroke: {{PerceptualScale.At(dot)}}; stroke-width: 2.4; }
        .label { paint-order: stroke; stroke: {{page}}; stroke-width: 4px; }
        .lead { stroke: #8a94a1; stroke-width: 0.8; }

        """;
}
