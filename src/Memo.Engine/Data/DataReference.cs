// What a user writes to name data: a set's name, a generator or a path, and perhaps classes behind a colon.

using System.Globalization;
using Memo.Data.Formats;
using Memo.Data.Sources;

namespace Memo.Data;

/// <summary>
/// Names data, as text: NAME, GENERATOR?parameter=value&amp;..., or a path to a folder in the MNIST or CIFAR-10 layout
/// or to a .npz, .npy, .csv, .tsv, .svm or .libsvm file (plain or, but for .npz, with .gz behind it); `FILE.svm?n=784`
/// sets the dimension of a LIBSVM file. Then perhaps `:a,b,...`, which selects classes, in this order; `a+b` makes one class
/// of two (mnist:0+1+2+3+4,5+6+7+8+9). Names come before paths: write ./digits for a folder of that name.
/// </summary>
public sealed class DataReference
{
    private readonly IDataSource _source;

    /// <summary>The reference as it was written.</summary>
    public string Text { get; }

    /// <summary>Whether there is a training and a test part: true for named sets and folders.</summary>
    public bool HasParts => _source.HasParts;

    /// <summary>The single file that this names; null for a set, a folder or a generator.</summary>
    public string? Path => _source.Path;

    /// <summary>The classes selected, in order, as written; null for all.</summary>
    public IReadOnlyList<string>? SelectedClasses { get; }

    /// <summary>
    /// What the classes show, by class, where the data has numbers for names (cifar-10: 0 is "airplane"); else empty.
    /// </summary>
    public IReadOnlyDictionary<string, string> ClassNames =>
        Enumerable.Range(0, _source.ClassNames.Count).ToDictionary(
            k => k.ToString(CultureInfo.InvariantCulture), k => _source.ClassNames[k]);

    /// <summary>What images the samples of so many features are; null where they are none, or nobody knows.</summary>
    internal ImageShape? Image(int dimension) => _source.Image(dimension);

    private DataReference(string text, IDataSource source, IReadOnlyList<string>? classes) =>
        (Text, _source, SelectedClasses) = (text, source, classes);

    /// <summary>Parses a reference; nothing is read, but a path must exist.</summary>
    /// <exception cref="MemoException">Neither a known name nor a path that exists.</exception>
    public static DataReference Parse(string text)
    {
        if (string.IsNullOrWhiteSpace(text)) throw new MemoException($"no data is named; {KnownNames()}");
        if (Find(text) is { } whole) return new DataReference(text, whole, null);
        // Colons may belong to the path or to a class name: the longest prefix that is something wins.
        for (int colon = text.LastIndexOf(':'); colon > 0; colon = text.LastIndexOf(':', colon - 1))
            if (Find(text[..colon]) is { } source)
                return new DataReference(text, source, ParseClasses(text, text[(colon + 1)..]));

        string name = text.Split('?', ':')[0];
        if (text.AsSpan().ContainsAny('/', '\\', '.')) throw new FileFormatException(text, "no such file or folder");
        throw new MemoException($"'{name}': no data set of this name; {KnownNames()}");
    }

    /// <summary>
    /// Reads samples and labels: class selection first, then the shuffle, then <see cref="LoadOptions.PerClass"/>.
    /// </summary>
    /// <exception cref="MemoException">The data is not there, is damaged, exceeds the memory, lacks a selected class,
    /// or has too few samples of one.</exception>
    public Dataset Load(DataPart part = DataPart.Default, LoadOptions? options = null)
    {
        options ??= LoadOptions.Default;
        RequireLabelColumn(options);
        if (options.PerClass < 1)
            throw new MemoException($"{options.PerClass} samples of each class: at least 1 is needed") { Setting = nameof(LoadOptions.PerClass) };
        return InMemory(() =>
        {
            Dataset data = _source.Read(part, options, MemoryBudget.OfThisProcess);
            if (SelectedClasses is not null)
                data = data.SelectClasses([.. SelectedClasses.Select(name => NameIn(data.Classes, name))]);
            if (options.Shuffle) data = data.Shuffle(options.Seed);
            return options.PerClass is { } perClass ? data.TakePerClass(perClass) : data;
        });
    }

