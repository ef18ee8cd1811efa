using System.CommandLine;
using System.Diagnostics;
using Memo.Data;
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
        var command = new DocumentedCommand("eval", "Accuracy, abstentions and confusion matrix on labelled rows",
            "memo eval digits.memo --data digits",
            "memo eval one-seven.memo --data mnist:1,7 --json",
            "memo eval mine.memo --data held-out.csv");
        command.Arguments.Add(file);
        data.AddTo(command);
        command.SetWork(session =>
        {
            INetwork network = NetworkFile.Load(session.Get(file)).Network;
            Dataset rows = NetworkArgument.Fit(network, data.Load(session));
            long start = Stopwatch.GetTimestamp();
            Predictions predictions = session.Work(
                "evaluating", run => network.Predict(rows.Points, Outputs.Labels, run));
            double seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
            Evaluation result = Evaluation.Of(rows.Labels, predictions.Labels, network.Classes.Count);
            return session.Json
                ? WriteJson(result, predictions, network.Classes, seconds)
                : WriteText(result, network.Classes, rows.Source, seconds);
        });
        return command;
    }

    private static int WriteText(Evaluation result, ClassList classes, string source, double seconds)
    {
        HumanText.Line("rows", $"{HumanText.Count(result.Rows)} of {source}");
        HumanText.Line("right", $"{HumanText.Percent(result.Accuracy)} ({HumanText.Count(result.Right)})");
        HumanText.Line("wrong", $"{HumanText.Percent(result.WrongShare)} ({HumanText.Count(result.Wrong)})");
        HumanText.Line("abstained",
            $"{HumanText.Percent(result.AbstainedShare)} ({HumanText.Count(result.Abstained)})");
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

    private static int WriteJson(Evaluation result, Predictions predictions, ClassList classes, double seconds) =>
        JsonOutput.Write(ExitCode.Success, json =>
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
        });
}
