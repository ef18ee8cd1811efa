// From the labels that stand in a file to the engine's: indices into an ascending list of classes.

using System.Globalization;

namespace Memo.Data.Formats;

/// <summary>Class values as read, turned into class indices.</summary>
internal static class LabelEncoding
{
    /// <summary>Bytes as classes, ascending; only those that occur.</summary>
    public static (int[] Labels, ClassList Classes) FromBytes(ReadOnlySpan<byte> values)
    {
        var index = new int[256];
        foreach (byte value in values) index[value] = 1;
        var occurring = new List<int>();
        for (int value = 0; value < 256; value++)
            if (index[value] != 0)
            {
                index[value] = occurring.Count;
                occurring.Add(value);
            }
        var labels = new int[values.Length];
        for (int i = 0; i < labels.Length; i++) labels[i] = index[values[i]];
        return (labels, ClassList.FromIntegers(occurring));
    }

    /// <summary>Integers as classes, ascending.</summary>
    public static (int[] Labels, ClassList Classes) FromIntegers(ReadOnlySpan<long> values)
    {
        long[] distinct = [.. new SortedSet<long>(values.ToArray())];
        var labels = new int[values.Length];
        for (int i = 0; i < labels.Length; i++) labels[i] = Array.BinarySearch(distinct, values[i]);
        return (labels, new ClassList(distinct.Select(value => value.ToString(CultureInfo.InvariantCulture))));
    }

    /// <summary>
    /// Texts as classes, given the distinct ones and each sample's index among them: when all are integers ("1", "+1",
    /// "1.0", "1e0" are the same one), by value, ascending; else as they stand, in ordinal order.
    /// </summary>
    public static (int[] Labels, ClassList Classes) FromTexts(string[] distinct, ReadOnlySpan<int> indices)
    {
        int[] classOf;
        ClassList classes;
        var integers = new long[distinct.Length];
        int read = 0;
        while (read < distinct.Length && TryInteger(distinct[read], out integers[read])) read++;
        if (read == distinct.Length)
            (classOf, classes) = FromIntegers(integers);
        else
        {
            string[] ordered = [.. distinct.Order(StringComparer.Ordinal)];
            classOf = Array.ConvertAll(distinct, text => Array.BinarySearch(ordered, text, StringComparer.Ordinal));
            classes = new ClassList(ordered);
        }
        var labels = new int[indices.Length];
        for (int i = 0; i < labels.Length; i++) labels[i] = classOf[indices[i]];
        return (labels, classes);
    }

    /// <summary>
    /// The integer that a text denotes, if it denotes one that a double holds exactly or that fits 64 bits.
    /// </summary>
    public static bool TryInteger(string text, out long value)
    {
        if (long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out value)) return true;
        if (!double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double real) ||
            Math.Abs(real) > 1L << 53 || real != Math.Floor(real))
            return false;
        value = (long)real;
        return true;
    }
}
