using System.Diagnostics;
using Memo.Kernels;

namespace Memo.Benchmarks;

/// <summary>Runs the loops of <see cref="PeakLoops"/> on all threads at the same time; a peak is the best of a few trials.</summary>
internal sealed unsafe class PeakMeasurement(int threads, CancellationToken cancellation)
{
    private const int Trials = 5;
    private const double TrialSeconds = 0.01;

    /// <summary>10^9 operations a second, all threads together.</summary>
    public double Compute<TStep, TVector>()
        where TStep : struct, IPeakStep<TVector>
        where TVector : struct
    {
        long rounds = Calibrate(1 << 12, count => Keep(PeakLoops.Compute<TStep, TVector>(count)));
        double operations = (double)rounds * PeakLoops.Chains * TStep.Operations;
        return Best(operations, _ => Keep(PeakLoops.Compute<TStep, TVector>(rounds)));
    }

    /// <summary>10^9 bytes a second, all threads together, each reading a block of its own.</summary>
    public double Read<TLoad, TVector>(long bytesEach)
        where TLoad : struct, IPeakLoad<TVector>
        where TVector : unmanaged
    {
        var blocks = new AlignedBuffer[threads];
        try
        {
            for (int t = 0; t < threads; t++) blocks[t] = new AlignedBuffer((nuint)bytesEach);
            long passes = Calibrate(1, count => Keep(PeakLoops.Read<TLoad, TVector>(blocks[0].Pointer, (nuint)bytesEach, count)));
            return Best((double)bytesEach * passes,
                t => Keep(PeakLoops.Read<TLoad, TVector>(blocks[t].Pointer, (nuint)bytesEach, passes)));
        }
        finally
        {
            foreach (AlignedBuffer? block in blocks) block?.Dispose();
        }
    }

    // Enough repetitions for a trial.
    private static long Calibrate(long count, Action<long> work)
    {
        work(1); // compiled, where that happens at run time, and the block is in the cache
        while (true)
        {
            long start = Stopwatch.GetTimestamp();
            work(count);
            double seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
            if (seconds >= TrialSeconds) return count;
            count = Math.Max(2 * count, (long)(count * TrialSeconds / Math.Max(seconds, 1e-6)) + 1);
        }
    }

    private double Best(double amountEach, Action<int> work)
    {
        double best = 0;
        for (int trial = 0; trial < Trials; trial++)
        {
            cancellation.ThrowIfCancellationRequested();
            best = Math.Max(best, amountEach * threads / Together(work));
        }
        return best / 1e9;
    }

    // From the first thread's start to the last one's end.
    private double Together(Action<int> work)
    {
        using var barrier = new Barrier(threads);
        var (starts, ends) = (new long[threads], new long[threads]);
        Thread[] others = [.. Enumerable.Range(1, threads - 1).Select(t => new Thread(() => Run(t)))];
        foreach (Thread thread in others) thread.Start();
        Run(0);
        foreach (Thread thread in others) thread.Join();
        return Stopwatch.GetElapsedTime(starts.Min(), ends.Max()).TotalSeconds;

        void Run(int t)
        {
            barrier.SignalAndWait();
            starts[t] = Stopwatch.GetTimestamp();
            work(t);
            ends[t] = Stopwatch.GetTimestamp();
        }
    }

    // A result that is looked at cannot be left out by the compiler.
    private static void Keep<T>(T value) where T : struct => Volatile.Write(ref _kept, value.GetHashCode());

    private static int _kept;
}
