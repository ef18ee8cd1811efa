// The layers of a network in double precision, for formats that hold numbers of 53 bits: exact, or refused.
using System.Globalization;
using Memo.Networks;
using Memo.Numerics;

namespace Memo.Storage;

/// <summary>One affine layer z = W a + b; ReLU follows all but the last.</summary>
/// <param name="Inputs">Numbers that go in.</param>
/// <param name="Weights">W, outputs by inputs, row-major.</param>
/// <param name="Biases">b, one per output.</param>
internal sealed record DoubleLayer(int Inputs, double[] Weights, double[] Biases)
{
    /// <summary>Number of neurons.</summary>
    public int Outputs => Biases.Length;
}

/// <summary>
/// A network written out as dense layers of doubles that take a sample as it stands: each weight is exactly that of the
/// network, which for cells, constant and condense is the one of the paper, and for networks over the integers includes the
/// samples' unit.
/// </summary>
internal static class DoubleLayers
{
    /// <summary>The layers. O(parameters).</summary>
    /// <exception cref="MemoException">A weight is no double, or there are more than
    /// <see cref="DenseCellNetwork.MaximumParameters"/>.</exception>
    public static IReadOnlyList<DoubleLayer> Of(INetwork network) => network switch
    {
        CellNetwork cells => Of(cells),
        ReluNetwork relu => Of(relu),
        _ => throw new NotSupportedException($"a network of type {network.GetType().Name}"),
    };

    private static DoubleLayer[] Of(CellNetwork network)
    {
        var dense = new DenseCellNetwork(network.TrainingPoints, network.Labels, network.Classes.Count, network.Lambda);
        return [.. dense.Layers.Select((layer, k) =>
        {
            var weights = new double[layer.Weights.Length];
            for (int row = 0; row < layer.Outputs; row++)
                for (int column = 0; column < layer.Inputs; column++)
                    weights[row * layer.Inputs + column] = ToDouble(layer.Weights[row, column], network, k);
            return new DoubleLayer(layer.Inputs, weights, [.. layer.Biases.Select(bias => ToDouble(bias, network, k))]);
        })];
    }

    private static DoubleLayer[] Of(ReluNetwork network)
    {
        if (network.Size.Parameters > DenseCellNetwork.MaximumParameters)
            throw new MemoException(string.Create(CultureInfo.InvariantCulture, $"as dense layers the network has " +
                $"{network.Size.Parameters} parameters, more than the {DenseCellNetwork.MaximumParameters} that are written out"));
        var layers = new DoubleLayer[network.WeightLayers.Length];
        for (int k = 0; k < layers.Length; k++)
        {
            SparseLayer layer = network.WeightLayers[k];
            var weights = new double[layer.Inputs * layer.Outputs];
            // The first layer takes x in place of the integers x / 2^Exponent.
            int exponent = k == 0 ? -network.Box.Exponent : 0;
            for (int row = 0; row < layer.Outputs; row++)
                for (int e = layer.RowStarts[row]; e < layer.RowStarts[row + 1]; e++)
                    weights[row * layer.Inputs + layer.Columns[e]] = ToDouble(new Dyadic(layer.Weights[e], exponent), network, k);
            var biases = new double[layer.Outputs];
            for (int row = 0; row < biases.Length; row++) biases[row] = ToDouble(new Dyadic(layer.Biases[row]), network, k);
            layers[k] = new DoubleLayer(layer.Inputs, weights, biases);
        }
        return layers;
    }

    private static double ToDouble(Dyadic number, INetwork network, int layer)
    {
        double rounded = number.RoundDown();
        if (double.IsFinite(rounded) && Dyadic.FromDouble(rounded) == number) return rounded;
        long bits = (long)number.Normalized().Mantissa.GetBitLength();
        throw new MemoException(string.Create(CultureInfo.InvariantCulture, $"layer {layer + 1} of this network of method " +
            $"{network.Method} has a number of {bits} significant bits (its largest weight has {network.Size.Bits} bits), and a double " +
            $"holds 53: rounded, the network would give other answers; export it as safetensors without --dense, which holds every bit"));
    }
}
