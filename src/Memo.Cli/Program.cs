// `memo`: parsing and printing only. Everything that computes is in Memo.Engine.
using Memo.Cli;

// Answered before anything else is touched, so that it costs no more than starting the process.
if (args is ["--version"])
{
    using Stream output = Console.OpenStandardOutput();
    output.Write(System.Text.Encoding.UTF8.GetBytes($"memo {ProductVersion.Text}\n"));
    return ExitCode.Success;
}
return CommandLine.Run(args);
