namespace Memo.Neighbors;

/// <summary>
/// For every byte point the nearest point of another class, exactly; of equally near ones that of the lowest row. Each
/// starts from the point that looks nearest, and passes over what a lower bound excludes. O(N^2 d0), O(d') for each panel
/// that is left and O(n) for each point.
/// </summary>
internal static class PrunedNearestOther
{
    private const int PanelsPerBlock = MappedBlock.LargestCapacity / PrunedPoints.Lanes;

    /// <summary>Fills in the nearest other point and the squared distance of each point; two classes or more occur.</summary>
    public static void Find(PrunedPoints points, int[] nearest, int[] distances, RunOptions run)
    {
        var blocks = new List<(int Class, int Panel)>();
        for (int k = 0; k < points.ClassCount; k++)
            for (int panel = points.ClassStarts[k]; panel < points.ClassStarts[k + 1]; panel += PanelsPerBlock)
                blocks.Add((k, panel));
        int done = 0;
        Turns.Take(blocks.Count, run.Threads, () => new Worker(points, nearest, distances), (index, worker) =>
        {
            (int k, int panel) = blocks[index];
            worker.Find(k, panel, Math.Min(panel + PanelsPerBlock, points.ClassStarts[k + 1]));
            run.Progress?.Report((double)Interlocked.Increment(ref done) / blocks.Count);
        }, worker => worker.Dispose(), run.Cancellation);
    }

    private sealed unsafe class Worker(PrunedPoints points, int[] nearest, int[] distances) : IPanelVisitor, IDisposable
    {
        private readonly PanelWalk _walk = new(points, MappedBlock.LargestCapacity);
        private readonly int[] _rows = new int[MappedBlock.LargestCapacity];

        public void Find(int pointClass, int first, int end)
        {
            MappedBlock block = _walk.Block;
            (int start, int after) = (points.ClassStarts[pointClass], points.ClassStarts[pointClass + 1]);
            block.LoadPanels(first, end, _rows);
            block.Filter(0, start);
            block.Filter(after, points.PanelCount);
            var best = new int[block.Count];
            Array.Fill(best, -1);
            int* bests = block.BestPanels(0);
            for (int k = 0; k < points.ClassCount; k++)
            {
                if (k == pointClass) continue;
                block.BestPanels(k);
                for (int q = 0; q < best.Length; q++)
                    if (Panel(k, q) >= 0 && (best[q] < 0 || Maximum(k, q) > Maximum(best[q], q))) best[q] = k;
            }
            for (int q = 0; q < best.Length; q++)
            {
                int panel = Panel(best[q], q), lane = block.BestLane(q, panel);
                (nearest[_rows[q]], distances[_rows[q]]) = (points.Rows(panel)[lane], block.Distance(q, panel, lane));
                _walk.SetBar(q, points.Basis.Limit(distances[_rows[q]]));
            }
            _walk.Run(this, 0, start);
            _walk.Run(this, after, points.PanelCount);

            int Panel(int k, int q) => bests[k * 2 * block.Capacity + q];

            int Maximum(int k, int q) => bests[k * 2 * block.Capacity + block.Capacity + q];
        }

        public void Measured(int query, int point, int distance)
        {
            ref int least = ref distances[_rows[query]];
            ref int closest = ref nearest[_rows[query]];
            if (distance > least || (distance == least && point > closest)) return;
            bool tightened = distance < least;
            (closest, least) = (point, distance);
            if (tightened) _walk.SetBar(query, points.Basis.Limit(distance));
        }

        public void Dispose() => _walk.Dispose();
    }
}
