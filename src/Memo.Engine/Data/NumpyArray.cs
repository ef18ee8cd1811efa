// An array on its way into a .npy or .npz file.

using System.Globalization;
using System.Numerics;
using System.Runtime.InteropServices;
using System.Text;

namespace Memo.Data;

/// <summary>
/// Values with a NumPy dtype and a shape, in C order: uint8, int32, int64, float32, float64, or unicode strings. The
/// values are not copied; they must stay as they are until the file is written.
/// </summary>
internal sealed class NumpyArray
{
    private readonly string _descr;
    private readonly int[] _shape;
    private readonly Action<Stream> _writeValues;

    private NumpyArray(string descr, int[] shape, int count, Action<Stream> writeValues)
    {
        if (shape.Any(size => size < 0) || shape.Aggregate((Int128)1, (product, size) => product * size) != count)
            throw new ArgumentException($"{count} values for the shape ({string.Join(", ", shape)})", nameof(shape));
        (_descr, _shape, _writeValues) = (descr, shape, writeValues);
    }

    /// <summary>Numbers of type byte, int, long, float or double, row-major; without a shape, a vector.</summary>
    /// <exception cref="ArgumentException">The shape does not have as many elements as there are values.</exception>
    /// <exception cref="NotSupportedException">Another element type.</exception>
    public static NumpyArray From<T>(ReadOnlyMemory<T> values, params int[] shape) where T : unmanaged, INumber<T> =>
        new(Descr<T>(), shape.Length == 0 ? [values.Length] : shape, values.Length, stream =>
            WriteValues(stream, values.Span));

    /// <summary>Samples, N by n, in their own element type.</summary>
    public static NumpyArray From(SampleMatrix samples) => samples switch
    {
        SampleMatrix<byte> matrix => From(matrix),
        SampleMatrix<float> matrix => From(matrix),
        SampleMatrix<double> matrix => From(matrix),
        _ => throw new NotSupportedException($"samples of type {samples.ElementType}"),
    };

    /// <summary>
    /// Strings, as fixed-length unicode (four bytes a code point, padded with zeros); without a shape, a vector.
    /// </summary>
    /// <exception cref="ArgumentException">The shape does not have as many elements as there are values.</exception>
    public static NumpyArray From(IReadOnlyList<string> values, params int[] shape)
    {
        ArgumentNullException.ThrowIfNull(values);
        int length = Math.Max(1, values.Count == 0 ? 0 : values.Max(value => value.EnumerateRunes().Count()));
        return new NumpyArray(string.Create(CultureInfo.InvariantCulture, $"<U{length}"),
            shape.Length == 0 ? [values.Count] : shape, values.Count, stream =>
            {
                var padded = new byte[4 * length];
                foreach (string value in values)
                {
                    padded.AsSpan().Clear();
                    Encoding.UTF32.GetBytes(value, padded);
                    stream.Write(padded);
                }
            });
    }

    /// <summary>
    /// The labels of samples as other programs take them: class values as int32 where they are integers, else strings.
    /// </summary>
    public static NumpyArray FromLabels(Dataset data)
    {
        ArgumentNullException.ThrowIfNull(data);
        ClassList classes = data.Classes;
        return classes.AreIntegers
            ? From<int>(Array.ConvertAll(data.LabelArray, classes.ExternalValue))
            : From(Array.ConvertAll(data.LabelArray, label => classes[label]));
    }

    /// <summary>Writes the array as a .npy of version 1.0, whose values begin at a multiple of 64 bytes.</summary>
    internal void WriteTo(Stream stream)
    {
        string shape = _shape.Length == 1
            ? string.Create(CultureInfo.InvariantCulture, $"({_shape[0]},)")
            : $"({string.Join(", ", _shape.Select(size => size.ToString(CultureInfo.InvariantCulture)))})";
        string dictionary = $"{{'descr': '{_descr}', 'fortran_order': False, 'shape': {shape}, }}";
        const int Preamble = 10;
        int padding = 63 - (Preamble + dictionary.Length) % 64;
        int length = dictionary.Length + padding + 1;
        byte[] header =
        [
            0x93, .. "NUMPY"u8, 1, 0, (byte)length, (byte)(length >> 8),
            .. Encoding.ASCII.GetBytes(dictionary), .. Enumerable.Repeat((byte)' ', padding), (byte)'\n',
        ];
        stream.Write(header);
        _writeValues(stream);
    }

    private static NumpyArray From<T>(SampleMatrix<T> matrix) where T : unmanaged, INumber<T> =>
        new(Descr<T>(), [matrix.Rows, matrix.Columns], checked(matrix.Rows * matrix.Columns), stream =>
            WriteValues(stream, matrix.ToContiguous().Values));

    // In this machine's byte order, which the dtype names.
    private static string Descr<T>()
    {
        char order = BitConverter.IsLittleEndian ? '<' : '>';
        return typeof(T) == typeof(byte) ? "|u1"
            : typeof(T) == typeof(int) ? $"{order}i4" : typeof(T) == typeof(long) ? $"{order}i8"
            : typeof(T) == typeof(float) ? $"{order}f4" : typeof(T) == typeof(double) ? $"{order}f8"
            : throw new NotSupportedException($"arrays of type {typeof(T)}");
    }

    private static void WriteValues<T>(Stream stream, ReadOnlySpan<T> values) where T : unmanaged
    {
        const int Chunk = 1 << 20; // a span of bytes over all values could exceed 2^31
        for (; values.Length > Chunk; values = values[Chunk..]) stream.Write(MemoryMarshal.AsBytes(values[..Chunk]));
        stream.Write(MemoryMarshal.AsBytes(values));
    }
}
