using Memo.Storage;
using Memo.Storage.Onnx;

namespace Memo.Peers;

/// <summary>An ONNX model y = Relu(Gemm(x, weights^T, bias)) in single precision.</summary>
internal static class DenseLayerModel
{
    /// <summary>The file for n x k weights and n biases.</summary>
    public static byte[] Create(int m, int n, int k, float[] weights, float[] bias)
    {
        var graph = new OnnxGraph("dense layer");
        string x = graph.Input("x", OnnxType.Float, m, k);
        string sum = graph.Node("Gemm", "sum",
            [x, graph.Constant("weights", OnnxType.Float, [n, k], sink => TensorSource.Write<float>(weights, sink)),
             graph.Constant("bias", OnnxType.Float, [n], sink => TensorSource.Write<float>(bias, sink))], OnnxGraph.Attribute("transB", 1));
        graph.Output(graph.Node("Relu", "y", [sum]), OnnxType.Float, m, n);
        using var file = new MemoryStream();
        graph.ToModel("0", "", []).WriteTo(file.Write);
        return file.ToArray();
    }
}
