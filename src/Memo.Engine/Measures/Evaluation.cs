using Memo.Data;
using Memo.Networks;

namespace Memo.Measures;

/// <summary>
/// How a classifier did on labelled rows: right, wrong, abstained, and the confusion matrix. An abstention is neither
/// sign, so it is an error in the accuracy and counted apart.
/// </summary>
public sealed class Evaluation
{
    private readonly int[] _confusion;

    private Evaluation(int classes, int rows, int right, int abstained, int[] confusion) =>
        (Classes, Rows, Right, Abstained, _confusion) = (classes, rows, right, abstained, confusion);

    /// <summary>Number of classes, K.</summary>
    public int Classes { get; }

    /// <summary>Number of rows judged.</summary>
    public int Rows { get; }

    /// <summary>Rows given their own class.</summary>
    public int Right { get; }

    /// <summary>Rows given another class.</summary>
    public int Wrong => Rows - Right - Abstained;

    /// <summary>Rows given no class.</summary>
    public int Abstained { get; }

    /// <summary>Right / Rows, in [0, 1].</summary>
    public double Accuracy => (double)Right / Rows;

    /// <summary>Wrong / Rows, in [0, 1].</summary>
    public double WrongShare => (double)Wrong / Rows;

    /// <summary>Abstained / Rows, in [0, 1].</summary>
    public double AbstainedShare => (double)Abstained / Rows;

    /// <summary>
    /// Counts, K by K+1, row-major: the row is the true class, the column the class given, the last column abstentions.
    /// </summary>
    public ReadOnlySpan<int> Confusion => _confusion;

    /// <summary>How a network does on labelled rows. The cost of a prediction for every row.</summary>
    /// <param name="network">The network.</param>
    /// <param name="data">The rows, one at least; of the network's classes.</param>
    /// <param name="run">Threads, progress, cancellation.</param>
    /// <exception cref="MemoException">No rows, a label that is none of the network's classes, or samples that it cannot
    /// take.</exception>
    public static Evaluation Of(INetwork network, Dataset data, RunOptions? run = null)
    {
        ArgumentNullException.ThrowIfNull(network);
        ArgumentNullException.ThrowIfNull(data);
        data = data.AlignTo(network.Classes);
        return Of(data.Labels, network.Predict(data.Points, Outputs.Labels, run).Labels, network.Classes.Count);
    }

    /// <summary>
    /// Compares the labels given with the true ones. O(N + K^2).
    /// </summary>
    /// <param name="expected">True class indices in 0..K-1, length N.</param>
    /// <param name="given">Class indices, or <see cref="Predictions.Abstention"/>; length N.</param>
    /// <param name="classes">K.</param>
    /// <exception cref="MemoException">There are no rows to judge.</exception>
    /// <exception cref="ArgumentException">The lengths differ.</exception>
    public static Evaluation Of(ReadOnlySpan<int> expected, ReadOnlySpan<int> given, int classes)
    {
        if (expected.Length != given.Length)
            throw new ArgumentException($"{expected.Length} true labels, {given.Length} given ones");
        if (expected.IsEmpty) throw new MemoException("there are no rows to evaluate");
        var confusion = new int[checked(classes * (classes + 1))];
        int right = 0, abstained = 0;
        for (int i = 0; i < expected.Length; i++)
        {
            bool abstains = given[i] == Predictions.Abstention;
            if (abstains) abstained++;
            else if (given[i] == expected[i]) right++;
            confusion[expected[i] * (classes + 1) + (abstains ? classes : given[i])]++;
        }
        return new Evaluation(classes, expected.Length, right, abstained, confusion);
    }
}
