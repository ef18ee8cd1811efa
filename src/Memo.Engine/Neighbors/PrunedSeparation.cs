namespace Memo.Neighbors;

/// <summary>
/// min P over byte points of different label, passing over every pair whose mapped distance already exceeds the least
/// distance found. O(N^2 d') and O(n) for each pair that is left.
/// </summary>
internal static class PrunedSeparation
{
    private const int BlockSize = 64;

    /// <summary>The least squared distance of two points of different label; two classes or more occur.</summary>
    public static int MinimumSquaredDistance(PrunedPoints points, ReadOnlySpan<int> labels, RunOptions run)
    {
        var byClass = new List<int>[points.Points.ClassCount];
        for (int k = 0; k < byClass.Length; k++) byClass[k] = [];
        for (int i = 0; i < labels.Length; i++) byClass[labels[i]].Add(i);
        // A block holds points of one class, compared with the panels of the later classes.
        (int Class, int[] Members)[] blocks = [.. byClass.SelectMany((members, k) =>
            members.Chunk(BlockSize).Select(chunk => (k, chunk)))];

        int least = int.MaxValue, done = 0;
        Parallel.For(0, blocks.Length,
            new ParallelOptions { MaxDegreeOfParallelism = run.Threads, CancellationToken = run.Cancellation },
            () => new MappedScan(points, BlockSize),
            (index, _, scan) =>
            {
                (int pointClass, int[] members) = blocks[index];
                scan.Run(points.Points.Points, members, pointClass + 1);
                for (int q = 0; q < members.Length; q++)
                    for (int k = pointClass + 1; k < byClass.Length; k++)
                        Compare(points, scan, q, points.Points.Points.Row(members[q]), k, ref least);
                run.Progress?.Report((double)Interlocked.Increment(ref done) / blocks.Length);
                return scan;
            },
            scan => scan.Dispose());
        return least;
    }

    private static void Compare(PrunedPoints points, MappedScan scan, int q, ReadOnlySpan<byte> point, int otherClass, ref int least)
    {
        (int position, int bound) = scan.LeastPanel(q, otherClass);
        if (position < 0 || bound > Bar(ref least)) return;
        Lower(ref least, scan.DistanceTo(point, scan.BestPoint(q, position))); // the most promising first
        scan.Admitted.Clear();
        scan.Admit(q, otherClass, Bar(ref least));
        for (int i = 0; i < scan.Admitted.Count; i++)
            Lower(ref least, scan.Distance(point, i));

        int Bar(ref int seen) => points.Basis.Limit(Math.Max(Volatile.Read(ref seen) - 1, 0));
    }

    private static void Lower(ref int least, int distance)
    {
        int seen = Volatile.Read(ref least);
        while (distance < seen)
        {
            int before = Interlocked.CompareExchange(ref least, distance, seen);
            if (before == seen) return;
            seen = before;
        }
    }
}
