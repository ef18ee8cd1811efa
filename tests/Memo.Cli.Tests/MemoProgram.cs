// Runs the real program: the ahead-of-time binary that people get.
using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;

namespace Memo.Tests;

/// <summary>What one run of the program gave.</summary>
public sealed record ProgramResult(int ExitCode, string Output, string Error)
{
    /// <summary>Standard output as one JSON object; fails when it is anything else.</summary>
    public JsonElement Json
    {
        get
        {
            try
            {
                using JsonDocument document = JsonDocument.Parse(Output);
                Assert.Equal(JsonValueKind.Object, document.RootElement.ValueKind);
                return document.RootElement.Clone();
            }
            catch (JsonException exception)
            {
                throw new Xunit.Sdk.XunitException($"not one JSON object: {exception.Message}\nstdout: {Output}\nstderr: {Error}");
            }
        }
    }

    public ProgramResult Exits(int exitCode)
    {
        Assert.True(ExitCode == exitCode, $"exit code {ExitCode} instead of {exitCode}\nstdout: {Output}\nstderr: {Error}");
        return this;
    }

    /// <summary>
    /// The manners of every error: exit code, nothing on standard output, one or two lines that name each of the words.
    /// </summary>
    public void Refuses(int exitCode, params string[] words)
    {
        Exits(exitCode);
        Assert.Equal("", Output);
        string[] lines = Error.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.True(lines.Length is 1 or 2, $"{lines.Length} lines: {Error}");
        Assert.StartsWith("memo: ", lines[0], StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", Error, StringComparison.Ordinal);
        Assert.DoesNotContain("Exception", Error, StringComparison.Ordinal);
        Assert.All(words, word => Assert.Contains(word, Error, StringComparison.Ordinal));
    }
}

public static partial class MemoProgram
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(5);

    /// <summary>MEMO_BIN, else out/bin/memo in a folder above the tests.</summary>
    public static string Path { get; } = Find();

    public static ProgramResult Run(params string[] arguments) => RunIn(null, [], arguments);

    /// <summary>Runs in a test's own folder.</summary>
    public static ProgramResult Memo(this TemporaryFolder folder, params string[] arguments) =>
        RunIn(folder.Path, [], arguments);

    /// <summary>Runs in a folder with changes to the environment; a null value removes a variable.</summary>
    public static ProgramResult RunIn(string? folder, Dictionary<string, string?> environment, params string[] arguments) =>
        Finish(Start(folder, environment, Path, arguments));

    /// <summary>Runs a line of bash in which $MEMO is the program.</summary>
    public static ProgramResult Shell(string? folder, Dictionary<string, string?> environment, string line) =>
        Finish(Start(folder, new(environment) { ["MEMO"] = Path }, "/bin/bash", ["-c", line]));

    /// <summary>Runs another file than <see cref="Path"/>, such as a copy of it.</summary>
    public static ProgramResult RunFile(string file, Dictionary<string, string?> environment, params string[] arguments) =>
        Finish(Start(null, environment, file, arguments));

    /// <summary>
    /// Starts a run and sends it a signal as soon as a condition on its process id holds; null if it ended before. The
    /// signals' defaults are restored first: where the tests run in the background they are ignored, which is inherited.
    /// </summary>
    public static ProgramResult? Interrupt(string folder, int signal, Predicate<int> when, params string[] arguments)
    {
        using Process process = Start(folder, [], "/usr/bin/env", ["--default-signal=HUP,INT,TERM", Path, .. arguments]);
        while (!when(process.Id))
            if (process.WaitForExit(TimeSpan.FromMilliseconds(1))) return null;
        Assert.Equal(0, Kill(process.Id, signal));
        return Finish(process);
    }

    /// <summary>Whether a process has begun to answer signals itself.</summary>
    public static bool AnswersSignals(int process)
    {
        string[] status;
        try
        {
            status = File.ReadAllLines($"/proc/{process}/status");
        }
        catch (IOException) // it has ended
        {
            return false;
        }
        string? caught = status.FirstOrDefault(line => line.StartsWith("SigCgt:", StringComparison.Ordinal));
        return caught is not null && (Convert.ToUInt64(caught["SigCgt:".Length..].Trim(), 16) & AllThree) == AllThree;
    }

    private static Process Start(string? folder, Dictionary<string, string?> environment, string file, string[] arguments)
    {
        var start = new ProcessStartInfo(file)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            StandardOutputEncoding = new UTF8Encoding(false, throwOnInvalidBytes: true),
            StandardErrorEncoding = new UTF8Encoding(false, throwOnInvalidBytes: true),
            WorkingDirectory = folder ?? "",
        };
        foreach (string argument in arguments) start.ArgumentList.Add(argument);
        foreach (string variable in new[] { "NO_COLOR", "MEMO_ISA", "MEMO_LAUNCHED" }) start.Environment.Remove(variable);
        foreach ((string name, string? value) in environment)
            if (value is null) start.Environment.Remove(name);
            else start.Environment[name] = value;
        return Process.Start(start)!;
    }

    private static ProgramResult Finish(Process process)
    {
        Task<string> output = process.StandardOutput.ReadToEndAsync(), error = process.StandardError.ReadToEndAsync();
        if (!process.WaitForExit(Patience))
        {
            process.Kill(entireProcessTree: true);
            throw new Xunit.Sdk.XunitException($"no end after {Patience}: {string.Join(' ', process.StartInfo.ArgumentList)}");
        }
        return new ProgramResult(process.ExitCode, output.Result, error.Result);
    }

    private static string Find()
    {
        if (Environment.GetEnvironmentVariable("MEMO_BIN") is { Length: > 0 } named) return System.IO.Path.GetFullPath(named);
        for (DirectoryInfo? folder = new(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
            if (System.IO.Path.Combine(folder.FullName, "out", "bin", "memo") is var path && File.Exists(path))
                return path;
        throw new InvalidOperationException("the program is not built: run `make build` first, or set MEMO_BIN to it");
    }

    // The bits of SIGHUP, SIGINT and SIGTERM in a mask of signals.
    private const ulong AllThree = 1 << (1 - 1) | 1 << (2 - 1) | 1 << (15 - 1);

    [LibraryImport("libc", EntryPoint = "kill", SetLastError = true)]
    private static partial int Kill(int process, int signal);
}
