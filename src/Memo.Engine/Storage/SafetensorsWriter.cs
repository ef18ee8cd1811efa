// Writing a safetensors file: deterministic bytes, data section at a multiple of 64, every tensor aligned to its elements.
using System.Buffers;
using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Memo.Storage;

/// <summary>A tensor to be written.</summary>
/// <param name="Name">Its key in the header, unique.</param>
/// <param name="Type">Type of its elements.</param>
/// <param name="Shape">Its dimensions, row-major.</param>
/// <param name="WriteTo">Hands the bytes of all elements, little-endian and in order, to the sink.</param>
internal sealed record TensorSource(string Name, TensorType Type, IReadOnlyList<long> Shape, Action<ByteSink> WriteTo)
{
    /// <summary>Hands elements on as bytes, a chunk at a time.</summary>
    public static void Write<T>(ReadOnlySpan<T> values, ByteSink sink) where T : unmanaged
    {
        ArgumentNullException.ThrowIfNull(sink);
        if (!BitConverter.IsLittleEndian)
            throw new PlatformNotSupportedException("network files are written on little-endian machines only");
        // In chunks: the byte length of an array can exceed that of a span.
        const int Chunk = 1 << 17;
        for (int first = 0; first < values.Length; first += Chunk)
            sink(MemoryMarshal.AsBytes(values.Slice(first, Math.Min(Chunk, values.Length - first))));
    }
}

/// <summary>
/// The layout of a safetensors file about to be written. The format allows no hole between tensors, so the JSON header
/// is padded with spaces until the data starts at a multiple of <see cref="Alignment"/>, and tensors with wide elements
/// come first, which aligns each to its elements. Equal input gives equal bytes.
/// </summary>
internal sealed class SafetensorsWriter
{
    /// <summary>The data section starts at a multiple of this many bytes: a cache line, the widest vector.</summary>
    public const int Alignment = 64;

    // Text stays readable; what JSON must escape is escaped. HTML is not a concern of this file.
    private static readonly JsonWriterOptions s_options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private readonly byte[] _prefix;
    private readonly TensorSource[] _tensors;

    /// <summary>Lays out a file.</summary>
    /// <param name="metadata">The strings of "__metadata__", in the order in which they are written.</param>
    /// <param name="tensors">The tensors; those with wider elements are moved to the front, else the order is kept.</param>
    /// <exception cref="MemoException">Text that is no valid Unicode, or a header above the format's limit.</exception>
    public SafetensorsWriter(IReadOnlyList<KeyValuePair<string, string>> metadata, IReadOnlyList<TensorSource> tensors)
    {
        ArgumentNullException.ThrowIfNull(metadata);
        _tensors = [.. tensors.OrderByDescending(tensor => tensor.Type.ElementBytes())]; // stable
        _prefix = BuildPrefix(metadata);
    }

    /// <summary>Everything before the data: the header's length and the padded header; a multiple of 64 bytes.</summary>
    public ReadOnlySpan<byte> Prefix => _prefix;

    /// <summary>Bytes of the data section.</summary>
    public long DataLength { get; private set; }

    /// <summary>Hands the tensors' bytes to <paramref name="sink"/>, in the order of the file.</summary>
    public void WriteData(ByteSink sink)
    {
        foreach (TensorSource tensor in _tensors)
        {
            long written = 0;
            tensor.WriteTo(bytes =>
            {
                written += bytes.Length;
                sink(bytes);
            });
            if (written != ByteLength(tensor))
                throw new InvalidOperationException($"tensor {tensor.Name}: {written} bytes for {ByteLength(tensor)}");
        }
    }

    /// <summary>Writes the whole file to <paramref name="destination"/>.</summary>
    public void WriteTo(Stream destination)
    {
        ArgumentNullException.ThrowIfNull(destination);
        destination.Write(_prefix);
        WriteData(destination.Write);
    }

    private byte[] BuildPrefix(IReadOnlyList<KeyValuePair<string, string>> metadata)
    {
        var json = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(json, s_options))
        {
            writer.WriteStartObject();
            if (metadata.Count > 0)
            {
                writer.WriteStartObject("__metadata__");
                foreach ((string key, string value) in metadata)
                {
                    RequireUnicode(key);
                    RequireUnicode(value);
                    writer.WriteString(key, value);
                }
                writer.WriteEndObject();
            }
            foreach (TensorSource tensor in _tensors)
            {
                RequireUnicode(tensor.Name);
                writer.WriteStartObject(tensor.Name);
                writer.WriteString("dtype", tensor.Type.FormatName());
                writer.WriteStartArray("shape");
                foreach (long dimension in tensor.Shape) writer.WriteNumberValue(dimension);
                writer.WriteEndArray();
                writer.WriteStartArray("data_offsets");
                writer.WriteNumberValue(DataLength);
                DataLength = checked(DataLength + ByteLength(tensor));
                writer.WriteNumberValue(DataLength);
                writer.WriteEndArray();
                writer.WriteEndObject();
            }
            writer.WriteEndObject();
        }
        int written = json.WrittenCount;
        int total = checked(SafetensorsHeader.LengthBytes + written + Alignment - 1) / Alignment * Alignment;
        if (total - SafetensorsHeader.LengthBytes > SafetensorsHeader.MaximumLength)
            throw new MemoException($"the file's header would take {written} bytes, more than the " +
                                    $"{SafetensorsHeader.MaximumLength} that a safetensors header may have; use shorter class names or provenance");
        var prefix = new byte[total];
        BinaryPrimitives.WriteUInt64LittleEndian(prefix, (ulong)(total - SafetensorsHeader.LengthBytes));
        json.WrittenSpan.CopyTo(prefix.AsSpan(SafetensorsHeader.LengthBytes));
        prefix.AsSpan(SafetensorsHeader.LengthBytes + written).Fill((byte)' ');
        return prefix;
    }

    private static long ByteLength(TensorSource tensor) =>
        tensor.Shape.Aggregate((long)tensor.Type.ElementBytes(), (product, dimension) => checked(product * dimension));

    // A JSON writer would replace half a surrogate pair silently, and the text would not come back.
    internal static void RequireUnicode(string text)
    {
        for (int i = 0; i < text.Length; i++)
            if (char.IsHighSurrogate(text[i]) && i + 1 < text.Length && char.IsLowSurrogate(text[i + 1]))
                i++;
            else if (char.IsSurrogate(text[i]))
                throw new MemoException($"the text '{text.Replace(text[i], '?')}' holds half of a surrogate pair and " +
                                        "cannot be stored; rename the class or the provenance entry");
    }
}
