using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using Memo.Cli.Reports;
using Memo.Constructions;
using Memo.Data;
using Memo.Features;
using Memo.Networks;
using Memo.Storage;

namespace Memo.Cli.Commands;

/// <summary>`memo build`: constructs a network and saves it.</summary>
internal static class BuildCommand
{
    public static Command Create()
    {
        var data = new DataOptions(DataPart.Train, sampling: true);
        var construction = new ConstructionOptions(severalMethods: false);
        var features = new FeatureOptions(pairs: false);
        Option<ImageShape?> image = ReportPictures.CreateOption("conv");
        var output = new Option<string?>("--output", "-o")
        {
            Description = "Network file to write (default: none, only the sizes are printed)",
            HelpName = "NET",
        };
        var command = new DocumentedCommand("build",
            "Construct a network that memorizes the training samples, and save it",
            "memo build --data digits -o digits.memo",
            "memo build --data mnist:1,7 --per-class 500 -o one-seven.memo   two classes: 1 is -1, 7 is +1",
            "memo build -d cifar-10:3,5 --features conv -o cat-dog.memo      convolutional features before the network",
            "memo build --data train.csv --on-conflict drop --json           sizes only, for a program");
        data.AddTo(command);
        construction.AddTo(command);
        features.AddTo(command);
        command.Options.Add(image);
        command.Options.Add(output);
        command.SetWork(session =>
        {
            DataReference reference = data.Reference(session);
            if (session.Get(output) is { } target)
            {
                OutputPath.RequireNetworkName(target);
                OutputPath.RequireWritable(target, reference.Path);
            }
            Dataset loaded = data.Load(session, reference);
            Dataset samples = LabelConflicts.Resolve(loaded, construction.Conflicts(session), out int dropped);
            long start = Stopwatch.GetTimestamp();
            string method = construction.Methods(session)[0];
            ConstructionSettings settings = construction.Settings(session, samples) with
            {
                Features = features.Settings(session, reference, samples.Dimension, session.Get(image)),
            };
            INetwork network = session.Work("building", run => Construction.Build(method, samples, settings, run));
            double seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
            string? path = session.Get(output);
            if (path is not null)
                NetworkFile.Save(path, network, session.Seed,
                    Provenance(session, data, reference, construction, features, dropped));
            return session.Json
                ? WriteJson(network, dropped, path, seconds)
                : WriteText(network, $"{construction.Describe(session)}{features.Describe(session)}, from {samples.Source}", dropped, path, seconds);
        });
        return command;
    }

    private static Dictionary<string, string> Provenance(
        Session session, DataOptions data, DataReference reference, ConstructionOptions construction, FeatureOptions features,
        int dropped)
    {
        var notes = new Dictionary<string, string>
        {
            ["program"] = $"memo {ProductVersion.Text}",
            ["data"] = reference.Text,
            ["part"] = data.ChosenPart(session, reference) switch
            {
                DataPart.Train => "train",
                DataPart.Test => "test",
                _ => "all",
            },
        };
        if (session.Get(data.PerClass!) is { } perClass)
            notes["per_class"] = perClass.ToString(CultureInfo.InvariantCulture);
        if (session.Get(data.Shuffle!)) notes["shuffle"] = "true";
        foreach ((string name, string value) in construction.Told(session).Concat(features.Told(session)))
            if (name != "lambda") notes[name] = value; // which the network itself has
        if (construction.Conflicts(session) is var onConflict and not OnConflict.Error)
        {
            notes["on_conflict"] = onConflict == OnConflict.Drop ? "drop" : "majority";
            notes["dropped"] = dropped.ToString(CultureInfo.InvariantCulture);
        }
        return notes;
    }

    private static int WriteText(INetwork network, string heading, int dropped, string? path, double seconds)
    {
        HumanText.Line("built", heading);
        HumanText.WriteSamples(network);
        if (dropped > 0)
            HumanText.Line("dropped", $"{HumanText.Plural(dropped, "sample")} with conflicting labels");
        HumanText.WriteFeatures(network);
        HumanText.WriteSize(network);
        HumanText.WriteNotes(network);
        HumanText.Line("time", HumanText.Seconds(seconds));
        HumanText.Line("saved", path ?? "nothing; -o NET saves the network");
        return ExitCode.Success;
    }

    private static int WriteJson(INetwork network, int dropped, string? path, double seconds) =>
        JsonOutput.Write(ExitCode.Success, json =>
        {
            json.WriteString("method", network.Method);
            if (network.Cells() is { } cells) json.WriteString("lambda", cells.Lambda.ToString());
            json.WriteFeatures(network);
            json.WriteNumber("samples", network.Samples);
            json.WriteNumber("dimension", network.Dimension);
            json.WriteClasses(network.Classes);
            json.WriteSize(network.Size);
            json.WriteNotes(network);
            json.WriteNumber("dropped", dropped);
            json.WriteNumber("seconds", seconds);
            json.WriteString("path", path);
        });
}
