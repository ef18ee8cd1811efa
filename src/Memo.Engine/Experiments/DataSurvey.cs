using Memo.Constructions;
using Memo.Data;
using Memo.Measures;
using Memo.Numerics;

namespace Memo.Experiments;

/// <summary>A row of a data set, close to one of another class.</summary>
/// <param name="Row">Its position.</param>
/// <param name="Other">The position of the nearest row of another class.</param>
/// <param name="Distance">Their distance, to the nearest finite double.</param>
internal readonly record struct CloseRow(int Row, int Other, double Distance);

/// <summary>Rows whose distance to the nearest other class lies in [From, To); the last bin holds its end too.</summary>
internal readonly record struct DistanceBin(double From, double To, int Count);

/// <summary>
/// How hard labelled data is to memorize, and what a memorizing network can promise on it (THEORY section 7): equal rows, the
/// separation and its distribution, the nearby set, what follows from it by Theorem 7.3, and the sizes of the constructions.
/// </summary>
internal sealed class DataSurvey
{
    private const int Bins = 24;

    /// <summary>The rows measured: those left when conflicts were settled.</summary>
    public required Dataset Data { get; init; }

    /// <summary>Groups of equal rows, of the data as it came, in which labels differ; only data without any can be memorized.</summary>
    public required IReadOnlyList<IReadOnlyList<int>> Conflicts { get; init; }

    /// <summary>Groups of equal rows, as it came, with equal labels.</summary>
    public required IReadOnlyList<IReadOnlyList<int>> Duplicates { get; init; }

    /// <summary>Rows left out for conflicts.</summary>
    public required int Dropped { get; init; }

    /// <summary>The separation c of the rows measured, in the data's units; 0 where conflicts are left.</summary>
    public required double Separation { get; init; }

    /// <summary>
    /// What c is divided by to be that of data in [0, 1]^n: 1 for values that lie there, 255 for other bytes, else the widest range of
    /// a feature.
    /// </summary>
    public required double Unit { get; init; }

    /// <summary>Each row's distance to the nearest of another class.</summary>
    public required IReadOnlyList<CloseRow> Distances { get; init; }

    /// <summary>The histogram of these distances.</summary>
    public required IReadOnlyList<DistanceBin> Histogram { get; init; }

    /// <summary>The nearby set; null where conflicts are left.</summary>
    public required NearbySet? Nearby { get; init; }

    /// <summary>What is known of the constructions' sizes; empty where conflicts are left.</summary>
    public required IReadOnlyList<ConstructionSize> Sizes { get; init; }

    /// <summary>
    /// The rows closest to another class, closest first, the lower row of equals first; of two that are each other's nearest only
    /// the lower.
    /// </summary>
    public IReadOnlyList<CloseRow> Closest(int most) =>
    [
        .. Distances.Where(each => Distances[each.Other].Other != each.Row || each.Row < each.Other)
            .OrderBy(each => each.Distance).ThenBy(each => each.Row).Take(most),
    ];

    /// <summary>Surveys data. O(N^2 n) at most, pruned where that pays; see <see cref="NearestOther"/> and <see cref="NearbySet"/>.</summary>
    /// <param name="data">N samples of two classes or more.</param>
    /// <param name="policy">What to do with conflicts; with the policy error they are left, and only counted.</param>
    /// <param name="seed">What the constructions would be told.</param>
    /// <param name="run">Threads, progress, cancellation.</param>
    /// <exception cref="MemoException">Fewer than two classes occur.</exception>
    public static DataSurvey Of(Dataset data, OnConflict policy, ulong seed, RunOptions run)
    {
        var (conflicts, duplicates) = (new List<IReadOnlyList<int>>(), new List<IReadOnlyList<int>>());
        foreach (List<int> group in EqualSamples.Groups(data.Points))
            (group.TrueForAll(i => data.Labels[i] == data.Labels[group[0]]) ? duplicates : conflicts).Add(group);
        int dropped = 0;
        Dataset kept = policy == OnConflict.Error ? data : LabelConflicts.Resolve(data, policy, out dropped);
        var nearest = NearestOther.Of(kept, run.Part(0, 0.4));
        var distances = new CloseRow[kept.Count];
        for (int i = 0; i < distances.Length; i++)
            distances[i] = new CloseRow(i, nearest.Points[i], Math.Min(NearestDouble.OfSquareRoot(nearest.SquaredDistances[i]), double.MaxValue));
        bool canBeMemorized = conflicts.Count == 0 || policy != OnConflict.Error;
        return new DataSurvey
        {
            Data = kept,
            Conflicts = conflicts,
            Duplicates = duplicates,
            Dropped = dropped,
            Separation = distances.Min(each => each.Distance),
            Unit = UnitOf(kept.Points),
            Distances = distances,
            Histogram = HistogramOf(distances),
            Nearby = canBeMemorized ? NearbySet.Of(kept, nearest, run.Part(0.4, 0.95)) : null,
            Sizes = canBeMemorized ? ConstructionSize.Of(kept, seed, run.Part(0.95, 1)) : [],
        };
    }

    private static double UnitOf(SampleMatrix points)
    {
        if (points is SampleMatrix<byte> bytes) return bytes.Values.IndexOfAnyExceptInRange((byte)0, (byte)1) < 0 ? 1 : 255;
        var (low, high) = (new double[points.Columns], new double[points.Columns]);
        Array.Fill(low, double.PositiveInfinity);
        Array.Fill(high, double.NegativeInfinity);
        for (int i = 0; i < points.Rows; i++)
            for (int k = 0; k < low.Length; k++)
            {
                double value = points[i, k];
                (low[k], high[k]) = (Math.Min(low[k], value), Math.Max(high[k], value));
            }
        if (low.Min() >= 0 && high.Max() <= 1) return 1;
        double widest = low.Zip(high, (from, to) => to - from).Max();
        return widest > 0 ? Math.Min(widest, double.MaxValue) : 1; // equal rows fit anywhere
    }

    // Bins of equal width whose ends are round numbers, from the least to the greatest distance.
    private static DistanceBin[] HistogramOf(CloseRow[] distances)
    {
        double least = distances.Min(each => each.Distance), greatest = distances.Max(each => each.Distance);
        double width = RoundNumbers.StepFor(greatest - least, Bins);
        if (!(width > 0) || !double.IsFinite(width)) return [new DistanceBin(least, greatest, distances.Length)];
        double first = Math.Floor(least / width);
        // Widths below 1 are fractions of whole numbers, and their multiples the nearest doubles to decimal fractions.
        double[] ends = [.. Enumerable.Range(0, (int)(Math.Floor(greatest / width) - first) + 2).Select(b =>
            width >= 1 ? Math.Min((first + b) * width, double.MaxValue) : (first + b) / Math.Round(1 / width))];
        var counts = new int[ends.Length - 1];
        foreach (CloseRow each in distances)
        {
            int b = (int)Math.Clamp(Math.Floor(each.Distance / width) - first, 0, counts.Length - 1);
            while (b > 0 && each.Distance < ends[b]) b--;
            while (b < counts.Length - 1 && each.Distance >= ends[b + 1]) b++;
            counts[b]++;
        }
        return [.. counts.Select((count, b) => new DistanceBin(ends[b], ends[b + 1], count))];
    }
}
