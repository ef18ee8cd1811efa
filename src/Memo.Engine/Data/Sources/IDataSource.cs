// The kinds of thing that a data reference names.

namespace Memo.Data.Sources;

/// <summary>Where samples come from.</summary>
internal interface IDataSource
{
    /// <summary>Whether there is a training and a test part.</summary>
    bool HasParts { get; }

    /// <summary>The single file that is read; null for everything else.</summary>
    string? Path => null;

    /// <summary>Whether the label is a column that <see cref="LoadOptions.LabelColumn"/> can choose.</summary>
    bool HasLabelColumn { get; }

    /// <summary>What the classes 0, 1, .. show, where numbers stand for names; else empty.</summary>
    IReadOnlyList<string> ClassNames => [];

    /// <summary>What images the samples of so many features are; null where they are none, or nobody knows.</summary>
    ImageShape? Image(int dimension) => null;

    /// <summary>
    /// All samples of a part with their labels, in file order; a source without parts ignores the part.
    /// </summary>
    Dataset Read(DataPart part, LoadOptions options, MemoryBudget budget);

    /// <summary>All samples of a part, in file order, whether or not there are labels.</summary>
    SampleMatrix ReadPoints(DataPart part, LoadOptions options, MemoryBudget budget);
}
