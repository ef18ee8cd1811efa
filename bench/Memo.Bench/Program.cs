// Micro-benchmarks: `dotnet run -c Release --project bench/Memo.Bench -- --filter '*Distance*'`. Folders mirror
// src/Memo.Engine; a kernel's benchmarks go into Kernels/, one file a kernel, its scalar reference as the baseline.
// Whole commands are timed by hand as bench/RESULTS.md says, because they are what a user waits for.
using BenchmarkDotNet.Running;

BenchmarkSwitcher.FromAssembly(typeof(Program).Assembly).Run(args);
