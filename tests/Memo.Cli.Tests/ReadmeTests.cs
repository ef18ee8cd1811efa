// README.md cannot lie: its commands are run and what it shows is compared with what they print.
using System.Text.RegularExpressions;

namespace Memo.Tests;

// Its `make run` builds again where a source was touched: no other test may be using the program then.
[CollectionDefinition("alone", DisableParallelization = true)]
public sealed class RunsAlone;

[Collection("alone")]
public sealed partial class ReadmeTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly string _root = FindRoot();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void What_it_shows_is_what_the_program_prints()
    {
        List<string[]> transcripts = Blocks("console");
        Assert.NotEmpty(transcripts);
        foreach (string[] lines in transcripts)
        {
            Assert.StartsWith("$ memo ", lines[0], StringComparison.Ordinal);
            string[] printed = Shell(lines[0][2..], _folder.Path).Exits(0).Output.TrimEnd('\n').Split('\n');
            Assert.Equal(lines[1..].Select(WithoutTimes), printed.Select(WithoutTimes));
        }

        static string WithoutTimes(string line) => Seconds().Replace(line.TrimEnd(), "# s");
    }

    [Fact]
    public void Every_command_works_in_the_order_given()
    {
        string[] commands = [.. Blocks("sh").SelectMany(lines => lines).Where(line => line.Length > 0 && line.TrimStart()[0] != '#')];
        Assert.Contains(commands, command => command.StartsWith("memo build ", StringComparison.Ordinal));
        foreach (string command in commands)
        {
            // The one command that cannot be run from here, since it runs this.
            if (command.StartsWith("make test", StringComparison.Ordinal)) continue;
            bool inRoot = command.StartsWith("make ", StringComparison.Ordinal);
            Shell(command, inRoot ? _root : _folder.Path).Exits(0);
        }
    }

    [Fact]
    public void The_first_two_commands_are_run_and_test() =>
        Assert.Equal(["make run", "make test"], Blocks("sh")[0].Select(line => line.Split('#')[0].Trim()));

    [Fact]
    public void Every_link_to_a_file_leads_somewhere()
    {
        string[] links = [.. Links().Matches(Text).Select(match => match.Groups[1].Value).Where(link => !link.Contains(':'))];
        Assert.NotEmpty(links);
        Assert.All(links, link => Assert.True(File.Exists(Path.Combine(_root, link)), link));
    }

    private string Text => File.ReadAllText(Path.Combine(_root, "README.md"));

    private ProgramResult Shell(string command, string folder) => MemoProgram.Shell(folder, new()
    {
        ["PATH"] = $"{Path.GetDirectoryName(MemoProgram.Path)}:{Environment.GetEnvironmentVariable("PATH")}",
        ["PREFIX"] = null,
        ["MAKEFLAGS"] = null,
    }, command.Replace("$HOME", _folder.Path, StringComparison.Ordinal));

    // The lines of each fenced block of a language.
    private List<string[]> Blocks(string language) =>
        [.. Regex.Matches(Text, $"^```{language}\n(.*?)^```", RegexOptions.Multiline | RegexOptions.Singleline)
            .Select(match => match.Groups[1].Value.TrimEnd('\n').Split('\n'))];

    private static string FindRoot()
    {
        for (DirectoryInfo? folder = new(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
            if (File.Exists(Path.Combine(folder.FullName, "README.md")) && File.Exists(Path.Combine(folder.FullName, "Makefile")))
                return folder.FullName;
        throw new InvalidOperationException("README.md is not above the tests");
    }

    [GeneratedRegex(@"\d+\.\d+ s\b")]
    private static partial Regex Seconds();

    [GeneratedRegex(@"\]\(([^)#]+)\)")]
    private static partial Regex Links();
}
