// Work that takes its time: how many threads, who is told of its progress, who may end it (memo_run_options).
using System.Runtime.InteropServices;

namespace Memo.Native;

/// <summary>memo_run_options of memo.h. Fields are only ever appended.</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct RunRequest : ISizedStructure
{
    public long StructSize;
    public int Threads;
    public int Reserved;
    public delegate* unmanaged[Cdecl]<double, void*, int> Progress;
    public void* UserData;

    public static string Name => "memo_run_options";

    public static int FirstSize => 32;
}

/// <summary>Runs work as the caller asked. A callback is only ever called on the thread that made the call.</summary>
internal static unsafe class LongCall
{
    private const int MillisecondsBetweenReports = 100;

    /// <summary>Runs <paramref name="work"/> and gives its result.</summary>
    /// <param name="request">What the caller asked for, or NULL.</param>
    /// <param name="work">The work; on another thread where there is a callback.</param>
    /// <exception cref="OperationCanceledException">The callback asked for the end.</exception>
    public static T Run<T>(RunRequest* request, Func<RunOptions, T> work)
    {
        RunOptions run = LibraryFunctions.Run;
        if (request == null) return work(run);
        RunRequest asked = Structures.Read(request, "run");
        if (asked.Threads < 0)
            throw CallException.InvalidArgument($"run: {asked.Threads} threads: give at least 1, or 0 for what memo_set_threads() said");
        if (asked.Reserved != 0) throw CallException.InvalidArgument("run: the reserved field must be 0");
        if (asked.Threads > 0) run = run with { Threads = asked.Threads };
        return asked.Progress == null ? work(run) : Watch(asked, run, work);
    }

    // The work goes to a thread of its own, so that the calling one is free to call back, news or not.
    private static T Watch<T>(RunRequest asked, RunOptions run, Func<RunOptions, T> work)
    {
        using var stop = new CancellationTokenSource();
        var share = new HighestShare();
        var watched = run with { Progress = share, Cancellation = stop.Token };
        Task<T> task = Task.Factory.StartNew(() => work(watched), CancellationToken.None, TaskCreationOptions.LongRunning,
            TaskScheduler.Default);
        while (Task.WaitAny([task], MillisecondsBetweenReports) < 0)
            if (!stop.IsCancellationRequested && asked.Progress(share.Value, asked.UserData) != 0)
                stop.Cancel();
        T result = task.GetAwaiter().GetResult();
        if (!stop.IsCancellationRequested && asked.Progress(1, asked.UserData) != 0) stop.Cancel();
        stop.Token.ThrowIfCancellationRequested();
        return result;
    }

    // The work's threads report in any order; what the caller hears never decreases.
    private sealed class HighestShare : IProgress<double>
    {
        private double _value;

        public double Value => Volatile.Read(ref _value);

        public void Report(double value)
        {
            value = Math.Min(value, 1);
            for (double seen = Value; value > seen; seen = Value)
                if (Interlocked.CompareExchange(ref _value, value, seen) == seen) return;
        }
    }
}
