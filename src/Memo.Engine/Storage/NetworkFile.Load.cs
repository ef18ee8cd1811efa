// Reading a network file: everything is refused that is not exactly a whole, undamaged network of a known version.
using System.Buffers;
using System.Globalization;
using System.Numerics;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Memo.Data;
using Memo.Networks;
using Memo.Numerics;

namespace Memo.Storage;

public static partial class NetworkFile
{
    private static readonly SearchValues<char> s_hexDigits = SearchValues.Create("0123456789abcdef");

    /// <summary>
    /// Loads a network. The points are read straight into place (no second copy) while the checksum is computed, and no
    /// more memory is asked for than the file has bytes. What the checksum cannot tell, whether min P is the data's own, is not recomputed, which is O(N^2 n): <see cref="Measures.Verification.RequireSeparation"/> does, and with it
    /// <c>memo verify</c>.
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
        RequireKnownFormat(file);
        ClassList classes = ReadClasses(file);
        Ratio lambda = ReadLambda(file);
        ulong seed = ReadInteger<ulong>(file, "seed");
        int dimension = ReadInteger<int>(file, "dimension");
        Dyadic separation = ReadSeparation(file);
        (TensorEntry points, TensorEntry labels) = RequireTensors(file, dimension);

        // One pass over the file: every byte goes into the checksum as it is read.
        using IncrementalHash hash = CreateChecksum();
        string stored = AppendPrefixWithoutChecksum(file, hash);
        Array? values = null;
        int[] indices = [];
        foreach (TensorEntry tensor in file.Header.Tensors)
            if (tensor == points)
                values = points.Type switch
                {
                    TensorType.U8 => file.ReadValues<byte>(tensor, hash.AppendData),
                    TensorType.F32 => file.ReadValues<float>(tensor, hash.AppendData),
                    _ => file.ReadValues<double>(tensor, hash.AppendData),
                };
            else if (tensor == labels)
                indices = file.ReadValues<int>(tensor, hash.AppendData);
            else
                file.CopyTo(tensor, hash.AppendData);
        if (Convert.ToHexStringLower(hash.GetHashAndReset()) != stored)
            throw new FileFormatException(file.Name, "damaged: the checksum (sha256) does not match the content; " +
                "build or copy it again", file.Header.MetadataOffset(ChecksumKey));

