using System.Globalization;
using System.Numerics;
using Memo.Data;
using Memo.Networks;

namespace Memo.Cli;

/// <summary>Numbers and lines as people read them, in the invariant culture.</summary>
internal static class HumanText
{
    private const int NameWidth = 13;

    public static string Count(BigInteger value) => value.ToString("N0", CultureInfo.InvariantCulture);

    public static string Percent(double share) => (100 * share).ToString("F2", CultureInfo.InvariantCulture) + " %";

    public static string Seconds(double seconds) => seconds.ToString("0.000", CultureInfo.InvariantCulture) + " s";

    public static string Plural(BigInteger count, string noun) => $"{Count(count)} {noun}{(count.IsOne ? "" : "s")}";

    /// <summary>"name          value".</summary>
    public static void Line(string name, string value) => Console.Out.WriteLine($"{name.PadRight(NameWidth)} {value}");

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
        bool isFactored = network is CellNetwork;
        Line(isFactored ? "stands for" : "network",
            $"a {(isFactored ? "dense" : "sparse")} ReLU network of depth {Count(size.Depth)} and width {Count(size.Width)}");
        Line("parameters", $"{Count(size.Parameters)}{(isFactored ? "" : " counted as dense")}, of which " +
                           $"{Count(size.NonZero)} are not zero");
        Line("weights", $"integers of at most {Plural(size.Bits, "bit")}");
    }

    /// <summary>The samples that the network was made from, and how many of them it holds where those are not all.</summary>
    public static void WriteSamples(INetwork network)
    {
        Line("samples", $"{Count(network.Samples)} of {Plural(network.Dimension, "feature")} ({Name(network.SampleType)})" +
                        (network is CellNetwork cells && cells.Count != cells.Samples ? $", {Count(cells.Count)} kept" : ""));
        Line("classes", $"{network.Classes.Count}: {Classes(network.Classes)}");
    }

    /// <summary>What the construction found out on its way, a line each: "code bits     512".</summary>
    public static void WriteNotes(INetwork network)
    {
        foreach ((string name, string value) in network.Notes) Line(name.Replace('_', ' '), value);
    }

    /// <summary>An element type as NumPy calls it.</summary>
    public static string Name(ElementType type) => type switch
    {
        ElementType.UInt8 => "uint8",
        ElementType.Float32 => "float32",
        ElementType.Float64 => "float64",
        _ => throw new ArgumentOutOfRangeException(nameof(type)),
    };

    /// <summary>Six significant digits.</summary>
    public static string Number(double value) => value.ToString("G6", CultureInfo.InvariantCulture);
}
