using System.CommandLine;
using System.Text.Json;
using Memo.Benchmarks;
using Memo.Data;
using Memo.Devices;
using Memo.Gpu;

namespace Memo.Cli;

/// <summary>
/// One run of one command: what was asked for, how work is to run, and the one place where exceptions and signals become
/// messages and exit codes.
/// </summary>
internal sealed class Session
{
    private readonly ParseResult _parsed;
    private readonly Interruption _interruption;
    private readonly Lazy<DeviceChoice?> _device;

    private Session(ParseResult parsed, Interruption interruption)
    {
        (_parsed, _interruption) = (parsed, interruption);
        Seed = parsed.GetValue(GlobalOptions.Seed);
        Json = parsed.GetValue(GlobalOptions.Json);
        bool verbose = parsed.GetValue(GlobalOptions.Verbose);
        string word = parsed.GetValue(GlobalOptions.Device)!;
        _device = new Lazy<DeviceChoice?>(() => DeviceWord.Open(word, Warn, verbose ? line => Console.Error.WriteLine($"memo: {line}") : null));
    }

    /// <summary>Whether standard output carries one JSON object instead of text.</summary>
    public bool Json { get; }

    /// <summary>The seed of everything random.</summary>
    public ulong Seed { get; }

    /// <summary>Worker threads.</summary>
    public int Threads => _parsed.GetResult(GlobalOptions.Threads) is { Implicit: false }
        ? _parsed.GetValue(GlobalOptions.Threads) : Environment.ProcessorCount;

    public T? Get<T>(Option<T> option) => _parsed.GetValue(option);

    public T Get<T>(Argument<T> argument) => _parsed.GetRequiredValue(argument);

    /// <summary>An option's argument as it was given; null where it was not given.</summary>
    public string? Given(Option option) => _parsed.GetResult(option) is { Implicit: false } result
        ? result.Tokens.Count > 0 ? result.Tokens[0].Value : "true" : null;

    /// <summary>Whether a device was asked for and is there.</summary>
    public bool HasDevice => _device.Value is not null;

    /// <summary>Runs long work that can be interrupted, with a progress bar where one can be seen.</summary>
    public T Work<T>(string title, Func<RunOptions, T> work) => _interruption.During(cancellation =>
    {
        var run = new RunOptions { Threads = Threads, Cancellation = cancellation, Device = _device.Value };
        return _parsed.GetValue(GlobalOptions.Quiet)
            ? work(run)
            : ProgressBar.Show(title, progress => work(run with { Progress = progress }));
    });

    /// <summary>A line on standard error that does not change the result.</summary>
    public static void Warn(string message) => Console.Error.WriteLine($"memo: warning: {message}");

    /// <summary>Runs a command's work and turns whatever happens into an exit code.</summary>
    public static int Run(ParseResult parsed, Func<Session, int> work)
    {
        using var interruption = new Interruption();
        try
        {
            return work(new Session(parsed, interruption));
        }
        catch (Exception exception) // the one place: every exception ends as a line and an exit code
        {
            return interruption.Conclude() ?? Report(exception, parsed.CommandResult.Command);
        }
    }

    /// <summary>Writes out what is buffered; a full disk is the user's to know, a closed pipe is nobody's error.</summary>
    public static int FlushOutput(int exitCode)
    {
        try
        {
            Console.Out.Flush();
            return exitCode;
        }
        catch (Exception exception) when (IsOutputFailure(exception))
        {
            return ReportOutputFailure(exception);
        }
    }

    /// <summary>Whether an exception says that a stream cannot be written: full, or closed before the start.</summary>
    public static bool IsOutputFailure(Exception exception) => exception is IOException or UnauthorizedAccessException;

    /// <summary>The message and the exit code when standard output cannot be written.</summary>
    public static int ReportOutputFailure(Exception exception)
    {
        string problem = exception is UnauthorizedAccessException ? "is closed" : exception.Message;
        Console.Error.WriteLine($"memo: standard output: {problem}");
        return ExitCode.BadInput;
    }

    private static int Report(Exception exception, Command command)
    {
        // Work on several threads arrives wrapped.
        while (exception is AggregateException { InnerException: { } inner }) exception = inner;
        (string message, int exitCode) = exception switch
        {
            MemoException problem => (problem.Message + Remedy(problem, command), ExitCode.BadInput),
            OutOfMemoryException => ("not enough memory for this data; take fewer samples (--per-class M) or fewer classes",
                ExitCode.BadInput),
            IOException or UnauthorizedAccessException => (exception.Message, ExitCode.BadInput),
            _ => ($"internal error: {exception.GetType().Name}: {exception.Message}", ExitCode.InternalError),
        };
        Console.Error.WriteLine($"memo: {message}");
        return exitCode;
    }

    // The engine names what can be set after its own properties; of most of them an option has almost the name.
    private static string Remedy(MemoException problem, Command command)
    {
        if (problem.Setting == nameof(DataReference.SelectedClasses)) return " (:A,B behind the data's name)";
        string? option = problem.Setting switch
        {
            null => null,
            nameof(BenchmarkOptions.Shapes) => "--shape",
            _ => "--" + JsonNamingPolicy.KebabCaseLower.ConvertName(problem.Setting),
        };
        return command.Options.Any(each => each.Name == option) ? $" ({option})" : "";
    }
}
