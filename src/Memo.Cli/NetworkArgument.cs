using System.CommandLine;
using Memo.Data;
using Memo.Features;
using Memo.Measures;
using Memo.Networks;

namespace Memo.Cli;

/// <summary>The network file a command works on, and its meeting with data.</summary>
internal static class NetworkArgument
{
    public static Argument<string> Create() =>
        new("NET") { Description = "Network file, as `memo build -o` writes it" };

    /// <summary>--features of a command that takes a network as it is.</summary>
    public static Option<string> CreateFeatures() => GlobalOptions.Choice("--features",
        "Refuse a network with other feature layers than these; its own are always applied", recursive: false, null, [.. FeatureNames.Kinds]);

    /// <summary>Throws where --features names other layers than the network has.</summary>
    public static void RequireFeatures(INetwork network, string? kind, string path)
    {
        string own = network is FeatureNetwork { Map: var map } ? FeatureNames.Of(map.Kind) : FeatureNames.Of(FeatureKind.None);
        if (kind is not null && kind != own)
            throw new MemoException($"--features {kind}: {path} was built with --features {own}");
    }

    /// <summary>Loads labelled rows for a network: labels index the network's classes, values have its type.</summary>
    public static Dataset Fit(INetwork network, Dataset data)
    {
        Dataset aligned = data.AlignTo(network.Classes);
        SampleMatrix points = Fit(network, aligned.Points, data.Source, aligned.FileRows);
        return new Dataset(points, aligned.Labels, aligned.Classes, aligned.Source, aligned.FileRows);
    }

    /// <summary>The points in the network's type; the message of a misfit names the data.</summary>
    public static SampleMatrix Fit(INetwork network, SampleMatrix points, string source, ReadOnlySpan<int> fileRows = default)
    {
        if (points.Rows == 0) throw new MemoException($"{source}: no rows");
        WarnIf(ValueRange.SuggestsOtherScale(network, points), source);
        return network.Fit(points, source, fileRows);
    }

    /// <summary>Values are used as they stand; a range that suggests x/255 on one side only draws a warning.</summary>
    public static void WarnOfOtherScale(SampleMatrix training, SampleMatrix queries, string source) =>
        WarnIf(ValueRange.SuggestsOtherScale(training, queries), source);

    private static void WarnIf(bool suggestsOtherScale, string source)
    {
        if (suggestsOtherScale)
            Session.Warn($"{source}: the range of the values suggests another scale than the training samples' " +
                         "(x or x/255?); they are used as they stand");
    }
}
