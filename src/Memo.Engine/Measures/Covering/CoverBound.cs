namespace Memo.Measures.Covering;

/// <summary>
/// How many balls any cover needs at least, by the dual of the covering problem: weights w on the points with a sum of at most 1
/// in every ball; each ball of a cover then pays for at most 1 of the whole, so that there are at least as many as the weights'
/// sum. Weights grow greedily, points in few balls first: from 0, which picks points no two of which share a ball (a packing),
/// and from 1 / (the largest ball around the point). The better of the two counts.
/// </summary>
internal static class CoverBound
{
    /// <summary>The bound, at least 1 where there is a point.</summary>
    public static int Find(Balls balls, RunOptions run)
    {
        int count = balls.Count;
        if (count == 0) return 0;
        int[] all = [.. Enumerable.Range(0, count)];
        var largest = new int[count];
        ForEach(balls, all, members: true, run.Stage(0, 3), (ball, points) =>
        {
            foreach (int point in points) largest[point] = Math.Max(largest[point], points.Length);
        });
        var loads = new double[count];
        double weight = 0;
        for (int point = 0; point < count; point++) weight += 1.0 / largest[point];
        ForEach(balls, all, members: true, run.Stage(1, 3), (ball, points) =>
        {
            foreach (int point in points) loads[ball] += 1.0 / largest[point];
        });

        long[] byFrequency = Array.ConvertAll(all, point => (long)balls.Frequencies[point] << 32 | (uint)point);
        Array.Sort(byFrequency);
        int[] order = Array.ConvertAll(byFrequency, key => (int)key);
        var taken = new bool[count]; // balls that hold a picked point
        int picked = 0;
        ForEach(balls, order, members: false, run.Stage(2, 3), (point, around) =>
        {
            bool free = true;
            double slack = 1;
            foreach (int ball in around)
            {
                free &= !taken[ball];
                slack = Math.Min(slack, 1 - loads[ball]);
            }
            if (free)
            {
                picked++;
                foreach (int ball in around) taken[ball] = true;
            }
            if (slack <= 0) return;
            weight += slack;
            foreach (int ball in around) loads[ball] += slack;
        });
        // Sums of at most 2 N roundings of 2^-53 each are off by less than this share.
        double margin = 1 + (count + 2.0) * 4 / (1L << 52), most = loads.Max() * margin;
        double sum = weight / margin / Math.Max(1, most);
        return Math.Max(picked, (int)Math.Ceiling(sum - 1e-9 * sum));
    }

    private static void ForEach(Balls balls, int[] items, bool members, RunOptions run, Action<int, ReadOnlySpan<int>> visit)
    {
        for (int first = 0; first < items.Length; first += balls.BatchSize)
        {
            run.Cancellation.ThrowIfCancellationRequested();
            ReadOnlySpan<int> batch = items.AsSpan(first, Math.Min(balls.BatchSize, items.Length - first));
            IReadOnlyList<ReadOnlyMemory<int>> lists = members ? balls.Members(batch) : balls.Containing(batch);
            for (int i = 0; i < batch.Length; i++) visit(batch[i], lists[i].Span);
            run.Progress?.Report((double)first / items.Length);
        }
    }
}
