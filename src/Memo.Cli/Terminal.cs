using System.Runtime.InteropServices;
using System.Text;
using Spectre.Console;

namespace Memo.Cli;

/// <summary>The two standard streams: UTF-8 always, colour and width only as far as there is a terminal.</summary>
internal static partial class Terminal
{
    /// <summary>How wide a page of text or a table may be where there is no terminal to say so.</summary>
    public const int PageWidth = 100;

    // Wide enough that nothing is wrapped or cut where a program or a file reads.
    private const int EndlessWidth = 4096;

    private static bool NoColour => Environment.GetEnvironmentVariable("NO_COLOR") is { Length: > 0 };

    /// <summary>
    /// Makes both streams UTF-8 whatever the locale; standard output is buffered and flushed at the end. Throws
    /// <see cref="UnauthorizedAccessException"/> where it is closed.
    /// </summary>
    public static void UseUtf8()
    {
        // Asked before anything is opened, which could take the number of a closed stream.
        bool outputIsOpen = IsOpen(1), errorIsOpen = IsOpen(2);
        LeaveKeypadAlone();
        var encoding = new UTF8Encoding(encoderShouldEmitUTF8Identifier: false);
        Console.SetError(errorIsOpen
            ? new StreamWriter(Console.OpenStandardError(), encoding) { AutoFlush = true } : TextWriter.Null);
        if (!outputIsOpen) throw new UnauthorizedAccessException("standard output is closed");
        Console.SetOut(new StreamWriter(Console.OpenStandardOutput(), encoding, 1 << 16));
    }

    /// <summary>
    /// At its first touch of a terminal the runtime writes the sequence that reprograms the keypad, before any text, even
    /// before JSON. A program that reads no keys has no use for it, and a dumb terminal has no such sequence.
    /// </summary>
    public static void LeaveKeypadAlone()
    {
        if (Console.IsOutputRedirected && Console.IsErrorRedirected) return;
        string? terminal = Environment.GetEnvironmentVariable("TERM");
        Environment.SetEnvironmentVariable("TERM", "dumb");
        _ = Console.WindowWidth; // the first touch
        Environment.SetEnvironmentVariable("TERM", terminal);
    }

    /// <summary>Standard output for tables: plain text on a pipe, no colour with NO_COLOR.</summary>
    public static IAnsiConsole Output() =>
        Create(Console.Out, Console.IsOutputRedirected, NoColour ? AnsiSupport.No : AnsiSupport.Detect);

    /// <summary>Standard error for progress, or null when it is no terminal that can show it.</summary>
    public static IAnsiConsole? ProgressConsole() =>
        ShowsProgress ? Create(Console.Error, isRedirected: false, AnsiSupport.Detect) : null;

    /// <summary>Whether standard error is a terminal that understands cursor movements.</summary>
    public static bool ShowsProgress =>
        !Console.IsErrorRedirected && Environment.GetEnvironmentVariable("TERM") is not (null or "" or "dumb");

    private static IAnsiConsole Create(TextWriter writer, bool isRedirected, AnsiSupport ansi)
    {
        IAnsiConsole console = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Out = new AnsiConsoleOutput(writer),
            Ansi = isRedirected ? AnsiSupport.No : ansi,
            ColorSystem = isRedirected || NoColour ? ColorSystemSupport.NoColors : ColorSystemSupport.Detect,
            Interactive = isRedirected ? InteractionSupport.No : InteractionSupport.Yes,
        });
        if (isRedirected) console.Profile.Width = EndlessWidth;
        return console;
    }

    private static bool IsOpen(int descriptor)
    {
        const int getFlags = 1; // F_GETFD
        return OperatingSystem.IsWindows() || FileControl(descriptor, getFlags) >= 0;
    }

    [LibraryImport("libc", EntryPoint = "fcntl")]
    private static partial int FileControl(int descriptor, int command);
}
