// The network file (.memo): a safetensors file with a checksum over itself. This part writes what all networks have;
// NetworkFile.Cells.cs and NetworkFile.Relu.cs are the two kinds, NetworkFile.Load.cs reads.
using System.Buffers;
using System.Globalization;
using System.Security.Cryptography;
using System.Text.Encodings.Web;
using System.Text.Json;
using Memo.Data;
using Memo.Features;
using Memo.Networks;

namespace Memo.Storage;

/// <summary>A network with what its file says about it.</summary>
/// <param name="Network">The network.</param>
/// <param name="Seed">The seed that it was built with.</param>
/// <param name="Metadata">All of the file's metadata strings, in its order; what the builder noted stands under
/// "provenance.".</param>
public sealed record StoredNetwork(INetwork Network, ulong Seed, IReadOnlyDictionary<string, string> Metadata)
{
    private const string Prefix = NetworkFile.ProvenancePrefix;

    /// <summary>What the builder noted, by its own keys: what <see cref="NetworkFile.Save"/> was given.</summary>
    public IReadOnlyDictionary<string, string> Provenance => Metadata
        .Where(entry => entry.Key.StartsWith(Prefix, StringComparison.Ordinal))
        .ToDictionary(entry => entry.Key[Prefix.Length..], entry => entry.Value, StringComparer.Ordinal);
}

/// <summary>
/// Network files (.memo): a safetensors file that any safetensors reader opens. The same network gives the same bytes.
/// Metadata of every network: format ("memo"), format_version ("1"), method, seed, classes (a JSON array of strings;
/// binary: the first is -1), dimension (n), samples (how many the construction was given; where missing, the number of
/// training points), notes.* (what it found out, in the order to show it), sha256 over the whole file with this field's 64
/// digits taken as zeros, provenance.* (by key). Tensors named accel.* are caches that a reader may ignore.
/// <para>
/// cells, constant, condense (<see cref="CellNetwork"/>). Metadata: lambda ("p/q"), minimum_squared_distance (exact, "m" or
/// "m*2^e" with odd m). Tensors: training_points [N, n] U8, F32 or F64; labels [N] I32, indices into classes.
/// </para>
/// <para>
/// sqrt, vardi, park, adversarial (<see cref="ReluNetwork"/>). Metadata: readout ("sign": negative is the first class, positive
/// the second, 0 an abstention; "index": within less than 1/2 of k is class k, counted from 1, else an abstention);
/// input_type ("uint8", "float32", "float64"), input_exponent, input_least, input_greatest: a sample x enters as the integers
/// x / 2^input_exponent, and the training samples' lie between the two bounds. After every layer but the last, numbers
/// below 0 become 0. The L layers have R rows (outputs), E entries (weights that are not 0) and hence E + R numbers, all
/// counted through from the first layer to the last; all tensors have one dimension:
/// <code>
/// layer_sizes I32 [L + 1]      n, then the rows of each layer; the last layer has 1. Layer k takes layer_sizes[k - 1]
///                              numbers and gives layer_sizes[k]; its rows follow those of layer k - 1
/// row_starts  I32 [R + 1]      row r has the entries row_starts[r] .. row_starts[r + 1] - 1; ascending from 0 to E
/// columns     I32 [E]          which input of its layer an entry weighs, from 0; strictly ascending within a row
/// limb_starts I32 [E + R + 1]  number i has the limbs limb_starts[i] .. limb_starts[i + 1] - 1; ascending from 0 to B
/// limbs       U32 [B]          magnitude = sum over its limbs of limb 2^(32 k), k = 0, 1, ..; the last one is not 0
/// signs       I8  [E + R]      -1, 0 or 1; 0 exactly where there is no limb
/// </code>
/// Number e below E is the weight of entry e and not 0; number E + r is the bias of row r.
/// </para>
/// <para>
/// Either kind behind feature layers: <see cref="FeatureTensors"/>; dimension is then the samples' n, and the network takes m features.
/// </para>
/// </summary>
public static partial class NetworkFile
{
    /// <summary>The metadata value of "format".</summary>
    public const string Format = "memo";

    /// <summary>The newest format_version that this engine reads, and the one that it writes.</summary>
    public const int FormatVersion = 1;

    private const string NotesPrefix = "notes.";
    internal const string ProvenancePrefix = "provenance.";
    private const string AccelerationPrefix = "accel.";
    private const string ChecksumKey = "sha256";
    private const int ChecksumDigits = 64;

