using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using Memo.Cli.Reports;
using Memo.Data;
using Memo.Experiments;

namespace Memo.Cli.Commands;

/// <summary>`memo measure`: how hard data is to memorize, and what a memorizing network can promise on it.</summary>
internal static class MeasureCommand
{
    public static Command Create()
    {
        var data = new DataOptions(DataPart.Train, sampling: true, fallback: "digits");
        Option<double> epsilon = Share("--epsilon", "The error that the guarantee shall allow", 0.1);
        Option<double> delta = Share("--delta", "The probability with which the guarantee may fail", 0.05);
        Option<string> conflicts = ConstructionOptions.CreateConflicts(
            "Equal samples with different labels: count them only, or measure what is left without them or with the majority's");
        Option<string?> report = ReportPage.CreateOption();
        Option<ImageShape?> image = ReportPictures.CreateOption();
        var command = new DocumentedCommand("measure", "How hard data is to memorize, and how much of it a memorizing network needs",
            "memo measure                                     the embedded digits",
            "memo measure --data mnist --report mnist.html    60,000 images, with the closest pairs to look at",
            "memo measure -d train.csv --epsilon 0.05 --delta 0.01 --json")
        {
            Details = () => """
                The separation c is the least distance of two samples of different classes. The nearby set: L
                being a sample's distance to the nearest of another class, the least number of balls of radius
                L/3.1 around samples that hold all of them, proved to lie between two bounds. It estimates S_D of
                the distribution, from which Theorem 7.3 says how many samples, drawn independently, suffice for
                cells (lambda up to 21/41) to err on a share of at most epsilon, but for a probability of delta.
                Theorems 6.1 and 6.5 have an absolute constant v that the paper leaves open: factors of v are
                given, as powers of ten. All is exact but for the logarithms. Exit code 0, conflicts or not.
                """,
        };
        data.AddTo(command);
        foreach (Option option in (Option[])[epsilon, delta, conflicts, report, image]) command.Options.Add(option);
        command.SetWork(session =>
        {
            DataReference reference = data.Reference(session);
            string? page = session.Get(report);
            OutputPath.RequireWritable(page, reference.Path);
            Dataset rows = data.Load(session, reference);
            ReportPictures.RequireFit(session.Get(image), rows);
            long start = Stopwatch.GetTimestamp();
            DataSurvey survey = session.Work("measuring", run =>
                DataSurvey.Of(rows, ConstructionOptions.ParseConflicts(session.Get(conflicts)), session.Seed, run));
            var output = new MeasureOutput(survey, rows, reference.Text, session.Get(epsilon), session.Get(delta),
                Stopwatch.GetElapsedTime(start).TotalSeconds);
            if (page is not null)
            {
                var pictures = new ReportPictures(reference, survey.Data, survey.Data.Points, survey.Data.LabelArray, survey.Data.Classes,
                    session.Get(image));
                foreach (CloseRow close in survey.Closest(MeasureOutput.MostClosest))
                {
                    pictures.AddPoint(close.Row);
                    pictures.AddPoint(close.Other);
                }
                ReportPage.Write(page, "measure", $"How hard {reference.Text} is to memorize", output.WriteFields, pictures.Write);
            }
            return session.Json ? JsonOutput.Write(ExitCode.Success, output.WriteFields) : ReportPage.Announce(output.WriteText(), page);
        });
        return command;
    }

    private static Option<double> Share(string name, string description, double fallback) => new(name)
    {
        Description = $"{description}, between 0 and 1",
        HelpName = "SHARE",
        DefaultValueFactory = _ => fallback,
        CustomParser = argument =>
        {
            string text = argument.Tokens[0].Value;
            if (double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double share) && share is > 1e-300 and < 1)
                return share;
            argument.AddError($"{name}: '{text}' is not a number strictly between 0 and 1");
            return fallback;
        },
    };
}
