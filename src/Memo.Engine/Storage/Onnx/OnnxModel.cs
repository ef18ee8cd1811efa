// The model file: a graph, what it needs, and what is said about it.
using System.Globalization;
using Memo.Features;
using Memo.Networks;

namespace Memo.Storage.Onnx;

/// <summary>
/// Networks as ONNX models (operator set 17) whose answers, in double precision, are exact: where every number that occurs
/// is an integer (of the samples' lattice) below 2^53, no operation rounds, in whatever order a runtime sums. That is proved
/// before a model is written; where it does not hold, the export is refused with the numbers.
/// <code>
/// x       [batch, n]  in the samples' type: uint8, float or double
/// label   [batch]     int64: the class's value where classes are integers, else its index; INT32_MIN for an abstention
/// values  [batch] or, for K > 2 classes of cells, [batch, K]: double, exact; F = values * scale (metadata)
/// exact   [batch]     bool, only where samples or features are floats: whether they lie on the lattice and in the range for which
///                     the answer is proved; where not, label is INT32_MIN and values are NaN, never an unproved answer
/// </code>
/// </summary>
internal static class OnnxModel
{
    // Protocol buffers end at 2^31 - 1 bytes, and so does every runtime.
    private const long MostBytes = int.MaxValue;

    /// <summary>Lays out the model of a network, to be written to a stream. O(N n) for a factored one, else O(parameters).</summary>
    /// <exception cref="MemoException">Doubles cannot hold it exactly, or a model file cannot hold it at all.</exception>
    public static ProtobufMessage LayOut(INetwork network, ulong seed, bool dense, IReadOnlyDictionary<string, string>? provenance)
    {
        CellNetwork? factored = dense ? null : network.Cells();
        FeatureMap? features = (network as FeatureNetwork)?.Map;
        ExactRange range = factored is null ? ExactRange.OfDense(network.Innermost()) : ExactRange.OfFactored(factored);
        OnnxGraph graph = factored is null ? DenseGraph.Create(network.Innermost(), features, range)
            : FactoredCellGraph.Create(factored, features, range);
        ProtobufMessage model = graph.ToModel(typeof(OnnxModel).Assembly.GetName().Version!.ToString(3),
            Documentation(network, dense, range), Metadata(network, seed, dense, range, provenance));
        RequireRoom(model.Length);
        return model;
    }

    /// <summary>Throws above what a model file can have.</summary>
    internal static void RequireRoom(long bytes)
    {
        if (bytes > MostBytes)
            throw new MemoException(string.Create(CultureInfo.InvariantCulture, $"the model would take {bytes} bytes, more than the " +
                $"{MostBytes} that an ONNX file can have; build the network from fewer samples, or export it as safetensors"));
    }

    private static List<KeyValuePair<string, string>> Metadata(
        INetwork network, ulong seed, bool dense, ExactRange range, IReadOnlyDictionary<string, string>? provenance)
    {
        List<KeyValuePair<string, string>> metadata =
        [
            .. NetworkFile.Summary(network, seed, provenance),
            new("form", dense || network.Cells() is null ? "dense" : "factored"),
            new("scale", NetworkFile.Scale(network)),
            new("abstention", int.MinValue.ToString(CultureInfo.InvariantCulture)),
        ];
        if (range.IsChecked)
            metadata.AddRange([new("exact_unit", $"2^{range.Exponent}"),
                new("exact_least", range.Least.ToString(CultureInfo.InvariantCulture)),
                new("exact_greatest", range.Greatest.ToString(CultureInfo.InvariantCulture))]);
        return metadata;
    }

    private static string Documentation(INetwork network, bool dense, ExactRange range)
    {
        string text = $"A memorization network of method {network.Method}, computed exactly in double precision. " +
            $"label: the class's {(network.Classes.AreIntegers ? "value" : "index in the metadata's classes")}, {int.MinValue} for an " +
            "abstention. values: exact; F is values times the metadata's scale.";
        var memory = ModelMemory.Of(network, dense);
        text += string.Create(CultureInfo.InvariantCulture, $" A runtime holds constants of {memory.Constants} bytes as doubles, and " +
            $"takes {memory.PerSample} bytes for each sample of a batch.");
        if (range.IsChecked)
            text += string.Create(CultureInfo.InvariantCulture,
                $" exact: whether the {(network is FeatureNetwork ? "sample's features consist" : "sample consists")} of multiples of 2^{range.Exponent} from {range.Least} to {range.Greatest} times " +
                $"that, for which the answer is proved; where not, label is {int.MinValue} and values are NaN.");
        return text;
    }
}
