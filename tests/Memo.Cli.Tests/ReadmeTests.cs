// Documents cannot lie: their commands are run and what they show is compared with what they print.
using System.Text.RegularExpressions;

namespace Memo.Tests;

// Its `make run` builds again where a source was touched: no other test may be using the program then.
[CollectionDefinition("alone", DisableParallelization = true)]
public sealed class RunsAlone;

[Collection("alone")]
public sealed partial class ReadmeTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly Document _readme = new("README.md");

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void What_it_shows_is_what_the_program_prints()
    {
        List<string[]> transcripts = _readme.Blocks("console");
        Assert.NotEmpty(transcripts);
        foreach (string[] lines in transcripts)
        {
            Assert.StartsWith("$ memo ", lines[0], StringComparison.Ordinal);
            string[] printed = Document.Shell(lines[0][2..], _folder).Exits(0).Output.TrimEnd('\n').Split('\n');
            Assert.Equal(lines[1..].Select(WithoutTimes), printed.Select(WithoutTimes));
        }

        static string WithoutTimes(string line) => Seconds().Replace(line.TrimEnd(), "# s");
    }

    [Theory]
    [InlineData("README.md")]
    [InlineData("docs/GUIDE.md")]
    public void Every_command_works_in_the_order_given(string document)
    {
        List<string> commands = new Document(document).Commands;
        Assert.Contains(commands, command => command.StartsWith("memo build ", StringComparison.Ordinal));
        // The one command that cannot be run from here, since it runs this.
        foreach (string command in commands.Where(command => !command.StartsWith("make test", StringComparison.Ordinal)))
            Document.Shell(command, _folder).Exits(0);
    }

    [Fact]
    public void The_first_two_commands_are_run_and_test() =>
        Assert.Equal(["make run", "make test"], _readme.Blocks("sh")[0].Select(line => line.Split('#')[0].Trim()));

    [Theory]
    [InlineData("README.md")]
    [InlineData("docs/GUIDE.md")]
    public void Every_link_to_a_file_leads_somewhere(string document)
    {
        List<string> links = new Document(document).Links;
        Assert.NotEmpty(links);
        Assert.All(links, link => Assert.True(File.Exists(Path.Combine(Document.Root, link)), link));
    }

    [GeneratedRegex(@"\d+\.\d+ s\b")]
    private static partial Regex Seconds();
}
