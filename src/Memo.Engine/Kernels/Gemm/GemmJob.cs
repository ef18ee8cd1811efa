using System.Runtime.ExceptionServices;

namespace Memo.Kernels;

/// <summary>
/// One product shared by several threads: C is cut into parts, which the caller and workers of the thread pool take one
/// after another. The caller never waits for a part that nobody has begun, so a busy pool costs time but cannot block.
/// Jobs are reused; a worker that comes too late finds no part left and lets go.
/// </summary>
internal sealed unsafe class GemmJob : IThreadPoolWorkItem
{
    // A part packs all of A, or all of B, again: about a third of a cycle an element, against width / 32 cycles of
    // arithmetic, so 2 percent for the narrowest.
    private const int NarrowPart = 512;

    private static GemmJob? _idle;
    private readonly object _finished = new();
    private GemmProblem _problem;
    private delegate*<in GemmProblem, int, int, int, int, void> _multiply;
    private bool _byRows;
    private int _threads, _length, _step, _next, _remaining, _holders, _callersProcessor;
    private Exception? _failure;

    /// <summary>Computes the product with at most so many threads, this one among them.</summary>
    /// <param name="problem">The product.</param>
    /// <param name="multiply">Computes a rectangle: first row, end of rows, first column, end of columns.</param>
    /// <param name="rowStep">Rows of a tile: parts begin at multiples.</param>
    /// <param name="columnStep">The same for columns.</param>
    /// <param name="threads">At least 2.</param>
    public static void Run(in GemmProblem problem, delegate*<in GemmProblem, int, int, int, int, void> multiply,
        int rowStep, int columnStep, int threads)
    {
        GemmJob job = Interlocked.Exchange(ref _idle, null) ?? new GemmJob();
        // Cutting the rows packs B once a part, cutting the columns A; what is packed already costs nothing.
        job._byRows = problem.M > (problem.PackedB != null ? threads * rowStep : problem.N);
        job._length = job._byRows ? problem.M : problem.N;
        job._step = job._byRows ? rowStep : columnStep;
        (job._threads, job._next, job._remaining, job._failure) = (threads, 0, job._length, null);
        job._multiply = multiply;
        job._problem = problem;
        int workers = Math.Min(threads, (job._length - 1) / job._step + 1) - 1;
        job._holders = workers + 1;
        job._callersProcessor = ProcessorPlacement.Current();
        for (int i = 0; i < workers; i++) ThreadPool.UnsafeQueueUserWorkItem(job, preferLocal: false);
        Thread.Yield(); // to a worker that is queued behind this thread, so that it can go elsewhere

        job.TakeParts();
        job.WaitForOthers();
        Exception? failure = job._failure;
        job.LetGo();
        if (failure != null) ExceptionDispatchInfo.Throw(failure);
    }

    void IThreadPoolWorkItem.Execute()
    {
        if (Volatile.Read(ref _remaining) > 0) ProcessorPlacement.Leave(_callersProcessor);
        TakeParts();
        LetGo();
    }

    private void TakeParts()
    {
        while (TryTake(out int start, out int end))
        {
            try
            {
                if (_byRows) _multiply(_problem, start, end, 0, _problem.N);
                else _multiply(_problem, 0, _problem.M, start, end);
            }
            catch (Exception failure)
            {
                // The caller throws it; an exception must not escape into the thread pool.
                Interlocked.CompareExchange(ref _failure, failure, null);
            }
            if (Interlocked.Add(ref _remaining, start - end) > 0) continue;
            lock (_finished) Monitor.Pulse(_finished);
        }
    }

    private bool TryTake(out int start, out int end)
    {
        do
        {
            start = end = Volatile.Read(ref _next);
            if (start == _length) return false;
            end = PartEnd(start);
        }
        while (Interlocked.CompareExchange(ref _next, end, start) != start);
        return true;
    }

    // Rounds of one part a thread: half of what is left, then half of the rest, and so on down to narrow parts. Threads of
    // equal speed finish together; one that is late or slow leaves parts of later rounds to others.
    private int PartEnd(int start)
    {
        for (long round = 0; ;)
        {
            long share = (_length - round - 1) / _threads + 1, width = share >= 2 * NarrowPart ? share / 2 : share;
            width = ((width - 1) / _step + 1) * _step;
            long next = round + width * _threads;
            if (start < next) return (int)Math.Min(start + width, _length);
            round = next;
        }
    }

    private void WaitForOthers()
    {
        var spin = new SpinWait();
        while (Volatile.Read(ref _remaining) > 0 && spin.Count < 100) spin.SpinOnce(sleep1Threshold: -1);
        lock (_finished)
            while (Volatile.Read(ref _remaining) > 0) Monitor.Wait(_finished);
    }

    // The last who holds the job makes it available again.
    private void LetGo()
    {
        if (Interlocked.Decrement(ref _holders) == 0) Volatile.Write(ref _idle, this);
    }
}
