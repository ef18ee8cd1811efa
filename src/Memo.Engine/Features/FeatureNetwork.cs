using System.Numerics;
using Memo.Data;
using Memo.Networks;

namespace Memo.Features;

/// <summary>
/// A memorization network on features: F(x) = G(phi(x)), with a <see cref="FeatureMap"/> phi to whole numbers and a network G that
/// memorizes the features of the training samples. G is exact on what phi gives, and phi gives the same everywhere.
/// </summary>
/// <param name="map">phi.</param>
/// <param name="inner">G, which takes m features in double; disposed with this network.</param>
internal sealed class FeatureNetwork(FeatureMap map, INetwork inner) : INetwork
{
    /// <summary>phi.</summary>
    public FeatureMap Map => map;

    /// <summary>G.</summary>
    public INetwork Inner => inner;

    /// <inheritdoc/>
    public string Method => inner.Method;

    /// <inheritdoc/>
    public ClassList Classes => inner.Classes;

    /// <inheritdoc/>
    public int Dimension => map.InputDimension;

    /// <inheritdoc/>
    public int Samples => inner.Samples;

    /// <inheritdoc/>
    public ElementType SampleType => map.InputType;

    /// <inheritdoc/>
    public int OutputCount => inner.OutputCount;

    /// <inheritdoc/>
    public IReadOnlyList<KeyValuePair<string, string>> Notes => inner.Notes;

    /// <summary>The layers before G as dense ones: convolution for every patch, and the projection, to which pooling
    /// belongs.</summary>
    public static IReadOnlyList<LayerShape> LayersOf(FeatureMap map)
    {
        BigInteger inputs = map.InputDimension, outputs = map.Dimension;
        if (map.Layer is not { } layer)
            return [new LayerShape(inputs, outputs, map.Projection.IsDiagonal ? 2 * outputs : outputs * (inputs + 1))];
        BigInteger neurons = 2 * layer.Filters.Count * (BigInteger)layer.Rows * layer.Columns * (layer.Mirror ? 2 : 1);
        return
        [
            new LayerShape(inputs, neurons, neurons * (layer.Filters.Dimension + 1)),
            new LayerShape(neurons, outputs, outputs * ((map.Projection.IsDiagonal ? neurons / layer.Dimension : neurons) + 1)),
        ];
    }

    /// <inheritdoc/>
    public IReadOnlyList<LayerShape> Layers => [.. LayersOf(map), .. inner.Layers];

    /// <inheritdoc/>
    public NetworkSize Size => SizeOf(map, inner.Size);

    /// <summary>The size of a network on features, with the layers before it.</summary>
    public static NetworkSize SizeOf(FeatureMap map, NetworkSize size)
    {
        int bits = Math.Max(size.Bits, (int)new BigInteger(map.Projection.Weights.Max(Math.Abs)).GetBitLength());
        foreach (LayerShape layer in LayersOf(map))
            size = size with
            {
                Parameters = size.Parameters + layer.Parameters,
                NonZero = size.NonZero + layer.NonZero,
                Width = BigInteger.Max(size.Width, layer.Outputs),
                Depth = size.Depth + 1,
            };
        return size with { Bits = bits };
    }

    /// <inheritdoc/>
    public SampleMatrix Fit(SampleMatrix samples, string source, ReadOnlySpan<int> fileRows = default)
    {
        ArgumentNullException.ThrowIfNull(samples);
        return samples.FitTo(Dimension, SampleType, source, "the network", fileRows);
    }

    /// <summary>What radii are measured in: "samples", or "features" where nothing is proved of how far features move.</summary>
    public string RadiusUnits => map.Lipschitz is null ? "features" : "samples";

    /// <summary>
    /// Radii are in the samples' units where the map has a <see cref="FeatureMap.Lipschitz"/> bound, else in the features'.
    /// </summary>
    public Predictions Predict(SampleMatrix queries, Outputs outputs = Outputs.Labels, RunOptions? run = null)
    {
        run ??= RunOptions.Default;
        return InSampleUnits(inner.Predict(map.Apply(Conform(queries), run.Part(0, 0.8)), outputs, run.Part(0.8, 1)));
    }

    /// <inheritdoc/>
    public Predictions PredictByReference(SampleMatrix queries, Outputs outputs = Outputs.Labels, RunOptions? run = null)
    {
        run ??= RunOptions.Default;
        return InSampleUnits(inner.PredictByReference(map.ApplyByReference(Conform(queries), run.Part(0, 0.8)), outputs,
            run.Part(0.8, 1)));
    }

    private SampleMatrix Conform(SampleMatrix queries)
    {
        ArgumentNullException.ThrowIfNull(queries);
        if (queries.Columns != Dimension)
            throw new MemoException($"the network takes samples of {Dimension} features, these have {queries.Columns}");
        return queries.ConvertExactly(SampleType);
    }

    // |phi(x) - phi(x')| <= L |x - x'| + sqrt(m), the last for the rounding of both.
    private Predictions InSampleUnits(Predictions predictions)
    {
        if (predictions.Radii is { } radii && map.Lipschitz is { } bound)
            for (int i = 0; i < radii.Length; i++)
                radii[i] = bound > 0
                    ? Math.Max(0, (radii[i] * (1 - 1e-12) - Math.Sqrt(map.Dimension) * (1 + 1e-12)) / bound) * (1 - 1e-12)
                    : radii[i] > 0 ? double.MaxValue : 0;
        return predictions;
    }

    /// <inheritdoc/>
    public void Dispose() => inner.Dispose();
}

/// <summary>What stands behind feature layers, if there are any.</summary>
internal static class NetworksBehindFeatures
{
    /// <summary>The network itself: of one with feature layers, the one behind them.</summary>
    public static INetwork Innermost(this INetwork network) => network is FeatureNetwork { Inner: var inner } ? inner : network;

    /// <summary>The network of cells, be it behind feature layers; null for another.</summary>
    public static CellNetwork? Cells(this INetwork network) => network.Innermost() as CellNetwork;
}
