using System.Globalization;
using System.Text.Json;
using Memo.Data;
using Memo.Experiments;
using Memo.Features;
using Memo.Numerics;
using Memo.Reports;
using Memo.Storage;
using Spectre.Console;

namespace Memo.Cli.Commands;

/// <summary>
/// What `memo pairs` prints of one method, a class by class table of accuracies, and of any number, the JSON object.
/// </summary>
internal static class PairsOutput
{
    // A few pairs, or a table wider than the page, read better as a list.
    private const int FewestTablePairs = 6, CellWidth = 6;
    private const string MemorizedNot = "NO"; // in the list's column of that name

    /// <summary>What was asked for, and how long it took; lambda is null where no method has one.</summary>
    public sealed record Request(string Data, int? PerClass, Ratio? Lambda, ulong Seed, double Seconds, FeatureSettings Features, bool FitToPair,
        double LearningSeconds);

    public static int WriteText(int exitCode, PairReport report, ClassList classes, string heading, Request request)
    {
        HumanText.WriteHeading(heading);
        Console.Out.WriteLine();
        IAnsiConsole console = Terminal.Output();
        int tableWidth = classes.Max(name => name.Length) + 1 + classes.Skip(1).Sum(name => Math.Max(name.Length + 1, CellWidth));
        bool asTable = tableWidth <= Math.Min(console.Profile.Width, Terminal.PageWidth) && report.Pairs.Count >= FewestTablePairs &&
            report.Pairs.All(pair => classes.IndexOf(pair.Pair.Negative) < classes.IndexOf(pair.Pair.Positive));
        console.Write(asTable ? ClassTable(report, classes) : PairList(report));
        Console.Out.WriteLine();

        HumanText.Line("accuracy", $"{HumanText.Percent(report.MeanAccuracy)} on average " +
                                   $"(nearest neighbour {HumanText.Percent(report.MeanNearestNeighbour)})");
        HumanText.Line("abstained", $"{HumanText.Percent(report.AbstainedShare)} of the test rows");
        HumanText.WriteMemorized(report.Pairs.Count,
            [.. report.Pairs.Where(pair => !pair.Memorized).Select(pair => (pair.Pair.ToString(), pair.FirstFailure))],
            asTable ? HumanText.NotMemorized : MemorizedNot);
        if (report.Pairs.Sum(pair => (long)pair.Dropped) is > 0 and var dropped)
            HumanText.Line("dropped", $"{HumanText.Plural(dropped, "training sample")} with conflicting labels");
        WriteFeatures(report, request);
        PairResult widest = report.Pairs.MaxBy(pair => pair.Size.Width)!;
        HumanText.Line("networks", widest.IsFactored
            ? $"the widest stands for {HumanText.Count(widest.Size.Width)} neurons, " +
              $"{HumanText.Count(widest.Size.Parameters)} parameters"
            : $"the widest has width {HumanText.Count(widest.Size.Width)}, depth {HumanText.Count(widest.Size.Depth)}, " +
              $"{HumanText.Count(widest.Size.NonZero)} weights, {HumanText.Plural(widest.Size.Bits, "bit")}");
        HumanText.Line("time", $"{HumanText.Seconds(request.Seconds)} (" +
            (request.LearningSeconds > 0 ? $"features {HumanText.Seconds(request.LearningSeconds)}, " : "") +
            $"build {HumanText.Seconds(report.Pairs.Sum(pair => pair.BuildSeconds))}, " +
            $"verify {HumanText.Seconds(report.Pairs.Sum(pair => pair.VerificationSeconds))}, " +
            $"evaluate {HumanText.Seconds(report.Pairs.Sum(pair => pair.EvaluationSeconds))})");
        return exitCode;
    }

    /// <summary>What stands before the networks, if anything does.</summary>
    public static void WriteFeatures(PairReport report, Request request)
    {
        if (report.Pairs[0].Map is not { } map) return;
        (int least, int most) = Bits(report);
        HumanText.Paragraph("features", $"{map}, fitted to {(request.FitToPair ? "each pair alone" : "all classes")}, whole numbers of " +
            (least == most ? HumanText.Plural(least, "bit") : $"{least} to {most} bits, more where labels collided at {FeatureLearning.DefaultBits}"));
    }

    // Of the largest training feature of a pair.
    private static (int Least, int Most) Bits(PairReport report) =>
        (report.Pairs.Min(pair => pair.FeatureBits), report.Pairs.Max(pair => pair.FeatureBits));

    private static void WriteFeatures(Utf8JsonWriter json, PairReport report, Request request)
    {
        if (report.Pairs[0].Map is not { } map) return;
        json.WriteStartObject("features");
        json.WriteFeatureFields(map);
        json.WriteNumber("shrinkage", request.Features.Shrinkage);
        json.WriteString("fit", request.FitToPair ? "pair" : "all");
        (int least, int most) = Bits(report);
        json.WriteNumber("least_bits", least);
        json.WriteNumber("most_bits", most);
        json.WriteNumber("seconds", request.LearningSeconds);
        json.WriteEndObject();
    }

