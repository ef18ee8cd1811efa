using System.Numerics;

namespace Memo.Networks;

/// <summary>One affine layer of the dense network that a factored one stands for.</summary>
/// <param name="Inputs">Numbers that go in.</param>
/// <param name="Outputs">Neurons.</param>
/// <param name="NonZero">Structurally non-zero weights and biases.</param>
public readonly record struct LayerShape(BigInteger Inputs, BigInteger Outputs, BigInteger NonZero)
{
    /// <summary>Dense count, outputs * (inputs + 1).</summary>
    public BigInteger Parameters => Outputs * (Inputs + 1);

    /// <summary>
    /// The three layers of `cells` (THEORY section 1, "Counting"): a neuron for each of the M ordered pairs of training
    /// points of different label, one for each training point, one for each output. The j-th neuron of the first layer
    /// feeds one neuron of the second and each of those feeds one output; every first- and second-layer neuron has a bias.
    /// </summary>
    internal static IReadOnlyList<LayerShape> Of(CellNetwork network)
    {
        ArgumentNullException.ThrowIfNull(network);
        BigInteger n = network.Dimension, total = network.Count;
        BigInteger pairs = (network.Size.NonZero - 2 * total) / (n + 2);
        return
        [
            new LayerShape(n, pairs, pairs * (n + 1)),
            new LayerShape(pairs, total, pairs + total),
            new LayerShape(total, network.Classes.Count == 2 ? 1 : network.Classes.Count, total),
        ];
    }
}
