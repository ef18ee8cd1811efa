using System.Numerics;

namespace Memo.Networks;

/// <summary>The size of a network in the field's terms. Counts exceed 2^53, so they are exact integers.</summary>
/// <param name="Parameters">Dense count: sum over layers of outputs * (inputs + 1).</param>
/// <param name="NonZero">Structurally non-zero weights and biases.</param>
/// <param name="Width">Neurons in the largest hidden layer.</param>
/// <param name="Depth">Number of affine layers.</param>
/// <param name="Bits">Bits of the largest weight's magnitude, as an integer on the network's lattice.</param>
public readonly record struct NetworkSize(BigInteger Parameters, BigInteger NonZero, BigInteger Width, int Depth, int Bits);
