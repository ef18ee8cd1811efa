// A safetensors file of a network's layers as other tools name them: layers.0.weight, layers.0.bias, ...
using System.Globalization;
using Memo.Features;
using Memo.Networks;

namespace Memo.Storage;

/// <summary>
/// The dense form of a network as a safetensors file: for layer k = 0, 1, .. the tensors <c>layers.k.weight</c> F64 [outputs,
/// inputs] and <c>layers.k.bias</c> F64 [outputs]; z = W a + b, and ReLU after every layer but the last. The first layer takes
/// a sample as it stands. Every number is exactly the network's; whether a forward pass in doubles is exact too is another
/// question, which an ONNX export answers.
/// <para>
/// Metadata: format ("memo.layers"), format_version ("1"), method, lambda where there is one, seed, classes (a JSON array of
/// strings), dimension, samples, type (the samples' type), provenance.*, activation ("relu"), scale ("1/100": F is the last
/// layer's output times this) and readout: "sign" (negative is the first class, positive the second, 0 an abstention), "largest" (one number a
/// class; the class of the largest, an abstention where none is positive) or "index" (within less than 1/2 of k is class k,
/// counted from 1, else an abstention).
/// </para>
/// </summary>
internal static class LayerFile
{
    /// <summary>The metadata value of "format".</summary>
    public const string Format = "memo.layers";

    private const int FormatVersion = 1;

    /// <summary>Lays the file out. O(parameters).</summary>
    /// <exception cref="MemoException">A weight is no double, or there are too many.</exception>
    public static SafetensorsWriter LayOut(INetwork network, ulong seed, IReadOnlyDictionary<string, string>? provenance = null)
    {
        ArgumentNullException.ThrowIfNull(network);
        if (network is FeatureNetwork)
            throw new MemoException("the layers of a network with feature layers are not all dense, and there is rounding between them; " +
                                    "export it as onnx, or as safetensors without the dense layers");
        IReadOnlyList<DoubleLayer> layers = DoubleLayers.Of(network);
        List<KeyValuePair<string, string>> metadata =
        [
            new("format", Format),
            new("format_version", FormatVersion.ToString(CultureInfo.InvariantCulture)),
            .. NetworkFile.Summary(network, seed, provenance),
            new("activation", "relu"),
            new("scale", NetworkFile.Scale(network)),
            new("readout", network is ReluNetwork relu ? relu.Readout.FileName() : network.OutputCount == 1 ? "sign" : "largest"),
        ];
        var tensors = new List<TensorSource>();
        for (int k = 0; k < layers.Count; k++)
        {
            DoubleLayer layer = layers[k];
            tensors.Add(new TensorSource($"layers.{k}.weight", TensorType.F64, [layer.Outputs, layer.Inputs],
                sink => TensorSource.Write<double>(layer.Weights, sink)));
            tensors.Add(new TensorSource($"layers.{k}.bias", TensorType.F64, [layer.Outputs],
                sink => TensorSource.Write<double>(layer.Biases, sink)));
        }
        return new SafetensorsWriter(metadata, tensors);
    }
}
