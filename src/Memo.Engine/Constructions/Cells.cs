using Memo.Data;
using Memo.Neighbors;
using Memo.Networks;
using Memo.Numerics;

namespace Memo.Constructions;

/// <summary>
/// Theorem 7.3, Appendix H: builds the efficient, generalizing network. All there is to compute is
/// min P, the least squared distance between points of different label.
/// </summary>
public static class Cells
{
    /// <summary>The construction's name.</summary>
    public const string Method = "cells";

    /// <summary>
    /// The network that memorizes <paramref name="data"/>. O(N^2 n) for the separation, less where it can be pruned.
    /// </summary>
    /// <param name="data">N samples of two classes or more.</param>
    /// <param name="lambda">Exact, 1/2 &lt; lambda &lt; 1; null for <see cref="CellNetwork.DefaultLambda"/>.</param>
    /// <param name="run">Threads, progress, cancellation.</param>
    /// <exception cref="LabelConflictException">Two equal samples carry different labels.</exception>
    /// <exception cref="MemoException">Fewer than two classes occur, or lambda is out of range.</exception>
    public static CellNetwork Build(Dataset data, Ratio? lambda = null, RunOptions? run = null) =>
        Build(data, lambda ?? CellNetwork.DefaultLambda, run, basis: null);

    // The basis, where one is given, was fitted to data that these are part of.
    internal static CellNetwork Build(Dataset data, Ratio lambda, RunOptions? run, PruningBasis? basis)
    {
        ArgumentNullException.ThrowIfNull(data);
        CellNetwork.RequireValidLambda(lambda);
        Construction.RequireClasses(data, Method, binary: false);
        run ??= RunOptions.Default;
        CellEvaluator evaluator = CellEvaluator.Create(data.Points, data.Labels, data.Classes.Count, run, basis);
        try
        {
            Dyadic least = evaluator.MinimumSquaredDistance(run);
            if (least.Sign == 0) LabelConflicts.Resolve(data, OnConflict.Error, out _); // throws, naming two rows
            return new CellNetwork(data.Points, data.Labels, data.Classes, lambda, least).WithEvaluator(evaluator);
        }
        catch
        {
            evaluator.Dispose();
            throw;
        }
    }
}
