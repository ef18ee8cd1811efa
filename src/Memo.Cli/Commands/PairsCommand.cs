using System.CommandLine;
using System.Diagnostics;
using System.Text.Json;
using Memo.Cli.Reports;
using Memo.Constructions;
using Memo.Data;
using Memo.Experiments;
using Memo.Networks;
using Memo.Reports;
using Memo.Storage;

namespace Memo.Cli.Commands;

/// <summary>`memo pairs`: the paper's experiment (Appendix I).</summary>
internal static class PairsCommand
{
    public static Command Create()
    {
        var data = new DataOptions(DataPart.Train, sampling: true, fallback: "digits");
        var construction = new ConstructionOptions(severalMethods: true);
        var features = new FeatureOptions(pairs: true);
        var pairs = new Option<string>("--pairs")
        {
            Description = "Pairs of classes, such as 1-7,2-3 (the first is -1), or all",
            HelpName = "A-B,..|all",
            DefaultValueFactory = _ => "all",
        };
        var testData = new Option<string?>("--test-data")
        {
            Description = "Test samples, where DATA has no test part of its own",
            HelpName = "DATA",
        };
        var picture = new Option<string?>("--picture")
        {
            Description = "Write the table of accuracies as an SVG picture, of one method",
            HelpName = "F.svg",
        };
        OutputPath.RequireEnding(picture, ".svg");
        Option<string?> page = ReportPage.CreateOption();
        Option<ImageShape?> image = ReportPictures.CreateOption("conv, and in a report");
        var command = new DocumentedCommand("pairs",
            "The paper's experiment: build, verify and test a network for each pair of classes",
            "memo pairs                                          all 45 pairs of the embedded digits",
            "memo pairs -d mnist --per-class 500 --report mnist.html   Table 1 of the paper, to look at",
            "memo pairs -d mnist --per-class 500 --pairs 1-7,4-9 --method cells,park,vardi",
            "memo pairs -d cifar-10 --per-class 3000 --features conv     convolutional features before the networks",
            "memo pairs --data train.csv --test-data test.csv    your own data")
        {
            Details = () => """
                For each pair of classes a network is built on the training samples of the two, proved
                to memorize them, and tested on the test samples of the two. The first class is -1, the
                second +1. An abstention counts as an error. Exit code 1 if a network does not memorize.
                Several methods are compared pair by pair (Table 4 of the paper); in --json the results stand
                by pair and then by method, in the orders given.
                With --features the networks are on what layers before them give; filters are learned from all
                training images without their labels, the affine map behind them from the pair's training
                samples alone (--fit pair) or from all classes' (--fit all): protocols not to be compared.
                Of grade pure everything up to the last rounding is a ReLU network.
                """,
        };
        data.AddTo(command, choosesPart: false);
        command.Options.Add(testData);
        command.Options.Add(pairs);
        construction.AddTo(command);
        features.AddTo(command);
        foreach (Option option in (Option[])[picture, page, image]) command.Options.Add(option);
        command.SetWork(session =>
        {
            string[] methods = construction.Methods(session);
            if (session.Get(picture) is { } one && methods.Length > 1)
                throw new MemoException($"--picture {one}: a picture shows one method, and --method names {methods.Length}");
            DataReference reference = data.Reference(session);
            foreach (string? written in (string?[])[session.Get(picture), session.Get(page)])
                OutputPath.RequireWritable(written, reference.Path, session.Get(testData));
            Dataset training = data.Load(session, reference);
            ReportPictures.RequireFit(session.Get(image), training);
            Dataset test = data.LoadTest(session, reference, session.Get(testData)) ?? throw new MemoException(
                $"{reference.Text}: a single file or generator has no test part; name one with --test-data");
            IReadOnlyList<ClassPair> selected = ClassPair.Parse(session.Get(pairs)!, training.Classes);
            ConstructionSettings settings = construction.Settings(session) with
            {
                Features = features.Settings(session, reference, training.Dimension, session.Get(image)),
            };
            NetworkArgument.WarnOfOtherScale(training.Points, test.Points, test.Source);
            var experiment = new PairExperiment(training, test, methods, settings, construction.Conflicts(session),
                construction.DefaultClass(session), features.FitsPairs(session));

            long start = Stopwatch.GetTimestamp();
            PairReport report = session.Work(
                HumanText.Plural(selected.Count, "pair"), run => experiment.Run(selected, run));
            double seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;

            string heading = $"{construction.Describe(session)}{features.Describe(session)}, {data.Sampling(session)}";
            if (session.Get(picture) is { } path)
                WritePicture(path, report, training, reference, heading);
            int exitCode = report.Memorized ? ExitCode.Success : ExitCode.CheckFailed;
            var request = new PairsOutput.Request(reference.Text, session.Get(data.PerClass!),
                methods.Any(ConstructionOptions.HeedsLambda) ? settings.Lambda : null, session.Seed, seconds,
                settings.Features, features.FitsPairs(session), experiment.LearningSeconds);
            PairGallery? gallery = session.Get(page) is null ? null
                : session.Work("gallery", run => experiment.HardestPair(report, run));
            using CellNetwork? hardest = gallery?.Network;
            void Fields(Utf8JsonWriter json)
            {
                PairsOutput.WriteFields(json, report, training.Classes, request);
                if (gallery is null) return;
                json.WriteStartObject("hardest_pair");
                json.WriteString("method", gallery.Network.Method);
                json.WritePropertyName("a");
                json.WriteClassValue(gallery.Network.Classes, 0);
                json.WritePropertyName("b");
                json.WriteClassValue(gallery.Network.Classes, 1);
                json.WriteGallery(gallery.Network, gallery.Test, gallery.Groups);
                json.WriteEndObject();
            }
            if (session.Get(page) is { } html)
                ReportPage.Write(html, "pairs", $"Pairs of {reference.Text}: {heading}", Fields, gallery is null
                    ? json => ReportPictures.WriteNone(json, reference)
                    : GalleryJson.Pictures(reference, gallery.Network, gallery.Test, gallery.Groups, session.Get(image)).Write);
            if (session.Json) return JsonOutput.Write(exitCode, Fields);
            heading = $"{HumanText.Plural(selected.Count, "pair")} of {reference.Text}: {heading}";
            return ReportPage.Announce(methods.Length == 1
                ? PairsOutput.WriteText(exitCode, report, training.Classes, heading, request)
                : PairsComparison.WriteText(exitCode, report, heading, request), session.Get(page));
        });
        return command;
    }

    private static void WritePicture(
        string path, PairReport report, Dataset training, DataReference data, string subtitle)
    {
        var picture = new PairPicture(report, training.Classes)
        {
            Title = data.Text,
            Subtitle = subtitle,
            DisplayNames = data.ClassNames,
        };
        OutputPath.WriteText(path, picture.Render());
    }
}
