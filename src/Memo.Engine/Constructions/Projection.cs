// Lemma B.3: functions of one number that jump at thresholds and are linear between, by ramps that lie strictly between
// integers that occur.

using System.Numerics;
using Memo.Networks;

namespace Memo.Constructions;

/// <summary>
/// Values that jump where z reaches each of the thresholds. Each value is a form to begin with (a constant for a value that
/// is constant between jumps) and its jumps, one for each threshold; it must not become negative on the way.
/// </summary>
internal sealed class Staircase(BigInteger[] thresholds, params (LinearForm Start, BigInteger[] Jumps)[] values)
{
    public ReadOnlySpan<BigInteger> Thresholds => thresholds;

    /// <summary>The values as forms of the layer closed last.</summary>
    public LinearForm[] Values { get; } = [.. values.Select(value => value.Start)];

    /// <summary>The values after one more layer, the open one, with their k-th jump made.</summary>
    public void Climb(ReluNetworkBuilder network, LinearForm z, int k)
    {
        if (k >= thresholds.Length)
        {
            for (int i = 0; i < Values.Length; i++) Values[i] = network.Carry(Values[i]);
            return;
        }
        LinearForm step = network.AtLeast(z, thresholds[k]);
        for (int i = 0; i < Values.Length; i++) Values[i] = network.Carry(Values[i]) + values[i].Jumps[k] * step;
    }

    /// <summary>The values after one layer, the open one, with all jumps made at once; they must be constants so far.</summary>
    public void Leap(ReluNetworkBuilder network, LinearForm z)
    {
        LinearForm[] steps = [.. thresholds.Select(threshold => network.AtLeast(z, threshold))];
        for (int i = 0; i < Values.Length; i++)
            Values[i] += LinearForm.Sum([.. steps.Select((step, k) => values[i].Jumps[k] * step)]);
    }
}

/// <summary>Puts staircases into layers.</summary>
internal static class Projection
{
    /// <summary>
    /// One layer for each threshold, staircases side by side, z >= 0 carried along: width 1 + (2 + values) for each
    /// staircase. Returns z.
    /// </summary>
    public static LinearForm Pipelined(ReluNetworkBuilder network, LinearForm z, params ReadOnlySpan<Staircase> staircases)
    {
        int layers = 0;
        foreach (Staircase staircase in staircases) layers = Math.Max(layers, staircase.Thresholds.Length);
        for (int k = 0; k < layers; k++)
        {
            foreach (Staircase staircase in staircases) staircase.Climb(network, z, k);
            z = network.Relu(z);
            network.EndLayer();
        }
        return z;
    }

    /// <summary>One layer for all thresholds, z >= 0 carried along: width 1 + 2 for each threshold. Returns z.</summary>
    public static LinearForm InOneLayer(ReluNetworkBuilder network, LinearForm z, Staircase staircase)
    {
        staircase.Leap(network, z);
        z = network.Relu(z);
        network.EndLayer();
        return z;
    }
}
