using Memo.Data;
using Memo.Networks;
using Memo.Numerics;

namespace Memo.Measures;

/// <summary>
/// The nearest point of another class of every point of a data set, exactly. The least of the distances is the separation
/// bound c (Definition 3.1), and each is what Definition 7.1 draws its balls by.
/// </summary>
public sealed class NearestOther
{
    private readonly int[] _points;
    private readonly Dyadic[] _squaredDistances;

    private NearestOther(int[] points, Dyadic[] squaredDistances) => (_points, _squaredDistances) = (points, squaredDistances);

    /// <summary>For each point the index of the nearest point of another class; of equally near ones the lowest. Length N.</summary>
    public ReadOnlySpan<int> Points => _points;

    /// <summary>The exact squared distance to it, in the data's units. Length N.</summary>
    public ReadOnlySpan<Dyadic> SquaredDistances => _squaredDistances;

    /// <summary>
    /// Finds them. Images and other bytes that compress are pruned by exact lower bounds; otherwise O(N^2 n). The same
    /// answer for any number of threads and any instruction set.
    /// </summary>
    /// <param name="data">N points of two classes or more.</param>
    /// <param name="run">Threads, progress, cancellation.</param>
    /// <exception cref="MemoException">Fewer than two classes occur.</exception>
    public static NearestOther Of(Dataset data, RunOptions? run = null)
    {
        ArgumentNullException.ThrowIfNull(data);
        run ??= RunOptions.Default;
        if (data.LabelArray.Distinct().Take(2).Count() < 2)
            throw new MemoException($"{data.Source}: fewer than two classes occur, so that no point has one of another class");
        using CellEvaluator evaluator = CellEvaluator.Create(data.Points, data.Labels, data.Classes.Count, run);
        (int[] points, Dyadic[] squaredDistances) = evaluator.NearestOther(run);
        return new NearestOther(points, squaredDistances);
    }
}
