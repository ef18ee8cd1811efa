using System.Numerics;

namespace Memo.Networks;

/// <summary>
/// The plain forward pass of a <see cref="ReluNetwork"/> in arbitrary-size integers, layer by layer and neuron by neuron:
/// the definition, in a page of code, on which `verify --reference` and the tests rest.
/// </summary>
internal static class ReferenceReluEvaluator
{
    /// <summary>
    /// F of every sample, in units of 2^(samples' exponent - the network's). O(entries) products a sample.
    /// </summary>
    public static BigInteger[] Evaluate(ReadOnlySpan<SparseLayer> layers, IntegerSamples samples, RunOptions run, int networkExponent)
    {
        SparseLayer[] all = layers.ToArray();
        int biasShift = networkExponent - samples.Exponent;
        var values = new BigInteger[samples.Rows];
        int done = 0;
        Turns.Take(samples.Rows, run.Threads, () => new Int128[samples.Columns], (i, row) =>
        {
            samples.CopyRow(i, row);
            values[i] = Evaluate(all, [.. row], biasShift)[0];
            run.Progress?.Report((double)Interlocked.Increment(ref done) / samples.Rows);
        }, _ => { }, run.Cancellation);
        return values;
    }

    /// <summary>The outputs of the last layer for one sample, all biases multiplied by 2^biasShift.</summary>
    public static BigInteger[] Evaluate(ReadOnlySpan<SparseLayer> layers, ReadOnlySpan<BigInteger> sample, int biasShift)
    {
        BigInteger[] values = sample.ToArray();
        for (int k = 0; k < layers.Length; k++)
        {
            SparseLayer layer = layers[k];
            var next = new BigInteger[layer.Outputs];
            for (int row = 0; row < layer.Outputs; row++)
            {
                BigInteger sum = layer.Biases[row] << biasShift;
                for (int e = layer.RowStarts[row]; e < layer.RowStarts[row + 1]; e++)
                    sum += layer.Weights[e] * values[layer.Columns[e]];
                next[row] = k < layers.Length - 1 ? BigInteger.Max(sum, BigInteger.Zero) : sum;
            }
            values = next;
        }
        return values;
    }
}
