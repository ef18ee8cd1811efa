using System.Diagnostics;
using System.Globalization;
using Memo.Benchmarks;
using Memo.Kernels;

namespace Memo.Cli.Commands;

/// <summary>
/// Runs `memo bench` once for each instruction set: code for several cannot be in one build, so each run is a process of
/// its own, one after the other.
/// </summary>
internal static class InstructionSetComparison
{
    public static BenchmarkReport[] Run(BenchmarkOptions options, RunOptions run)
    {
        (string front, IReadOnlyList<InstructionSet> available) = Launcher.Installation();
        var reports = new List<BenchmarkReport>();
        foreach (InstructionSet set in available)
        {
            reports.Add(BenchmarkJson.Read(Output(front, set, Arguments(options, run.Threads), run.Cancellation)));
            run.Progress?.Report((double)reports.Count / available.Count);
        }
        return [.. reports];
    }

    private static List<string> Arguments(BenchmarkOptions options, int threads)
    {
        List<string> arguments = [BenchCommand.Name, .. options.Kernels, "--json", "--threads", Text(threads), "--repeat", Text(options.Repeat)];
        if (options.Data is not null) arguments.AddRange(["--data", options.Data]);
        if (options.Queries is not null) arguments.AddRange(["--queries", options.Queries]);
        if (options.PerClass is { } perClass) arguments.AddRange(["--per-class", Text(perClass)]);
        foreach (ProductShape shape in options.Shapes) arguments.AddRange(["--shape", FormattableString.Invariant($"{shape.M},{shape.N},{shape.K}")]);
        if (!options.Peaks) arguments.Add("--no-peaks");
        return arguments;
    }

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);

    private static string Output(string program, InstructionSet set, List<string> arguments, CancellationToken cancellation)
    {
        var start = new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment[Isa.Variable] = Isa.Name(set);
        using Process process = Process.Start(start)!;
        using CancellationTokenRegistration kill = cancellation.Register(process.Kill);
        Task<string> output = process.StandardOutput.ReadToEndAsync(CancellationToken.None);
        Task<string> error = process.StandardError.ReadToEndAsync(CancellationToken.None);
        process.WaitForExit();
        cancellation.ThrowIfCancellationRequested();
        if (process.ExitCode == ExitCode.Success) return output.Result;
        string problem = error.Result.TrimEnd();
        throw new MemoException($"the {Isa.Name(set)} build failed ({process.ExitCode})" +
            (problem.Length == 0 ? "" : ": " + (problem.StartsWith("memo: ", StringComparison.Ordinal) ? problem[6..] : problem)));
    }
}
