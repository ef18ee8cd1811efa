namespace Memo.Measures.Covering;

/// <summary>
/// Set cover by the greedy rule with a lazy queue: a ball's gain, the uncovered points in it, only shrinks, so that a gain
/// counted before is a bound on the present one, and only balls that look best are counted again. At most ln(largest ball) + 1
/// times as many balls as needed (V. Chvatal, "A greedy heuristic for the set-covering problem", 1979).
/// </summary>
internal static class GreedyCover
{
    /// <summary>
    /// Balls that together hold every point, ascending. Of equal gains the lowest ball first; at the end balls all of whose
    /// points others hold are dropped, the last chosen first. The same for any threads.
    /// </summary>
    public static int[] Find(Balls balls, RunOptions run)
    {
        var covers = new int[balls.Count]; // chosen balls around each point
        var chosen = new List<int>();
        var counted = new int[balls.Count]; // when the gain was counted last: how many balls were chosen then
        var queue = new PriorityQueue<int, (int NegativeGain, int Ball)>();
        for (int ball = 0; ball < balls.Count; ball++)
            if (balls.Sizes[ball] > 1) queue.Enqueue(ball, (-balls.Sizes[ball], ball));

        int uncovered = balls.Count;
        var batch = new List<int>();
        while (queue.TryPeek(out int best, out (int NegativeGain, int Ball) bound) && bound.NegativeGain < -1)
        {
            run.Cancellation.ThrowIfCancellationRequested();
            if (counted[best] == chosen.Count) // at first too: sizes are the first gains
            {
                queue.Dequeue();
                chosen.Add(best);
                foreach (int point in balls.Members([best])[0].Span)
                    if (covers[point]++ == 0) uncovered--;
                run.Progress?.Report(1 - (double)uncovered / balls.Count);
                continue;
            }
            batch.Clear();
            while (batch.Count < balls.BatchSize && queue.TryPeek(out int next, out bound) && bound.NegativeGain < -1 &&
                counted[next] != chosen.Count)
            {
                batch.Add(next);
                queue.Dequeue();
            }
            IReadOnlyList<ReadOnlyMemory<int>> members = balls.Members([.. batch]);
            for (int i = 0; i < batch.Count; i++)
            {
                int gain = 0;
                foreach (int point in members[i].Span)
                    if (covers[point] == 0) gain++;
                counted[batch[i]] = chosen.Count;
                if (gain > 1) queue.Enqueue(batch[i], (-gain, batch[i]));
            }
        }
        // No ball holds two of the points left over: each is its own.
        for (int point = 0; point < balls.Count; point++)
            if (covers[point] == 0)
            {
                chosen.Add(point);
                foreach (int other in balls.Members([point])[0].Span) covers[other]++;
            }
        for (int i = chosen.Count - 1; i >= 0; i--)
        {
            ReadOnlySpan<int> members = balls.Members([chosen[i]])[0].Span;
            bool needed = false;
            foreach (int point in members) needed |= covers[point] == 1;
            if (needed) continue;
            foreach (int point in members) covers[point]--;
            chosen.RemoveAt(i);
        }
        chosen.Sort();
        return [.. chosen];
    }
}