    // Rows are the first class of a pair (-1), columns the second; the first column and the last row would be empty.
    private static Table ClassTable(PairReport report, ClassList classes)
    {
        double floor = PairPicture.ColourFloor(report);
        Dictionary<ClassPair, PairResult> results = [];
        foreach (PairResult result in report.Pairs) results[result.Pair] = result;
        Table table = new Table().Border(TableBorder.None)
            .AddColumn(new TableColumn("[dim]%[/]").RightAligned().NoWrap().PadRight(1));
        for (int column = 1; column < classes.Count; column++)
            table.AddColumn(new TableColumn($"[bold]{Markup.Escape(classes[column].PadLeft(CellWidth - 1))} [/]")
                .RightAligned().NoWrap().Padding(0, 0));
        for (int row = 0; row < classes.Count - 1; row++)
        {
            var cells = new List<string> { $"[bold]{Markup.Escape(classes[row])}[/]" };
            for (int column = 1; column < classes.Count; column++)
                cells.Add(results.TryGetValue(new ClassPair(classes[row], classes[column]), out PairResult? result)
                    ? Cell(result, floor) : "");
            table.AddRow([.. cells]);
        }
        return table;
    }

    private static string Cell(PairResult result, double floor)
    {
        double position = PairPicture.OnScale(result.Test.Accuracy, floor);
        string number = (100 * result.Test.Accuracy).ToString("0.0", CultureInfo.InvariantCulture);
        string cell = number.PadLeft(CellWidth - 1) + (result.Memorized ? " " : HumanText.NotMemorized);
        return $"[{PerceptualScale.InkAt(position)} on {PerceptualScale.At(position)}]{cell}[/]";
    }

    private static Table PairList(PairReport report)
    {
        Table table = new Table().Border(TableBorder.None);
        foreach (string name in (string[])
            ["pair", "train", "test", "right", "wrong", "abstained", "accuracy", "neighbour", "memorized"])
            table.AddColumn(new TableColumn($"[bold]{name}[/]").RightAligned().NoWrap().Padding(0, 0, 1, 0));
        foreach (PairResult pair in report.Pairs)
            table.AddRow(Markup.Escape(pair.Pair.ToString()), HumanText.Count(pair.TrainingSamples),
                HumanText.Count(pair.Test.Rows), HumanText.Count(pair.Test.Right), HumanText.Count(pair.Test.Wrong),
                HumanText.Count(pair.Test.Abstained), HumanText.Percent(pair.Test.Accuracy),
                HumanText.Percent(pair.NearestNeighbour), pair.Memorized ? "yes" : $"[bold red]{MemorizedNot}[/]");
        return table;
    }

    public static void WriteFields(Utf8JsonWriter json, PairReport report, ClassList classes, Request request)
    {
        json.WriteString("data", request.Data);
        json.WriteStartArray("methods");
        foreach (string method in report.Methods) json.WriteStringValue(method);
        json.WriteEndArray();
        if (request.PerClass is { } perClass) json.WriteNumber("per_class", perClass);
        else json.WriteNull("per_class");
        if (request.Lambda is { } lambda) json.WriteString("lambda", lambda.ToString());
        json.WriteNumber("seed", request.Seed);
        WriteFeatures(json, report, request);
        json.WriteArray("pairs", report.Pairs.Count, p =>
        {
            PairResult pair = report.Pairs[p];
            json.WriteStartObject();
            json.WriteString("method", pair.Method);
            json.WritePropertyName("a");
            json.WriteClassValue(classes, classes.IndexOf(pair.Pair.Negative));
            json.WritePropertyName("b");
            json.WriteClassValue(classes, classes.IndexOf(pair.Pair.Positive));
            json.WriteNumber("train", pair.TrainingSamples);
            json.WriteNumber("test", pair.Test.Rows);
            json.WriteNumber("right", pair.Test.Right);
            json.WriteNumber("wrong", pair.Test.Wrong);
            json.WriteNumber("abstained", pair.Test.Abstained);
            json.WriteNumber("accuracy", pair.Test.Accuracy);
            json.WriteNumber("nearest_neighbour", pair.NearestNeighbour);
            json.WriteBoolean("memorized", pair.Memorized);
            json.WriteInteger("parameters", pair.Size.Parameters);
            json.WriteInteger("width", pair.Size.Width);
            json.WriteNumber("depth", pair.Size.Depth);
            json.WriteNumber("bits", pair.Size.Bits);
            json.WriteNumber("build_seconds", pair.BuildSeconds);
            json.WriteNumber("verify_seconds", pair.VerificationSeconds);
            json.WriteNumber("eval_seconds", pair.EvaluationSeconds);
            json.WriteEndObject();
        });
        json.WriteStartObject("mean_accuracy");
        foreach (string method in report.Methods) json.WriteNumber(method, report.Of(method).MeanAccuracy);
        json.WriteEndObject();
        json.WriteStartObject("mean_abstained");
        foreach (string method in report.Methods) json.WriteNumber(method, report.Of(method).MeanAbstained);
        json.WriteEndObject();
        json.WriteNumber("mean_nearest_neighbour", report.MeanNearestNeighbour);
        json.WriteNumber("seconds", request.Seconds);
    }
}
