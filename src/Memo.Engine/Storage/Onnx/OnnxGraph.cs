// Graphs of ONNX. The numbers of fields and types are those of onnx.proto (ONNX, Apache 2.0).
using Memo.Data;

namespace Memo.Storage.Onnx;

/// <summary>The element types used, with their numbers in TensorProto.DataType.</summary>
internal enum OnnxType
{
    Float = 1,
    UInt8 = 2,
    Int64 = 7,
    Bool = 9,
    Double = 11,
}

/// <summary>Properties of the types.</summary>
internal static class OnnxTypes
{
    /// <summary>Bytes of one element.</summary>
    public static int ElementBytes(this OnnxType type) => type switch
    {
        OnnxType.UInt8 or OnnxType.Bool => 1,
        OnnxType.Float => 4,
        _ => 8,
    };

    /// <summary>The type of samples.</summary>
    public static OnnxType Of(ElementType type) => type switch
    {
        ElementType.UInt8 => OnnxType.UInt8,
        ElementType.Float32 => OnnxType.Float,
        _ => OnnxType.Double,
    };
}

/// <summary>A dimension: a number, or a name for one that varies from run to run.</summary>
internal readonly record struct OnnxDimension(long Size, string? Name)
{
    public static implicit operator OnnxDimension(long size) => new(size, null);

    public static implicit operator OnnxDimension(string name) => new(0, name);
}

/// <summary>
/// A graph under construction. A node is added where its inputs exist, and is known by the name of its output; the body of a
/// loop is a graph of its own that sees the names of the one around it.
/// </summary>
internal sealed class OnnxGraph(string name)
{
    private const int IrVersion = 8, OperatorSet = 17; // both of ONNX 1.12, 2022

    // AttributeProto.AttributeType
    private const int FloatKind = 1, IntegerKind = 2, GraphKind = 5, IntegersKind = 7;

    private readonly List<ProtobufMessage> _nodes = [], _initializers = [], _inputs = [], _outputs = [];

    /// <summary>Declares an input.</summary>
    public string Input(string input, OnnxType type, params ReadOnlySpan<OnnxDimension> shape)
    {
        _inputs.Add(ValueInfo(input, type, shape));
        return input;
    }

    /// <summary>Declares an output, which a node has to give.</summary>
    public void Output(string output, OnnxType type, params ReadOnlySpan<OnnxDimension> shape) =>
        _outputs.Add(ValueInfo(output, type, shape));

    /// <summary>A constant; its elements, little-endian, are written when the model is.</summary>
    public string Constant(string constant, OnnxType type, ReadOnlySpan<long> shape, Action<ByteSink> write)
    {
        var tensor = new ProtobufMessage();
        long length = type.ElementBytes();
        foreach (long size in shape)
        {
            tensor.Add(1, size);
            length = checked(length * size);
        }
        _initializers.Add(tensor.Add(2, (long)type).Add(8, constant).Add(9, length, write));
        return constant;
    }

    /// <summary>A constant number.</summary>
    public string Constant(string constant, double value) => Constant(constant, [], [value]);

    /// <summary>A constant list or matrix of doubles.</summary>
    public string Constant(string constant, ReadOnlySpan<long> shape, double[] values) =>
        Constant(constant, OnnxType.Double, shape, sink => TensorSource.Write<double>(values, sink));

    /// <summary>A constant integer.</summary>
    public string Constant(string constant, long value) =>
        Constant(constant, OnnxType.Int64, [], sink => TensorSource.Write<long>([value], sink));

    /// <summary>A constant list of integers.</summary>
    public string Constant(string constant, long[] values) =>
        Constant(constant, OnnxType.Int64, [values.Length], sink => TensorSource.Write<long>(values, sink));

    /// <summary>Adds a node of the operator with one output, whose name it returns.</summary>
    public string Node(string operation, string output, ReadOnlySpan<string> inputs, params ReadOnlySpan<ProtobufMessage> attributes) =>
        Node(operation, [output], inputs, attributes)[0];

