using System.CommandLine;
using System.CommandLine.Parsing;
using System.Diagnostics;
using System.Globalization;
using Memo.Cli.Reports;
using Memo.Constructions;
using Memo.Data;
using Memo.Experiments;
using Memo.Features;
using Memo.Kernels;
using Memo.Measures;
using Memo.Networks;
using Memo.Numerics;
using Memo.Reports;

namespace Memo.Cli.Commands;

/// <summary>`memo curve`: how networks grow with the number of samples that they memorize.</summary>
internal static class CurveCommand
{
    public static Command Create()
    {
        var data = new DataOptions(DataPart.Train, sampling: false, fallback: "digits");
        var construction = new ConstructionOptions(severalMethods: true);
        var features = new FeatureOptions(pairs: false);
        Option<ImageShape?> image = ReportPictures.CreateOption("conv");
        var testData = new Option<string?>("--test-data")
        {
            Description = "Test samples, where DATA has no test part of its own (default: none are tested)",
            HelpName = "DATA",
        };
        var sizes = new Option<int[]>("--sizes")
        {
            Description = "Numbers of training samples (default: 100, 200, 500, 1000, .. and all)",
            HelpName = "N1,N2,..",
            CustomParser = ParseSizes,
        };
        var seeds = new Option<int?>("--seeds")
        {
            Description = "Draw the samples of each size with so many seeds, from --seed on (default: 1)",
            HelpName = "S",
            CustomParser = argument => DataOptions.ParseInteger(argument, 1),
        };
        var greatest = new Option<Dictionary<string, int>>("--up-to")
        {
            Description = "The greatest size of a method that would take too long at larger ones",
            HelpName = "M=N,..",
            CustomParser = ParseGreatest,
        };
        var lambdas = new Option<Ratio[]>("--lambdas")
        {
            Description = "Also coverage against accuracy of cells at the largest size, as lambda varies (default: 501/1000 to 9/10 " +
                          "in a report)",
            HelpName = "P/Q,..",
            CustomParser = ParseLambdas,
        };
        Option<string?> page = ReportPage.CreateOption();
        Option<string?> csv = Output("--csv", "Write the points as a table, a line each", ".csv");
        Option<string?> plot = Output("--plot", "Write the curves as an SVG picture", ".svg");
        var command = new DocumentedCommand("curve",
            "How networks grow with the number of samples that they memorize",
            "memo curve                                               cells on the embedded digits",
            "memo curve --data digits:1,7 --method sqrt,vardi,park    constructions compared",
            "memo curve -d mnist:4,9 -m sqrt --sizes 100,1000,10000 --csv sqrt.csv --plot sqrt.svg",
            "memo curve -d digits --seeds 5 --lambdas 51/100,3/5 --report curve.html   five draws of each size")
        {
            Details = () => """
                For each size N, seed and method a network is built of the first N training samples in
                the seed's order, proved to memorize them, and tested on the test samples where there are
                any. Seeds draw the samples and the networks' randomness; the samples of a larger size
                contain those of a smaller. Exit code 1 if a network does not memorize.
                A fit tells how fast parameters grow, by least squares in logarithms over N >= 1,000,
                beside the exponent of the theorem. Integer networks are counted without their first layer,
                which has n + 1 parameters for every N, and where the theorem has a logarithm the count is
                divided by B, the bits of a code, first. Of cells, constant and condense the parameters
                that are not zero are counted.
                """,
        };
        data.AddTo(command, choosesPart: false);
        foreach (Option option in (Option[])[testData, sizes, greatest, seeds, lambdas]) command.Options.Add(option);
        construction.AddTo(command);
        features.AddTo(command);
        command.Options.Add(image);
        command.Options.Add(csv);
        command.Options.Add(plot);
        command.Options.Add(page);
        command.SetWork(session =>
        {
            DataReference reference = data.Reference(session);
            OutputPath.RequireWritable(session.Get(csv), reference.Path, session.Get(testData));
            OutputPath.RequireWritable(session.Get(plot), reference.Path, session.Get(testData));
            OutputPath.RequireWritable(session.Get(page), reference.Path, session.Get(testData));
            Dataset training = LabelConflicts.Resolve(data.Load(session, reference), construction.Conflicts(session), out int dropped);
            Dataset? test = data.LoadTest(session, reference, session.Get(testData));
            if (test is not null) NetworkArgument.WarnOfOtherScale(training.Points, test.Points, test.Source);
            FeatureSettings layers = features.Settings(session, reference, training.Dimension, session.Get(image));
            var curve = new SizeCurve(training, test, construction.Methods(session),
                construction.Settings(session, training) with { Features = layers });
            IReadOnlyList<int> counts = session.Get(sizes) is { Length: > 0 } named ? named
                : SizeCurve.DefaultSizes(training.Count);
            int draws = session.Get(seeds) ?? 1;

            IReadOnlyList<Ratio> covering = session.Get(lambdas) is { Length: > 0 } given ? given
                : session.Get(page) is not null && test is not null ? CoverageCurve.DefaultLambdas : [];
            if (covering.Count > 0 && test is null)
                throw new MemoException($"--lambdas: {reference.Text} has no test part, which coverage is measured on; name one with --test-data");

            long start = Stopwatch.GetTimestamp();
            CurveReport report = session.Work("growing", run => curve.Run(counts, draws, run, session.Get(greatest)));
            IReadOnlyList<CoveragePoint> coverage = covering.Count == 0 ? []
                : session.Work("covering", run => curve.Coverage(counts[^1], draws, covering, run));
            // The theorem is for cells with lambda of 21/41 at most, on samples that do not depend on the draw as features do.
            Ratio lambda = construction.Settings(session).Lambda;
            NearbySet? nearby = test is not null && layers.Kind == FeatureKind.None && report.Methods.Contains(Cells.Method) &&
                41L * lambda.Numerator <= 21L * lambda.Denominator
                ? session.Work("guarantee", curve.Nearby) : null;
            double seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;

            string heading = $"{reference.Text}: {construction.Describe(session)}{features.Describe(session)}, " +
                             (draws == 1 ? $"seed {session.Seed}" : $"seeds {session.Seed} to {report.Seeds[^1]}");
            string title = $"How networks grow: {reference.Text}{features.Describe(session)}";
            if (session.Get(csv) is { } table) OutputPath.WriteText(table, CurveTable.Csv(report));
            if (session.Get(plot) is { } picture)
                OutputPath.WriteText(picture, new CurvePicture(report)
                {
                    Title = title,
                    Subtitle = Subtitle(session, report, training, test),
                }.Render());
            int exitCode = report.Memorized ? ExitCode.Success : ExitCode.CheckFailed;
            var output = new CurveOutput(report, coverage, nearby, new CurveOutput.Request(
                reference.Text, [.. construction.Told(session), .. features.Told(session)], training.Dimension, dropped, seconds));
            if (session.Get(page) is { } html) ReportPage.Write(html, "curve", title, output.WriteFields);
            return session.Json ? JsonOutput.Write(exitCode, output.WriteFields)
                : ReportPage.Announce(output.WriteText(exitCode, heading), session.Get(page));
        });
        return command;
    }

