using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using Memo.Data;

namespace Memo.Cli;

/// <summary>
/// Which rows a command reads: --data, --part, --label-column and, where samples may be chosen, --per-class and
/// --shuffle.
/// </summary>
internal sealed class DataOptions
{
    /// <summary>What DATA can be, for the end of a command's help.</summary>
    public static string Explanation { get; } = $"""
        DATA is one of
          a name       {string.Join(", ", DataCatalogue.Entries.Select(Name))}; see `memo data list`
          a generator  {string.Join(", ", DataGenerator.All.Select(generator => generator.Name))}, with
                       settings behind a question mark: 'parity?n=10&count=500'
          a folder     in the MNIST (IDX, plain or .gz) or CIFAR-10 (binary) layout
          a file       .npz (arrays x and y), .npy (x only), .csv (the label last) or .svm
        Behind it, :1,7 selects classes; of two, the first is -1 and the second +1. :0+2,1+3 makes
        one class of two.
        """;

    private readonly DataPart _defaultPart;

    public DataOptions(DataPart defaultPart, bool sampling, string? fallback = null)
    {
        _defaultPart = defaultPart;
        Data = new Option<string>("--data", "-d")
        {
            Description = "What to read; see below",
            HelpName = "DATA",
            Required = fallback is null,
        };
        if (fallback is not null) Data.DefaultValueFactory = _ => fallback;
        Part = GlobalOptions.Choice("--part",
            $"Part of a named set or a folder (default: {Name(defaultPart)}); a single file is all of one part",
            recursive: false, fallback: null, "train", "test");
        LabelColumn = new Option<int?>("--label-column")
        {
            Description =
                "Column of the label in a .csv file, from 0; negative counts from the end (default: the last)",
            HelpName = "C",
            CustomParser = argument => ParseInteger(argument, int.MinValue),
        };
        if (!sampling) return;
        PerClass = new Option<int?>("--per-class")
        {
            Description = "Take the first M training rows of each class, in file order (default: all)",
            HelpName = "M",
            CustomParser = argument => ParseInteger(argument, 1),
        };
        Shuffle = new Option<bool>("--shuffle")
        {
            Description = "Draw the rows with the seed instead of in file order",
        };
    }

    public Option<string> Data { get; }

    public Option<string> Part { get; }

    public Option<int?> LabelColumn { get; }

    public Option<int?>? PerClass { get; }

    public Option<bool>? Shuffle { get; }

    /// <summary>Adds the options to a command; --part only where the command reads one part.</summary>
    public void AddTo(Command command, bool choosesPart = true)
    {
        command.Options.Add(Data);
        if (choosesPart) command.Options.Add(Part);
        if (PerClass is not null) command.Options.Add(PerClass);
        if (Shuffle is not null) command.Options.Add(Shuffle);
        command.Options.Add(LabelColumn);
    }

    /// <summary>The data that was named, parsed.</summary>
    public DataReference Reference(Session session) => DataReference.Parse(session.Get(Data)!);

    /// <summary>The rows asked for.</summary>
    public Dataset Load(Session session) => Load(session, Reference(session));

    /// <summary>The rows asked for of the data named.</summary>
    public Dataset Load(Session session, DataReference reference)
    {
        WarnOfUnusedPart(session, reference);
        return reference.Load(ChosenPart(session, reference), Options(session));
    }

    /// <summary>
    /// The test part of the training data, or what --test-data names; null where neither is there. It is complete: --per-class
    /// and --shuffle choose training samples only.
    /// </summary>
    public Dataset? LoadTest(Session session, DataReference training, string? testData)
    {
        DataReference reference = testData is null ? training : DataReference.Parse(testData);
        if (testData is null && !reference.HasParts) return null;
        return reference.Load(reference.HasParts ? DataPart.Test : DataPart.Default,
            new LoadOptions { Seed = session.Seed, LabelColumn = session.Get(LabelColumn) });
    }

    /// <summary>The points asked for; labels, where there are any, are not looked at.</summary>
    public SampleMatrix LoadPoints(Session session, DataReference reference)
    {
        WarnOfUnusedPart(session, reference);
        return reference.LoadPoints(ChosenPart(session, reference), Options(session));
    }

    /// <summary>
    /// The part read: what --part says, else the command's own; Default, which is all, where there are no parts.
    /// </summary>
    public DataPart ChosenPart(Session session, DataReference reference) =>
        !reference.HasParts ? DataPart.Default
        : session.Get(Part) switch
        {
            "train" => DataPart.Train,
            "test" => DataPart.Test,
            _ => _defaultPart,
        };

    private void WarnOfUnusedPart(Session session, DataReference reference)
    {
        if (!reference.HasParts && session.Get(Part) is { } part)
            Session.Warn($"{reference.Text}: is all of one part; --part {part} changes nothing");
    }

    /// <summary>Seed, sampling and label column.</summary>
    public LoadOptions Options(Session session) => new()
    {
        Seed = session.Seed,
        LabelColumn = session.Get(LabelColumn),
        PerClass = PerClass is null ? null : session.Get(PerClass),
        Shuffle = Shuffle is not null && session.Get(Shuffle),
    };

    /// <summary>How the samples were chosen, for a heading: "500 training samples of each class".</summary>
    public string Sampling(Session session) =>
        (PerClass is not null && session.Get(PerClass) is { } perClass
            ? string.Create(CultureInfo.InvariantCulture, $"{perClass:N0} training samples of each class")
            : "all training samples") +
        (Shuffle is not null && session.Get(Shuffle)
            ? string.Create(CultureInfo.InvariantCulture, $", shuffled with seed {session.Seed}") : "");

    private static string Name(CatalogueEntry entry) => entry.Name + (entry.IsEmbedded ? " (built in)" : "");

    private static string Name(DataPart part) => part == DataPart.Test ? "test" : "train";

    /// <summary>A whole number of at least <paramref name="least"/>, for an option's parser.</summary>
    public static int? ParseInteger(ArgumentResult argument, int least)
    {
        string text = argument.Tokens[0].Value;
        if (int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out int value) &&
            value >= least)
            return value;
        string name = ((OptionResult)argument.Parent!).Option.Name;
        argument.AddError(least == 1
            ? $"{name}: '{text}' is not a whole number of at least 1"
            : $"{name}: '{text}' is not a whole number");
        return null;
    }
}
