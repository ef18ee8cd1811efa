// `memo`: parsing and printing only. Everything that computes is in Memo.Engine.
using Memo.Cli;

// Answered before anything else is touched, so that it costs no more than starting the process.
return args is ["--version"] ? ProductVersion.Write() : CommandLine.Run(args);
