using System.CommandLine;
using Memo.Data;
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
        var command = new DocumentedCommand("inspect",
            "Layers, sizes, parameter counts, separation and provenance of a network",
            "memo inspect digits.memo",
            "memo inspect digits.memo --json");
        command.Arguments.Add(file);
        command.SetWork(session =>
        {
            string path = session.Get(file);
            StoredNetwork stored = NetworkFile.Load(path);
            long bytes = new FileInfo(path).Length;
            return session.Json ? WriteJson(path, bytes, stored) : WriteText(path, bytes, stored);
        });
        return command;
    }

    private static int WriteText(string path, long bytes, StoredNetwork stored)
    {
        CellNetwork network = stored.Network;
        HumanText.Line("file", $"{path}, {HumanText.Plural(bytes, "byte")}");
        HumanText.Line("method", $"{Constructions.Cells.Method}, lambda {network.Lambda}, seed {stored.Seed}");
        HumanText.Line("samples", $"{HumanText.Count(network.Count)} of " +
            $"{HumanText.Plural(network.Dimension, "feature")} ({HumanText.Name(network.TrainingPoints.ElementType)})");
        HumanText.Line("classes", $"{network.Classes.Count}: {HumanText.Classes(network.Classes)}");
        var separation = SeparationBound.Of(network);
        HumanText.Line("separation", HumanText.Number(separation.Raw) +
            (network.TrainingPoints.ElementType == ElementType.UInt8
                ? $" ({HumanText.Number(separation.OnUnitScale)} with bytes as [0,1])" : ""));
        HumanText.WriteSize(network.Size);
        IReadOnlyList<LayerShape> layers = LayerShape.Of(network);
        for (int k = 0; k < layers.Count; k++)
            HumanText.Line($"layer {k + 1}",
                $"{HumanText.Count(layers[k].Inputs)} -> {HumanText.Count(layers[k].Outputs)}, " +
                $"{HumanText.Count(layers[k].Parameters)} parameters, {HumanText.Count(layers[k].NonZero)} not zero");
        foreach ((string key, string value) in stored.Metadata.OrderBy(item => item.Key, StringComparer.Ordinal))
            if (key.StartsWith("provenance.", StringComparison.Ordinal))
                HumanText.Line(key["provenance.".Length..], value);
        HumanText.Line("sha256", stored.Metadata["sha256"]);
        return ExitCode.Success;
    }

    private static int WriteJson(string path, long bytes, StoredNetwork stored) =>
        JsonOutput.Write(ExitCode.Success, json =>
        {
            CellNetwork network = stored.Network;
            json.WriteString("path", path);
            json.WriteNumber("bytes", bytes);
            json.WriteString("sha256", stored.Metadata["sha256"]);
            json.WriteString("method", Constructions.Cells.Method);
            json.WriteString("lambda", network.Lambda.ToString());
            json.WriteNumber("seed", stored.Seed);
            json.WriteNumber("samples", network.Count);
            json.WriteNumber("dimension", network.Dimension);
            json.WriteString("type", HumanText.Name(network.TrainingPoints.ElementType));
            json.WriteClasses(network.Classes);
            json.WriteSize(network.Size);
            json.WriteNumber("separation", SeparationBound.Of(network).Raw);
            json.WriteString("minimum_squared_distance", network.MinimumSquaredDistance.ToString());
            IReadOnlyList<LayerShape> layers = LayerShape.Of(network);
            json.WriteArray("layers", layers.Count, k =>
            {
                json.WriteStartObject();
                json.WriteInteger("inputs", layers[k].Inputs);
                json.WriteInteger("outputs", layers[k].Outputs);
                json.WriteInteger("parameters", layers[k].Parameters);
                json.WriteInteger("nonzero", layers[k].NonZero);
                json.WriteEndObject();
            });
            json.WriteStartObject("metadata");
            foreach ((string key, string value) in stored.Metadata.OrderBy(item => item.Key, StringComparer.Ordinal))
                json.WriteString(key, value);
            json.WriteEndObject();
        });
}