    // What every curve depends on, and what times do.
    private static string Subtitle(Session session, CurveReport report, Dataset training, Dataset? test) => string.Join("  ·  ",
    [
        HumanText.Plural(training.Dimension, "feature"),
        report.Seeds.Count == 1 ? $"seed {report.Seeds[0]}" : $"means over {report.Seeds.Count} seeds, dots for each",
        $"labels of {(test is null ? "the training samples" : HumanText.Plural(test.Count, "test sample"))} " +
            $"by {HumanText.Plural(session.Threads, "thread")}, {Isa.Name(Isa.Active)}",
    ]);

    private static int[] ParseSizes(ArgumentResult argument)
    {
        string text = argument.Tokens[0].Value;
        var sizes = new SortedSet<int>();
        foreach (string item in text.Split(',', StringSplitOptions.TrimEntries))
            if (!int.TryParse(item, NumberStyles.None, CultureInfo.InvariantCulture, out int size) || size < 2)
            {
                argument.AddError($"--sizes: '{item}' is not a whole number of at least 2");
                return [];
            }
            else if (!sizes.Add(size))
            {
                argument.AddError($"--sizes: {size} is named twice");
                return [];
            }
        return [.. sizes];
    }

    private static Ratio[] ParseLambdas(ArgumentResult argument)
    {
        var lambdas = new List<Ratio>();
        foreach (string item in argument.Tokens[0].Value.Split(',', StringSplitOptions.TrimEntries))
            try
            {
                var lambda = Ratio.Parse(item);
                CellNetwork.RequireValidLambda(lambda);
                if (lambdas.Contains(lambda)) throw new MemoException($"{lambda} is named twice");
                lambdas.Add(lambda);
            }
            catch (MemoException exception)
            {
                argument.AddError($"--lambdas: {exception.Message}");
                return [];
            }
        return [.. lambdas];
    }

    private static Dictionary<string, int> ParseGreatest(ArgumentResult argument)
    {
        var greatest = new Dictionary<string, int>();
        foreach (string item in argument.Tokens[0].Value.Split(',', StringSplitOptions.TrimEntries))
        {
            string[] sides = item.Split('=');
            if (sides.Length != 2 || !int.TryParse(sides[1], NumberStyles.None, CultureInfo.InvariantCulture, out int size))
                argument.AddError($"--up-to: '{item}' is not METHOD=SIZE, such as condense=20000");
            else if (!greatest.TryAdd(sides[0], size))
                argument.AddError($"--up-to: '{sides[0]}' is named twice");
        }
        return greatest;
    }

    private static Option<string?> Output(string name, string description, string extension)
    {
        var option = new Option<string?>(name) { Description = description, HelpName = "F" + extension };
        OutputPath.RequireEnding(option, extension);
        return option;
    }
}
