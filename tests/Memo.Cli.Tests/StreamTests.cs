namespace Memo.Tests;

/// <summary>Pipes, terminals, colours, full disks and signals.</summary>
public sealed class StreamTests
{
    // A terminal of 80 columns, by util-linux's script.
    private static ProgramResult OnTerminal(string command, params (string Name, string? Value)[] environment)
    {
        Dictionary<string, string?> variables = new() { ["TERM"] = "xterm-256color" };
        foreach ((string name, string? value) in environment) variables[name] = value;
        return MemoProgram.Shell(null, variables, $"script -qec 'stty cols 80; \"$MEMO\" {command}' /dev/null");
    }

    [Fact]
    public void A_terminal_gets_colour_and_a_pipe_does_not()
    {
        Assert.Contains("\x1b[", OnTerminal("pairs --per-class 10 2>/dev/null").Exits(0).Output, StringComparison.Ordinal);
        Assert.DoesNotContain('\x1b', MemoProgram.Run("pairs", "--per-class", "10").Exits(0).Output);
    }

    [Theory]
    [InlineData("NO_COLOR", "1")]
    [InlineData("TERM", "dumb")]
    public void Colour_can_be_declined(string name, string value) =>
        Assert.DoesNotContain("\x1b[", OnTerminal("pairs --per-class 10 2>/dev/null", (name, value)).Exits(0).Output, StringComparison.Ordinal);

    [Fact]
    public void Progress_is_for_terminals_alone()
    {
        Assert.Contains("45 pairs ", OnTerminal("pairs >/dev/null").Exits(0).Output, StringComparison.Ordinal);
        Assert.Equal("", OnTerminal("pairs --quiet >/dev/null").Exits(0).Output);
        Assert.Equal("", MemoProgram.Run("pairs", "--per-class", "10").Exits(0).Error);
    }

    [Fact]
    public void Json_on_a_terminal_is_json() =>
        _ = OnTerminal("pairs --per-class 10 --json 2>/dev/null").Exits(0).Json;

    [Theory]
    [InlineData("predict net.memo --data digits --values")]
    [InlineData("predict net.memo --data digits --values --json")]
    [InlineData("pairs --per-class 5")]
    [InlineData("pairs --help")]
    public void A_reader_that_leaves_is_no_error(string command)
    {
        using var folder = new TemporaryFolder();
        folder.Memo("build", "--data", "digits", "-o", "net.memo").Exits(0);
        ProgramResult result = MemoProgram.Shell(folder.Path, [], $"\"$MEMO\" {command} | head -c 1 >/dev/null; exit ${{PIPESTATUS[0]}}");
        Assert.Equal((0, ""), (result.ExitCode, result.Error));
        result = MemoProgram.Shell(folder.Path, [], $"\"$MEMO\" {command} | true; exit ${{PIPESTATUS[0]}}");
        Assert.Equal((0, ""), (result.ExitCode, result.Error));
    }

    [Theory]
    [InlineData("pairs --per-class 5")]
    [InlineData("pairs --per-class 5 --json")]
    [InlineData("info")]
    [InlineData("--help")]
    [InlineData("--version")]
    public void A_full_disk_is_told(string command)
    {
        ProgramResult result = MemoProgram.Shell(null, [], $"\"$MEMO\" {command} >/dev/full");
        result.Refuses(2, "No space left");
    }

    [Fact]
    public void Output_is_utf8_in_every_locale()
    {
        using var folder = new TemporaryFolder();
        folder.Write("train.csv", "0,0,Käse\n9,9,Ωmega\n");
        Assert.Contains("Käse, Ωmega", MemoProgram.RunIn(folder.Path, new() { ["LC_ALL"] = "C", ["LANG"] = null },
            "build", "--data", "train.csv").Exits(0).Output, StringComparison.Ordinal);
    }
}
