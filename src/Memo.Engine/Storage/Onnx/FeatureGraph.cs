// Feature layers as nodes before a network's graph.
using Memo.Data;
using Memo.Features;

namespace Memo.Storage.Onnx;

/// <summary>
/// <see cref="FeatureMap"/> of bytes, exactly: convolutions in single precision, whose sums are whole numbers below 2^24, and all
/// else in doubles, whose sums are below 2^53; so nothing is rounded, in whatever order a runtime sums, but by the steps that round
/// by definition, of which each is one correctly rounded operation on exact numbers.
/// <code>
/// images     [batch, channels, height, width]
/// contrast   a convolution that lays patches out as d channels, their sums and sums of squares, and a division
/// f          Conv with the filters
/// pooled     ReLU(f - threshold) and ReLU(-f - threshold), summed over cells by a product with a matrix of 0 and 1
/// features   floor((A v + c) / 2^shift + 1/2)
/// </code>
/// </summary>
internal static class FeatureGraph
{
    private const int MostCells = 1 << 26; // 512 MiB

    /// <summary>Adds the layers.</summary>
    /// <param name="graph">Where to.</param>
    /// <param name="map">The layers.</param>
    /// <param name="x">The input, [batch, n].</param>
    /// <returns>The features, [batch, m] doubles.</returns>
    /// <exception cref="MemoException">Samples are fractions, whose sums depend on a runtime's order.</exception>
    public static string Add(OnnxGraph graph, FeatureMap map, string x)
    {
        if (map.InputType != ElementType.UInt8)
            throw new MemoException($"feature layers of {map.InputType.NumpyName()} samples sum fractions in an order that no runtime promises; " +
                                    "build the network from bytes");
        if (map.Layer is { } layer && (long)layer.Rows * layer.Columns * layer.Grid * layer.Grid > MostCells)
            throw new MemoException($"{layer.Rows} x {layer.Columns} patches in {layer.Grid} x {layer.Grid} cells make a matrix of more than {MostCells} " +
                                    "numbers; build the network with a coarser pooling grid");
        string before = map.Layer is null ? graph.Cast("feature_samples", x, OnnxType.Double) : Convolve(graph, map.Layer, x);
        if (map.Length > 0) before = Normalize(graph, before, map.Length, FeatureMap.LengthShift(map.Layer!));
        return Project(graph, map.Projection, before);
    }

    private static string Convolve(OnnxGraph graph, PooledConvolution layer, string x)
    {
        (int channels, int height, int width) = (layer.Shape.Channels, layer.Shape.Height, layer.Shape.Width);
        string bytes = graph.Cast("feature_bytes", x, OnnxType.Float);
        string images = layer.Shape.ArePlanes || channels == 1
            ? graph.Node("Reshape", "images", [bytes, graph.Constant("image_shape", [-1L, channels, height, width])])
            : graph.Node("Transpose", "images",
                [graph.Node("Reshape", "pixels", [bytes, graph.Constant("image_shape", [-1L, height, width, channels])])],
                OnnxGraph.Attribute("perm", [0L, 3L, 1L, 2L]));
        string sums = Pool(graph, layer, images, "");
        if (!layer.Mirror) return sums;
        string reversed = graph.Constant("reversed_columns", [.. Enumerable.Range(0, width).Select(u => width - 1L - u)]);
        string mirrored = graph.Node("Gather", "mirrored", [images, reversed], OnnxGraph.Attribute("axis", 3));
        return graph.Node("Add", "pooled_both", [sums, Pool(graph, layer, mirrored, "_mirrored")]);
    }

    // [batch, F] doubles.
    private static string Pool(OnnxGraph graph, PooledConvolution layer, string images, string suffix)
    {
        PatchFilters filters = layer.Filters;
        bool first = suffix.Length == 0;
        if (first)
        {
            Floats(graph, "filters", filters.Contrast is null ? [filters.Count, filters.Channels, filters.Size, filters.Size]
                : [filters.Count, filters.Dimension, 1, 1], filters.Weights);
            Floats(graph, "filter_biases", [filters.Count], filters.Biases);
            Floats(graph, "threshold", [], [filters.Threshold]);
            graph.Constant("pool_cells", [(long)layer.Rows * layer.Columns, layer.Grid * layer.Grid], Cells(layer));
            graph.Constant("pooled_shape", [-1L, filters.Count, layer.Rows * (long)layer.Columns]);
            graph.Constant("feature_shape", [-1L, layer.Dimension]);
        }
        string patches = filters.Contrast is { } contrast ? Contrast(graph, filters, contrast, images, suffix)
            : graph.Node("Sub", "centred" + suffix,
                [images, first ? Floats(graph, "centre", [], [PatchFilters.Centre]) : "centre"]);
        string f = graph.Node("Conv", "filtered" + suffix, [patches, "filters", "filter_biases"]);
        string above = Side("above", f), below = Side("below", graph.Node("Neg", "negated" + suffix, [f]));
        string both = graph.Node("Concat", "pooled_sides" + suffix, [above, below], OnnxGraph.Attribute("axis", 2));
        return graph.Node("Reshape", "pooled" + suffix, [both, "feature_shape"]);

        // [batch, cells, K].
        string Side(string side, string values)
        {
            string active = graph.Node("Relu", $"active_{side}{suffix}",
                [graph.Node("Sub", $"beyond_{side}{suffix}", [values, "threshold"])]);
            string flat = graph.Node("Reshape", $"flat_{side}{suffix}",
                [graph.Cast($"doubles_{side}{suffix}", active, OnnxType.Double), "pooled_shape"]);
            return graph.Node("Transpose", $"cells_{side}{suffix}",
                [graph.Node("MatMul", $"sums_{side}{suffix}", [flat, "pool_cells"])],
                OnnxGraph.Attribute("perm", [0L, 2L, 1L]));
        }
    }

