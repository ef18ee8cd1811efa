using System.CommandLine;
using System.Globalization;
using System.Numerics;
using System.Text.Json;
using Memo.Data;
using Memo.Features;
using Memo.Networks;
using Memo.Storage;

namespace Memo.Cli.Commands;

/// <summary>`memo predict`: labels, exact values and certified radii for every row.</summary>
internal static class PredictCommand
{
    public static Command Create()
    {
        Argument<string> file = NetworkArgument.Create();
        var data = new DataOptions(DataPart.Test, sampling: false);
        var output = new Option<string?>("--output", "-o")
        {
            Description = "Write F.npy (labels, int32; INT32_MIN is an abstention) or F.npz (labels, values, and radii " +
                          "where the network has them)",
            HelpName = "F.npy|F.npz",
        };
        OutputPath.RequireEnding(output, ".npy", ".npz");
        var values = new Option<bool>("--values") { Description = "Exact values V, with F = V times one scale p/q" };
        var radius = new Option<bool>("--radius")
        {
            Description =
                "Certified radii: strictly within this distance (L2, units of the samples, or of features where it says so) the " +
                "sign stays (networks of cells, constant, condense)",
        };
        var command = new DocumentedCommand("predict",
            "Label every row exactly, on demand with exact values and certified radii",
            "memo predict digits.memo --data digits --radius",
            "memo predict digits.memo --data queries.npy -o labels.npy",
            "memo predict digits.memo --data digits -o answers.npz   labels, values, radii")
        {
            Details = () => """
                Without --output the answers are printed: tab-separated, one line a row, - for an abstention.
                A value is exact: V, an integer, with F = V times the scale p/q. In F.npz: labels (int32;
                INT32_MIN is an abstention), values (decimal strings), scale, radii (float64; networks of cells,
                constant and condense only), classes.
                """,
        };
        command.Arguments.Add(file);
        Option<string> features = NetworkArgument.CreateFeatures();
        data.AddTo(command);
        command.Options.Add(features);
        command.Options.Add(output);
        command.Options.Add(values);
        command.Options.Add(radius);
        command.SetWork(session =>
        {
            string? path = session.Get(output);
            if (path is not null && !IsNpz(path) && (session.Get(values) || session.Get(radius)))
                throw new MemoException(
                    $"--output {path}: a .npy file holds labels only; write a .npz for values and radii");
            DataReference reference = data.Reference(session);
            OutputPath.RequireWritable(path, session.Get(file), reference.Path);
            INetwork network = NetworkFile.Load(session.Get(file)).Network;
            NetworkArgument.RequireFeatures(network, session.Get(features), session.Get(file));
            bool everything = path is not null && IsNpz(path);
            Outputs outputs = Wanted(network, everything, session.Get(values), session.Get(radius));
            (SampleMatrix points, int[]? rows) = LoadQueries(session, data, reference, network);
            Predictions predictions = session.Work("predicting", run => network.Predict(points, outputs, run));
            if (path is not null) PredictionFile.Write(path, predictions, network);
            return session.Json ? WriteJson(predictions, network, rows, path)
                : path is null ? WriteTable(predictions, network, rows)
                : WriteSummary(predictions, path);
        });
        return command;
    }

    // A .npz gets all that the network has.
    private static Outputs Wanted(INetwork network, bool everything, bool values, bool radius)
    {
        bool hasRadii = network.Cells() is not null;
        if (radius && !hasRadii)
            throw new MemoException($"--radius: a network of method {network.Method} has no certified radii; those of cells, " +
                                    "constant and condense have");
        return (everything || values ? Outputs.Values : 0) | ((everything && hasRadii) || radius ? Outputs.Radii : 0);
    }

    private static bool IsNpz(string path) => path.EndsWith(".npz", StringComparison.OrdinalIgnoreCase);

