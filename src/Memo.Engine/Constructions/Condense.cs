using System.Globalization;
using System.Numerics;
using Memo.Constructions.Condensing;
using Memo.Data;
using Memo.Kernels.SquaredDistance;
using Memo.Neighbors;
using Memo.Networks;
using Memo.Numerics;

namespace Memo.Constructions;

/// <summary>
/// The smallest subset of the data that a search finds whose `cells` network (Theorem 7.3) memorizes all
/// of the data. Asks for more than a consistent subset (P. Hart, "The condensed nearest neighbor rule", IEEE Trans. Inf.
/// Theory 14, 1968): every sample must lie in a cell of its label, abstentions count as errors.
/// </summary>
public static class Condense
{
    /// <summary>The construction's name.</summary>
    public const string Method = "condense";

    // Rows of distances are computed again beyond this.
    private const long KeptBytes = 1L << 30;

    /// <summary>
    /// The network of a subset D_s that memorizes <paramref name="data"/>, of which no single point could be left out. The
    /// subset is the same for any number of threads and any instruction set. O(N n) for a candidate looked at, O(N |D_s|)
    /// memory and up to a gigabyte of distances.
    /// </summary>
    /// <param name="data">N samples of two classes or more.</param>
    /// <param name="lambda">Exact, 1/2 &lt; lambda &lt; 1; null for <see cref="CellNetwork.DefaultLambda"/>.</param>
    /// <param name="seed">Of the search's random choices.</param>
    /// <param name="run">Threads, progress, cancellation.</param>
    /// <exception cref="LabelConflictException">Two equal samples carry different labels.</exception>
    /// <exception cref="MemoException">Fewer than two classes occur, lambda is out of range, or memory is short.</exception>
    public static CellNetwork Build(Dataset data, Ratio? lambda = null, ulong seed = 0, RunOptions? run = null) =>
        Build(data, lambda ?? CellNetwork.DefaultLambda, seed, run, rounds: null);

    internal static CellNetwork Build(Dataset data, Ratio lambda, ulong seed, RunOptions? run, int? rounds)
    {
        ArgumentNullException.ThrowIfNull(data);
        CellNetwork.RequireValidLambda(lambda);
        Construction.RequireClasses(data, Method, binary: false);
        LabelConflicts.Resolve(data, OnConflict.Error, out _);
        run ??= RunOptions.Default;
        int[] rows = FindSubset(data, lambda, seed, run, rounds);
        using CellNetwork cells = Cells.Build(data.SelectSamples(rows), lambda, run with { Progress = null });
        if (!cells.Predict(data.Points, run: run with { Progress = null }).Labels.AsSpan().SequenceEqual(data.Labels))
            throw new InvalidOperationException("the subset found does not memorize the data");
        return cells.As(Method, data.Count,
        [
            new("subset", rows.Length.ToString(CultureInfo.InvariantCulture)),
            new("separation", Math.Sqrt(cells.MinimumSquaredDistance.RoundDown()).ToString("R", CultureInfo.InvariantCulture)),
        ]);
    }

    private static int[] FindSubset(Dataset data, Ratio lambda, ulong seed, RunOptions run, int? rounds)
    {
        var classes = new ClassRanges(data);
        int[] sorted = data.Points.SelectRows(classes.Order) switch
        {
            SampleMatrix<byte> { Columns: <= ByteDistance.MaximumDimension } bytes => Search<byte, int, ByteDistance>(bytes),
            SampleMatrix<byte> bytes =>
                Search<float, double, FloatDistance<float>>((SampleMatrix<float>)bytes.ConvertExactly(ElementType.Float32)),
            SampleMatrix<float> floats => Search<float, double, FloatDistance<float>>(floats),
            SampleMatrix<double> doubles => Search<double, double, FloatDistance<double>>(doubles),
            _ => throw new NotSupportedException($"samples of type {data.Points.ElementType}"),
        };
        return [.. sorted.Select(point => classes.Order[point]).Order()];

        int[] Search<TElement, TDistance, TKernel>(SampleMatrix<TElement> samples)
            where TElement : unmanaged, INumber<TElement>
            where TDistance : unmanaged, INumber<TDistance>, IMinMaxValue<TDistance>
            where TKernel : struct, IDistanceKernel<TElement, TDistance>
        {
            using DistanceRows<TDistance> distances = DistanceRows<TElement, TDistance, TKernel>.Of(samples, KeptBytes, run);
            if (data.Count <= 4096) distances.Load([.. Enumerable.Range(0, data.Count)], run); // 128 MB at most
            int[] first = [.. Enumerable.Range(0, classes.Count).Select(classes.Range)
                .Where(k => k.First < k.End).Select(k => k.First)];
            var rule = new FiringRule<TDistance>(distances, lambda);
            var set = new MemorizingSet<TDistance>(distances, classes, rule, first, data.Source);
            new SubsetSearch<TDistance>(distances, classes, set, seed, run).Run(rounds);
            return [.. set.Points];
        }
    }
}
