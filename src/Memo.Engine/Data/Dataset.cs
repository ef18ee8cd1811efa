namespace Memo.Data;

/// <summary>N labelled samples: points (N by n), a class index for each, and where each came from. Immutable.</summary>
public sealed partial class Dataset
{
    private readonly int[] _labels, _fileRows;

    /// <summary>
    /// Creates a data set of labels that are indices already; <see cref="Create(SampleMatrix, ReadOnlySpan{int}, string)"/>
    /// finds the classes among the labels themselves.
    /// </summary>
    /// <param name="points">N samples; kept, and copied only where their rows lie apart.</param>
    /// <param name="labels">Class index of each, 0 .. K - 1, length N; copied.</param>
    /// <param name="classes">The K classes.</param>
    /// <param name="source">What to call this data in messages.</param>
    /// <param name="fileRows">Row of each sample in its file, length N; 0 .. N - 1 where empty.</param>
    /// <exception cref="MemoException">Not N labels, or one that is no class index.</exception>
    /// <exception cref="ArgumentException">Not N file rows.</exception>
    public Dataset(SampleMatrix points, ReadOnlySpan<int> labels, ClassList classes, string source,
        ReadOnlySpan<int> fileRows = default)
    {
        ArgumentNullException.ThrowIfNull(points);
        ArgumentNullException.ThrowIfNull(classes);
        if (labels.Length != points.Rows)
            throw new MemoException($"{source}: {points.Rows} samples but {labels.Length} labels");
        if (fileRows.Length != points.Rows && !fileRows.IsEmpty)
            throw new ArgumentException($"{points.Rows} samples but {fileRows.Length} file rows", nameof(fileRows));
        for (int i = 0; i < labels.Length; i++)
            if ((uint)labels[i] >= (uint)classes.Count)
                throw new MemoException($"{source}: label index {labels[i]} of sample {i} is outside the {classes.Count} classes");
        (Points, _labels, Classes, Source) = (points.ToContiguous(), labels.ToArray(), classes, source);
        _fileRows = fileRows.IsEmpty ? [.. Enumerable.Range(0, points.Rows)] : fileRows.ToArray();
    }

    /// <summary>The samples, N by n, contiguous.</summary>
    public SampleMatrix Points { get; }

    /// <summary>Class index of each sample, length N.</summary>
    public ReadOnlySpan<int> Labels => _labels;

    /// <summary>The same, for what outlives a span; not to be written to.</summary>
    internal int[] LabelArray => _labels;

    /// <summary>The classes the labels index.</summary>
    public ClassList Classes { get; }

    /// <summary>Row of each sample in its file, from 0, before any selection; length N.</summary>
    public ReadOnlySpan<int> FileRows => _fileRows;

    /// <summary>What to call this data in messages: the name or path it was read from.</summary>
    public string Source { get; }

    /// <summary>Number of samples, N.</summary>
    public int Count => Points.Rows;

    /// <summary>Number of features, n.</summary>
    public int Dimension => Points.Columns;

    /// <summary>The samples at the given positions, in that order, copied; positions may repeat. O(positions * n).</summary>
    /// <param name="positions">0 .. N - 1 each.</param>
    public Dataset SelectSamples(ReadOnlySpan<int> positions)
    {
        var labels = new int[positions.Length];
        var rows = new int[positions.Length];
        for (int i = 0; i < positions.Length; i++)
            (labels[i], rows[i]) = (Labels[positions[i]], FileRows[positions[i]]);
        return new Dataset(Points.SelectRows(positions), labels, Classes, Source, rows);
    }