    private static readonly JsonWriterOptions s_classesOptions =
        new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>
    /// Saves a network: whole or not at all, an existing file is replaced only when the new one is complete. Streamed;
    /// O(N n) bytes for training points, O(bits of all weights) for layers.
    /// </summary>
    /// <param name="path">The file.</param>
    /// <param name="network">The network.</param>
    /// <param name="seed">The seed that it was built with.</param>
    /// <param name="provenance">Notes on how it came about, stored as "provenance.KEY", sorted by key.</param>
    /// <exception cref="MemoException">The file cannot be written, a text is no valid Unicode, or the network is none that a
    /// file holds: of an unknown method, or with 2^31 weights or more.</exception>
    public static void Save(string path, INetwork network, ulong seed = 0,
        IReadOnlyDictionary<string, string>? provenance = null)
    {
        SafetensorsWriter layout = LayOut(network, seed, provenance);
        AtomicFile.Write(path, stream => Write(stream, layout));
    }

    /// <summary>Writes the network's file to a stream that can seek, starting at its beginning.</summary>
    internal static void Write(Stream stream, INetwork network, ulong seed,
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

    private static SafetensorsWriter LayOut(INetwork network, ulong seed, IReadOnlyDictionary<string, string>? provenance)
    {
        ArgumentNullException.ThrowIfNull(network);
        (IReadOnlyList<string> methods, IReadOnlyList<KeyValuePair<string, string>> own, IReadOnlyList<TensorSource> tensors) =
            network.Innermost() switch
            {
                CellNetwork cells => (s_cellMethods, DescribeCells(cells), CellTensors(cells)),
                ReluNetwork relu => (s_reluMethods, DescribeRelu(relu), SparseLayerTensors.LayOut(relu)),
                _ => throw new NotSupportedException($"a network of type {network.GetType().Name}"),
            };
        if (!methods.Contains(network.Method))
            throw new MemoException($"a network of method '{network.Method}' has no place in a network file; of its kind are " +
                                    string.Join(", ", methods));
        List<KeyValuePair<string, string>> metadata =
        [
            new("format", Format),
            new("format_version", FormatVersion.ToString(CultureInfo.InvariantCulture)),
            new("method", network.Method),
            new("seed", seed.ToString(CultureInfo.InvariantCulture)),
            new("classes", WriteClasses(network.Classes)),
            new("dimension", network.Dimension.ToString(CultureInfo.InvariantCulture)),
            new("samples", network.Samples.ToString(CultureInfo.InvariantCulture)),
            .. own,
            .. network is FeatureNetwork { Map: var map } ? FeatureTensors.Describe(map) : [],
            .. network.Notes.Select(note => new KeyValuePair<string, string>(NotesPrefix + note.Key, note.Value)),
            new(ChecksumKey, new string('0', ChecksumDigits)),
            .. Stored(provenance),
        ];
        return new SafetensorsWriter(metadata, [.. tensors, .. network is FeatureNetwork features ? FeatureTensors.LayOut(features.Map) : []]);
    }

    /// <summary>What a file for other programs says about a network, in the words of a network file.</summary>
    internal static IEnumerable<KeyValuePair<string, string>> Summary(INetwork network, ulong seed,
        IReadOnlyDictionary<string, string>? provenance)
    {
        yield return new("method", network.Method);
        if (network.Cells()?.Lambda is { } lambda) yield return new("lambda", lambda.ToString());
        yield return new("seed", seed.ToString(CultureInfo.InvariantCulture));
        yield return new("classes", WriteClasses(network.Classes));
        yield return new("dimension", network.Dimension.ToString(CultureInfo.InvariantCulture));
        yield return new("samples", network.Samples.ToString(CultureInfo.InvariantCulture));
        yield return new("type", network.SampleType.NumpyName());
        foreach (KeyValuePair<string, string> entry in Stored(provenance)) yield return entry;
    }

    private static IEnumerable<KeyValuePair<string, string>> Stored(IReadOnlyDictionary<string, string>? provenance) =>
        (provenance ?? new Dictionary<string, string>()).OrderBy(entry => entry.Key, StringComparer.Ordinal)
        .Select(entry => new KeyValuePair<string, string>(ProvenancePrefix + entry.Key, entry.Value));

    /// <summary>"1/100": F is what the network computes in its own unit, times this.</summary>
    internal static string Scale(INetwork network) =>
        "1/" + (network.Cells()?.UnitDenominator ?? 1).ToString(CultureInfo.InvariantCulture);

    /// <summary>The classes as a JSON array of strings.</summary>
    internal static string WriteClasses(ClassList classes)
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
