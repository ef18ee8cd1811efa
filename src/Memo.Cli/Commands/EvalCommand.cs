using System.CommandLine;
using System.Diagnostics;
using System.Text.Json;
using Memo.Cli.Reports;
using Memo.Data;
using Memo.Experiments;
using Memo.Measures;
using Memo.Networks;
using Memo.Storage;
using Spectre.Console;

namespace Memo.Cli.Commands;

/// <summary>`memo eval`: right, wrong, abstained and the confusion matrix on labelled rows.</summary>
internal static class EvalCommand
{
    public static Command Create()
    {
        Argument<string> file = NetworkArgument.Create();
        var data = new DataOptions(DataPart.Test, sampling: false);
        Option<string?> page = ReportPage.CreateOption();
        Option<ImageShape?> image = ReportPictures.CreateOption();
        var command = new DocumentedCommand("eval", "Accuracy, abstentions and confusion matrix on labelled rows",
            "memo eval digits.memo --data digits",
            "memo eval one-seven.memo --data mnist:1,7 --json",
            "memo eval mine.memo --data held-out.csv",
            "memo eval digits.memo -d digits --report digits.html    with the wrong, the abstained and the most fragile");
        command.Arguments.Add(file);
        Option<string> features = NetworkArgument.CreateFeatures();
        data.AddTo(command);
        command.Options.Add(features);
        command.Options.Add(page);
        command.Options.Add(image);
        command.SetWork(session =>
        {
            DataReference reference = data.Reference(session);
            OutputPath.RequireWritable(session.Get(page), session.Get(file), reference.Path);
            INetwork network = NetworkFile.Load(session.Get(file)).Network;
            NetworkArgument.RequireFeatures(network, session.Get(features), session.Get(file));
            Dataset rows = NetworkArgument.Fit(network, data.Load(session, reference));
            ReportPictures.RequireFit(session.Get(image), rows);
            long start = Stopwatch.GetTimestamp();
            Predictions predictions = session.Work(
                "evaluating", run => network.Predict(rows.Points, Outputs.Labels, run));
            double seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
            Evaluation result = Evaluation.Of(rows.Labels, predictions.Labels, network.Classes.Count);
            IReadOnlyList<GalleryGroup>? gallery = null;
            if (session.Get(page) is not null && network is CellNetwork cells)
                gallery = session.Work("gallery", run =>
                    Gallery.Of(cells, rows, cells.Predict(rows.Points, Outputs.Radii, run.Stage(0, 2)), run.Stage(1, 2)));
            void Fields(Utf8JsonWriter json)
            {
                WriteFields(json, result, predictions, network.Classes, seconds);
                json.WriteFeatures(network);
                if (session.Get(page) is null) return;
                json.WriteString("data", reference.Text);
                json.WriteString("method", network.Method);
                if (gallery is not null) json.WriteGallery((CellNetwork)network, rows, gallery);
            }
            if (session.Get(page) is { } html)
                ReportPage.Write(html, "eval", $"{Path.GetFileName(session.Get(file))} on {reference.Text}{HumanText.FeaturesOf(network)}", Fields, gallery is null
                    ? json => ReportPictures.WriteNone(json, reference)
                    : GalleryJson.Pictures(reference, (CellNetwork)network, rows, gallery, session.Get(image)).Write);
            return session.Json ? JsonOutput.Write(ExitCode.Success, Fields)
                : ReportPage.Announce(WriteText(network, result, rows.Source, seconds), session.Get(page));
        });
        return command;
    }

    private static int WriteText(INetwork network, Evaluation result, string source, double seconds)
    {
        ClassList classes = network.Classes;
        HumanText.Line("rows", $"{HumanText.Count(result.Rows)} of {source}");
        HumanText.Line("right", $"{HumanText.Percent(result.Accuracy)} ({HumanText.Count(result.Right)})");
        HumanText.Line("wrong", $"{HumanText.Percent(result.WrongShare)} ({HumanText.Count(result.Wrong)})");
        HumanText.Line("abstained",
            $"{HumanText.Percent(result.AbstainedShare)} ({HumanText.Count(result.Abstained)})");
        HumanText.WriteFeatures(network);
        HumanText.Line("time", HumanText.Seconds(seconds));
        Console.Out.WriteLine();
        IAnsiConsole console = Terminal.Output();
        if (TableWidth(result, classes) > Math.Min(console.Profile.Width, Terminal.PageWidth))
        {
            Console.Out.WriteLine($"The confusion matrix of {classes.Count} classes is in the --json output.");
            return ExitCode.Success;
        }
        Console.Out.WriteLine("Confusion: rows are the true class, columns the class given");
        console.Write(ConfusionTable(result, classes));
        return ExitCode.Success;
    }

    private static int TableWidth(Evaluation result, ClassList classes)
    {
        int[] counts = result.Confusion.ToArray();
        int widestCount = HumanText.Count(counts.Max()).Length + 1;
        return classes.Max(name => name.Length) + 1 +
               classes.Append("none").Sum(name => Math.Max(name.Length + 1, widestCount));
    }

    private static Table ConfusionTable(Evaluation result, ClassList classes)
    {
        Table table = new Table().Border(TableBorder.None).AddColumn(Column(""));
        foreach (string name in classes) table.AddColumn(Column(name));
        table.AddColumn(Column("none"));
        for (int truth = 0; truth < classes.Count; truth++)
        {
            var cells = new List<string> { $"[bold]{Markup.Escape(classes[truth])}[/]" };
            for (int given = 0; given <= classes.Count; given++)
            {
                int count = result.Confusion[truth * (classes.Count + 1) + given];
                string style = count == 0 ? "dim"
                    : given == truth ? "green" : given == classes.Count ? "yellow" : "red";
                cells.Add($"[{style}]{HumanText.Count(count)}[/]");
            }
            table.AddRow([.. cells]);
        }
        return table;

        static TableColumn Column(string name) =>
            new TableColumn(name.Length == 0 ? "" : $"[bold]{Markup.Escape(name)}[/]")
                .RightAligned().NoWrap().Padding(0, 0, 1, 0);
    }

    private static void WriteFields(Utf8JsonWriter json, Evaluation result, Predictions predictions, ClassList classes, double seconds)
    {
        json.WriteNumber("rows", result.Rows);
        json.WriteNumber("accuracy", result.Accuracy);
        json.WriteNumber("wrong", result.WrongShare);
        json.WriteNumber("abstained", result.AbstainedShare);
        json.WriteClasses(classes);
        json.WriteArray("confusion", classes.Count, truth =>
        {
            json.WriteStartArray();
            foreach (int count in result.Confusion.Slice(truth * (classes.Count + 1), classes.Count + 1))
                json.WriteNumberValue(count);
            json.WriteEndArray();
        });
        json.WriteNumber("resolved_exactly", predictions.ResolvedExactly);
        json.WriteNumber("eval_seconds", seconds);
    }
}
