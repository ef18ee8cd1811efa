// Networks for other tools: one entry for every format.
using System.Buffers;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Memo.Networks;
using Memo.Storage.Onnx;

namespace Memo.Storage;

/// <summary>
/// Writes a network for the tools that people have. Nothing is ever rounded: what a format cannot hold, or a runtime of it
/// could not compute exactly, is refused with the reason.
/// <list type="bullet">
/// <item><c>onnx</c>: a graph whose answers are exact in double precision (<see cref="OnnxModel"/>): factored, with the
/// training points for constants; dense, and always for sqrt, vardi, park and adversarial, layer by layer.</item>
/// <item><c>safetensors</c>: the network file itself, which <see cref="NetworkFile.Load(string)"/> reads again; dense: the
/// layers as float64 tensors (<see cref="LayerFile"/>).</item>
/// <item><c>json</c>: a description, without weights.</item>
/// </list>
/// </summary>
public static class NetworkExport
{
    /// <summary>The format "onnx".</summary>
    public const string Onnx = "onnx";

    /// <summary>The format "safetensors".</summary>
    public const string Safetensors = "safetensors";

    /// <summary>The format "json".</summary>
    public const string Json = "json";

    // Text stays readable, as in network files.
    private static readonly JsonWriterOptions s_jsonOptions =
        new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, Indented = true, NewLine = "\n" };

    /// <summary>The names of the formats.</summary>
    public static IReadOnlyList<string> Formats { get; } = [Onnx, Safetensors, Json];

    /// <summary>
    /// Writes a network in a format: whole or not at all, an existing file is replaced only when the new one is complete.
    /// </summary>
    /// <param name="path">The file.</param>
    /// <param name="format">One of <see cref="Formats"/>.</param>
    /// <param name="network">The network.</param>
    /// <param name="seed">The seed that it was built with.</param>
    /// <param name="dense">onnx, safetensors: the layers with every weight as a double; small networks only.</param>
    /// <param name="provenance">Notes on how it came about, by key, as <see cref="NetworkFile.Save"/> takes them.</param>
    /// <returns>Bytes written.</returns>
    /// <exception cref="MemoException">There is no such format, the format cannot hold this network exactly, or the file
    /// cannot be written.</exception>
    public static long Write(string path, string format, INetwork network, ulong seed, bool dense = false,
        IReadOnlyDictionary<string, string>? provenance = null)
    {
        ArgumentNullException.ThrowIfNull(network);
        Action<Stream> write = (format, dense) switch
        {
            (Onnx, _) => Writing(OnnxModel.LayOut(network, seed, dense, provenance)),
            (Safetensors, true) => LayerFile.LayOut(network, seed, provenance).WriteTo,
            (Safetensors, false) => stream => NetworkFile.Write(stream, network, seed, provenance),
            (Json, true) => throw new MemoException("a JSON description has no weights, so there is no dense form of it"),
            (Json, false) => stream => stream.Write(Encoding.UTF8.GetBytes(Describe(network, seed))),
            _ => throw new MemoException($"there is no export format '{format}'; there are: {string.Join(", ", Formats)}"),
        };
        long length = 0;
        AtomicFile.Write(path, stream =>
        {
            write(stream);
            length = stream.Length;
        });
        return length;

        static Action<Stream> Writing(ProtobufMessage model) => stream => model.WriteTo(stream.Write);
    }

    /// <summary>
    /// The network as a JSON object: what <see cref="NetworkJson.WriteDescription"/> writes, with every layer listed, after
    /// the fields format and format_version. The weights are in the network file.
    /// </summary>
    /// <param name="network">The network.</param>
    /// <param name="seed">The seed that it was built with.</param>
    public static string Describe(INetwork network, ulong seed)
    {
        ArgumentNullException.ThrowIfNull(network);
        var text = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(text, s_jsonOptions))
        {
            json.WriteStartObject();
            json.WriteString("format", NetworkFile.Format);
            json.WriteNumber("format_version", NetworkFile.FormatVersion);
            json.WriteDescription(network, seed, layers: true);
            json.WriteEndObject();
        }
        return Encoding.UTF8.GetString(text.WrittenSpan) + "\n";
    }
}
