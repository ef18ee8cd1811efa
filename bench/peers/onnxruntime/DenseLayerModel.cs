// The model file of one dense layer, written by hand: of protocol buffers it needs three kinds of field.
using System.Runtime.InteropServices;
using System.Text;

namespace Memo.Peers;

/// <summary>
/// An ONNX model y = Relu(Gemm(x, weights^T, bias)). The numbers of the fields are those of onnx.proto (ONNX, Apache 2.0),
/// ModelProto and what lies in it.
/// </summary>
internal static class DenseLayerModel
{
    private const int IrVersion = 8, OperatorSetVersion = 17, FloatType = 1, IntegerAttribute = 2;

    /// <summary>The file for n x k weights and n biases.</summary>
    public static byte[] Create(int m, int n, int k, ReadOnlySpan<float> weights, ReadOnlySpan<float> bias) =>
    [
        .. Number(1, IrVersion),
        .. Message(7, // graph
            Message(1, // node
                Text(1, "x"), Text(1, "weights"), Text(1, "bias"), Text(2, "sum"), Text(4, "Gemm"),
                Message(5, Text(1, "transB"), Number(3, 1), Number(20, IntegerAttribute))),
            Message(1, Text(1, "sum"), Text(2, "y"), Text(4, "Relu")),
            Text(2, "dense layer"),
            Tensor("weights", weights, n, k), Tensor("bias", bias, n),
            Value(11, "x", m, k), Value(12, "y", m, n)),
        .. Message(8, Text(1, ""), Number(2, OperatorSetVersion)), // operator set
    ];

    // TensorProto: dims, data_type, name, raw_data (little-endian).
    private static byte[] Tensor(string name, ReadOnlySpan<float> values, params ReadOnlySpan<int> shape) =>
        Message(5, Dimensions(1, shape), Number(2, FloatType), Text(8, name), Bytes(9, MemoryMarshal.AsBytes(values)));

    // ValueInfoProto: name, type { tensor_type { elem_type, shape { dim { dim_value } } } }.
    private static byte[] Value(int field, string name, int rows, int columns) =>
        Message(field, Text(1, name), Message(2, Message(1, Number(1, FloatType),
            Message(2, Message(1, Number(1, rows)), Message(1, Number(1, columns))))));

    private static byte[] Dimensions(int field, ReadOnlySpan<int> shape)
    {
        var bytes = new List<byte>();
        foreach (int size in shape) bytes.AddRange(Number(field, size));
        return [.. bytes];
    }

    private static byte[] Number(int field, long value) => [.. VariableLength((uint)field << 3), .. VariableLength((ulong)value)];

    private static byte[] Text(int field, string text) => Bytes(field, Encoding.UTF8.GetBytes(text));

    private static byte[] Message(int field, params byte[][] parts) => Bytes(field, parts.SelectMany(part => part).ToArray());

    private static byte[] Bytes(int field, ReadOnlySpan<byte> content)
    {
        byte[] head = [.. VariableLength((uint)field << 3 | 2), .. VariableLength((uint)content.Length)];
        var all = new byte[head.Length + content.Length];
        head.CopyTo(all, 0);
        content.CopyTo(all.AsSpan(head.Length));
        return all;
    }

    // Seven bits a byte, the lowest first; the top bit says that more follow.
    private static List<byte> VariableLength(ulong value)
    {
        var bytes = new List<byte>();
        for (; value >= 0x80; value >>= 7) bytes.Add((byte)(value | 0x80));
        bytes.Add((byte)value);
        return bytes;
    }
}
