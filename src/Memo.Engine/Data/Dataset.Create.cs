// Data sets of samples and labels that lie in memory.

using Memo.Data.Formats;

namespace Memo.Data;

public sealed partial class Dataset
{
    private const string Unnamed = "the data";

    /// <summary>
    /// A data set of bytes, such as images, and labels that are any integers; its classes are those that occur, ascending.
    /// O(N n).
    /// </summary>
    /// <param name="points">N samples, row-major, N * <paramref name="columns"/> values. Not copied: they must stay as they
    /// are while this data set, or a network of it, is in use.</param>
    /// <param name="columns">Features of a sample, n.</param>
    /// <param name="labels">Class of each sample, length N; any integer but <see cref="int.MinValue"/>.</param>
    /// <param name="source">What to call this data in messages.</param>
    /// <exception cref="MemoException">A label that stands for an abstention.</exception>
    /// <exception cref="ArgumentException">Another number of values.</exception>
    public static Dataset Create(ReadOnlyMemory<byte> points, int columns, ReadOnlySpan<int> labels, string source = Unnamed) =>
        Create(new SampleMatrix<byte>(points, labels.Length, columns), labels, source);

    /// <summary>
    /// A data set of float32 numbers and labels that are any integers; its classes are those that occur, ascending. O(N n).
    /// </summary>
    /// <inheritdoc cref="Create(ReadOnlyMemory{byte}, int, ReadOnlySpan{int}, string)"/>
    /// <exception cref="MemoException">A value that is not finite, or a label that stands for an abstention.</exception>
    public static Dataset Create(ReadOnlyMemory<float> points, int columns, ReadOnlySpan<int> labels, string source = Unnamed) =>
        Create(new SampleMatrix<float>(points, labels.Length, columns), labels, source);

    /// <summary>
    /// A data set of float64 numbers and labels that are any integers; its classes are those that occur, ascending. O(N n).
    /// </summary>
    /// <inheritdoc cref="Create(ReadOnlyMemory{byte}, int, ReadOnlySpan{int}, string)"/>
    /// <exception cref="MemoException">A value that is not finite, or a label that stands for an abstention.</exception>
    public static Dataset Create(ReadOnlyMemory<double> points, int columns, ReadOnlySpan<int> labels, string source = Unnamed) =>
        Create(new SampleMatrix<double>(points, labels.Length, columns), labels, source);

    /// <summary>A data set of samples and labels that are any integers; its classes are those that occur, ascending. O(N n).</summary>
    /// <param name="points">N samples; kept, and copied only where their rows lie apart.</param>
    /// <param name="labels">Class of each sample, length N; any integer but <see cref="int.MinValue"/>.</param>
    /// <param name="source">What to call this data in messages.</param>
    /// <exception cref="MemoException">Not N labels, a value that is not finite, or a label that stands for an
    /// abstention.</exception>
    public static Dataset Create(SampleMatrix points, ReadOnlySpan<int> labels, string source = Unnamed)
    {
        ArgumentNullException.ThrowIfNull(points);
        int abstention = labels.IndexOf(int.MinValue);
        if (abstention >= 0)
            throw new MemoException($"{source}: the label of sample {abstention} is {int.MinValue}, which stands for an abstention; " +
                                    "take another number for the class");
        FiniteCheck.Require(points, source);
        (int[] indices, ClassList classes) = LabelEncoding.FromIntegers(Array.ConvertAll(labels.ToArray(), label => (long)label));
        return new Dataset(points, indices, classes, source);
    }

    /// <summary>
    /// A data set of samples and labels by name. Its classes are those that occur: where all are integers in their value's
    /// order ("1" and "+1" are the same one), else in ordinal order. O(N n).
    /// </summary>
    /// <param name="points">N samples; kept, and copied only where their rows lie apart.</param>
    /// <param name="labels">Class name of each sample, length N.</param>
    /// <param name="source">What to call this data in messages.</param>
    /// <exception cref="MemoException">Not N labels, or a value that is not finite.</exception>
    public static Dataset Create(SampleMatrix points, IReadOnlyList<string> labels, string source = Unnamed)
    {
        ArgumentNullException.ThrowIfNull(points);
        ArgumentNullException.ThrowIfNull(labels);
        FiniteCheck.Require(points, source);
        string[] distinct = [.. labels.Distinct()];
        Dictionary<string, int> index = distinct.Select((name, k) => (name, k)).ToDictionary(each => each.name, each => each.k);
        (int[] indices, ClassList classes) = LabelEncoding.FromTexts(distinct, labels.Select(name => index[name]).ToArray());
        return new Dataset(points, indices, classes, source);
    }
}
