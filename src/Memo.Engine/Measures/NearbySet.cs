using Memo.Data;
using Memo.Measures.Covering;
using Memo.Neighbors;
using Memo.Numerics;

namespace Memo.Measures;

/// <summary>
/// The nearby set of a sample (Definition 7.1): L being a point's distance to the nearest point of another class, the least number
/// of closed balls of radius L / 3.1, centred at points, that hold every point. For the sample itself that number lies between
/// <see cref="Lower"/> and <see cref="Upper"/>, proved exactly; of the distribution that the sample was drawn from, whose number
/// S_D Theorem 7.3 speaks of, it is an estimate.
/// </summary>
public sealed class NearbySet
{
    /// <summary>Balls have the radius L / 3.1: 961/100 is the square of 3.1.</summary>
    private const int SquaredNumerator = 100, SquaredDenominator = 961;

    // Points in all lists together that are kept, twice: 512 MB.
    private const long MostKept = 1L << 26;

    private readonly int[] _centres;

    private NearbySet(int[] centres, int lower) => (_centres, Lower) = (centres, lower);

    /// <summary>At least so many balls are needed: a packing, or weights that solve the dual problem.</summary>
    public int Lower { get; }

    /// <summary>So many balls suffice: those around <see cref="Centres"/>.</summary>
    public int Upper => _centres.Length;

    /// <summary>Positions of the centres of a cover, ascending: a greedy one.</summary>
    public ReadOnlySpan<int> Centres => _centres;

    /// <summary>
    /// Covers a sample. Images and other bytes that compress are pruned by exact lower bounds; otherwise O(N^2 n). Lists of up to
    /// 67 million points in balls are kept; of larger ones those needed are found anew. The same for any threads.
    /// </summary>
    /// <param name="data">N points of two classes or more, none of which equals one of another class.</param>
    /// <param name="nearest">Their nearest points of other classes.</param>
    /// <param name="run">Threads, progress, cancellation.</param>
    /// <exception cref="MemoException">A point equals one of another class.</exception>
    public static NearbySet Of(Dataset data, NearestOther nearest, RunOptions? run = null) =>
        Of(data, nearest, run ?? RunOptions.Default, MostKept);

    internal static NearbySet Of(Dataset data, NearestOther nearest, RunOptions run, long mostKept)
    {
        ArgumentNullException.ThrowIfNull(data);
        ArgumentNullException.ThrowIfNull(nearest);
        ReadOnlySpan<Dyadic> squared = nearest.SquaredDistances;
        for (int i = 0; i < squared.Length; i++)
            if (squared[i].Sign == 0)
                throw new MemoException($"{data.Source}: row {data.FileRows[i]} equals one of another class, so that no ball around it " +
                                        "is of its class alone; drop such rows, or keep the majority's") { Setting = nameof(OnConflict) };
        // Equal gains are settled by the rows' values, so that the order of the data changes nothing.
        int[] order = RowOrder.Of(data.Points);
        Dataset ordered = data.SelectSamples(order);
        using BallSearch search = BallSearch.Create(ordered, [.. order.Select(i => nearest.SquaredDistances[i])],
            SquaredNumerator, SquaredDenominator, run);
        var balls = Balls.Of(search, mostKept, run.Part(0, 0.6));
        int[] centres = [.. GreedyCover.Find(balls, run.Part(0.6, 0.8)).Select(i => order[i]).Order()];
        int lower = CoverBound.Find(balls, run.Part(0.8, 1));
        return new NearbySet(centres, lower);
    }
}
