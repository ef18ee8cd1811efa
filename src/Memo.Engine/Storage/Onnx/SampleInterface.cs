// What every exported model has in common: how samples come in, and how answers go out.
using Memo.Data;
using Memo.Features;
using Memo.Networks;

namespace Memo.Storage.Onnx;

/// <summary>The input and the outputs that <see cref="OnnxModel"/> describes, and the nodes at them.</summary>
internal sealed class SampleInterface
{
    private const string Batch = "batch";

    private readonly OnnxGraph _graph;
    private readonly INetwork _network;
    private readonly string? _exact;
    private readonly HashSet<string> _columns = [];
    private string? _columnAxis;

    /// <summary>Declares the input x and adds what turns it into doubles, [batch, n], or into features where there are such layers.</summary>
    public SampleInterface(OnnxGraph graph, INetwork network, FeatureMap? features, ExactRange range)
    {
        (_graph, _network) = (graph, network);
        ElementType type = features?.InputType ?? network.SampleType;
        string x = graph.Input("x", OnnxTypes.Of(type), Batch, features?.InputDimension ?? network.Dimension);
        Samples = features is not null ? FeatureGraph.Add(graph, features, x)
            : type == ElementType.Float64 ? x : graph.Cast("samples", x, OnnxType.Double);
        if (!range.IsChecked) return;

        // A sample that is not on the lattice, or out of range, or not finite, is replaced by 0 before anything is computed.
        string units = range.Exponent == 0 ? Samples
            : graph.Node("Mul", "units", [Samples, graph.Constant("units_per_one", Math.ScaleB(1, -range.Exponent))]);
        string whole = graph.Node("Equal", "is_whole", [units, graph.Node("Floor", "whole", [units])]);
        string low = graph.Node("GreaterOrEqual", "is_above", [units, graph.Constant("least", (double)range.Least)]);
        string high = graph.Node("LessOrEqual", "is_below", [units, graph.Constant("greatest", (double)range.Greatest)]);
        string inside = graph.Node("And", "is_inside", [graph.Node("And", "is_within", [low, high]), whole]);
        string outside = graph.Cast("outside", graph.Node("Not", "is_outside", [inside]), OnnxType.Int64);
        string count = graph.Node("ReduceSum", "count_outside", [outside, graph.Constant("features", [1L])],
            OnnxGraph.Attribute("keepdims", 0));
        _exact = graph.Node("Equal", "exact", [count, graph.Constant("none", 0L)]);
        Samples = graph.Node("Where", "exact_samples", [Column(_exact), Samples, graph.Constant("origin", 0.0)]);
    }

    /// <summary>The samples as doubles.</summary>
    public string Samples { get; }

    /// <summary>Adds the outputs.</summary>
    /// <param name="values">F in the network's unit, [batch] or [batch, K].</param>
    /// <param name="fires">Whether a class is named, bool [batch].</param>
    /// <param name="classIndex">Which, where one is: int64 [batch], a valid index everywhere.</param>
    public void Answer(string values, string fires, string classIndex)
    {
        bool perClass = _network.OutputCount > 1;
        string classValues = _graph.Constant("class_values",
            [.. Enumerable.Range(0, _network.Classes.Count).Select(k => (long)_network.Classes.ExternalValue(k))]);
        string named = _exact is null ? fires : _graph.Node("And", "is_named", [fires, _exact]);
        _graph.Node("Where", "label",
            [named, _graph.Node("Gather", "class_value", [classValues, classIndex]), _graph.Constant("abstention", (long)int.MinValue)]);
        if (_exact is null)
            _graph.Node("Identity", "values", [values]);
        else
            _graph.Node("Where", "values", [perClass ? Column(_exact) : _exact, values, _graph.Constant("unproved", double.NaN)]);

        _graph.Output("label", OnnxType.Int64, Batch);
        if (perClass) _graph.Output("values", OnnxType.Double, Batch, _network.OutputCount);
        else _graph.Output("values", OnnxType.Double, Batch);
        if (_exact is not null) _graph.Output(_exact, OnnxType.Bool, Batch);
    }

    /// <summary>A list as a column: [batch] to [batch, 1].</summary>
    public string Column(string list)
    {
        string column = list + "_column";
        return _columns.Add(list) ? _graph.Node("Unsqueeze", column, [list, ColumnAxis()]) : column;
    }

    private string ColumnAxis() => _columnAxis ??= _graph.Constant("column_axis", [1L]);
}
