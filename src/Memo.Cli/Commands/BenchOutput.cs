using System.Globalization;
using Memo.Benchmarks;
using Memo.Kernels;
using Memo.Reports;
using Spectre.Console;

namespace Memo.Cli.Commands;

/// <summary>What `memo bench` prints: the peaks, and a table of the kernels.</summary>
internal static class BenchOutput
{
    public static int Write(IReadOnlyList<BenchmarkReport> reports)
    {
        foreach (MachinePeaks peaks in reports.Select(report => report.Peaks).OfType<MachinePeaks>()) WritePeaks(peaks);
        KernelResult[] results = [.. reports.SelectMany(report => report.Kernels)];
        if (results.Length > 0) Terminal.Output().Write(KernelTable(results));
        return ExitCode.Success;
    }

    /// <summary>The picture that suits a report.</summary>
    public static string Picture(BenchmarkReport report) =>
        report.Kernels.All(result => result.Grows is not null)
            ? new GrowthPicture(report) { Subtitle = $"{ProcessorDescription.Read().Model}  ·  {Isa.Name(report.Isa)}, {HumanText.Plural(report.Threads, "thread")}" }.Render()
            : new RooflinePicture(report) { Subtitle = ProcessorDescription.Read().Model }.Render();

    private static void WritePeaks(MachinePeaks peaks)
    {
        Console.Out.WriteLine($"Measured peaks: {Isa.Name(peaks.Isa)}, {HumanText.Plural(peaks.Threads, "thread")}");
        HumanText.Line("  fp32", $"{Significant(peaks.Single)} GFLOP/s");
        HumanText.Line("  fp64", $"{Significant(peaks.Double)} GFLOP/s");
        HumanText.Line("  integer", $"{Significant(peaks.Integer)} GOP/s ({peaks.IntegerInstruction})");
        HumanText.Line("  memory", string.Join(", ", peaks.Memory.Select(level => $"{level.Level} {Significant(level.Rate)}")) + " GB/s read");
        Console.Out.WriteLine();
    }

    private static Table KernelTable(KernelResult[] results)
    {
        Table table = new Table().Border(TableBorder.None);
        foreach ((string name, bool right) in new[]
            { ("kernel", false), ("shape", false), ("on", false), ("threads", true), ("time", true), ("rate", true), ("of peak", true), ("by brute force", true) })
        {
            TableColumn column = new TableColumn($"[bold]{name}[/]").NoWrap().Padding(0, 0, 1, 0);
            table.AddColumn(right ? column.RightAligned() : column);
        }
        foreach (KernelResult result in results)
            table.AddRow(Markup.Escape(result.Name), Markup.Escape(result.Shape), result.Device == "cpu" ? Isa.Name(result.Isa) : result.Device, HumanText.Count(result.Threads),
                Time(result.Seconds), $"{Significant(result.Rate)} {result.Unit}",
                result.ShareOfPeak is { } share ? (100 * share).ToString("0.0", CultureInfo.InvariantCulture) + " %" : "",
                result.Pruned && result.EquivalentRate is { } equivalent ? $"{Significant(equivalent)} GOP/s" : "");
        return table;
    }

    // Three digits or all that are before the point.
    private static string Significant(double value) => value.ToString(
        value >= 100 ? "N0" : value >= 10 ? "0.0" : "0.00", CultureInfo.InvariantCulture);

    private static string Time(double seconds) =>
        seconds >= 1 ? $"{Significant(seconds)} s" : seconds >= 1e-3 ? $"{Significant(1e3 * seconds)} ms" : $"{Significant(1e6 * seconds)} µs";
}
