using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using Memo.Cli.Reports;
using Memo.Data;
using Memo.Features;
using Memo.Networks;
using Memo.Numerics;
using Memo.Storage;

namespace Memo.Cli.Commands;

/// <summary>`memo explain`: why a network of cells answers as it does on one row.</summary>
internal static class ExplainCommand
{
    // Lines of text; --json has all.
    private const int MostCells = 10;

    public static Command Create()
    {
        Argument<string> file = NetworkArgument.Create();
        var data = new DataOptions(DataPart.Test, sampling: false);
        var row = new Option<int?>("--row", "-r")
        {
            Description = "The row, numbered from 0 in the file",
            HelpName = "R",
            Required = true,
            CustomParser = argument => DataOptions.ParseInteger(argument, 0),
        };
        Option<string?> report = ReportPage.CreateOption();
        Option<ImageShape?> image = ReportPictures.CreateOption();
        var command = new DocumentedCommand("explain", "Why a network answers as it does: the cells that decide, the wall that binds the radius",
            "memo explain digits.memo --data digits --row 1012",
            "memo explain mnist.memo -d mnist --row 115 --report row115.html   with the images")
        {
            Details = () => """
                For networks of cells, constant and condense. Lemma A: only cells whose training point is nearer
                than every point of another label can decide. A cell fires as long as the walls that the row lies
                beyond take less than r from it, and contains the row when it lies beyond none. The distance to the
                nearest wall of such a cell is the certified radius. Training points are named by their
                position in the network, which is the row of the file where all rows were taken in order.
                """,
        };
        command.Arguments.Add(file);
        data.AddTo(command);
        foreach (Option option in (Option[])[row, report, image]) command.Options.Add(option);
        command.SetWork(session =>
        {
            DataReference reference = data.Reference(session);
            string? page = session.Get(report);
            OutputPath.RequireWritable(page, session.Get(file), reference.Path);
            INetwork loaded = NetworkFile.Load(session.Get(file)).Network;
            CellNetwork network = loaded.Cells() ??
                throw new MemoException($"{session.Get(file)}: a network of method {loaded.Method} has no cells; it looks a sample's code " +
                                        "up among those of the training samples. explain is for cells, constant and condense");
            Dataset rows = NetworkArgument.Fit(loaded, data.Load(session, reference));
            if (loaded is FeatureNetwork { Map: var map })
            {
                if (session.Get(image) is not null)
                    throw new MemoException("--image: the network looks at features, which are no images");
                rows = session.Work("features", run => map.Apply(rows, run)); // distances, walls and radii are theirs
            }
            ReportPictures.RequireFit(session.Get(image), rows);
            int position = rows.FileRows.IndexOf(session.Get(row)!.Value);
            if (position < 0)
                throw new MemoException($"--row: {rows.Source} has no row {session.Get(row)} among those read, {Range(rows)}");
            CellExplanation why = session.Work("explaining", run => CellExplanation.Of(network, rows.Points, [position], run))[0];
            void Fields(Utf8JsonWriter json)
            {
                json.WriteString("data", reference.Text);
                json.WriteString("method", network.Method);
                json.WriteString("lambda", network.Lambda.ToString());
                json.WriteFeatures(loaded);
                json.WriteNumber("row", rows.FileRows[position]);
                json.WritePropertyName("label");
                json.WriteClassValue(rows.Classes, rows.Labels[position]);
                json.WriteAnswer(network, why);
                json.WriteNumberOrNull("threshold", NearestDouble.Of(network.Threshold) / network.UnitDenominator);
                json.WriteCells(network, why);
            }
            string title = $"Row {rows.FileRows[position]} of {reference.Text}{HumanText.FeaturesOf(loaded)}";
            if (page is not null && loaded is FeatureNetwork)
                ReportPage.Write(page, "explain", title, Fields, json => ReportPictures.WriteNone(json, reference)); // features are no images
            else if (page is not null)
            {
                var pictures = new ReportPictures(reference, rows, network, session.Get(image));
                pictures.Add(position, why);
                ReportPage.Write(page, "explain", title, Fields, pictures.Write);
            }
            return session.Json ? JsonOutput.Write(ExitCode.Success, Fields)
                : ReportPage.Announce(WriteText(loaded, network, rows, position, why), page);
        });
        return command;
    }

    private static string Range(Dataset rows)
    {
        int least = int.MaxValue, greatest = -1;
        foreach (int row in rows.FileRows) (least, greatest) = (Math.Min(least, row), Math.Max(greatest, row));
        return $"rows {least} to {greatest}";
    }

    private static int WriteText(INetwork loaded, CellNetwork network, Dataset rows, int position, CellExplanation why)
    {
        string truth = rows.Classes[rows.Labels[position]];
        HumanText.Line("row", $"{rows.FileRows[position]} of {rows.Source}, labelled {truth}");
        HumanText.Line("answer", why.Label == Predictions.Abstention ? "none: the network abstains"
            : $"{network.Classes[why.Label]}, {(why.Label == rows.Labels[position] ? "right" : "wrong")}");
        if (loaded is FeatureNetwork) HumanText.Line("features", "distances, walls and the radius are in their units, not in the samples'");
        HumanText.Line("nearest", Describe(network, why.Nearest.Point, why.Nearest.SquaredDistance));
        HumanText.Line("nearest other", Describe(network, why.Rival.Point, why.Rival.SquaredDistance));
        if (why.Decisive is { } decisive)
        {
            HumanText.Line("decided by", "the cell of " + Describe(network, decisive.Point, decisive.SquaredDistance));
            if (decisive.Binding is { } wall)
            {
                HumanText.Line("radius", $"{HumanText.Number(why.Radius)}: within it the answer cannot change");
                HumanText.Line("bound by", "the wall towards " + Describe(network, wall.Point, wall.SquaredDistance));
            }
            else
                HumanText.Line("radius", "0: the cell fires, but does not contain the row");
        }
        HumanText.Line("cells", why.Neurons.Count == 0 ? "none can fire: two labels are equally near (Lemma A)"
            : $"{HumanText.Plural(why.Neurons.Count, "point")} nearer than any other label; r = " +
              HumanText.Number(NearestDouble.Of(network.Threshold) / network.UnitDenominator));
        if (why.Neurons.Count == 0) return ExitCode.Success;
        Console.Out.WriteLine();
        HumanText.WriteTable(
        [
            ["point", "label", "distance", "-u", "fires", "walls crossed", "most by"],
            .. why.Neurons.Take(MostCells).Select(neuron => (string[])
            [
                HumanText.Count(neuron.Point), network.Classes[network.Labels[neuron.Point]], Distance(neuron.SquaredDistance),
                HumanText.Number(ExplanationJson.Activation(network, neuron)), neuron.Fires ? "yes" : "no",
                HumanText.Count(neuron.Crossed.Count),
                neuron.Contains ? "-" : neuron.Crossed[0].Point.ToString(CultureInfo.InvariantCulture),
            ]),
        ]);
        if (why.Neurons.Count > MostCells) Console.Out.WriteLine($"and {why.Neurons.Count - MostCells} more, in the --json output");
        return ExitCode.Success;
    }

    private static string Describe(CellNetwork network, int point, Dyadic squaredDistance) =>
        $"point {point}, labelled {network.Classes[network.Labels[point]]}, at distance {Distance(squaredDistance)}";

    private static string Distance(Dyadic squared) => HumanText.Number(NearestDouble.OfSquareRoot(squared));
}
