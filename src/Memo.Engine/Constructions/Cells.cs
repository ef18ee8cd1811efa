using System.Numerics;
using Memo.Data;
using Memo.Networks;
using Memo.Numerics;

namespace Memo.Constructions;

/// <summary>
/// Theorem 7.3, Appendix H: builds the efficient, generalizing network. All there is to compute is
/// min P, the least squared distance between points of different label.
/// </summary>
public static class Cells
{
    /// <summary>
    /// The network that memorizes <paramref name="data"/>. O(N^2 n) for the separation.
    /// </summary>
    /// <exception cref="LabelConflictException">Two equal samples carry different labels.</exception>
    /// <exception cref="MemoException">Fewer than two classes occur, or lambda is out of range.</exception>
    public static CellNetwork Build(Dataset data, Ratio lambda, RunOptions? run = null)
    {
        ArgumentNullException.ThrowIfNull(data);
        CellNetwork.RequireValidLambda(lambda);
        int present = data.Labels.Distinct().Count();
        if (present < 2)
            throw new MemoException(present == 0
                ? $"{data.Source}: no samples"
                : $"{data.Source}: only one class ({data.Classes[data.Labels[0]]}) occurs; a network needs two or more");
        Dyadic separation = data.Points switch
        {
            SampleMatrix<byte> points => MinimumSquaredDistance(points, data.Labels, run ?? RunOptions.Default),
            SampleMatrix<float> points => MinimumSquaredDistance(points, data.Labels, run ?? RunOptions.Default),
            SampleMatrix<double> points => MinimumSquaredDistance(points, data.Labels, run ?? RunOptions.Default),
            _ => throw new NotSupportedException(),
        };
        return new CellNetwork(data.Points, data.Labels, data.Classes, lambda, separation);
    }

    private static Dyadic MinimumSquaredDistance<T>(SampleMatrix<T> points, int[] labels, RunOptions run)
        where T : unmanaged, INumber<T>
    {
        Dyadic? least = null;
        for (int i = 0; i < points.Rows; i++)
            for (int j = 0; j < i; j++)
                if (labels[i] != labels[j] && ExactDistance.Squared(points.Row(i), points.Row(j)) is var distance &&
                    (least is null || distance < least))
                    least = distance;
        _ = run;
        return least!.Value;
    }
}
