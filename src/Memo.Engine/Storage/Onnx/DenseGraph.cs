// A network as a graph of dense layers: the paper's three for cells, and those of networks over the integers.
using Memo.Features;
using Memo.Networks;

namespace Memo.Storage.Onnx;

/// <summary>
/// <see cref="DoubleLayers"/> as Gemm and Relu, and the reading of the label off the last layer's values. Exact by
/// <see cref="ExactRange"/>. O(parameters) bytes.
/// </summary>
internal static class DenseGraph
{
    /// <summary>The graph.</summary>
    /// <exception cref="MemoException">A weight is no double, or there are too many.</exception>
    public static OnnxGraph Create(INetwork network, FeatureMap? features, ExactRange range)
    {
        IReadOnlyList<DoubleLayer> layers = DoubleLayers.Of(network);
        var graph = new OnnxGraph($"{network.Method}_dense");
        var samples = new SampleInterface(graph, network, features, range);
        string activations = samples.Samples;
        for (int k = 0; k < layers.Count; k++)
        {
            DoubleLayer layer = layers[k];
            string sums = graph.Node("Gemm", $"sums_{k + 1}",
                [activations,
                 graph.Constant($"weights_{k + 1}", [layer.Outputs, layer.Inputs], layer.Weights),
                 graph.Constant($"biases_{k + 1}", [layer.Outputs], layer.Biases)], OnnxGraph.Attribute("transB", 1));
            activations = k < layers.Count - 1 ? graph.Node("Relu", $"activations_{k + 1}", [sums]) : sums;
        }
        string values = network.OutputCount > 1 ? activations
            : graph.Node("Reshape", "output", [activations, graph.Constant("flat", [-1L])]);
        (string fires, string classIndex) = network switch
        {
            ReluNetwork { Readout: Readout.Index } => ReadIndex(graph, values, network.Classes.Count),
            _ when network.OutputCount > 1 => ReadLargest(graph, values),
            _ => ReadSign(graph, values),
        };
        samples.Answer(values, fires, classIndex);
        return graph;
    }

    private static (string Fires, string ClassIndex) ReadSign(OnnxGraph graph, string values)
    {
        string zero = graph.Constant("zero", 0.0);
        string positive = graph.Node("Greater", "is_positive", [values, zero]);
        return (graph.Node("Or", "fires", [positive, graph.Node("Less", "is_negative", [values, zero])]),
            graph.Cast("class", positive, OnnxType.Int64));
    }

    // At most one class is active (Lemma A), so that no two share a largest value above 0.
    private static (string Fires, string ClassIndex) ReadLargest(OnnxGraph graph, string values) =>
        (graph.Node("Greater", "fires", [graph.Node("ReduceMax", "largest", [values], OnnxGraph.Attribute("axes", [1]),
                OnnxGraph.Attribute("keepdims", 0)), graph.Constant("zero", 0.0)]),
            graph.Node("ArgMax", "class", [values], OnnxGraph.Attribute("axis", 1), OnnxGraph.Attribute("keepdims", 0)));

    // The values are integers, since the samples are on the lattice: k + 1 is class k.
    private static (string Fires, string ClassIndex) ReadIndex(OnnxGraph graph, string values, int classes)
    {
        string number = graph.Cast("number", values, OnnxType.Int64);
        string first = graph.Constant("first", 1L), last = graph.Constant("last", (long)classes);
        string named = graph.Node("And", "fires", [graph.Node("GreaterOrEqual", "is_from_first", [number, first]),
            graph.Node("LessOrEqual", "is_to_last", [number, last])]);
        return (named, graph.Node("Sub", "class", [graph.Node("Clip", "number_of_class", [number, first, last]), first]));
    }
}
