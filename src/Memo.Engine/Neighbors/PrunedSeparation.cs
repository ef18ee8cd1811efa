namespace Memo.Neighbors;

/// <summary>
/// min P over byte points of different label, passing over every pair whose mapped distance already exceeds the least
/// distance found. O(N^2 d0), and O(n) for each pair that is left.
/// </summary>
internal static class PrunedSeparation
{
    private const int PanelsPerBlock = MappedBlock.LargestCapacity / PrunedPoints.Lanes;

    /// <summary>The least squared distance of two points of different label; two classes or more occur.</summary>
    public static int MinimumSquaredDistance(PrunedPoints points, RunOptions run)
    {
        // A block holds points of one class, compared with the panels of the later classes.
        var blocks = new List<(int Class, int Panel)>();
        for (int k = 0; k < points.ClassCount - 1; k++)
            for (int panel = points.ClassStarts[k]; panel < points.ClassStarts[k + 1]; panel += PanelsPerBlock)
                blocks.Add((k, panel));

        var least = new Least();
        int done = 0;
        Turns.Take(blocks.Count, run.Threads, () => new Worker(points, least), (index, worker) =>
        {
            (int k, int panel) = blocks[index];
            worker.Compare(k, panel, Math.Min(panel + PanelsPerBlock, points.ClassStarts[k + 1]));
            run.Progress?.Report((double)Interlocked.Increment(ref done) / blocks.Count);
        }, worker => worker.Dispose(), run.Cancellation);
        return least.Value;
    }

    // The least distance found so far, by any thread.
    private sealed class Least
    {
        private int _value = int.MaxValue;

        public int Value => Volatile.Read(ref _value);

        public void Offer(int distance)
        {
            int seen = Value;
            while (distance < seen)
            {
                int before = Interlocked.CompareExchange(ref _value, distance, seen);
                if (before == seen) return;
                seen = before;
            }
        }
    }

    private sealed unsafe class Worker(PrunedPoints points, Least least) : IPanelVisitor, IDisposable
    {
        private readonly PanelWalk _walk = new(points, MappedBlock.LargestCapacity);
        private readonly int[] _rows = new int[MappedBlock.LargestCapacity];
        private int _seen; // the least distance that the bars are set for

        public void Compare(int pointClass, int first, int end)
        {
            int others = points.ClassStarts[pointClass + 1];
            _walk.Block.LoadPanels(first, end, _rows);
            _walk.Block.Filter(others, points.PanelCount);
            for (int k = pointClass + 1; k < points.ClassCount; k++) MeasureBest(k);
            SetBars();
            _walk.Run(this, others, points.PanelCount);
        }

        // The most promising pair of the block and a class first.
        private void MeasureBest(int otherClass)
        {
            MappedBlock block = _walk.Block;
            int* panels = block.BestPanels(otherClass), maxima = panels + block.Capacity;
            int best = -1;
            for (int q = 0; q < block.Count; q++)
                if (panels[q] >= 0 && (best < 0 || block.BarOf(q, maxima[q]) < block.BarOf(best, maxima[best]))) best = q;
            if (best >= 0 && block.BarOf(best, maxima[best]) <= points.Basis.Limit(least.Value))
                least.Offer(block.Distance(best, panels[best], block.BestLane(best, panels[best])));
        }

        private void SetBars()
        {
            _seen = least.Value;
            int bar = points.Basis.Limit(Math.Max(_seen - 1, 0));
            for (int q = 0; q < _walk.Block.Count; q++) _walk.SetBar(q, bar);
        }

        public void Measured(int query, int point, int distance)
        {
            least.Offer(distance);
            if (least.Value != _seen) SetBars();
        }

        public void Dispose() => _walk.Dispose();
    }
}
