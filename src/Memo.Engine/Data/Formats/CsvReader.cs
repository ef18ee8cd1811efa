// Comma-separated values, one sample a line.

namespace Memo.Data.Formats;

/// <summary>
/// Reads .csv: fields separated by commas, semicolons or tabs (whichever the first line has most of), the label in the
/// last column or another. A first line in which no feature is a number is a header. Blank lines are skipped; rows
/// are numbered from 0 without the header.
/// </summary>
internal static class CsvReader
{
    /// <summary>
    /// Reads samples and labels; <paramref name="labelColumn"/> counts from 0, or from the end when negative.
    /// </summary>
    public static Dataset Read(ContentReader content, int? labelColumn, string source)
    {
        var lines = new LineReader(content);
        ReadOnlySpan<byte> line;
        do
        {
            if (!lines.TryRead(out line)) throw new FileFormatException(content.Path, "holds no rows", 0);
        } while (LineReader.IsBlank(line));

        byte separator = DetectSeparator(line);
        int columns = 0, label = 0;
        bool header = false;
        try
        {
            columns = CountFields(line, separator);
            label = ResolveLabel(content, labelColumn, columns);
            header = IsHeader(line, separator, label);
        }
        catch (FormatException exception)
        {
            throw lines.Error(exception.Message, 0);
        }

        var values = new CellValues(content);
        var labels = new LabelTexts(content);
        bool more = !header || lines.TryRead(out line);
        for (; more; more = lines.TryRead(out line))
            if (!LineReader.IsBlank(line)) ReadRow(lines, line, separator, columns, label, values, labels);
        if (labels.Count == 0) throw new FileFormatException(content.Path, "holds a header, but no rows", 0);
        (int[] indices, ClassList classes) = labels.Encode();
        return new Dataset(values.ToMatrix(indices.Length, columns - 1), indices, classes, source);
    }

    private static void ReadRow(LineReader lines, ReadOnlySpan<byte> line, byte separator, int columns, int label,
        CellValues values, LabelTexts labels)
    {
        int row = labels.Count, column = 0;
        string? problem = null;
        try
        {
            var fields = new CsvFields(line, separator);
            for (; fields.MoveNext(); column++)
            {
                // After a fault only counted: a ragged row is the better explanation.
                if (column >= columns || problem is not null) continue;
                ReadOnlySpan<byte> cell = fields.Current;
                if (cell.IsEmpty)
                    problem = $"column {column} is missing; every cell needs a value";
                else if (column == label)
                {
                    if (LabelTexts.TryDecode(cell, out string text)) labels.Add(text);
                    else problem = $"column {column}: the label is not valid UTF-8";
                }
                else if (!NumberCell.TryParse(cell, out double value))
                    problem = $"column {column}: {LineReader.Quote(cell)} is not a number";
                else if (!double.IsFinite(value))
                    problem = $"column {column}: {FiniteCheck.Describe(value)}; values must be finite";
                else
                    values.Add(value);
            }
        }
        catch (FormatException exception)
        {
            throw lines.Error(exception.Message, row);
        }
        if (column != columns) throw lines.Error($"has {column} columns, where the first line has {columns}", row);
        if (problem is not null) throw lines.Error(problem, row);
    }

    private static byte DetectSeparator(ReadOnlySpan<byte> line)
    {
        int commas = line.Count((byte)','), semicolons = line.Count((byte)';'), tabs = line.Count((byte)'\t');
        return commas >= semicolons && commas >= tabs ? (byte)',' : semicolons >= tabs ? (byte)';' : (byte)'\t';
    }

    private static int CountFields(ReadOnlySpan<byte> line, byte separator)
    {
        var fields = new CsvFields(line, separator);
        int count = 0;
        while (fields.MoveNext()) count++;
        return count;
    }

    private static int ResolveLabel(ContentReader content, int? labelColumn, int columns)
    {
        if (columns < 2)
            throw new FileFormatException(content.Path, "line 1 (row 0): has one column; features and a label are " +
                "needed, separated by commas, semicolons or tabs", 0);
        int label = labelColumn ?? -1;
        if (label < -columns || label >= columns)
            throw new MemoException($"{content.Path}: there is no column {label} for the label; the columns are 0 to " +
                                    $"{columns - 1}, or -1 to {-columns} from the end");
        return label < 0 ? label + columns : label;
    }

    // Names, and no number among them: a line with both is a row with a fault, which must not be passed over.
    private static bool IsHeader(ReadOnlySpan<byte> line, byte separator, int label)
    {
        var fields = new CsvFields(line, separator);
        for (int column = 0; fields.MoveNext(); column++)
            if (column != label && (fields.Current.IsEmpty || !LabelTexts.TryDecode(fields.Current, out _) ||
                                    NumberCell.TryParse(fields.Current, out _)))
                return false;
        return true;
    }
}
