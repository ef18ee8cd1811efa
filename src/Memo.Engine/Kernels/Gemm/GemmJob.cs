using System.Runtime.ExceptionServices;

namespace Memo.Kernels;

/// <summary>
/// One product shared by several threads: C is cut into parts, which the caller and workers of the thread pool take one
/// after another. The caller never waits for a part that nobody has begun, so a busy pool costs time but cannot block.
/// Jobs are reused; a worker that comes too late finds no part left and lets go.
/// </summary>
internal sealed unsafe class GemmJob : IThreadPoolWorkItem
{
    // A part packs all of A, or all of B, again: about half a cycle an element, against n / 32 cycles of arithmetic.
    // From this many columns or rows on there are several parts a thread, so that a slow thread delays less.
    private const int LongPart = 1024;
    private const int PartsPerThread = 4;

    private static GemmJob? _idle;
    private readonly object _finished = new();
    private GemmProblem _problem;
    private delegate*<in GemmProblem, int, int, int, int, void> _multiply;
    private bool _byRows;
    private int _parts, _partSize, _next, _done, _holders;
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
        int length = job._byRows ? problem.M : problem.N, step = job._byRows ? rowStep : columnStep;
        int wanted = threads * Math.Clamp(length / (LongPart * threads), 1, PartsPerThread);
        job._partSize = ((length - 1) / wanted / step + 1) * step;
        job._parts = (length - 1) / job._partSize + 1;
        job._multiply = multiply;
        (job._problem, job._next, job._done, job._failure) = (problem, 0, 0, null);
        int workers = Math.Min(threads, job._parts) - 1;
        job._holders = workers + 1;
        for (int i = 0; i < workers; i++) ThreadPool.UnsafeQueueUserWorkItem(job, preferLocal: false);

        job.TakeParts();
        job.WaitForOthers();
        Exception? failure = job._failure;
        job.LetGo();
        if (failure != null) ExceptionDispatchInfo.Throw(failure);
    }

    void IThreadPoolWorkItem.Execute()
    {
        TakeParts();
        LetGo();
    }

    private void TakeParts()
    {
        int part;
        while ((part = Interlocked.Increment(ref _next) - 1) < _parts)
        {
            try
            {
                int start = part * _partSize, end = Math.Min(start + _partSize, _byRows ? _problem.M : _problem.N);
                if (_byRows) _multiply(_problem, start, end, 0, _problem.N);
                else _multiply(_problem, 0, _problem.M, start, end);
            }
            catch (Exception failure)
            {
                // The caller throws it; an exception must not escape into the thread pool.
                Interlocked.CompareExchange(ref _failure, failure, null);
            }
            if (Interlocked.Increment(ref _done) < _parts) continue;
            lock (_finished) Monitor.Pulse(_finished);
        }
    }

    private void WaitForOthers()
    {
        var spin = new SpinWait();
        while (Volatile.Read(ref _done) < _parts && spin.Count < 100) spin.SpinOnce(sleep1Threshold: -1);
        lock (_finished)
            while (Volatile.Read(ref _done) < _parts) Monitor.Wait(_finished);
    }

    // The last who holds the job makes it available again.
    private void LetGo()
    {
        if (Interlocked.Decrement(ref _holders) == 0) Volatile.Write(ref _idle, this);
    }
}