    // Patches as channels, less their means and divided by their deviations.
    private static string Contrast(OnnxGraph graph, PatchFilters filters, PatchContrast contrast, string images, string suffix)
    {
        int d = filters.Dimension;
        if (suffix.Length == 0)
        {
            var identity = new int[d * d];
            for (int k = 0; k < d; k++) identity[k * d + k] = 1;
            Floats(graph, "patch_pixels", [d, filters.Channels, filters.Size, filters.Size], identity);
            graph.Constant("patch_values", (double)d);
            graph.Constant("patch_axis", [1L]);
            graph.Constant("contrast_offset", (double)contrast.Offset);
            graph.Constant("contrast_scale", (double)contrast.Scale);
        }
        string patches = graph.Cast("patches" + suffix, graph.Node("Conv", "patch_bytes" + suffix, [images, "patch_pixels"]),
            OnnxType.Double);
        string sum = graph.Node("ReduceSum", "patch_sum" + suffix, [patches, "patch_axis"], OnnxGraph.Attribute("keepdims", 1));
        string squares = graph.Node("ReduceSumSquare", "patch_squares" + suffix, [patches], OnnxGraph.Attribute("axes", [1L]),
            OnnxGraph.Attribute("keepdims", 1));
        string variance = graph.Node("Sub", "patch_variance" + suffix,
            [graph.Node("Mul", "patch_squares_d" + suffix, [squares, "patch_values"]),
            graph.Node("Mul", "patch_sum_squared" + suffix, [sum, sum])]);
        string deviation = graph.Node("Sqrt", "patch_deviation" + suffix,
            [graph.Node("Add", "patch_spread" + suffix, [variance, "contrast_offset"])]);
        string centred = graph.Node("Sub", "patch_centred" + suffix,
            [graph.Node("Mul", "patches_d" + suffix, [patches, "patch_values"]), sum]);
        string quotient = graph.Node("Div", "patch_contrast" + suffix,
            [graph.Node("Mul", "patch_scaled" + suffix, [centred, "contrast_scale"]), deviation]);
        return graph.Cast("centred" + suffix, graph.Node("Round", "patch_rounded" + suffix, [quotient]), OnnxType.Float);
    }

    private static string Normalize(OnnxGraph graph, string features, int length, int shift)
    {
        string coarse = graph.Node("Floor", "features_coarse", [graph.Node("Mul", "features_scaled",
            [features, graph.Constant("length_unit", Math.ScaleB(1, -shift))])]);
        string squared = graph.Node("ReduceSumSquare", "length_squared", [coarse], OnnxGraph.Attribute("axes", [1L]),
            OnnxGraph.Attribute("keepdims", 1));
        string root = graph.Node("Mul", "length_root",
            [graph.Node("Sqrt", "length_coarse", [squared]), graph.Constant("length_units", Math.ScaleB(1, shift))]);
        string none = graph.Constant("length_none", 0.0);
        string quotient = graph.Node("Round", "features_rounded", [graph.Node("Div", "features_by_length",
            [graph.Node("Mul", "features_lengthened", [features, graph.Constant("length", (double)length)]), root])]);
        return graph.Node("Where", "features_of_length",
            [graph.Node("Equal", "has_no_length", [squared, none]), features, quotient]);
    }

    private static string Project(OnnxGraph graph, RoundedProjection projection, string before)
    {
        double[] weights = projection.Weights;
        string offsets = graph.Constant("projection_offsets", [projection.Outputs], projection.Offsets);
        string sums = projection.IsDiagonal
            ? graph.Node("Add", "projected", [graph.Node("Mul", "projected_products",
                [before, graph.Constant("projection_weights", [projection.Inputs], weights)]), offsets])
            : graph.Node("Gemm", "projected",
                [before, graph.Constant("projection_weights", [projection.Outputs, projection.Inputs], weights), offsets],
                OnnxGraph.Attribute("transB", 1));
        string scaled = graph.Node("Mul", "projected_scaled",
            [sums, graph.Constant("projection_unit", Math.ScaleB(1, -projection.Shift))]);
        string rounded = graph.Node("Floor", "projected_rounded",
            [graph.Node("Add", "projected_halves", [scaled, graph.Constant("half", 0.5)])]);
        return graph.Node("Clip", "feature_values", [rounded, graph.Constant("features_least", -RoundedProjection.Greatest),
            graph.Constant("features_greatest", RoundedProjection.Greatest)]);
    }

    // Patches by cells: 1 where a patch is summed.
    private static double[] Cells(PooledConvolution layer)
    {
        int cells = layer.Grid * layer.Grid;
        var matrix = new double[layer.Rows * layer.Columns * cells];
        for (int row = 0; row < layer.Rows; row++)
            for (int column = 0; column < layer.Columns; column++)
                matrix[(row * layer.Columns + column) * cells + layer.Cell(row, column)] = 1;
        return matrix;
    }

    private static string Floats(OnnxGraph graph, string name, ReadOnlySpan<long> shape, int[] values) =>
        graph.Constant(name, OnnxType.Float, shape, sink =>
            TensorSource.Write<float>(Array.ConvertAll(values, value => (float)value), sink));
}
