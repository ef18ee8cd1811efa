using System.CommandLine;
using Memo.Data;
using Memo.Features;
using Memo.Measures;
using Memo.Networks;
using Memo.Storage;

namespace Memo.Cli.Commands;

/// <summary>`memo inspect`: what a network file holds.</summary>
internal static class InspectCommand
{
    public static Command Create()
    {
        Argument<string> file = NetworkArgument.Create();
        var layers = new Option<bool>("--layers")
        {
            Description = "List the layers one by one, of a network that has thousands too",
        };
        var command = new DocumentedCommand("inspect",
            "Layers, sizes, parameter counts, separation and provenance of a network",
            "memo inspect digits.memo",
            "memo inspect digits.memo --json",
            "memo inspect deep.memo --layers")
        {
            Details = () => """
                The three layers of cells, constant and condense are always listed, those of the other methods,
                which may be thousands, with --layers; so it is in --json.
                """,
        };
        command.Arguments.Add(file);
        command.Options.Add(layers);
        command.SetWork(session =>
        {
            string path = session.Get(file);
            StoredNetwork stored = NetworkFile.Load(path);
            long bytes = new FileInfo(path).Length;
            bool listed = session.Get(layers) || stored.Network.Cells() is not null;
            return session.Json ? WriteJson(path, bytes, stored, listed) : WriteText(path, bytes, stored, listed);
        });
        return command;
    }

    private static int WriteText(string path, long bytes, StoredNetwork stored, bool listed)
    {
        INetwork network = stored.Network;
        HumanText.Line("file", $"{path}, {HumanText.Plural(bytes, "byte")}");
        HumanText.Line("method",
            $"{network.Method}{(network.Cells()?.Lambda is { } lambda ? $", lambda {lambda}" : "")}, seed {stored.Seed}");
        HumanText.WriteSamples(network);
        if (network.Cells() is { } cells)
        {
            var separation = SeparationBound.Of(cells);
            HumanText.Line("separation", HumanText.Number(separation.Raw) +
                (cells.SampleType == ElementType.UInt8
                    ? $" ({HumanText.Number(separation.OnUnitScale)} with bytes as [0,1])" : ""));
        }
        HumanText.WriteFeatures(network);
        if (network.Innermost() is ReluNetwork { Readout: var readout })
            HumanText.Line("output", readout == Readout.Sign
                ? "one number; its sign is the class" : "one number; the integer next to it is the class, counted from 1");
        HumanText.WriteSize(network);
        int own = network.Layers.Count - network.Innermost().Layers.Count; // those of the features
        for (int k = 0; listed && k < network.Layers.Count; k++)
        {
            LayerShape layer = network.Layers[k];
            HumanText.Line($"layer {k + 1}",
                $"{HumanText.Count(layer.Inputs)} -> {HumanText.Count(layer.Outputs)}, " +
                $"{HumanText.Count(layer.Parameters)} parameters, {HumanText.Count(layer.NonZero)} not zero" +
                (k >= own && network.Innermost() is ReluNetwork relu ? $", {HumanText.Plural(relu.WeightLayers[k - own].Bits, "bit")}" : ""));
        }
        HumanText.WriteNotes(network);
        foreach ((string key, string value) in stored.Provenance.OrderBy(item => item.Key, StringComparer.Ordinal))
            HumanText.Line(key, value);
        HumanText.Line("sha256", stored.Metadata["sha256"]);
        return ExitCode.Success;
    }

    private static int WriteJson(string path, long bytes, StoredNetwork stored, bool listed) =>
        JsonOutput.Write(ExitCode.Success, json =>
        {
            json.WriteString("path", path);
            json.WriteNumber("bytes", bytes);
            json.WriteString("sha256", stored.Metadata["sha256"]);
            json.WriteDescription(stored.Network, stored.Seed, listed);
            json.WriteStartObject("metadata");
            foreach ((string key, string value) in stored.Metadata.OrderBy(item => item.Key, StringComparer.Ordinal))
                json.WriteString(key, value);
            json.WriteEndObject();
        });
}
