// `memo`: parsing and printing only. Everything that computes is in Memo.Engine.
using Memo.Cli;

// Answered before anything else is touched, so that it costs no more than starting the process.
if (args is ["--version"]) return ProductVersion.Write();
return Launcher.RunBest(args) ?? CommandLine.Run(args);