        RequireLabels(file, labels, indices, classes);
        SampleMatrix matrix = values switch
        {
            float[] floats => FiniteMatrix(file, points, floats),
            double[] doubles => FiniteMatrix(file, points, doubles),
            _ => new SampleMatrix<byte>((byte[])values!, (int)points.Shape[0], (int)points.Shape[1]),
        };
        if (matrix.ElementType == ElementType.UInt8 && separation.Normalized().Exponent < 0)
            throw Defect(file, "minimum_squared_distance", "must be an integer where the points are bytes");
        return Guarded(file, () => new StoredNetwork(
            new CellNetwork(matrix, indices, classes, lambda, separation), seed, file.Header.Metadata));
    }

    // First of all, so that a newer file is called newer and not damaged.
    private static void RequireKnownFormat(SafetensorsReader file)
    {
        if (file.Header.Metadata.GetValueOrDefault("format") != Format)
            throw new FileFormatException(file.Name, "a safetensors file, but no network of memo (its metadata has no " +
                "format=memo)", SafetensorsHeader.LengthBytes);
        int version = ReadInteger<int>(file, "format_version");
        if (version > FormatVersion)
            throw Defect(file, "format_version", $"{version}: written by a newer version of memo; this one reads up to " +
                                                 $"{FormatVersion}, so update it");
        if (version < 1) throw Defect(file, "format_version", $"{version} never existed");
        string method = Require(file, "method");
        if (method != Constructions.Cells.Method)
            throw Defect(file, "method", $"'{SafetensorsHeader.Printable(method)}' is not a construction that this version " +
                                         $"can evaluate ({Constructions.Cells.Method})");
    }

    private static (TensorEntry Points, TensorEntry Labels) RequireTensors(SafetensorsReader file, int dimension)
    {
        foreach (TensorEntry tensor in file.Header.Tensors)
            if (tensor.Name is not (PointsTensor or LabelsTensor) &&
                !tensor.Name.StartsWith(AccelerationPrefix, StringComparison.Ordinal))
                throw new FileFormatException(file.Name, $"holds the tensor '{SafetensorsHeader.Printable(tensor.Name)}', " +
                    "which this version does not know; update memo", file.Prefix.Length + tensor.Begin);
        TensorEntry points = file.Header.Find(PointsTensor) ?? throw Missing(PointsTensor);
        TensorEntry labels = file.Header.Find(LabelsTensor) ?? throw Missing(LabelsTensor);
        if (points.Type is not (TensorType.U8 or TensorType.F32 or TensorType.F64) || points.Shape.Count != 2 ||
            points.Shape[0] is < 2 or > int.MaxValue || points.Shape[1] != dimension || dimension < 1)
            throw new FileFormatException(file.Name, $"{PointsTensor} is {points.Describe()}; it must be U8, F32 or F64 " +
                $"[N, {dimension}] with N at least 2", file.Prefix.Length + points.Begin);
        if (labels.Type != TensorType.I32 || labels.Shape.Count != 1 || labels.Shape[0] != points.Shape[0])
            throw new FileFormatException(file.Name, $"{LabelsTensor} is {labels.Describe()}; it must be I32 " +
                $"[{points.Shape[0]}]", file.Prefix.Length + labels.Begin);
        return (points, labels);

        FileFormatException Missing(string name) =>
            new(file.Name, $"the tensor '{name}' is missing", SafetensorsHeader.LengthBytes);
    }

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

    private static Ratio ReadLambda(SafetensorsReader file)
    {
        string text = Require(file, "lambda");
        return Guarded(file, () =>
        {
            Ratio lambda = Ratio.Parse(text);
            CellNetwork.RequireValidLambda(lambda);
            return lambda.ToString() == text ? lambda
                : throw Defect(file, "lambda", $"'{SafetensorsHeader.Printable(text)}' is not a fraction p/q in lowest terms");
        });
    }

    private static Dyadic ReadSeparation(SafetensorsReader file)
    {
        string text = Require(file, "minimum_squared_distance");
        return Dyadic.TryParse(text, out Dyadic separation) && separation.Sign > 0 && separation.ToString() == text
            ? separation
            : throw Defect(file, "minimum_squared_distance", "must be a positive number, m or m*2^e with odd m");
    }

    private static void RequireLabels(SafetensorsReader file, TensorEntry tensor, int[] indices, ClassList classes)
    {
        int stranger = Array.FindIndex(indices, index => (uint)index >= (uint)classes.Count);
        if (stranger >= 0)
            throw new FileFormatException(file.Name, $"the label of point {stranger} is {indices[stranger]}, outside the " +
                $"{classes.Count} classes", file.Prefix.Length + tensor.Begin + 4L * stranger);
        if (!indices.AsSpan().ContainsAnyExcept(indices[0]))
            throw new FileFormatException(file.Name, "all points have the same label; a network needs two classes",
                file.Prefix.Length + tensor.Begin);
    }

    private static SampleMatrix<T> FiniteMatrix<T>(SafetensorsReader file, TensorEntry tensor, T[] values)
        where T : unmanaged, INumber<T>
    {
        int bad = Array.FindIndex(values, value => !T.IsFinite(value));
        if (bad >= 0)
            throw new FileFormatException(file.Name, $"point {bad / tensor.Shape[1]}, column {bad % tensor.Shape[1]} " +
                "is not a finite number", file.Prefix.Length + tensor.Begin + (long)bad * tensor.Type.ElementBytes());
        return new SampleMatrix<T>(values, (int)tensor.Shape[0], (int)tensor.Shape[1]);
    }

    private static string Require(SafetensorsReader file, string key) =>
        file.Header.Metadata.GetValueOrDefault(key) ??
        throw new FileFormatException(file.Name, $"the metadata '{key}' is missing", SafetensorsHeader.LengthBytes);

    private static T ReadInteger<T>(SafetensorsReader file, string key) where T : struct, INumber<T>
    {
        string text = Require(file, key);
        return T.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out T value) ? value
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
