// `memo`: parsing and printing only. Everything that computes is in Memo.Engine.
using Memo.Cli;

// Answered before anything else is touched, so that it costs no more than starting the process.
if (args is ["--version"]) return ProductVersion.Write();
// Help is given whatever MEMO_ISA says.
bool isHelp = args.Any(argument => argument is "--help" or "-h" or "-?");
try
{
    // `memo data` computes nothing, so the front answers it; only the front can download.
    if (isHelp || CommandLine.IsData(args)) return CommandLine.Run(args);
    return Launcher.RunBest(args) ?? CommandLine.Run(args);
}
catch (Exception exception) when (Session.IsOutputFailure(exception))
{
    return ExitCode.BadInput; // standard error itself is closed, so that nothing more can be said
}