    /// <summary>Adds a node with several outputs.</summary>
    public string[] Node(string operation, string[] outputs, ReadOnlySpan<string> inputs, params ReadOnlySpan<ProtobufMessage> attributes)
    {
        var node = new ProtobufMessage();
        foreach (string input in inputs) node.Add(1, input);
        foreach (string output in outputs) node.Add(2, output);
        node.Add(3, $"{operation}/{outputs[0]}").Add(4, operation);
        foreach (ProtobufMessage attribute in attributes) node.Add(5, attribute);
        _nodes.Add(node);
        return outputs;
    }

    /// <summary>Adds a node that converts to another type.</summary>
    public string Cast(string output, string input, OnnxType type) =>
        Node("Cast", output, [input], Attribute("to", (long)type));

    /// <summary>An attribute that is an integer.</summary>
    public static ProtobufMessage Attribute(string attribute, long value) =>
        new ProtobufMessage().Add(1, attribute).Add(3, value).Add(20, IntegerKind);

    /// <summary>An attribute that is a list of integers.</summary>
    public static ProtobufMessage Attribute(string attribute, ReadOnlySpan<long> values)
    {
        ProtobufMessage message = new ProtobufMessage().Add(1, attribute);
        foreach (long value in values) message.Add(8, value);
        return message.Add(20, IntegersKind);
    }

    /// <summary>An attribute that is a float.</summary>
    public static ProtobufMessage Attribute(string attribute, float value) =>
        new ProtobufMessage().Add(1, attribute).Add(2, value).Add(20, FloatKind);

    /// <summary>An attribute that is a graph, complete.</summary>
    public static ProtobufMessage Attribute(string attribute, OnnxGraph body) =>
        new ProtobufMessage().Add(1, attribute).Add(6, body.ToMessage()).Add(20, GraphKind);

    /// <summary>The complete graph as a model file, ModelProto.</summary>
    /// <param name="version">The version of what made it.</param>
    /// <param name="documentation">What a reader of the model should know.</param>
    /// <param name="metadata">What a program should know.</param>
    public ProtobufMessage ToModel(string version, string documentation, IEnumerable<KeyValuePair<string, string>> metadata)
    {
        ProtobufMessage model = new ProtobufMessage().Add(1, IrVersion).Add(2, "memo-engine").Add(3, version).Add(6, documentation)
            .Add(7, ToMessage()).Add(8, new ProtobufMessage().Add(1, "").Add(2, OperatorSet));
        foreach ((string key, string value) in metadata) model.Add(14, new ProtobufMessage().Add(1, key).Add(2, value));
        return model;
    }

    // GraphProto.
    private ProtobufMessage ToMessage()
    {
        var graph = new ProtobufMessage();
        foreach (ProtobufMessage node in _nodes) graph.Add(1, node);
        graph.Add(2, name);
        foreach (ProtobufMessage initializer in _initializers) graph.Add(5, initializer);
        foreach (ProtobufMessage input in _inputs) graph.Add(11, input);
        foreach (ProtobufMessage output in _outputs) graph.Add(12, output);
        return graph;
    }

    // ValueInfoProto: name, type { tensor_type { elem_type, shape { dim { dim_value or dim_param } } } }.
    private static ProtobufMessage ValueInfo(string value, OnnxType type, ReadOnlySpan<OnnxDimension> shape)
    {
        var dimensions = new ProtobufMessage();
        foreach (OnnxDimension dimension in shape)
            dimensions.Add(1, dimension.Name is { } variable
                ? new ProtobufMessage().Add(2, variable) : new ProtobufMessage().Add(1, dimension.Size));
        return new ProtobufMessage().Add(1, value)
            .Add(2, new ProtobufMessage().Add(1, new ProtobufMessage().Add(1, (long)type).Add(2, dimensions)));
    }
}