    // A single file may have no labels, which are looked at only where classes are selected by them. The rows in the file
    // are null where they are 0, 1, 2...
    private static (SampleMatrix Points, int[]? Rows) LoadQueries(
        Session session, DataOptions data, DataReference reference, INetwork network)
    {
        if (reference.SelectedClasses is null && !reference.HasParts)
            return (NetworkArgument.Fit(network, data.LoadPoints(session, reference), reference.Text), null);
        Dataset selected = data.Load(session, reference);
        bool inOrder = selected.FileRows.SequenceEqual([.. Enumerable.Range(0, selected.Count)]);
        return (NetworkArgument.Fit(network, selected.Points, selected.Source, selected.FileRows), inOrder ? null : selected.FileRows.ToArray());
    }

    private static int WriteSummary(Predictions predictions, string path)
    {
        int abstained = predictions.Labels.Count(label => label == Predictions.Abstention);
        HumanText.Line("predicted",
            $"{HumanText.Plural(predictions.Labels.Length, "row")}, {HumanText.Count(abstained)} abstained");
        HumanText.Line("saved", path);
        return ExitCode.Success;
    }

    // Tab-separated, complete, a name above each column; - is an abstention.
    private static int WriteTable(Predictions predictions, INetwork network, int[]? rows)
    {
        TextWriter output = Console.Out;
        ClassList classes = network.Classes;
        int perRow = ValuesPerRow(predictions, network);
        if (perRow > 0)
            output.WriteLine($"# F = value * {predictions.ScaleNumerator}/{predictions.ScaleDenominator}");
        if (predictions.Radii is not null && network is FeatureNetwork { RadiusUnits: var units })
            output.WriteLine($"# radius: in units of the {units}");
        output.Write("row\tlabel");
        if (perRow == 1) output.Write("\tvalue");
        for (int k = 0; perRow > 1 && k < perRow; k++) output.Write($"\tvalue[{classes[k]}]");
        output.WriteLine(predictions.Radii is null ? "" : "\tradius");
        for (int q = 0; q < predictions.Labels.Length; q++)
        {
            int label = predictions.Labels[q];
            output.Write((rows?[q] ?? q).ToString(CultureInfo.InvariantCulture));
            output.Write('\t');
            output.Write(label == Predictions.Abstention ? "-" : classes[label]);
            for (int k = 0; k < perRow; k++)
            {
                output.Write('\t');
                output.Write(predictions.Values![q * perRow + k].ToString(CultureInfo.InvariantCulture));
            }
            output.WriteLine(predictions.Radii is null
                ? "" : "\t" + predictions.Radii[q].ToString("R", CultureInfo.InvariantCulture));
        }
        return ExitCode.Success;
    }

    private static int WriteJson(Predictions predictions, INetwork network, int[]? rows, string? path) =>
        JsonOutput.Write(ExitCode.Success, json =>
        {
            ClassList classes = network.Classes;
            int count = predictions.Labels.Length, perRow = ValuesPerRow(predictions, network);
            json.WriteNumber("rows", count);
            json.WriteClasses(classes);
            if (rows is not null) json.WriteArray("file_rows", count, q => json.WriteNumberValue(rows[q]));
            json.WriteArray("labels", count, q => json.WriteClassValue(classes, predictions.Labels[q]));
            if (perRow > 0)
            {
                json.WriteString("scale", $"{predictions.ScaleNumerator}/{predictions.ScaleDenominator}");
                json.WriteArray("values", count, q => WriteValues(json, predictions.Values.AsSpan(q * perRow, perRow)));
            }
            if (predictions.Radii is not null && network is FeatureNetwork { RadiusUnits: var units }) json.WriteString("radius_units", units);
            if (predictions.Radii is { } radii) json.WriteArray("radii", count, q => json.WriteNumberValue(radii[q]));
            json.WriteNumber("resolved_exactly", predictions.ResolvedExactly);
            if (path is not null) json.WriteString("path", path);
        });

    private static void WriteValues(Utf8JsonWriter json, ReadOnlySpan<BigInteger> values)
    {
        if (values.Length > 1) json.WriteStartArray();
        foreach (BigInteger value in values) json.WriteStringValue(value.ToString(CultureInfo.InvariantCulture));
        if (values.Length > 1) json.WriteEndArray();
    }

    private static int ValuesPerRow(Predictions predictions, INetwork network) =>
        predictions.Values is null ? 0 : network.OutputCount;
}