    /// <summary>
    /// Reads samples only, so that labels need not be there: a .npy holds none. Labels are read when classes are
    /// selected or <see cref="LoadOptions.PerClass"/> counts them. A label column of a text file is left out
    /// in any case.
    /// </summary>
    /// <exception cref="MemoException">As for <see cref="Load"/>.</exception>
    public SampleMatrix LoadPoints(DataPart part = DataPart.Default, LoadOptions? options = null)
    {
        options ??= LoadOptions.Default;
        if (SelectedClasses is not null || options.PerClass is not null) return Load(part, options).Points;
        RequireLabelColumn(options);
        return InMemory(() =>
        {
            SampleMatrix points = _source.ReadPoints(part, options, MemoryBudget.OfThisProcess);
            if (!options.Shuffle) return points;
            var unlabelled = new Dataset(points, new int[points.Rows], ClassList.FromIntegers([0]), Text);
            return unlabelled.Shuffle(options.Seed).Points;
        });
    }

    private void RequireLabelColumn(LoadOptions options)
    {
        if (options.LabelColumn is { } column && !_source.HasLabelColumn)
            throw new MemoException($"{Text}: label column {column} applies to .csv and .tsv files only")
                { Setting = nameof(LoadOptions.LabelColumn) };
    }

    private T InMemory<T>(Func<T> load)
    {
        try
        {
            return load();
        }
        catch (OutOfMemoryException exception)
        {
            throw new MemoException($"{Text}: no memory left; use fewer samples", exception);
        }
    }

    private static IDataSource? Find(string text)
    {
        if (DataCatalogue.All.FirstOrDefault(entry => entry.Name == text) is { } named) return new NamedSource(named);
        if (DataGenerator.Find(text) is { } plain) return new GeneratorSource(plain, "");
        if (Directory.Exists(text)) return new FolderSource(text);
        if (File.Exists(text)) return new FileSource(text, null);
        int question = text.LastIndexOf('?');
        (string name, string parameters) = question < 0 ? (text, "") : (text[..question], text[(question + 1)..]);
        // No parameter has a colon in it: classes follow.
        if (parameters.Contains(':', StringComparison.Ordinal)) return null;
        if (DataGenerator.Find(name) is { } generator) return new GeneratorSource(generator, parameters);
        return question > 0 && FileSource.IsLibsvm(name) && File.Exists(name)
            ? new FileSource(name, ParseDimension(text, parameters))
            : null;
    }

    private static int ParseDimension(string text, string option) =>
        option.StartsWith("n=", StringComparison.Ordinal) &&
        int.TryParse(option.AsSpan(2), NumberStyles.None, CultureInfo.InvariantCulture, out int n) && n >= 1
            ? n
            : throw new MemoException($"{text}: '{option}' is not n=DIMENSION, all that can be set for a LIBSVM file");

    private static string[] ParseClasses(string text, string list)
    {
        string[] names = list.Split(',', StringSplitOptions.TrimEntries);
        return names.All(name => name.Length > 0)
            ? names
            : throw new MemoException($"{text}: a class name is missing behind the colon; write :1,7 for the " +
                "classes 1 and 7");
    }

    // Integers may be written in any form: +1 names the class 1.
    private static string NameIn(ClassList classes, string name) =>
        classes.IndexOf(name) < 0 && LabelEncoding.TryInteger(name, out long value)
            ? value.ToString(CultureInfo.InvariantCulture)
            : name;

    private static string KnownNames() =>
        $"give {string.Join(", ", DataCatalogue.All.Select(entry => entry.Name))}, a generator " +
        $"({string.Join(", ", DataGenerator.All.Select(generator => generator.Name))}) or a path that exists";
}
