// NumPy's .npy: the samples of a data set, or its labels.

using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text;

namespace Memo.Data.Formats;

/// <summary>
/// Reads an array of any byte order and memory order. uint8, float32 and float64 stay what they are; bool is uint8;
/// other integers become uint8 when all lie in 0..255, else float64 when that is exact.
/// </summary>
internal static class NpyReader
{
    // Elements read at a time where they are converted; and below 2^31 bytes for every element type, the limit of a
    // span.
    private const int ChunkElements = 1 << 16;

    /// <summary>
    /// Reads samples: N by n; dimensions after the second are flattened. NaN and infinity are refused.
    /// </summary>
    public static SampleMatrix ReadMatrix(ContentReader content)
    {
        NpyHeader header = NpyHeader.Read(content);
        if (header.Shape.Length < 2)
            throw content.Error($"the array has {header.Shape.Length} dimension(s), but samples are N by n; " +
                "reshape it, for one feature to (-1, 1)");
        SampleMatrix matrix = (header.Kind, header.ElementLength) switch
        {
            ('u', 1) or ('b', 1) => ReadValues<byte>(content, header),
            ('f', 4) => ReadValues<float>(content, header),
            ('f', 8) => ReadValues<double>(content, header),
            ('i', 1) => ReadIntegers<sbyte>(content, header),
            ('i', 2) => ReadIntegers<short>(content, header),
            ('i', 4) => ReadIntegers<int>(content, header),
            ('i', 8) => ReadIntegers<long>(content, header),
            ('u', 2) => ReadIntegers<ushort>(content, header),
            ('u', 4) => ReadIntegers<uint>(content, header),
            ('u', 8) => ReadIntegers<ulong>(content, header),
            _ => throw content.Error($"dtype {header.TypeName} is not read as samples; save uint8, float32 or float64"),
        };
        switch (matrix)
        {
            case SampleMatrix<float> m: FiniteCheck.Require(m.Values, m.Columns, content.Path); break;
            case SampleMatrix<double> m: FiniteCheck.Require(m.Values, m.Columns, content.Path); break;
        }
        return matrix;
    }

    /// <summary>Reads labels: N integers of any width or as floats, or N strings of fixed length (unicode or bytes).</summary>
    public static (int[] Labels, ClassList Classes) ReadLabels(ContentReader content)
    {
        NpyHeader header = NpyHeader.Read(content);
        if (header.ElementLength == 0 || header.Kind is not ('i' or 'u' or 'b' or 'f' or 'U' or 'S'))
            throw content.Error($"dtype {header.TypeName} is not read as labels; save integers or strings of " +
                "fixed length");
        (int count, int columns) = header.MatrixShape(content);
        if (columns != 1)
            throw content.Error($"the labels have shape ({string.Join(", ", header.Shape)}); one for each sample " +
                "is needed");
        return (header.Kind, header.ElementLength) switch
        {
            ('U' or 'S', _) => ReadStrings(content, header, count),
            ('i', 1) => ReadIntegerLabels<sbyte>(content, header, count),
            ('i', 2) => ReadIntegerLabels<short>(content, header, count),
            ('i', 4) => ReadIntegerLabels<int>(content, header, count),
            ('i', 8) => ReadIntegerLabels<long>(content, header, count),
            ('f', 4) => ReadWholeLabels<float>(content, header, count),
            ('f', 8) => ReadWholeLabels<double>(content, header, count),
            ('u', 1) or ('b', 1) => ReadIntegerLabels<byte>(content, header, count),
            ('u', 2) => ReadIntegerLabels<ushort>(content, header, count),
            ('u', 4) => ReadIntegerLabels<uint>(content, header, count),
            ('u', 8) => ReadIntegerLabels<ulong>(content, header, count),
            _ => throw content.Error($"dtype {header.TypeName} is not read as labels; save integers or strings of " +
                "fixed length"),
        };
    }

    private static SampleMatrix<T> ReadValues<T>(ContentReader content, NpyHeader header)
        where T : unmanaged, INumber<T>
    {
        (int rows, int columns) = header.MatrixShape(content);
        T[] values = content.Budget.Allocate<T>(content.Path, rows, columns);
        const int SpanElements = 1 << 27;
        for (int start = 0; start < values.Length; start += Math.Min(SpanElements, values.Length - start))
            ReadElements(content, header, values.AsSpan(start, Math.Min(SpanElements, values.Length - start)));
        content.ExpectEnd("the values");
        return ToMatrix(content, header, values, rows, columns);
    }

    private static SampleMatrix ReadIntegers<T>(ContentReader content, NpyHeader header)
        where T : unmanaged, IBinaryInteger<T>
    {
        (int rows, int columns) = header.MatrixShape(content);
        byte[] bytes = content.Budget.Allocate<byte>(content.Path, rows, columns);
        double[]? wide = null; // from the first value on that is no byte
        var chunk = new T[Math.Min(ChunkElements, bytes.Length)];
        T byteLimit = T.CreateSaturating(255);
        for (int start = 0; start < bytes.Length; start += chunk.Length)
        {
            Span<T> elements = chunk.AsSpan(0, Math.Min(chunk.Length, bytes.Length - start));
            ReadElements(content, header, elements);
            for (int k = 0; k < elements.Length; k++)
            {
                T value = elements[k];
                bool isByte = value >= T.Zero && value <= byteLimit;
                if (isByte && wide is null)
                {
                    bytes[start + k] = byte.CreateTruncating(value);
                    continue;
                }
                wide ??= Widen(content, bytes.AsSpan(0, start + k), rows, columns);
                wide[start + k] = double.CreateTruncating(value);
                if (!isByte && Int128.CreateChecked(wide[start + k]) != Int128.CreateChecked(value))
                    throw content.Error($"element {start + k} is {value}, which float64 does not hold exactly; " +
                        "scale the data");
            }
            if (start > int.MaxValue - chunk.Length) break; // the last chunk; start must not overflow
        }
        content.ExpectEnd("the values");
        return wide is null
            ? ToMatrix(content, header, bytes, rows, columns)
            : ToMatrix(content, header, wide, rows, columns);
    }

