// The JSON header of a safetensors file: read as hostile input, every number checked before it is used.
using System.Text.Json;
using System.Text.Unicode;

namespace Memo.Storage;

/// <summary>One tensor of a safetensors file.</summary>
/// <param name="Name">Its key in the header.</param>
/// <param name="Type">Type of its elements.</param>
/// <param name="Shape">Its dimensions, none negative, row-major; empty for a scalar.</param>
/// <param name="Begin">First byte, counted from the start of the data section.</param>
/// <param name="End">One past the last byte; End - Begin is the product of the shape times the width of an element.</param>
internal sealed record TensorEntry(string Name, TensorType Type, IReadOnlyList<long> Shape, long Begin, long End)
{
    /// <summary>Number of elements.</summary>
    public long Count => (End - Begin) / Type.ElementBytes();

    /// <summary>Type and shape for messages, such as "F32 [60000, 784]".</summary>
    public string Describe() => $"{Type.FormatName()} [{string.Join(", ", Shape)}]";
}

/// <summary>
/// A safetensors header that has been checked as strictly as the format's reference reader does: valid JSON of bounded
/// depth, no key twice, offsets that agree with type and shape, tensors that tile the data section with no hole and no
/// overlap from its first byte to the end of the file.
/// </summary>
internal sealed class SafetensorsHeader
{
    /// <summary>The longest header that is accepted, in bytes; the reference reader's own limit.</summary>
    public const int MaximumLength = 100_000_000;

    /// <summary>Bytes before the header: its length as a little-endian 64-bit integer.</summary>
    public const int LengthBytes = 8;

    // Object of tensors, object of one tensor, array of its shape.
    private const int MaximumDepth = 3;

    private readonly string _file;
    private readonly OrderedDictionary<string, string> _metadata = new(StringComparer.Ordinal);
    private readonly Dictionary<string, long> _metadataOffsets = new(StringComparer.Ordinal);
    private readonly List<TensorEntry> _tensors = [];

    /// <summary>The strings under "__metadata__", in their order; empty when there are none.</summary>
    public IReadOnlyDictionary<string, string> Metadata => _metadata;

    /// <summary>The tensors in the order of their data.</summary>
    public IReadOnlyList<TensorEntry> Tensors => _tensors;

    /// <summary>
    /// Parses the header's JSON (without the length before it).
    /// </summary>
    /// <param name="json">The header, padding included.</param>
    /// <param name="dataLength">Bytes in the file behind the header.</param>
    /// <param name="file">What to call the file in messages.</param>
    /// <exception cref="FileFormatException">Any defect, with the byte offset in the file.</exception>
    public SafetensorsHeader(ReadOnlySpan<byte> json, long dataLength, string file)
    {
        _file = file;
        if (json.IsEmpty || json[0] != (byte)'{')
            throw Defect("the header does not start with '{', so this is not a safetensors file", 0);
        if (!Utf8.IsValid(json)) throw Defect("the header is not valid UTF-8", 0);
        var reader = new Utf8JsonReader(json, new JsonReaderOptions { MaxDepth = MaximumDepth });
        try
        {
            ReadRoot(ref reader);
            reader.Read(); // nothing but white space may follow: anything else throws
        }
        catch (JsonException exception)
        {
            throw new FileFormatException(file, $"the header is not valid JSON (or is nested deeper than a safetensors " +
                $"header is) at byte {LengthBytes + reader.BytesConsumed}", LengthBytes + reader.BytesConsumed, exception);
        }
        RequireTiling(json.Length, dataLength);
    }

    /// <summary>The tensor of that name, or null.</summary>
    public TensorEntry? Find(string name) => _tensors.Find(tensor => tensor.Name == name);

    /// <summary>
    /// Offset in the file of the first byte between the quotes of a metadata value, or -1 when there is no such key or
    /// the value is written with escapes (so that its bytes are not those of the string).
    /// </summary>
    public long MetadataOffset(string key) => _metadataOffsets.GetValueOrDefault(key, -1);

    private void ReadRoot(ref Utf8JsonReader reader)
    {
        reader.Read();
        var keys = new HashSet<string>(StringComparer.Ordinal);
        while (ReadKey(ref reader, keys) is { } key)
        {
            reader.Read();
            if (reader.TokenType != JsonTokenType.StartObject)
                throw Defect($"the header's entry '{Printable(key)}' is not an object", reader.TokenStartIndex);
            if (key == "__metadata__")
                ReadMetadata(ref reader);
            else
                ReadTensor(ref reader, key);
        }
    }

    private void ReadMetadata(ref Utf8JsonReader reader)
    {
        var keys = new HashSet<string>(StringComparer.Ordinal);
        while (ReadKey(ref reader, keys) is { } key)
        {
            reader.Read();
            if (reader.TokenType != JsonTokenType.String)
                throw Defect($"the metadata '{Printable(key)}' is not a string", reader.TokenStartIndex);
            _metadata.Add(key, ReadString(ref reader));
            _metadataOffsets.Add(key, reader.ValueIsEscaped ? -1 : LengthBytes + reader.TokenStartIndex + 1);
        }
    }

