using System.Globalization;
using System.Numerics;
using Memo.Data;
using Memo.Features;
using Memo.Networks;

namespace Memo.Cli;

/// <summary>Numbers and lines as people read them, in the invariant culture.</summary>
internal static class HumanText
{
    /// <summary>Marks a network that does not memorize, in tables.</summary>
    public const string NotMemorized = "!";

    private const int NameWidth = 13;

    public static string Count(BigInteger value) => value.ToString("N0", CultureInfo.InvariantCulture);

    /// <summary>A count; "2.50e+12" where digits would fill the line.</summary>
    public static string Rounded(BigInteger count) => count < 10_000_000
        ? Count(count) : ((double)count).ToString("0.00e+0", CultureInfo.InvariantCulture);

    public static string Percent(double share) => (100 * share).ToString("F2", CultureInfo.InvariantCulture) + " %";

    public static string Seconds(double seconds) => seconds.ToString("0.000", CultureInfo.InvariantCulture) + " s";

    public static string Plural(BigInteger count, string noun) => $"{Count(count)} {noun}{(count.IsOne ? "" : "s")}";

    /// <summary>A line above a table; what passes the page goes on indented, from a comma on.</summary>
    public static void WriteHeading(string text)
    {
        const int Most = 80;
        while (text.Length > Most && text.LastIndexOf(", ", Most - 1, StringComparison.Ordinal) is > 0 and var comma)
        {
            Console.Out.WriteLine(text[..(comma + 1)]);
            text = "  " + text[(comma + 2)..];
        }
        Console.Out.WriteLine(text);
    }

    /// <summary>"name          value".</summary>
    public static void Line(string name, string value) => Console.Out.WriteLine($"{name.PadRight(NameWidth)} {value}");

    /// <summary>The same; what passes the page goes on below, from a comma on.</summary>
    public static void Paragraph(string name, string value)
    {
        const int Most = 80 - NameWidth - 1;
        while (value.Length > Most && value.LastIndexOf(", ", Most - 1, StringComparison.Ordinal) is > 0 and var comma)
        {
            Line(name, value[..(comma + 1)]);
            (name, value) = ("", value[(comma + 2)..]);
        }
        Line(name, value);
    }

    /// <summary>Columns as wide as their widest cells; the first ones hold text, the others numbers.</summary>
    /// <param name="rows">The cells, as many in each row.</param>
    /// <param name="textColumns">How many columns stand to the left.</param>
    /// <param name="gapBefore">The rows that an empty line stands before; null for none.</param>
    public static void WriteTable(IReadOnlyList<string[]> rows, int textColumns = 1, Predicate<int>? gapBefore = null)
    {
        int[] widths = [.. Enumerable.Range(0, rows[0].Length).Select(column => rows.Max(row => row[column].Length))];
        for (int r = 0; r < rows.Count; r++)
        {
            if (gapBefore is not null && gapBefore(r)) Console.Out.WriteLine();
            Console.Out.WriteLine(string.Join("  ", rows[r].Select((cell, column) =>
                column < textColumns ? cell.PadRight(widths[column]) : cell.PadLeft(widths[column]))).TrimEnd());
        }
    }

    /// <summary>Whether networks memorize, and a line for each that does not.</summary>
    /// <param name="networks">How many there are.</param>
    /// <param name="failures">What to call each that does not, and its first failure.</param>
    /// <param name="mark">What stands beside these in the table above.</param>
    public static void WriteMemorized(
        int networks, IReadOnlyList<(string Network, int? Row)> failures, string mark = NotMemorized)
    {
        Line("memorized", failures.Count == 0
            ? $"every training sample by {(networks == 1 ? "the network" : $"all {networks} networks")}, proved exactly"
            : $"by {networks - failures.Count} of {networks} networks only, the others marked {mark}");
        foreach ((string network, int? row) in failures) Line("", $"{network}: the first failure is row {row}");
    }

    /// <summary>Classes, cut off after a line's worth.</summary>
    public static string Classes(IReadOnlyList<string> classes)
    {
        const int Most = 12;
        return string.Join(", ", classes.Take(Most)) + (classes.Count > Most ? ", .." : "");
    }

    /// <summary>What the network is, or stands for, and how large that is.</summary>
    public static void WriteSize(INetwork network)
    {
        NetworkSize size = network.Size;
        bool isFactored = network.Cells() is not null;
        Line(isFactored ? "stands for" : "network",
            $"a {(isFactored ? "dense" : "sparse")} ReLU network of depth {Count(size.Depth)} and width {Count(size.Width)}");
        Line("parameters", $"{Count(size.Parameters)}{(isFactored ? "" : " counted as dense")}, of which " +
                           $"{Count(size.NonZero)} are not zero");
        Line("weights", $"integers of at most {Plural(size.Bits, "bit")}");
    }

    /// <summary>The samples that the network was made from, and how many of them it holds where those are not all.</summary>
    public static void WriteSamples(INetwork network)
    {
        Line("samples", $"{Count(network.Samples)} of {Plural(network.Dimension, "feature")} ({network.SampleType.NumpyName()})" +
                        (network.Cells() is { } cells && cells.Count != cells.Samples ? $", {Count(cells.Count)} kept" : ""));
        Line("classes", $"{network.Classes.Count}: {Classes(network.Classes)}");
    }

    /// <summary>", conv features (pure)", for the end of a title; nothing without feature layers.</summary>
    public static string FeaturesOf(INetwork network) =>
        network is FeatureNetwork { Map: var map } ? FeaturesOf(map.Kind, map.Grade) : "";

    /// <summary>The same of what was asked for.</summary>
    public static string FeaturesOf(FeatureKind kind, FeatureGrade grade) => kind switch
    {
        FeatureKind.Conv => $", conv features ({FeatureNames.Of(grade)})",
        FeatureKind.Linear => ", linear features",
        _ => "",
    };

    /// <summary>The feature layers, if there are any.</summary>
    public static void WriteFeatures(INetwork network)
    {
        if (network is not FeatureNetwork { Map: var map }) return;
        string bits = network.Cells()?.TrainingPoints is SampleMatrix<double> points
            ? $", whole numbers of {Plural(FeatureMap.BitsOf(points.Values) + 1, "bit")}" : "";
        Paragraph("features", $"{map}{bits}, {Plural(map.Parameters, "parameter")}");
    }

    /// <summary>What the construction found out on its way, a line each: "code bits     512".</summary>
    public static void WriteNotes(INetwork network)
    {
        foreach ((string name, string value) in network.Notes)
            Line(name.Replace('_', ' '), value.All(char.IsAsciiDigit) ? Count(BigInteger.Parse(value, CultureInfo.InvariantCulture)) : value);
    }

    /// <summary>Six significant digits.</summary>
    public static string Number(double value) => value.ToString("G6", CultureInfo.InvariantCulture);
}
