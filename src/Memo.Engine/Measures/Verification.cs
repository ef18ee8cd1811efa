using Memo.Data;
using Memo.Networks;
using Memo.Numerics;

namespace Memo.Measures;

/// <summary>
/// Whether a network memorizes labelled rows (Definition 3.4): Sgn(F(x_i)) = y_i for every i, decided exactly.
/// </summary>
/// <param name="Rows">Rows looked at.</param>
/// <param name="FirstFailure">Position of the first row that is not given its label, or -1.</param>
/// <param name="Given">What that row was given: a class index or <see cref="Predictions.Abstention"/>.</param>
/// <param name="ResolvedExactly">Rows of which floating point left some sign open, decided by exact arithmetic.</param>
public readonly record struct Verification(int Rows, int FirstFailure, int Given, int ResolvedExactly)
{
    /// <summary>Whether every row is given its label.</summary>
    public bool Memorized => FirstFailure < 0;

    /// <summary>
    /// Evaluates the network on every row of <paramref name="data"/>. The cost of a prediction for every row.
    /// </summary>
    /// <param name="network">The network.</param>
    /// <param name="data">The rows it should have memorized.</param>
    /// <param name="reference">Use the plain reference alone, so that the proof does not rest on the fast kernels.</param>
    /// <param name="run">Threads, progress, cancellation.</param>
    /// <exception cref="MemoException">A label that is none of the network's classes, or samples that it cannot take.</exception>
    public static Verification Of(INetwork network, Dataset data, bool reference = false, RunOptions? run = null)
    {
        ArgumentNullException.ThrowIfNull(network);
        ArgumentNullException.ThrowIfNull(data);
        data = data.AlignTo(network.Classes);
        Predictions predictions = reference
            ? network.PredictByReference(data.Points, Outputs.Labels, run)
            : network.Predict(data.Points, Outputs.Labels, run);
        int common = predictions.Labels.AsSpan().CommonPrefixLength(data.Labels);
        return common == data.Count
            ? new Verification(data.Count, -1, 0, predictions.ResolvedExactly)
            : new Verification(data.Count, common, predictions.Labels[common], predictions.ResolvedExactly);
    }

    /// <summary>
    /// Recomputes min P from the training points and compares it with the network's. Lemma A, and with it every forward
    /// pass, rests on it; a network that was just constructed has it right, a file may hold anything. O(N^2 n).
    /// </summary>
    /// <exception cref="MemoException">The two differ.</exception>
    public static void RequireSeparation(CellNetwork network, bool reference = false, RunOptions? run = null)
    {
        ArgumentNullException.ThrowIfNull(network);
        Dyadic actual = network.RecomputeSeparation(reference, run ?? RunOptions.Default);
        if (actual != network.MinimumSquaredDistance)
            throw new MemoException($"the network says that min P, the least squared distance of its training points of " +
                                    $"different label, is {network.MinimumSquaredDistance}, but it is {actual}; build it again");
    }
}