    private void ReadTensor(ref Utf8JsonReader reader, string name)
    {
        long start = reader.TokenStartIndex;
        var keys = new HashSet<string>(StringComparer.Ordinal);
        TensorType? type = null;
        List<long>? shape = null, offsets = null;
        while (ReadKey(ref reader, keys) is { } key)
        {
            reader.Read();
            switch (key)
            {
                case "dtype" when reader.TokenType == JsonTokenType.String:
                    string typeName = ReadString(ref reader);
                    type = TensorTypes.FromFormatName(typeName) ?? throw Defect(
                        $"tensor '{Printable(name)}' has the unknown dtype '{Printable(typeName)}'",
                        reader.TokenStartIndex);
                    break;
                case "shape" when reader.TokenType == JsonTokenType.StartArray:
                    shape = ReadIntegers(ref reader, name, key);
                    break;
                case "data_offsets" when reader.TokenType == JsonTokenType.StartArray:
                    offsets = ReadIntegers(ref reader, name, key);
                    break;
                default:
                    throw Defect($"tensor '{Printable(name)}' has an unexpected entry '{Printable(key)}'",
                        reader.TokenStartIndex);
            }
        }
        if (type is null || shape is null || offsets is null)
            throw Defect($"tensor '{Printable(name)}' lacks dtype, shape or data_offsets", start);
        if (offsets.Count != 2 || offsets[0] > offsets[1])
            throw Defect($"tensor '{Printable(name)}' has impossible data_offsets " +
                         $"[{string.Join(", ", offsets.Take(8))}]", start);
        if (ByteLength(shape, type.Value) is not { } length || length != offsets[1] - offsets[0])
            throw Defect($"tensor '{Printable(name)}': {offsets[1] - offsets[0]} bytes do not fit its shape " +
                         $"{type.Value.FormatName()} [{string.Join(", ", shape.Take(8))}]", start);
        _tensors.Add(new TensorEntry(name, type.Value, shape, offsets[0], offsets[1]));
    }

    // The next key of the current object, or null at its end.
    private string? ReadKey(ref Utf8JsonReader reader, HashSet<string> keys)
    {
        reader.Read();
        if (reader.TokenType == JsonTokenType.EndObject) return null;
        string key = ReadString(ref reader);
        if (!keys.Add(key)) throw Defect($"the header's key '{Printable(key)}' occurs twice", reader.TokenStartIndex);
        return key;
    }

    private string ReadString(ref Utf8JsonReader reader)
    {
        try
        {
            return reader.GetString()!;
        }
        catch (InvalidOperationException exception) // half of a surrogate pair, written as an escape
        {
            long position = LengthBytes + reader.TokenStartIndex;
            throw new FileFormatException(_file, $"the header's text at byte {position} is not valid Unicode",
                position, exception);
        }
    }

    private List<long> ReadIntegers(ref Utf8JsonReader reader, string name, string key)
    {
        var values = new List<long>();
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            if (reader.TokenType != JsonTokenType.Number || !reader.TryGetInt64(out long value) || value < 0)
                throw Defect($"tensor '{Printable(name)}': {key} must hold whole numbers from 0 to 2^63-1",
                    reader.TokenStartIndex);
            values.Add(value);
        }
        return values;
    }

    // Product of the dimensions and the element's width, or null on overflow.
    private static long? ByteLength(List<long> shape, TensorType type)
    {
        UInt128 product = (UInt128)type.ElementBytes();
        foreach (long dimension in shape)
        {
            product *= (UInt128)dimension;
            if (product > long.MaxValue) return null;
        }
        return (long)product;
    }

    private void RequireTiling(int headerLength, long dataLength)
    {
        _tensors.Sort((a, b) => a.Begin != b.Begin ? a.Begin.CompareTo(b.Begin) :
            a.End != b.End ? a.End.CompareTo(b.End) : string.CompareOrdinal(a.Name, b.Name));
        long end = 0;
        foreach (TensorEntry tensor in _tensors)
        {
            if (tensor.Begin != end)
                throw Defect($"tensor '{Printable(tensor.Name)}' starts at byte {tensor.Begin} of the data instead " +
                             $"of {end}: tensors overlap or leave a hole", headerLength + Math.Min(tensor.Begin, dataLength));
            end = tensor.End;
        }
        if (end > dataLength)
            throw Defect($"truncated: the header announces {end} bytes of data, the file holds {dataLength}",
                headerLength + dataLength);
        if (end < dataLength)
            throw Defect($"{dataLength - end} unexpected bytes after the last tensor, from byte " +
                         $"{LengthBytes + headerLength + end}", headerLength + end);
    }

    // Texts come from the file: a message shows the start of a long one, and nothing that would steer a terminal.
    internal static string Printable(string text)
    {
        string start = text.Length <= 60 ? text : string.Concat(text.AsSpan(0, 60), "...");
        return string.Concat(start.Select(character => char.IsControl(character) ? '?' : character));
    }

    private FileFormatException Defect(string problem, long offsetInHeader) =>
        new(_file, problem, LengthBytes + offsetInHeader);
}
