namespace Memo;

/// <summary>
/// Work handed to threads one item at a time. <see cref="Parallel"/> gives out runs that double in length, which leaves
/// threads idle at the end when there are tens of items and not thousands.
/// </summary>
internal static class Turns
{
    /// <summary>
    /// Calls <paramref name="body"/> for every item 0 .. count - 1, in ascending order of their starts, on at most
    /// <paramref name="threads"/> threads, this one included; each thread that gets an item makes itself a state first and
    /// ends with it. One thread runs here, with no scheduling at all. An error ends the work as in
    /// <see cref="Parallel"/>: others finish the item at hand, then <see cref="AggregateException"/> is thrown.
    /// </summary>
    /// <exception cref="OperationCanceledException">Cancellation was asked for; items not begun are left out.</exception>
    public static void Take<TState>(int count, int threads, Func<TState> begin, Action<int, TState> body, Action<TState> end,
        CancellationToken cancellation = default)
    {
        int next = -1;
        threads = Math.Min(threads, count);
        if (threads <= 1) Work();
        else
            Parallel.For(0, threads, new ParallelOptions { MaxDegreeOfParallelism = threads, CancellationToken = cancellation },
                _ => Work());

        void Work()
        {
            int item = Interlocked.Increment(ref next);
            if (item >= count) return;
            TState state = begin();
            try
            {
                for (; item < count; item = Interlocked.Increment(ref next))
                {
                    cancellation.ThrowIfCancellationRequested();
                    body(item, state);
                }
            }
            catch
            {
                Interlocked.Exchange(ref next, int.MaxValue / 2); // nothing is left for the others
                throw;
            }
            finally
            {
                end(state);
            }
        }
    }
}
