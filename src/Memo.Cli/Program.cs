using Memo.Cli;
using Memo.Kernels;

if (Launcher.RunBest(args) is int code) return code;
Console.WriteLine($"{Isa.Name(Isa.Best)} {Isa.Name(Isa.Active)}");
return 0;
