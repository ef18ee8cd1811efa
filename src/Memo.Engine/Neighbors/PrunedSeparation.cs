using System.Numerics;

namespace Memo.Neighbors;

/// <summary>
/// min P over byte points of different label, passing over every pair whose mapped distance already exceeds the least
/// distance found. O(N^2 d0), and O(n) for each pair that is left.
/// </summary>
internal static unsafe class PrunedSeparation
{
    private const int PanelsPerBlock = 16;

    /// <summary>The least squared distance of two points of different label; two classes or more occur.</summary>
    public static int MinimumSquaredDistance(PrunedPoints points, RunOptions run)
    {
        // A block holds points of one class, compared with the panels of the later classes.
        var blocks = new List<(int Class, int Panel)>();
        for (int k = 0; k < points.ClassCount - 1; k++)
            for (int panel = points.ClassStarts[k]; panel < points.ClassStarts[k + 1]; panel += PanelsPerBlock)
                blocks.Add((k, panel));

        int least = int.MaxValue, done = 0;
        Parallel.For(0, blocks.Count,
            new ParallelOptions { MaxDegreeOfParallelism = run.Threads, CancellationToken = run.Cancellation },
            () => (Block: new MappedBlock(points, PanelsPerBlock * PrunedPoints.Lanes), Rows: new int[PanelsPerBlock * PrunedPoints.Lanes]),
            (index, _, scratch) =>
            {
                (int k, int panel) = blocks[index];
                int count = 0;
                for (int p = panel; p < Math.Min(panel + PanelsPerBlock, points.ClassStarts[k + 1]); p++)
                {
                    points.Rows(p).CopyTo(scratch.Rows.AsSpan(count));
                    count += points.Rows(p).Length;
                }
                Compare(points, scratch.Block, scratch.Rows.AsSpan(0, count), k + 1, ref least);
                run.Progress?.Report((double)Interlocked.Increment(ref done) / blocks.Count);
                return scratch;
            },
            scratch => scratch.Block.Dispose());
        return least;
    }

    private static void Compare(PrunedPoints points, MappedBlock block, ReadOnlySpan<int> rows, int firstClass, ref int least)
    {
        block.Load(points.Points, rows);
        block.Filter(firstClass);
        for (int k = firstClass; k < points.ClassCount; k++) MeasureBest(points, block, k, ref least);
        int* filter = stackalloc int[block.Capacity];
        Span<int> open = stackalloc int[block.Capacity];
        int seen = SetThresholds(ref least);
        for (int panel = points.ClassStarts[firstClass]; panel < points.PanelCount; panel++)
        {
            int count = block.Open(panel, filter, open);
            if (count == 0) continue;
            uint* masks = block.Visit(open[..count], panel);
            for (int i = 0; i < count; i++)
                for (uint near = masks[i]; near != 0; near &= near - 1)
                    Lower(ref least, block.Distance(open[i], panel, BitOperations.TrailingZeroCount(near)));
            if (Volatile.Read(ref least) != seen) seen = SetThresholds(ref least);
        }

        int SetThresholds(ref int value)
        {
            int seen = Volatile.Read(ref value);
            int bar = points.Basis.Limit(Math.Max(seen - 1, 0));
            for (int q = 0; q < block.Stride; q++) filter[q] = int.MaxValue;
            for (int q = 0; q < block.Count; q++)
            {
                filter[q] = block.FilterThreshold(q, bar);
                block.SetVisitBar(q, bar);
            }
            return seen;
        }
    }

    // The most promising pair of the block and a class first.
    private static void MeasureBest(PrunedPoints points, MappedBlock block, int otherClass, ref int least)
    {
        int* panels = block.BestPanels(otherClass), maxima = panels + block.Capacity;
        int best = -1;
        for (int q = 0; q < block.Count; q++)
            if (panels[q] >= 0 && (best < 0 || block.BarOf(q, maxima[q]) < block.BarOf(best, maxima[best]))) best = q;
        if (best >= 0 && block.BarOf(best, maxima[best]) <= points.Basis.Limit(Volatile.Read(ref least)))
            Lower(ref least, block.Distance(best, panels[best], block.BestLane(best, panels[best])));
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
