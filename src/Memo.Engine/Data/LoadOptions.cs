// What is read of a data set: which part of it, which samples, in which order.

namespace Memo.Data;

/// <summary>
/// The part of a data set to read. A single file or a generator is all of one part, whichever is asked for.
/// </summary>
public enum DataPart
{
    /// <summary>The caller has no preference: the training part where there are two.</summary>
    Default,
    /// <summary>The training part.</summary>
    Train,
    /// <summary>The test part.</summary>
    Test,
}

/// <summary>Choices that apply to any data; the default reads all samples in file order.</summary>
public sealed record LoadOptions
{
    /// <summary>
    /// Samples to take of each class, in order, at least 1; null for all. A class with fewer is an error.
    /// </summary>
    public int? PerClass { get; init; }

    /// <summary>
    /// Whether the samples are put in an order drawn from <see cref="Seed"/> before <see cref="PerClass"/> counts them.
    /// </summary>
    public bool Shuffle { get; init; }

    /// <summary>Seed of the shuffle and of the generators; equal seeds give equal data.</summary>
    public ulong Seed { get; init; }

    /// <summary>Column of the label in a .csv file, from 0, or from the end when negative; null for the last.</summary>
    public int? LabelColumn { get; init; }

    /// <summary>All samples, in file order.</summary>
    public static LoadOptions Default { get; } = new();
}
