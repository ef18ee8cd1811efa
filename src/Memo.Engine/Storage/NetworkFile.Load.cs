// Reading a network file: everything is refused that is not exactly a whole, undamaged network of a known version.
using System.Buffers;
using System.Globalization;
using System.Numerics;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Memo.Data;
using Memo.Features;
using Memo.Networks;

namespace Memo.Storage;

public static partial class NetworkFile
{
    private static readonly SearchValues<char> s_hexDigits = SearchValues.Create("0123456789abcdef");

    // What every network has, whatever its kind; the dimension is that of the feature layers, where there are such.
    private sealed record CommonFields(string Method, ClassList Classes, int Dimension, int? Samples,
        IReadOnlyList<KeyValuePair<string, string>> Notes, FeatureTensors? Features);

    /// <summary>
    /// Loads a network. Tensors are read straight into place (no second copy) while the checksum is computed, and no
    /// array is longer than the file. What the checksum cannot tell, whether min P is the data's own, is not recomputed,
    /// which is O(N^2 n): <see cref="Measures.Verification.RequireSeparation"/> does.
    /// </summary>
    /// <exception cref="FileFormatException">Missing, damaged, truncated, of another format or of a newer version.</exception>
    public static StoredNetwork Load(string path)
    {
        using SafetensorsReader file = SafetensorsReader.Open(path);
        return Load(file);
    }

    /// <summary>Loads a network from a stream that can seek, such as one over memory; the stream is closed.</summary>
    /// <param name="stream">The whole file.</param>
    /// <param name="name">What messages call it.</param>
    /// <exception cref="FileFormatException">As for <see cref="Load(string)"/>.</exception>
    public static StoredNetwork Load(Stream stream, string name)
    {
        using (stream)
        using (var file = new SafetensorsReader(stream, name))
            return Load(file);
    }

    private static StoredNetwork Load(SafetensorsReader file)
    {
        string method = RequireKnownFormat(file);
        ulong seed = ReadInteger<ulong>(file, "seed");
        int dimension = ReadInteger<int>(file, "dimension");
        if (dimension < 1) throw Defect(file, "dimension", "must be at least 1");
        FeatureTensors? features = FeatureTensors.AreIn(file) ? new FeatureTensors(file, key => Require(file, key)) : null;
        var fields = new CommonFields(method, ReadClasses(file), features?.Dimension ?? dimension,
            file.Header.Metadata.ContainsKey("samples") ? ReadInteger<int>(file, "samples") : null,
            [.. file.Header.Metadata.Where(item => item.Key.StartsWith(NotesPrefix, StringComparison.Ordinal))
                .Select(item => new KeyValuePair<string, string>(item.Key[NotesPrefix.Length..], item.Value))], features);
        INetwork network = s_cellMethods.Contains(method) ? LoadCells(file, fields) : LoadRelu(file, fields);
        if (features is not null)
        {
            if (network.SampleType != ElementType.Float64)
                throw new FileFormatException(file.Name, $"a network of {network.SampleType.NumpyName()} behind feature layers, which give float64",
                    SafetensorsHeader.LengthBytes);
            network = new FeatureNetwork(features.ToMap(dimension), network);
        }
        return new StoredNetwork(network, seed, file.Header.Metadata);
    }

    // First of all, so that a newer file is called newer and not damaged.
    private static string RequireKnownFormat(SafetensorsReader file)
    {
        string? format = file.Header.Metadata.GetValueOrDefault("format");
        if (format == LayerFile.Format)
            throw new FileFormatException(file.Name, "a network's layers as doubles, exported for other programs; use the network " +
                "file that it was made from", SafetensorsHeader.LengthBytes);
        if (format != Format)
            throw new FileFormatException(file.Name, "a safetensors file, but no network of memo (its metadata has no " +
                "format=memo)", SafetensorsHeader.LengthBytes);
        int version = ReadInteger<int>(file, "format_version");
        if (version > FormatVersion)
            throw Defect(file, "format_version", $"{version}: written by a newer version of memo; this one reads up to " +
                                                 $"{FormatVersion}, so update it");
        if (version < 1) throw Defect(file, "format_version", $"{version} never existed");
        string method = Require(file, "method");
        if (!s_cellMethods.Contains(method) && !s_reluMethods.Contains(method))
            throw Defect(file, "method", $"'{SafetensorsHeader.Printable(method)}' is not a construction that this version " +
                                         $"can evaluate ({string.Join(", ", s_cellMethods.Concat(s_reluMethods))})");
        return method;
    }

