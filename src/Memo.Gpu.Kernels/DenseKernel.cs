using ILGPU;

namespace Memo.Gpu.Kernels;

/// <summary>A dense layer: products, bias and ReLU in one pass.</summary>
public static class DenseKernel
{
    /// <summary>
    /// y = W x + b, and max(0, y) where wanted, for panels of samples (grid x) and panels of neurons (grid y). The outputs lie
    /// in panels as the inputs do, with a neuron for a feature, so that layers follow one another without a copy.
    /// </summary>
    /// <param name="samples">Packed samples.</param>
    /// <param name="weights">Packed neurons: each a vector of weights.</param>
    /// <param name="biases">One for each neuron here, padding included.</param>
    /// <param name="outputs">Panels of the same samples, outputDepth features each.</param>
    /// <param name="depth">Features of a packed sample.</param>
    /// <param name="outputDepth">Features of a packed output; neurons beyond it are not written.</param>
    /// <param name="firstNeuron">Number of the first neuron here among all of the layer.</param>
    /// <param name="relu">Not 0 for max(0, y).</param>
    public static void Dense<TShape>(ArrayView<Float4> samples, ArrayView<Float4> weights, ArrayView<float> biases,
        ArrayView<Float4> outputs, int depth, int outputDepth, int firstNeuron, int relu) where TShape : struct, ITileShape
    {
        int quads = 2 * TShape.Side;
        long panel = (long)depth * quads;
        Sums sums = Tile.Multiply<TShape>(samples.SubView(Grid.IdxX * panel, panel), weights.SubView(Grid.IdxY * panel, panel), depth);
        ArrayView<Float4> to = outputs.SubView(Grid.IdxX * (long)outputDepth * quads, (long)outputDepth * quads);
        int left = Grid.IdxY * GroupSizes.Register * TShape.Side + 4 * Group.IdxX, right = left + 4 * TShape.Side;
        Four<TShape>(to, biases, left, firstNeuron, outputDepth, relu, sums.A0, sums.A1, sums.A2, sums.A3, Group.IdxY);
        Four<TShape>(to, biases, right, firstNeuron, outputDepth, relu, sums.B0, sums.B1, sums.B2, sums.B3, Group.IdxY);
        Four<TShape>(to, biases, left, firstNeuron, outputDepth, relu, sums.A4, sums.A5, sums.A6, sums.A7, TShape.Side + Group.IdxY);
        Four<TShape>(to, biases, right, firstNeuron, outputDepth, relu, sums.B4, sums.B5, sums.B6, sums.B7, TShape.Side + Group.IdxY);
    }

    // Four samples' values of four neurons: transposed, since four samples lie side by side.
    private static void Four<TShape>(ArrayView<Float4> to, ArrayView<float> biases, int neuron, int firstNeuron, int outputDepth, int relu, Float4 a, Float4 b,
        Float4 c, Float4 d, int quad) where TShape : struct, ITileShape
    {
        Write<TShape>(to, biases, neuron, firstNeuron, outputDepth, relu, a.X, b.X, c.X, d.X, quad);
        Write<TShape>(to, biases, neuron + 1, firstNeuron, outputDepth, relu, a.Y, b.Y, c.Y, d.Y, quad);
        Write<TShape>(to, biases, neuron + 2, firstNeuron, outputDepth, relu, a.Z, b.Z, c.Z, d.Z, quad);
        Write<TShape>(to, biases, neuron + 3, firstNeuron, outputDepth, relu, a.W, b.W, c.W, d.W, quad);
    }

    private static void Write<TShape>(ArrayView<Float4> to, ArrayView<float> biases, int neuron, int firstNeuron, int outputDepth, int relu, float a, float b,
        float c, float d, int quad) where TShape : struct, ITileShape
    {
        int feature = firstNeuron + neuron;
        if (feature >= outputDepth) return;
        float bias = biases[neuron];
        to[feature * 2 * TShape.Side + quad] = new Float4
        {
            X = Activation(a + bias, relu), Y = Activation(b + bias, relu), Z = Activation(c + bias, relu), W = Activation(d + bias, relu),
        };
    }

    private static float Activation(float value, int relu) => relu != 0 && value < 0 ? 0 : value;
}
