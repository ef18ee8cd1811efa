using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;

namespace Memo.Cli;

/// <summary>The generated help, followed by the command's examples.</summary>
internal sealed class HelpWithExamples(HelpAction generated) : SynchronousCommandLineAction
{
    public override bool ClearsParseErrors => true;

    public override int Invoke(ParseResult parseResult)
    {
        if (Console.IsOutputRedirected) generated.MaxWidth = Terminal.PageWidth;
        generated.Invoke(parseResult);
        TextWriter output = parseResult.InvocationConfiguration.Output;
        if (parseResult.CommandResult.Command is not DocumentedCommand { Examples.Count: > 0 } command)
            return ExitCode.Success;
        if (command.Details is not null)
        {
            output.WriteLine(command.Details());
            output.WriteLine();
        }
        if (command.Options.Any(option => option.Name == "--data"))
        {
            output.WriteLine(DataOptions.Explanation);
            output.WriteLine();
        }
        output.WriteLine("Examples:");
        foreach (string example in command.Examples) output.WriteLine($"  {example}");
        output.WriteLine();
        return ExitCode.Success;
    }
}
