using System.Globalization;
using System.Text;
using Spectre.Console;

namespace Memo.Cli;

/// <summary>Charts of text, which say as much on a pipe and without colour: marks are letters and digits, never colour alone.</summary>
internal static class TextChart
{
    private const int MostWidth = 80;

    private static int PageWidth => Math.Min(Terminal.Output().Profile.Width, MostWidth);

    /// <summary>A bar for each name, with its count behind it.</summary>
    public static void WriteBars(IReadOnlyList<(string Name, int Count)> bars)
    {
        IAnsiConsole console = Terminal.Output();
        int names = bars.Max(bar => bar.Name.Length), counts = bars.Max(bar => HumanText.Count(bar.Count).Length);
        int most = Math.Max(1, bars.Max(bar => bar.Count)), width = Math.Max(10, PageWidth - names - counts - 4);
        foreach ((string name, int count) in bars)
        {
            int length = (int)Math.Ceiling((double)count * width / most);
            console.Write(new Markup($"{Markup.Escape(name.PadLeft(names))}  [teal]{new string('█', length)}[/]" +
                                     $"{(length > 0 ? " " : "")}{HumanText.Count(count)}\n"));
        }
    }

    /// <summary>A curve: its mark, what it is called, and its points.</summary>
    public sealed record Curve(char Mark, string Name, IReadOnlyList<(double X, double Y)> Points);

    /// <summary>
    /// Curves over a common x, which is spaced by its logarithm; points of several curves in one place show as *. The legend says
    /// which mark is which.
    /// </summary>
    public static void WriteCurves(string title, IReadOnlyList<Curve> curves, bool logarithmic, Func<double, string> format)
    {
        const int height = 12;
        (double X, double Y)[] all = [.. curves.SelectMany(curve => curve.Points)];
        if (all.Length == 0) return;
        double Scaled(double y) => logarithmic ? Math.Log10(Math.Max(y, double.Epsilon)) : y;
        double left = Math.Log(all.Min(point => point.X)), right = Math.Log(all.Max(point => point.X));
        double low = Scaled(all.Min(point => point.Y)), high = Scaled(all.Max(point => point.Y));
        if (high - low < 1e-9) (low, high) = (low - 0.5, high + 0.5);
        string top = format(all.Max(point => point.Y)), bottom = format(all.Min(point => point.Y));
        int margin = Math.Max(top.Length, bottom.Length), width = Math.Max(20, PageWidth - margin - 3);
        var cells = new char[height, width];
        foreach (Curve curve in curves)
            foreach ((double x, double y) in curve.Points)
            {
                int column = right > left ? (int)Math.Round((Math.Log(x) - left) / (right - left) * (width - 1)) : width / 2;
                int row = height - 1 - (int)Math.Round((Scaled(y) - low) / (high - low) * (height - 1));
                cells[row, column] = cells[row, column] is '\0' || cells[row, column] == curve.Mark ? curve.Mark : '*';
            }
        Console.Out.WriteLine(title);
        for (int row = 0; row < height; row++)
        {
            var line = new StringBuilder((row == 0 ? top : row == height - 1 ? bottom : "").PadLeft(margin)).Append(" |");
            for (int column = 0; column < width; column++) line.Append(cells[row, column] is '\0' ? ' ' : cells[row, column]);
            Console.Out.WriteLine(line.ToString().TrimEnd());
        }
        Console.Out.WriteLine(new string(' ', margin) + " +" + new string('-', width));
        string first = HumanText.Count((int)Math.Round(Math.Exp(left))), last = "N = " + HumanText.Count((int)Math.Round(Math.Exp(right)));
        Console.Out.WriteLine(new string(' ', margin + 2) + first + last.PadLeft(Math.Max(last.Length + 1, width - first.Length)));
        var legend = new StringBuilder(new string(' ', margin + 1));
        IEnumerable<string> entries = curves.Select(curve => $"{curve.Mark} {curve.Name}");
        foreach (string entry in cells.Cast<char>().Contains('*') ? entries.Append("* several") : entries)
        {
            if (legend.Length + 1 + entry.Length > margin + 2 + width)
            {
                Console.Out.WriteLine(legend.ToString().TrimEnd());
                legend.Clear().Append(' ', margin + 1);
            }
            legend.Append(' ').Append(entry).Append(' ');
        }
        Console.Out.WriteLine(legend.ToString().TrimEnd());
    }

    /// <summary>A letter for each name: its first that is free, or a digit.</summary>
    public static IReadOnlyList<char> MarksOf(IReadOnlyList<string> names)
    {
        var marks = new List<char>();
        foreach (string name in names)
            marks.Add(name.Concat("0123456789abcdefghijklmnopqrstuvwxyz").FirstOrDefault(
                letter => char.IsAsciiLetterOrDigit(letter) && !marks.Contains(letter), '#'));
        return marks;
    }

    /// <summary>A number of so many significant digits, without an exponent as long as that is short.</summary>
    public static string Short(double value) => value.ToString("G4", CultureInfo.InvariantCulture);
}
