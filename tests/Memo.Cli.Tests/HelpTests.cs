namespace Memo.Tests;

public sealed class HelpTests
{
    public static TheoryData<string> Commands =>
        ["pairs", "curve", "measure", "build", "verify", "predict", "eval", "explain", "inspect", "export", "generate", "data", "data list", "data info", "data fetch", "bench", "info"];

    [Theory]
    [MemberData(nameof(Commands))]
    public void Every_command_explains_itself_with_examples(string command)
    {
        ProgramResult help = MemoProgram.Run([.. command.Split(' '), "--help"]).Exits(0);
        Assert.Equal("", help.Error);
        foreach (string part in new[] { "Description:", "Usage:", $"memo {command}", "Options:", "--json", "--threads", "--seed", "--isa", "--device", "Examples:" })
            Assert.Contains(part, help.Output, StringComparison.Ordinal);
        string examples = help.Output[help.Output.IndexOf("Examples:", StringComparison.Ordinal)..];
        Assert.InRange(examples.Split($"memo {command}").Length - 1, 2, 5);
    }

    [Fact]
    public void Help_lists_every_command()
    {
        string help = MemoProgram.Run("--help").Exits(0).Output;
        foreach (string command in Commands)
            Assert.Contains($"  {command.Split(' ')[0]} ", help, StringComparison.Ordinal);
    }

    [Fact]
    public void Without_arguments_the_first_thing_to_run_is_shown()
    {
        ProgramResult result = MemoProgram.Run().Exits(0);
        Assert.Contains("memo pairs", result.Output, StringComparison.Ordinal);
        Assert.InRange(result.Output.Split('\n').Length, 3, 15);
        Assert.All(result.Output.Split('\n'), line => Assert.InRange(line.Length, 0, 80));
    }

    [Theory]
    [InlineData("--version")]
    [InlineData("--version", "--json")]
    [InlineData("pairs", "--json", "--help")]
    public void Version_and_help_answer_whatever_else_is_asked(params string[] arguments) =>
        Assert.NotEqual("", MemoProgram.Run(arguments).Exits(0).Output);

    [Fact]
    public void Version_is_one_line() => Assert.Matches(@"^memo \d+\.\d+\.\d+\n$", MemoProgram.Run("--version").Exits(0).Output);
}
