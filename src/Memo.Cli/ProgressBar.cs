using Spectre.Console;

namespace Memo.Cli;

/// <summary>A progress bar on standard error that vanishes when the work is done; nothing where that is no terminal.</summary>
internal static class ProgressBar
{
    // A bar of 40 cells has no use for finer steps, and work may report from every row.
    private const double Step = 0.002;

    public static T Show<T>(string title, Func<IProgress<double>?, T> work)
    {
        if (Terminal.ProgressConsole() is not { } console) return work(null);
        return console.Progress()
            .AutoClear(true)
            .Columns(new TaskDescriptionColumn(), new ProgressBarColumn(), new PercentageColumn(), new ElapsedTimeColumn())
            .Start(context => work(new Reporter(context.AddTask(Markup.Escape(title), maxValue: 1))));
    }

    private sealed class Reporter(ProgressTask task) : IProgress<double>
    {
        private readonly Lock _lock = new();
        private double _shown;

        public void Report(double value)
        {
            if (value < Volatile.Read(ref _shown) + Step) return;
            lock (_lock)
            {
                if (value < _shown + Step) return;
                Volatile.Write(ref _shown, value);
                task.Value = value;
            }
        }
    }
}