    /// <summary>
    /// Only the samples of the named classes, whose order becomes the order of <paramref name="names"/>; sample order
    /// is kept. A name such as 0+1+2 that is no class itself makes one class of several. O(N n).
    /// </summary>
    /// <exception cref="MemoException">A class that there is not, or one that is named twice.</exception>
    public Dataset SelectClasses(IReadOnlyList<string> names)
    {
        var selected = new ClassList(names);
        var newIndex = new int[Classes.Count];
        Array.Fill(newIndex, -1);
        for (int k = 0; k < selected.Count; k++)
            foreach (string name in Classes.IndexOf(selected[k]) >= 0 ? [selected[k]] : selected[k].Split('+'))
            {
                int old = Classes.IndexOf(name);
                if (old < 0)
                    throw new MemoException($"{Source}: no class {(name.Length > 0 ? name : selected[k])}; the classes are {Classes}");
                if (newIndex[old] >= 0) throw new MemoException($"{Source}: class {name} is named twice");
                newIndex[old] = k;
            }
        int[] positions = [.. Enumerable.Range(0, Count).Where(i => newIndex[_labels[i]] >= 0)];
        Dataset samples = SelectSamples(positions);
        return new Dataset(samples.Points, [.. samples._labels.Select(label => newIndex[label])], selected, Source,
            samples.FileRows);
    }

    /// <summary>
    /// This data with labels that index <paramref name="classes"/>, for use with a network; this object where they do
    /// already. O(N).
    /// </summary>
    /// <exception cref="MemoException">A row's label is not among them; the message names the first.</exception>
    public Dataset AlignTo(ClassList classes)
    {
        ArgumentNullException.ThrowIfNull(classes);
        if (classes.Equals(Classes)) return this;
        int[] map = [.. Classes.Select(classes.IndexOf)];
        int stranger = Array.FindIndex(_labels, label => map[label] < 0);
        if (stranger >= 0)
            throw new MemoException(
                $"{Source}: row {FileRows[stranger]} has label {Classes[Labels[stranger]]}, which is not a class " +
                $"of the network ({classes}); select its classes") { Setting = nameof(DataReference.SelectedClasses) };
        return new Dataset(Points, [.. _labels.Select(label => map[label])], classes, Source, FileRows);
    }

    /// <summary>
    /// This data with its samples in the form that something built from other samples takes. O(N n); no copy when the
    /// type is right.
    /// </summary>
    /// <param name="dimension">The number of features expected.</param>
    /// <param name="type">The element type; every value must convert exactly.</param>
    /// <param name="purpose">What expects that form, for the message: "the network".</param>
    /// <exception cref="MemoException">Another number of features, or a value that the type cannot
    /// represent.</exception>
    internal Dataset FitTo(int dimension, ElementType type, string purpose) =>
        new(Points.FitTo(dimension, type, Source, purpose, FileRows), Labels, Classes, Source, FileRows);

    /// <summary>
    /// The first <paramref name="perClass"/> samples of each class, in the present order. O(N n).
    /// </summary>
    /// <exception cref="MemoException">A class has fewer.</exception>
    public Dataset TakePerClass(int perClass)
    {
        var taken = new int[Classes.Count];
        var positions = new List<int>((int)Math.Min(Count, (long)perClass * Classes.Count));
        for (int i = 0; i < Count; i++)
            if (taken[Labels[i]] < perClass)
            {
                taken[Labels[i]]++;
                positions.Add(i);
            }
        int poorest = Array.FindIndex(taken, count => count < perClass);
        if (poorest >= 0)
            throw new MemoException(
                $"{Source}: class {Classes[poorest]} has {taken[poorest]} samples, fewer than the {perClass} asked for")
                { Setting = nameof(LoadOptions.PerClass) };
        return SelectSamples([.. positions]);
    }

    /// <summary>
    /// The samples in an order drawn from <paramref name="seed"/> (Fisher-Yates on the engine's own generator).
    /// </summary>
    public Dataset Shuffle(ulong seed)
    {
        int[] positions = [.. Enumerable.Range(0, Count)];
        new Numerics.SeededRandom(seed).Shuffle<int>(positions);
        return SelectSamples(positions);
    }
}