    // One pass over the file: every byte goes into the checksum as it is read. `read` gets every tensor, in the order of
    // the file, and hands all of its bytes to the checksum.
    private static void ReadTensors(SafetensorsReader file, CommonFields fields, Action<TensorEntry, ByteSink> read)
    {
        using IncrementalHash hash = CreateChecksum();
        string stored = AppendPrefixWithoutChecksum(file, hash);
        foreach (TensorEntry tensor in file.Header.Tensors)
            if (fields.Features?.TryRead(tensor, hash.AppendData) != true) read(tensor, hash.AppendData);
        if (Convert.ToHexStringLower(hash.GetHashAndReset()) != stored)
            throw new FileFormatException(file.Name, "damaged: the checksum (sha256) does not match the content; " +
                "build or copy it again", file.Header.MetadataOffset(ChecksumKey));
    }

    private static void RequireKnownTensors(SafetensorsReader file, CommonFields fields, params ReadOnlySpan<string> names)
    {
        foreach (TensorEntry tensor in file.Header.Tensors)
            if (!names.Contains(tensor.Name) && fields.Features?.Names.Contains(tensor.Name) != true &&
                !tensor.Name.StartsWith(AccelerationPrefix, StringComparison.Ordinal))
                throw new FileFormatException(file.Name, $"holds the tensor '{SafetensorsHeader.Printable(tensor.Name)}', " +
                    "which this version does not know; update memo", file.Prefix.Length + tensor.Begin);
    }

    private static TensorEntry RequireTensor(SafetensorsReader file, string name) => file.Header.Find(name) ??
        throw new FileFormatException(file.Name, $"the tensor '{name}' is missing", SafetensorsHeader.LengthBytes);

    // Feeds the prefix with the checksum's digits as zeros to the hash; returns the digits.
    private static string AppendPrefixWithoutChecksum(SafetensorsReader file, IncrementalHash hash)
    {
        string digits = Require(file, ChecksumKey);
        long offset = file.Header.MetadataOffset(ChecksumKey);
        if (offset < 0 || digits.Length != ChecksumDigits || digits.AsSpan().ContainsAnyExcept(s_hexDigits))
            throw Defect(file, ChecksumKey, "must be 64 hexadecimal digits, in lower case and without escapes");
        ReadOnlySpan<byte> prefix = file.Prefix;
        hash.AppendData(prefix[..(int)offset]);
        hash.AppendData(Encoding.ASCII.GetBytes(new string('0', ChecksumDigits)));
        hash.AppendData(prefix[((int)offset + ChecksumDigits)..]);
        return digits;
    }

    private static ClassList ReadClasses(SafetensorsReader file)
    {
        var names = new List<string>();
        try
        {
            byte[] json = Encoding.UTF8.GetBytes(Require(file, "classes"));
            var reader = new Utf8JsonReader(json, new JsonReaderOptions { MaxDepth = 1 });
            reader.Read();
            if (reader.TokenType != JsonTokenType.StartArray) throw NotAList(null);
            while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
            {
                if (reader.TokenType != JsonTokenType.String) throw NotAList(null);
                names.Add(reader.GetString()!);
            }
            reader.Read();
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            throw NotAList(exception);
        }
        return Guarded(file, () => new ClassList(names));

        FileFormatException NotAList(Exception? inner) => Defect(file, "classes", "must be a JSON array of strings", inner);
    }

    private static string Require(SafetensorsReader file, string key) =>
        file.Header.Metadata.GetValueOrDefault(key) ??
        throw new FileFormatException(file.Name, $"the metadata '{key}' is missing", SafetensorsHeader.LengthBytes);

    private static T ReadInteger<T>(SafetensorsReader file, string key, NumberStyles style = NumberStyles.None)
        where T : struct, INumber<T>
    {
        string text = Require(file, key);
        return T.TryParse(text, style, CultureInfo.InvariantCulture, out T value) ? value
            : throw Defect(file, key, "must be a decimal integer of a sensible size");
    }

    // What the parts of a network refuse, with the file's name in front.
    private static T Guarded<T>(SafetensorsReader file, Func<T> read)
    {
        try
        {
            return read();
        }
        catch (MemoException exception) when (exception is not FileFormatException)
        {
            throw new FileFormatException(file.Name, exception.Message, SafetensorsHeader.LengthBytes, exception);
        }
    }

    private static FileFormatException Defect(SafetensorsReader file, string key, string problem, Exception? inner = null)
    {
        long offset = file.Header.MetadataOffset(key);
        return new(file.Name, $"the metadata '{key}'{(offset < 0 ? "" : $" at byte {offset}")}: {problem}",
            offset < 0 ? SafetensorsHeader.LengthBytes : offset, inner);
    }
}
