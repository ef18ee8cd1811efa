// Theorem 7.3's network in factored form as a graph: the training points stand for all weights.
using Memo.Data;
using Memo.Features;
using Memo.Networks;
using Memo.Numerics;

namespace Memo.Storage.Onnx;

/// <summary>
/// <see cref="CellNetwork"/> as a graph whose constants are the points (in their own type), their squares and their labels:
/// O(N n) bytes, and nothing of size N^2 is stored or, but for a sample between very many points, computed.
/// <code>
/// |z|^2 - 2 x.z                   [batch, N], one matrix product for the batch
/// for each sample (Loop):
///   D           |x|^2 + |z|^2 - 2 x.z over the N points
///   class       that of the nearest point; rival = the least D_j of another class
///   candidates  the i of the class with D_i &lt;= rival                                   Lemma A: no other one can fire
///   certain     those with D_i (lambda / (1 - lambda))^2 &lt; rival: fires with all of r     Lemma B: no S_ij is negative
///   examined    the other candidates and the nearest point (so that there is one)
///   rivals      the j of another class with D_j &lt;= (lambda / (1 - lambda))^2 max D_i, and the nearest such
///   P_ij        |x_i|^2 + |x_j|^2 - 2 x_i.x_j over examined and rivals, gathered by NonZero
///   -S_ij       b P_ij - a (D_j - D_i)
///   activation  sum over examined of ReLU(r - sum over rivals of ReLU(-S_ij)), + r for each certain one
/// </code>
/// Everything is exact by <see cref="ExactRange"/> but the products with (lambda / (1 - lambda))^2, a double that is too
/// large by a few places: so more walls are looked at than need be, never fewer. A point at D_i = rival gets the exact
/// answer of its walls, which is 0.
/// </summary>
internal static class FactoredCellGraph
{
    private const double Ulp = 1.0 / (1L << 52);

    /// <summary>The graph.</summary>
    public static OnnxGraph Create(CellNetwork network, FeatureMap? features, ExactRange range)
    {
        var graph = new OnnxGraph("cells");
        var samples = new SampleInterface(graph, network, features, range);
        string points = AddPoints(graph, network);
        string asDoubles = ToDouble(graph, network, points, "points");
        string squares = graph.Constant("points_squared", [network.Count], Squares(network.TrainingPoints));
        graph.Constant("point_classes", [.. network.Labels.ToArray().Select(label => (long)label)]);

        string shifted = graph.Node("Gemm", "points_squared_less_products", [samples.Samples, asDoubles, squares],
            OnnxGraph.Attribute("alpha", -2f), OnnxGraph.Attribute("transB", 1));
        string square = graph.Node("ReduceSumSquare", "sample_squared", [samples.Samples], OnnxGraph.Attribute("axes", [1]), Keep(true));
        // A Loop and not a Scan, which ONNX Runtime does not take over a batch of no samples. It has no condition.
        string[] answers = graph.Node("Loop", ["activation", "nearest_class"], [graph.Node("Size", "samples_count", [square]), ""],
            OnnxGraph.Attribute("body", Sample(network, points, shifted, square, squares)));

        (string activation, string nearestClass) = (answers[0], answers[1]);
        string fires = graph.Node("Greater", "fires", [activation, graph.Constant("zero", 0.0)]);
        samples.Answer(network.OutputCount == 1 ? Signed() : ByClass(), fires, nearestClass);
        return graph;

        string Signed() => graph.Node("Mul", "signed_activation",
            [activation, graph.Node("Gather", "sign", [graph.Constant("signs", [2], [-1, 1]), nearestClass])]);

        string ByClass()
        {
            string classes = graph.Constant("class_indices", [.. Enumerable.Range(0, network.OutputCount).Select(k => (long)k)]);
            return graph.Node("Where", "activation_by_class",
                [graph.Node("Equal", "is_class", [samples.Column(nearestClass), classes]), samples.Column(activation), "zero"]);
        }
    }

