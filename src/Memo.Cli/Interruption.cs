using System.Runtime.InteropServices;
using System.Text;

namespace Memo.Cli;

/// <summary>
/// Ctrl-C (SIGINT), SIGTERM and SIGHUP during one command. Work that can stop is asked to. Everything else (reading,
/// generating, saving) ends with the process, at once: no part of a file stays, and what was not complete never will be.
/// </summary>
internal sealed class Interruption : IDisposable
{
    private readonly Lock _gate = new();
    private readonly CancellationTokenSource _request = new();
    private readonly PosixSignalRegistration[] _registrations;
    private bool _working;
    private bool _told;
    private int _exitCode; // 0: no signal came

    public Interruption() => _registrations =
    [
        PosixSignalRegistration.Create(PosixSignal.SIGINT, Answer),
        PosixSignalRegistration.Create(PosixSignal.SIGTERM, Answer),
        PosixSignalRegistration.Create(PosixSignal.SIGHUP, Answer),
    ];

    /// <summary>Runs work that watches the token. What it gives counts only if no signal came meanwhile.</summary>
    /// <exception cref="OperationCanceledException">A signal came.</exception>
    public T During<T>(Func<CancellationToken, T> work)
    {
        lock (_gate) _working = true;
        T result;
        try
        {
            result = work(_request.Token);
        }
        finally
        {
            lock (_gate) _working = false;
        }
        lock (_gate) return _exitCode == 0 ? result : throw new OperationCanceledException(_request.Token);
    }

    /// <summary>After a failure: the exit code, with the message written, where a signal was the cause; else null.</summary>
    public int? Conclude()
    {
        lock (_gate)
        {
            if (_exitCode == 0) return null;
            Tell("");
            return _exitCode;
        }
    }

    public void Dispose()
    {
        foreach (PosixSignalRegistration registration in _registrations) registration.Dispose();
    }

    private void Answer(PosixSignalContext context)
    {
        context.Cancel = true; // the default action would leave temporary files
        lock (_gate)
        {
            bool isFirst = _exitCode == 0;
            if (isFirst)
                _exitCode = ExitCode.Interrupted + context.Signal switch
                {
                    PosixSignal.SIGHUP => 1,
                    PosixSignal.SIGINT => 2,
                    _ => 15,
                };
            // The second request is not asked to wait. The gate stays closed, so that the main thread cannot end the
            // process first, with another exit code.
            if (!_working || !isFirst) EndProcess();
        }
        _request.Cancel();
    }

    private void EndProcess()
    {
        try
        {
            AtomicFile.AbandonAll();
            // Under a progress bar the cursor is hidden.
            Tell(_working && Terminal.ShowsProgress ? "\x1b[?25h" : "");
        }
        finally
        {
            Environment.Exit(_exitCode);
        }
    }

    // Not through Console.Error, which the interrupted thread may be holding.
    private void Tell(string before)
    {
        if (_told) return;
        _told = true;
        using Stream stderr = Console.OpenStandardError();
        stderr.Write(Encoding.UTF8.GetBytes($"{before}memo: interrupted\n"));
    }
}
