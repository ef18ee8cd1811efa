// The network file (.memo): a safetensors file with a checksum over itself. This part writes; NetworkFile.Load.cs reads.
using System.Buffers;
using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Encodings.Web;
using Memo.Data;
using Memo.Networks;

namespace Memo.Storage;

/// <summary>A network with what its file says about it.</summary>
/// <param name="Network">The network.</param>
/// <param name="Seed">The seed that it was built with.</param>
/// <param name="Metadata">All of the file's metadata strings; what the builder noted stands under "provenance.".</param>
public sealed record StoredNetwork(CellNetwork Network, ulong Seed, IReadOnlyDictionary<string, string> Metadata);

/// <summary>
/// Network files (.memo): a safetensors file that any safetensors reader opens. Metadata: format, format_version,
/// method, lambda ("p/q"), seed, classes (a JSON array of strings), dimension, minimum_squared_distance (exact, "m" or
/// "m*2^e"), provenance.*, and sha256 over the whole file with this field's 64 digits taken as zeros. Tensors:
/// training_points [N, n] U8, F32 or F64, and labels [N] I32, indices into classes. Tensors named accel.* are caches
/// that a reader may ignore. The same network gives the same bytes.
/// </summary>
public static partial class NetworkFile
{
    /// <summary>The metadata value of "format".</summary>
    public const string Format = "memo";

    /// <summary>The newest format_version that this engine reads, and the one that it writes.</summary>
    public const int FormatVersion = 1;

    private const string PointsTensor = "training_points";
    private const string LabelsTensor = "labels";
    private const string ProvenancePrefix = "provenance.";
    private const string AccelerationPrefix = "accel.";
    private const string ChecksumKey = "sha256";
    private const int ChecksumDigits = 64;

    private static readonly JsonWriterOptions s_classesOptions =
        new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>
    /// Saves a network: whole or not at all, an existing file is replaced only when the new one is complete.
    /// O(N n) bytes, streamed.
    /// </summary>
    /// <param name="path">The file.</param>
    /// <param name="network">The network.</param>
    /// <param name="seed">The seed that it was built with.</param>
    /// <param name="provenance">Notes on how it came about, stored as "provenance.KEY", sorted by key.</param>
    /// <exception cref="MemoException">The file cannot be written, or a text is no valid Unicode.</exception>
    public static void Save(string path, CellNetwork network, ulong seed,
        IReadOnlyDictionary<string, string>? provenance = null)
    {
        SafetensorsWriter layout = LayOut(network, seed, provenance);
        AtomicFile.Write(path, stream => Write(stream, layout));
    }

    /// <summary>Writes the network's file to a stream that can seek, starting at its beginning.</summary>
    internal static void Write(Stream stream, CellNetwork network, ulong seed,
        IReadOnlyDictionary<string, string>? provenance = null) =>
        Write(stream, LayOut(network, seed, provenance));

    // The checksum stands before what it covers: written as zeros, which is how it is defined, and filled in at the end.
    private static void Write(Stream stream, SafetensorsWriter layout)
    {
        using IncrementalHash hash = CreateChecksum();
        hash.AppendData(layout.Prefix);
        stream.Write(layout.Prefix);
        layout.WriteData(bytes =>
        {
            hash.AppendData(bytes);
            stream.Write(bytes);
        });
        ReadOnlySpan<byte> json = layout.Prefix[SafetensorsHeader.LengthBytes..];
        var header = new SafetensorsHeader(json, layout.DataLength, "the new file");
        stream.Position = header.MetadataOffset(ChecksumKey);
        stream.Write(System.Text.Encoding.ASCII.GetBytes(Convert.ToHexStringLower(hash.GetHashAndReset())));
    }

    private static IncrementalHash CreateChecksum()
    {
        OpenSsl.Require("the checksum of a network file");
        return IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    }

    private static SafetensorsWriter LayOut(CellNetwork network, ulong seed,
        IReadOnlyDictionary<string, string>? provenance)
    {
        ArgumentNullException.ThrowIfNull(network);
        var metadata = new List<KeyValuePair<string, string>>
        {
            new("format", Format),
            new("format_version", FormatVersion.ToString(CultureInfo.InvariantCulture)),
            new("method", Constructions.Cells.Method),
            new("lambda", network.Lambda.ToString()),
            new("seed", seed.ToString(CultureInfo.InvariantCulture)),
            new("classes", WriteClasses(network.Classes)),
            new("dimension", network.Dimension.ToString(CultureInfo.InvariantCulture)),
            new("minimum_squared_distance", network.MinimumSquaredDistance.ToString()),
            new(ChecksumKey, new string('0', ChecksumDigits)),
        };
        if (provenance is not null)
            foreach ((string key, string value) in provenance.OrderBy(entry => entry.Key, StringComparer.Ordinal))
                metadata.Add(new(ProvenancePrefix + key, value));

        TensorSource points = network.TrainingPoints switch
        {
            SampleMatrix<byte> matrix => Points(matrix, TensorType.U8),
            SampleMatrix<float> matrix => Points(matrix, TensorType.F32),
            SampleMatrix<double> matrix => Points(matrix, TensorType.F64),
            _ => throw new NotSupportedException($"points of type {network.TrainingPoints.ElementType}"),
        };
        var labels = new TensorSource(LabelsTensor, TensorType.I32, [network.Count],
            sink => TensorSource.Write(network.Labels, sink));
        return new SafetensorsWriter(metadata, [points, labels]);
    }

    private static TensorSource Points<T>(SampleMatrix<T> matrix, TensorType type)
        where T : unmanaged, System.Numerics.INumber<T> =>
        new(PointsTensor, type, [matrix.Rows, matrix.Columns], sink => TensorSource.Write(matrix.Values, sink));

    private static string WriteClasses(ClassList classes)
    {
        var json = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(json, s_classesOptions))
        {
            writer.WriteStartArray();
            foreach (string name in classes)
            {
                SafetensorsWriter.RequireUnicode(name);
                writer.WriteStringValue(name);
            }
            writer.WriteEndArray();
        }
        return System.Text.Encoding.UTF8.GetString(json.WrittenSpan);
    }
}
