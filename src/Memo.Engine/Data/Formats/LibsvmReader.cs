// The sparse text format of LIBSVM (C.-C. Chang, C.-J. Lin, "LIBSVM: a library for support vector machines").

using System.Globalization;

namespace Memo.Data.Formats;

/// <summary>
/// Reads lines "label index:value index:value ..." with indices from 1, ascending; a # begins a comment. The samples
/// become dense: the dimension is the largest index that occurs, or given, since a test file may lack the last
/// features. uint8 when all values are integers in 0..255, else float64.
/// </summary>
internal static class LibsvmReader
{
    /// <summary>Reads samples and labels; <paramref name="dimension"/> null for the largest index.</summary>
    public static Dataset Read(ContentReader content, int? dimension, string source)
    {
        var lines = new LineReader(content);
        var labels = new LabelTexts(content);
        var indices = new GrowingArray<int>(content);   // of the features, from 0, of all rows
        var values = new GrowingArray<double>(content); // beside them
        var ends = new GrowingArray<int>(content);      // where each row ends in both
        bool bytes = true;
        int largest = 0;
        while (lines.TryRead(out ReadOnlySpan<byte> line))
        {
            int comment = line.IndexOf((byte)'#');
            if (comment >= 0) line = line[..comment];
            if (LineReader.IsBlank(line)) continue;
            int row = labels.Count;
            labels.Add(ParseLabel(lines, TakeToken(ref line), row));
            int previous = 0;
            while (TakeToken(ref line) is { IsEmpty: false } token)
            {
                (int index, double value) = ParseFeature(lines, token, previous, dimension, row);
                indices.Add(index - 1);
                values.Add(value);
                bytes &= NumberCell.TryByte(value, out _);
                previous = index;
            }
            largest = Math.Max(largest, previous);
            ends.Add(indices.Count);
        }
        if (labels.Count == 0) throw new FileFormatException(content.Path, "holds no rows", 0);
        int columns = dimension ?? largest;
        if (columns == 0) throw new FileFormatException(content.Path, "holds no features (row 0)", 0);

        SampleMatrix points = bytes
            ? Densify<byte>(content, indices.Items, values.Items, ends.Items, columns)
            : Densify<double>(content, indices.Items, values.Items, ends.Items, columns);
        (int[] classIndices, ClassList classes) = labels.Encode();
        return new Dataset(points, classIndices, classes, source);
    }

    private static SampleMatrix<T> Densify<T>(
        ContentReader content, ReadOnlySpan<int> indices, ReadOnlySpan<double> values,
        ReadOnlySpan<int> ends, int columns) where T : unmanaged, System.Numerics.INumber<T>
    {
        T[] dense = content.Budget.Allocate<T>(content.Path, ends.Length, columns);
        dense.AsSpan().Clear();
        for (int row = 0, k = 0; row < ends.Length; row++)
            for (; k < ends[row]; k++) dense[row * columns + indices[k]] = T.CreateTruncating(values[k]);
        return new SampleMatrix<T>(dense, ends.Length, columns);
    }

    // The text up to the next space or tab; empty at the end of the line.
    private static ReadOnlySpan<byte> TakeToken(ref ReadOnlySpan<byte> line)
    {
        line = line.TrimStart(" \t"u8);
        int length = line.IndexOfAny((byte)' ', (byte)'\t');
        ReadOnlySpan<byte> token = length < 0 ? line : line[..length];
        line = line[token.Length..];
        return token;
    }

    private static string ParseLabel(LineReader lines, ReadOnlySpan<byte> token, int row)
    {
        if (token.Contains((byte)':'))
            throw lines.Error($"the label is missing: the line begins with {LineReader.Quote(token)}", row);
        return token.Contains((byte)',') ? throw lines.Error("several labels for one sample are not supported", row)
            : LabelTexts.TryDecode(token, out string text) ? text
            : throw lines.Error("the label is not valid UTF-8", row);
    }

    private static (int Index, double Value) ParseFeature(LineReader lines, ReadOnlySpan<byte> token, int previous,
        int? dimension, int row)
    {
        int colon = token.IndexOf((byte)':');
        if (colon < 0 || !int.TryParse(token[..colon], NumberStyles.None, CultureInfo.InvariantCulture, out int index))
            throw lines.Error($"{LineReader.Quote(token)} is not of the form index:value", row);
        if (index == 0) throw lines.Error("a feature has index 0; indices are counted from 1", row);
        if (index <= previous) throw lines.Error($"index {index} follows index {previous}; indices must ascend", row);
        if (index > dimension)
            throw lines.Error($"index {index} is beyond the dimension {dimension} that n= gives", row);
        if (!NumberCell.TryParse(token[(colon + 1)..], out double value))
            throw lines.Error($"{LineReader.Quote(token)}: the value is not a number", row);
        if (!double.IsFinite(value))
            throw lines.Error($"column {index - 1}: {FiniteCheck.Describe(value)}; values must be finite", row);
        return (index, value);
    }
}
