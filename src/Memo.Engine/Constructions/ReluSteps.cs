// What the proofs of Appendix B say in a line, as neurons over the integers.

using System.Numerics;
using Memo.Networks;

namespace Memo.Constructions;

/// <summary>Each puts neurons into the layer that is open and returns a form for the next.</summary>
internal static class ReluSteps
{
    /// <summary>x >= 0 as it is; a constant needs no neuron.</summary>
    public static LinearForm Carry(this ReluNetworkBuilder network, LinearForm x) => x.Layer < 0 ? x : network.Relu(x);

    /// <summary>1 for integers x &gt;= threshold, 0 for those below: the ramp lies between threshold - 1 and threshold.</summary>
    public static LinearForm AtLeast(this ReluNetworkBuilder network, LinearForm x, BigInteger threshold) =>
        network.Relu(x - (threshold - 1)) - network.Relu(x - threshold);

    /// <summary>min(x, most).</summary>
    public static LinearForm AtMost(this ReluNetworkBuilder network, LinearForm x, BigInteger most) =>
        most - network.Relu(most - x);

    /// <summary>|a - b|.</summary>
    public static LinearForm Distance(this ReluNetworkBuilder network, LinearForm a, LinearForm b) =>
        network.Relu(a - b) + network.Relu(b - a);
}
