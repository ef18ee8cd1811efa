using System.CommandLine;
using Memo.Data;
using Memo.Measures;
using Memo.Networks;

namespace Memo.Cli;

/// <summary>The network file a command works on, and its meeting with data.</summary>
internal static class NetworkArgument
{
    private const string Name = "the network"; // in messages

    public static Argument<string> Create() =>
        new("NET") { Description = "Network file, as `memo build -o` writes it" };

    /// <summary>Loads labelled rows for a network: labels index the network's classes, values have its type.</summary>
    public static Dataset Fit(CellNetwork network, Dataset data)
    {
        Dataset aligned = data.AlignTo(network.Classes);
        Check(network, aligned.Points, data.Source);
        return aligned.FitTo(network.Dimension, network.TrainingPoints.ElementType, Name);
    }

    /// <summary>The points in the network's type; the message of a misfit names the data.</summary>
    public static SampleMatrix Fit(CellNetwork network, SampleMatrix points, string source, int[]? fileRows = null)
    {
        Check(network, points, source);
        return points.FitTo(network.Dimension, network.TrainingPoints.ElementType, source, Name, fileRows);
    }

    private static void Check(CellNetwork network, SampleMatrix points, string source)
    {
        if (points.Rows == 0) throw new MemoException($"{source}: no rows");
        WarnOfOtherScale(network.TrainingPoints, points, source);
    }

    /// <summary>Values are used as they stand; a range that suggests x/255 on one side only draws a warning.</summary>
    public static void WarnOfOtherScale(SampleMatrix training, SampleMatrix queries, string source)
    {
        if (ValueRange.SuggestsOtherScale(training, queries))
            Session.Warn($"{source}: the range of the values suggests another scale than the training samples' " +
                         "(x or x/255?); they are used as they stand");
    }
}