    private static double[] Widen(ContentReader content, ReadOnlySpan<byte> read, int rows, int columns)
    {
        double[] wide = content.Budget.Allocate<double>(content.Path, rows, columns);
        for (int i = 0; i < read.Length; i++) wide[i] = read[i];
        return wide;
    }

    private static void ReadElements<T>(ContentReader content, NpyHeader header, Span<T> elements) where T : unmanaged
    {
        Span<byte> bytes = MemoryMarshal.AsBytes(elements);
        content.ReadExactly(bytes, "the values");
        int size = Unsafe.SizeOf<T>();
        if (size > 1 && header.BigEndian == BitConverter.IsLittleEndian)
            for (int i = 0; i < bytes.Length; i += size) bytes.Slice(i, size).Reverse();
    }

    // In Fortran's order the first index runs fastest: element (i0, i1, .., ik) stands at i0 + d0 (i1 + d1 (i2 + ..)).
    // Its place in the matrix is row i0, column ((i1 d2 + i2) d3 + ..) + ik.
    private static SampleMatrix<T> ToMatrix<T>(
        ContentReader content, NpyHeader header, T[] values, int rows, int columns)
        where T : unmanaged, INumber<T>
    {
        if (!header.FortranOrder) return new SampleMatrix<T>(values, rows, columns);
        content.Budget.Require(content.Path, 2.0 * values.Length * Unsafe.SizeOf<T>());
        T[] ordered = content.Budget.Allocate<T>(content.Path, rows, columns);
        var index = new long[header.Shape.Length]; // of the present column, in all dimensions but the first
        for (int source = 0; source < columns; source++)
        {
            long column = 0;
            for (int k = 1; k < index.Length; k++) column = column * header.Shape[k] + index[k];
            ReadOnlySpan<T> from = values.AsSpan(source * rows, rows);
            for (int i = 0; i < from.Length; i++) ordered[i * columns + (int)column] = from[i];
            for (int k = 1; k < index.Length && ++index[k] == header.Shape[k]; k++) index[k] = 0;
        }
        return new SampleMatrix<T>(ordered, rows, columns);
    }

    private static (int[], ClassList) ReadIntegerLabels<T>(ContentReader content, NpyHeader header, int count)
        where T : unmanaged, IBinaryInteger<T>
    {
        T[] values = content.Budget.Allocate<T>(content.Path, count, 1);
        long[] labels = content.Budget.Allocate<long>(content.Path, count, 1);
        ReadElements(content, header, values.AsSpan());
        content.ExpectEnd("the labels");
        for (int i = 0; i < values.Length; i++)
        {
            if (!(values[i] <= T.CreateSaturating(long.MaxValue)))
                throw content.Error($"label {i} is {values[i]}, beyond 64 bits with a sign");
            labels[i] = long.CreateTruncating(values[i]);
        }
        return LabelEncoding.FromIntegers(labels);
    }

    private static (int[], ClassList) ReadWholeLabels<T>(ContentReader content, NpyHeader header, int count)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        T[] values = content.Budget.Allocate<T>(content.Path, count, 1);
        long[] labels = content.Budget.Allocate<long>(content.Path, count, 1);
        ReadElements(content, header, values.AsSpan());
        content.ExpectEnd("the labels");
        for (int i = 0; i < values.Length; i++)
        {
            if (!T.IsInteger(values[i]) || T.Abs(values[i]) > T.CreateChecked(1L << 53))
                throw content.Error($"label {i} is {values[i]}; classes are integers or strings");
            labels[i] = long.CreateChecked(values[i]);
        }
        return LabelEncoding.FromIntegers(labels);
    }

    private static (int[], ClassList) ReadStrings(ContentReader content, NpyHeader header, int count)
    {
        var labels = new LabelTexts(content);
        byte[] element = content.Budget.Allocate<byte>(content.Path, header.ElementLength, 1);
        for (int i = 0; i < count; i++)
        {
            long offset = content.Offset;
            content.ReadExactly(element, "the labels");
            if (!TryDecode(element, header, out string text))
                throw content.Error($"label {i} is not valid text", offset);
            labels.Add(text);
        }
        content.ExpectEnd("the labels");
        return labels.Encode();
    }

    // 'S': bytes, taken as UTF-8; 'U': four bytes a code point. Both are padded with zeros.
    private static bool TryDecode(Span<byte> element, NpyHeader header, out string text)
    {
        text = "";
        if (header.Kind == 'S') return LabelTexts.TryDecode(element.TrimEnd((byte)0), out text);
        var builder = new StringBuilder();
        for (int i = 0; i < element.Length; i += 4)
        {
            Span<byte> bytes = element.Slice(i, 4);
            if (header.BigEndian == BitConverter.IsLittleEndian) bytes.Reverse();
            if (!Rune.TryCreate(MemoryMarshal.Read<uint>(bytes), out Rune rune)) return false;
            builder.Append(rune);
        }
        text = builder.ToString().TrimEnd('\0');
        return true;
    }
}
