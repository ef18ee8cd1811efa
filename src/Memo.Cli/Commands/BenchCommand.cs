using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using Memo.Benchmarks;
using Memo.Data;
using Memo.Gpu.Benchmarks;

namespace Memo.Cli.Commands;

/// <summary>`memo bench`: each hot kernel on this machine, and what the machine does at most.</summary>
internal static class BenchCommand
{
    public const string Name = "bench";

    public static Command Create()
    {
        var kernels = new Argument<string[]>("KERNEL")
        {
            Description = "What to measure (default: all that takes seconds)",
            HelpName = "KERNEL",
            Arity = ArgumentArity.ZeroOrMore,
        };
        kernels.CompletionSources.Add([.. BenchmarkSuite.Names]);
        var data = new Option<string?>("--data", "-d")
        {
            Description = "Training samples (default: mnist where it is here, else digits)",
            HelpName = "DATA",
        };
        var queries = new Option<string?>("--queries")
        {
            Description = "Queries, where DATA has no test part or another is wanted; labels are not needed",
            HelpName = "DATA",
        };
        Option<int?> perClass = WholeNumber("--per-class", "Take the first M training rows of each class (default: all)", "M");
        Option<int?> repeat = WholeNumber("--repeat", "Timings of each kernel, of which the median counts (default: 5)", "R");
        var shapes = new Option<ProductShape[]>("--shape")
        {
            Description = "Shape of gemm, bytes and bytes-packed: C (m x n) = A (m x k) B^T; may be given several times",
            HelpName = "m,n,k",
            CustomParser = ParseShapes,
        };
        var noPeaks = new Option<bool>("--no-peaks") { Description = "Do not measure the machine's peaks, which takes a second" };
        var allSets = new Option<bool>("--all-isas") { Description = "Measure with each of the builds that this machine can run" };
        var answers = new Option<string?>("--answers")
        {
            Description = "Write the answers of the last kernel that has any (labels: int32, INT32_MIN is an abstention)",
            HelpName = "F.npy",
        };
        OutputPath.RequireEnding(answers, ".npy");
        var plot = new Option<string?>("--plot")
        {
            Description = "Write a picture: rates beside the machine's peaks (a roofline), or the growth of the cost",
            HelpName = "F.svg",
        };
        OutputPath.RequireEnding(plot, ".svg");
        var command = new DocumentedCommand(Name, "Measure each hot kernel on this machine, and the machine itself",
            "memo bench                                            all kernels, about 20 seconds",
            "memo bench gemm --shape 1000,4096,784 --all-isas      each build that runs here",
            "memo bench growth --plot growth.svg                    how the cost of a label grows",
            "memo bench labels -d train.npz --queries test.npy --json")
        {
            Details = () => $"""
                Every time is the median of R calls from memory to memory, after one to warm up. The peaks are
                measured by loops of one instruction. Where exact pruning avoids most operations the rate is in
                queries or points a second, and "by brute force" is what computing every distance in the same
                time would take.

                KERNEL is one of
                {string.Join('\n', BenchmarkSuite.Names.Select(name => $"  {name,-12} {BenchmarkSuite.Describe(name)}"))}
                and with --device one of (the last four by themselves only on a fast device)
                {string.Join('\n', DeviceSuite.Kernels.Select(kernel => $"  {kernel.Name,-12} {kernel.Description}"))}
                """,
        };
        command.Arguments.Add(kernels);
        foreach (Option option in (Option[])[data, queries, perClass, repeat, shapes, noPeaks, allSets, answers, plot])
            command.Options.Add(option);
        command.SetWork(session =>
        {
            var options = new BenchmarkOptions
            {
                Kernels = session.Get(kernels),
                Data = session.Get(data),
                Queries = session.Get(queries),
                PerClass = session.Get(perClass),
                Repeat = session.Get(repeat) ?? new BenchmarkOptions().Repeat,
                Shapes = session.Get(shapes) ?? [],
                Peaks = !session.Get(noPeaks),
            };
            if (session.HasDevice) DeviceSuite.RequireValid(options);
            else BenchmarkSuite.RequireValid(options);
            if (session.Get(allSets) && session.Get(GlobalOptions.InstructionSet) is not "auto" and var set)
                throw new MemoException($"--all-isas measures every instruction set; leave out --isa {set}");
            OutputPath.RequireWritable(session.Get(answers), options.Data, options.Queries);
            OutputPath.RequireWritable(session.Get(plot), options.Data, options.Queries);
            if (session.HasDevice && (session.Get(allSets) || session.Get(plot) is not null))
                throw new MemoException($"{(session.Get(allSets) ? "--all-isas" : "--plot")} is for the processor; leave out --device");
            BenchmarkReport[] reports = session.Get(allSets)
                ? session.Work("measuring", run => InstructionSetComparison.Run(options, run))
                : [session.Work("measuring", run => session.HasDevice ? DeviceSuite.Run(options, run) : BenchmarkSuite.Run(options, run))];
            if (session.Get(answers) is { } path) WriteAnswers(path, reports);
            if (session.Get(plot) is { } picture)
                OutputPath.WriteText(picture, BenchOutput.Picture(reports[^1]));
            return session.Json ? BenchmarkJson.Write(reports) : BenchOutput.Write(reports);
        });
        return command;
    }

    private static void WriteAnswers(string path, BenchmarkReport[] reports)
    {
        int[] answers = reports.SelectMany(report => report.Kernels).LastOrDefault(result => result.Answers is not null)?.Answers ??
            throw new MemoException($"--answers {path}: none of the kernels measured gives answers");
        NumpyFile.WriteNpy(path, NumpyArray.From<int>(answers));
    }

    private static Option<int?> WholeNumber(string name, string description, string helpName) => new(name)
    {
        Description = description,
        HelpName = helpName,
        CustomParser = argument =>
        {
            if (TryCount(argument.Tokens[0].Value, out int value)) return value;
            argument.AddError($"{name}: '{argument.Tokens[0].Value}' is not a whole number of at least 1");
            return null;
        },
    };

    private static ProductShape[] ParseShapes(ArgumentResult argument)
    {
        var shapes = new List<ProductShape>();
        foreach (Token token in argument.Tokens)
        {
            string[] sizes = token.Value.Split(',', 'x');
            if (sizes.Length == 3 && TryCount(sizes[0], out int m) && TryCount(sizes[1], out int n) && TryCount(sizes[2], out int k))
                shapes.Add(new ProductShape(m, n, k));
            else
                argument.AddError($"--shape: '{token.Value}' is not m,n,k, three whole numbers of at least 1");
        }
        return [.. shapes];
    }

    private static bool TryCount(string text, out int value) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out value) && value >= 1;
}