    // From the number of a sample to the sum of what fires and the class that it is of.
    private static OnnxGraph Sample(CellNetwork network, string points, string shifted, string square, string squares)
    {
        var sample = new OnnxGraph("one_sample");
        string number = sample.Input("sample_number", OnnxType.Int64);
        sample.Node("Identity", "goes_on", [sample.Input("condition", OnnxType.Bool)]);
        sample.Output("goes_on", OnnxType.Bool);
        string distances = sample.Node("Add", "distances", [sample.Node("Gather", "shifted", [shifted, number]),
            sample.Node("Gather", "squared_length", [square, number])]);
        string nearest = sample.Node("ReduceMin", "nearest", [distances], Keep(false));
        string nearestClass = sample.Node("Gather", "class",
            ["point_classes", sample.Node("ArgMin", "nearest_point", [distances], OnnxGraph.Attribute("axis", 0), Keep(false))]);
        string own = sample.Node("Equal", "is_own", ["point_classes", nearestClass]);
        string rival = sample.Node("ReduceMin", "rival", [sample.Node("Where", "other_distances",
            [own, sample.Constant("infinity", double.PositiveInfinity), distances])], Keep(false));
        string band = sample.Node("Mul", "band", [distances, sample.Constant("band_ratio", SquaredBandRatio(network.Lambda))]);

        string candidate = sample.Node("And", "is_candidate", [own, sample.Node("LessOrEqual", "is_near", [distances, rival])]);
        string examined = sample.Node("And", "is_examined", [candidate, sample.Node("Or", "needs_walls",
            [sample.Node("GreaterOrEqual", "is_near_wall", [band, rival]), sample.Node("Equal", "is_nearest", [distances, nearest])])]);
        string certain = sample.Node("ReduceSum", "certain_count", [sample.Cast("certain",
            sample.Node("Xor", "is_certain", [candidate, examined]), OnnxType.Double)], Keep(false));
        // Never less than rival, since the points of another class are not examined.
        string widest = sample.Node("ReduceMax", "widest_band",
            [sample.Node("Where", "examined_bands", [examined, band, rival])], Keep(false));
        string facing = sample.Node("And", "is_rival", [sample.Node("Not", "is_other", [own]),
            sample.Node("LessOrEqual", "is_in_band", [distances, widest])]);

        string flat = sample.Constant("flat", [-1L]), column = sample.Constant("column", [1L]);
        string i = sample.Node("Reshape", "i", [sample.Node("NonZero", "examined_at", [examined]), flat]);
        string j = sample.Node("Reshape", "j", [sample.Node("NonZero", "rivals_at", [facing]), flat]);
        string products = sample.Node("Gemm", "rivals_squared_less_products",
            [Points("i", i), Points("j", j), sample.Node("Gather", "squared_j", [squares, j])],
            OnnxGraph.Attribute("alpha", -2f), OnnxGraph.Attribute("transB", 1));
        string pairs = sample.Node("Add", "pair_distances", [products, Column("squared_i", squares, i)]);
        string closer = sample.Node("Sub", "closer",
            [Column("distance_i", distances, i), sample.Node("Gather", "distance_j", [distances, j])]);
        string walls = sample.Node("Add", "negative_walls",
            [sample.Node("Mul", "pairs_b", [pairs, sample.Constant("b", (double)network.PairFactor)]),
             sample.Node("Mul", "closer_a", [closer, sample.Constant("a", (double)network.DistanceFactor)])]);
        string crossed = sample.Node("ReduceSum", "crossed", [sample.Node("Relu", "beyond_walls", [walls]), column], Keep(false));
        string r = sample.Constant("r", network.Threshold.RoundDown());
        string firing = sample.Node("ReduceSum", "examined_activation",
            [sample.Node("Relu", "activations", [sample.Node("Sub", "arguments", [r, crossed])])], Keep(false));
        sample.Node("Add", "activation_of_sample", [firing, sample.Node("Mul", "certain_activation", [certain, r])]);
        sample.Node("Identity", "class_of_sample", [nearestClass]);
        sample.Output("activation_of_sample", OnnxType.Double);
        sample.Output("class_of_sample", OnnxType.Int64);
        return sample;

        string Points(string name, string rows) =>
            ToDouble(sample, network, sample.Node("Gather", $"points_{name}", [points, rows]), $"points_{name}");

        string Column(string name, string list, string rows) =>
            sample.Node("Unsqueeze", $"{name}_column", [sample.Node("Gather", name, [list, rows]), column]);
    }

    private static string AddPoints(OnnxGraph graph, CellNetwork network) => graph.Constant("training_points",
        OnnxTypes.Of(network.SampleType), [network.Count, network.Dimension], network.TrainingPoints switch
        {
            SampleMatrix<byte> matrix => sink => TensorSource.Write(matrix.Values, sink),
            SampleMatrix<float> matrix => sink => TensorSource.Write(matrix.Values, sink),
            SampleMatrix<double> matrix => sink => TensorSource.Write(matrix.Values, sink),
            _ => throw new NotSupportedException($"points of type {network.SampleType}"),
        });

    private static string ToDouble(OnnxGraph graph, CellNetwork network, string points, string name) =>
        network.SampleType == ElementType.Float64 ? points
            : graph.Cast($"{name}_as_doubles", points, OnnxType.Double);

    // Exact, as every partial sum is (ExactRange).
    private static double[] Squares(SampleMatrix points)
    {
        var squares = new double[points.Rows];
        for (int i = 0; i < squares.Length; i++)
            for (int k = 0; k < points.Columns; k++) squares[i] += points[i, k] * points[i, k];
        return squares;
    }

    // (lambda / (1 - lambda))^2 and somewhat more: three roundings here and one in the product are 4 Ulp at most.
    private static double SquaredBandRatio(Ratio lambda)
    {
        double p = lambda.Numerator, q = lambda.Denominator;
        return p / (q - p) * (p / (q - p)) * (1 + 16 * Ulp);
    }

    private static ProtobufMessage Keep(bool dimension) => OnnxGraph.Attribute("keepdims", dimension ? 1 : 0);
}
