using System.Globalization;

namespace Memo.Reports;

/// <summary>A plot with two logarithmic axes: where values lie on a page, and the grid behind them.</summary>
/// <param name="Left">Left edge on the page.</param>
/// <param name="Top">Upper edge.</param>
/// <param name="Width">Width of the plot itself; the numbers stand outside.</param>
/// <param name="Height">Height of the plot itself.</param>
/// <param name="Horizontal">Least and greatest value across, positive.</param>
/// <param name="Vertical">Least and greatest value upwards, positive.</param>
internal sealed record LogAxes(double Left, double Top, double Width, double Height,
    (double Least, double Greatest) Horizontal, (double Least, double Greatest) Vertical)
{
    /// <summary>CSS of grids, for light pages and for dark ones.</summary>
    public const string Styles = ".grid { stroke: #e3e7ed; } .frame { fill: none; stroke: #aab3bf; }";

    /// <summary>What differs on dark pages.</summary>
    public const string DarkStyles = "  .grid { stroke: #262d37; } .frame { stroke: #56616f; }";

    // Pixels that a decade needs for three numbers, side by side or one above the other.
    private const double WideDecade = 160, TallDecade = 70;

    // Pixels between two numbers, one above the other: where decades are less high, some have no number.
    private const double NumberHeight = 24, NumberWidth = 48;

    // From here on a number is a power of ten, as its digits take too much room.
    private const double Large = 1e6;

    public double X(double value) => Left + Width * Share(value, Horizontal);

    public double Y(double value) => Top + Height * (1 - Share(value, Vertical));

    /// <summary>Grid, numbers and the names of the axes.</summary>
    public void Draw(SvgPage page, string horizontalName, string verticalName)
    {
        foreach (double tick in Ticks(Horizontal, Width, WideDecade, NumberWidth))
        {
            page.Line(X(tick), Top, X(tick), Top + Height, "grid");
            page.Text(X(tick), Top + Height + 20, "note number middle", Number(tick));
        }
        foreach (double tick in Ticks(Vertical, Height, TallDecade, NumberHeight))
        {
            page.Line(Left, Y(tick), Left + Width, Y(tick), "grid");
            page.Text(Left - 8, Y(tick) + 4, "note number end", Number(tick));
        }
        page.Rectangle(Left, Top, Width, Height, 0, "frame");
        page.Text(Left + Width / 2, Top + Height + 42, "note middle", horizontalName);
        page.Text(Left, Top - 12, "note", verticalName);
    }

    /// <summary>The range of whole decades that holds all values and some room beside them.</summary>
    public static (double Least, double Greatest) Decades(IEnumerable<double> values)
    {
        double[] all = [.. values];
        return (Math.Pow(10, Math.Floor(Math.Log10(all.Min() * 0.9))), Math.Pow(10, Math.Ceiling(Math.Log10(all.Max() * 1.1))));
    }

    // Powers of ten, or every second, third, .. of them; 2 and 5 as well where a decade has room for the numbers.
    private static IEnumerable<double> Ticks((double Least, double Greatest) range, double pixels, double roomyDecade,
        double leastDistance)
    {
        double decades = Math.Log10(range.Greatest / range.Least);
        double[] steps = pixels / decades >= roomyDecade ? [1, 2, 5] : [1];
        int each = Math.Max(1, (int)Math.Ceiling(leastDistance / (pixels / decades)));
        int first = (int)Math.Floor(Math.Log10(range.Least) / each) * each;
        for (int exponent = first; exponent <= Math.Ceiling(Math.Log10(range.Greatest)); exponent += each)
            foreach (double step in steps)
                if (step * Math.Pow(10, exponent) is var tick && tick >= range.Least * 0.999 && tick <= range.Greatest * 1.001)
                    yield return tick;
    }

    private static string Number(double value) => value >= Large ? PowerOfTen(value) : value.ToString(
        value >= 1 ? "N0" : "0.######", CultureInfo.InvariantCulture);

    // "2·10¹²", "10¹²".
    private static string PowerOfTen(double value)
    {
        int exponent = (int)Math.Floor(Math.Log10(value) + 1e-9);
        double factor = Math.Round(value / Math.Pow(10, exponent));
        string digits = string.Concat(exponent.ToString(CultureInfo.InvariantCulture).Select(digit => "⁰¹²³⁴⁵⁶⁷⁸⁹"[digit - '0']));
        return (factor > 1 ? $"{factor:0}·10" : "10") + digits;
    }

    private static double Share(double value, (double Least, double Greatest) range) =>
        Math.Log(value / range.Least) / Math.Log(range.Greatest / range.Least);
}
