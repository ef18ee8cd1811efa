using System.Globalization;
using System.Security;
using System.Text;

namespace Memo.Reports;

/// <summary>
/// An SVG document that needs nothing else (no script, font or link) and is readable on a light and a dark page, with the
/// elements that the pictures are made of. Coordinates are in pixels from the upper left.
/// </summary>
internal sealed class SvgPage
{
    private readonly StringBuilder _svg = new();

    /// <param name="width">Width of the page.</param>
    /// <param name="height">Height of the page.</param>
    /// <param name="title">What the picture shows, for those who cannot see it.</param>
    /// <param name="styles">CSS rules of this picture.</param>
    /// <param name="darkStyles">Those that differ where the reader's system asks for dark pages.</param>
    public SvgPage(int width, int height, string title, string styles = "", string darkStyles = "")
    {
        title = SecurityElement.Escape(title);
        // The page behind is unknown, so the picture brings its own, light or dark as the reader's system asks.
        Append($$"""
            <svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 {{width}} {{height}}' width='{{width}}' height='{{height}}' role='img' aria-label='{{title}}'>
            <title>{{title}}</title>
            <style>
            text { font-family: system-ui, 'Segoe UI', 'Helvetica Neue', Arial, 'DejaVu Sans', sans-serif; font-size: 13px; fill: #1c2430; }
            .page { fill: #ffffff; stroke: #d9dee6; }
            .title { font-size: 20px; font-weight: 600; }
            .note { fill: #5a6675; }
            .label { font-weight: 600; }
            .small { font-size: 10px; font-weight: 600; }
            .number { font-variant-numeric: tabular-nums; }
            .middle { text-anchor: middle; }
            .end { text-anchor: end; }
            {{styles}}
            @media (prefers-color-scheme: dark) {
              text { fill: #e6eaf0; }
              .page { fill: #12161c; stroke: #2b333e; }
              .note { fill: #9aa6b5; }
            {{darkStyles}}
            }
            </style>
            <rect class='page' x='0.5' y='0.5' width='{{width - 1}}' height='{{height - 1}}' rx='10'/>

            """);
    }

    /// <summary>Markup, with numbers in the invariant culture; texts in it are to be escaped by the caller.</summary>
    public void Append(FormattableString markup) => _svg.Append(markup.ToString(CultureInfo.InvariantCulture));

    /// <summary>A line of text that begins at a point (or ends or has its middle there: classes end, middle).</summary>
    public void Text(double x, double y, string style, string text, Rgb? fill = null)
    {
        if (text.Length == 0) return;
        string colour = fill is { } value ? $" style='fill:{value}'" : "";
        Append($"<text class='{style}' x='{x:0.##}' y='{y:0.##}'{colour}>{SecurityElement.Escape(text)}</text>\n");
    }

    /// <summary>A rectangle with rounded corners.</summary>
    public void Rectangle(double x, double y, double width, double height, double corner, string style, Rgb? fill = null,
        string? tooltip = null, double opacity = 1)
    {
        FormattableString opacityMarkup = $" fill-opacity='{opacity:0.###}'";
        string colour = (fill is { } value ? $" fill='{value}'" : "") +
                        (opacity < 1 ? opacityMarkup.ToString(CultureInfo.InvariantCulture) : "");
        Append($"<rect class='{style}' x='{x:0.##}' y='{y:0.##}' width='{width:0.##}' height='{height:0.##}' rx='{corner:0.##}'");
        Append($"{colour}>{Title(tooltip)}</rect>\n");
    }

    /// <summary>A straight line.</summary>
    public void Line(double x1, double y1, double x2, double y2, string style) =>
        Append($"<line class='{style}' x1='{x1:0.##}' y1='{y1:0.##}' x2='{x2:0.##}' y2='{y2:0.##}'/>\n");

    /// <summary>A line through several points.</summary>
    public void Path(IEnumerable<(double X, double Y)> points, string style) =>
        Append($"<polyline class='{style}' points='{string.Join(' ', points.Select(Pair))}'/>\n");

    /// <summary>A disc.</summary>
    public void Disc(double x, double y, double radius, string style, string? tooltip = null) =>
        Append($"<circle class='{style}' cx='{x:0.##}' cy='{y:0.##}' r='{radius:0.##}'>{Title(tooltip)}</circle>\n");

    /// <summary>The document, complete.</summary>
    public override string ToString() => _svg + "</svg>\n";

    private static string Title(string? tooltip) => tooltip is null ? "" : $"<title>{SecurityElement.Escape(tooltip)}</title>";

    private static string Pair((double X, double Y) point) =>
        string.Create(CultureInfo.InvariantCulture, $"{point.X:0.##},{point.Y:0.##}");
}
