using System.Numerics;
using System.Runtime.Intrinsics;

namespace Memo.Neighbors;

/// <summary>
/// min P over byte points of different label, passing over every pair whose mapped distance already exceeds the least
/// distance found. O(N^2 d0), and O(n) for each pair that is left.
/// </summary>
internal static unsafe class PrunedSeparation
{
    private const int PanelsPerBlock = MappedBlock.Capacity / PrunedPoints.Lanes;

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
            () => (Block: new MappedBlock(points), Rows: new int[MappedBlock.Capacity]),
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
        int* filter = stackalloc int[MappedBlock.Capacity], visit = stackalloc int[block.Levels];
        int seen = SetThresholds(ref least);
        for (int panel = points.ClassStarts[firstClass]; panel < points.PanelCount; panel++)
        {
            int* maxima = block.Row(panel);
            for (int q = 0; q < block.Stride; q += Vector256<int>.Count)
            {
                uint open = Vector256.GreaterThanOrEqual(Vector256.Load(maxima + q), Vector256.Load(filter + q)).ExtractMostSignificantBits();
                if (open == 0) continue;
                if (Volatile.Read(ref least) != seen) seen = SetThresholds(ref least);
                for (; open != 0; open &= open - 1)
                {
                    int query = q + BitOperations.TrailingZeroCount(open);
                    block.VisitThresholds(query, Bar(seen), visit);
                    for (uint near = block.Visit(query, panel, visit); near != 0; near &= near - 1)
                        Lower(ref least, block.Distance(query, panel, BitOperations.TrailingZeroCount(near)));
                }
            }
        }

        int SetThresholds(ref int value)
        {
            int seen = Volatile.Read(ref value);
            for (int q = 0; q < block.Stride; q++)
                filter[q] = q < block.Count ? block.FilterThreshold(q, Bar(seen)) : int.MaxValue;
            return seen;
        }

        int Bar(int seen) => points.Basis.Limit(Math.Max(seen - 1, 0));
    }

    // The most promising pair of the block and a class first.
    private static void MeasureBest(PrunedPoints points, MappedBlock block, int otherClass, ref int least)
    {
        int* panels = block.BestPanels(otherClass), maxima = panels + MappedBlock.Capacity;
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
