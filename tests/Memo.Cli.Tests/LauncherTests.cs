// The choice among the three builds at start. The program is copied into a folder of its own beside scripts that stand
// for the other builds and tell how they were called; so the tests see which one was run, and with what.
using System.Diagnostics;
using System.Runtime.Versioning;
using Memo.Kernels;

namespace Memo.Tests;

[UnsupportedOSPlatform("windows")]
public sealed class LauncherTests : IDisposable
{
    private static readonly string Program = FindProgram();
    private readonly string _prefix = Directory.CreateTempSubdirectory("memo-launcher-").FullName;

    public LauncherTests()
    {
        Directory.CreateDirectory(Path.Combine(_prefix, "bin"));
        Directory.CreateDirectory(Path.Combine(_prefix, "libexec", "memo"));
        Place(Program, Front);
    }

    public void Dispose() => Directory.Delete(_prefix, recursive: true);

    private string Front => Path.Combine(_prefix, "bin", "memo");

    [Fact]
    public void The_best_installed_build_that_the_processor_runs_is_taken()
    {
        Install("v3");
        AssertRan(Processor.Best >= InstructionSet.Avx2 ? "v3" : null, Run(Front, null, "info"));
        Install("v4");
        AssertRan(BestBuild, Run(Front, null, "info"));
        AssertRan(BestBuild, Run(Front, "auto", "info"));
        AssertRan(BestBuild, Run(Front, "", "info"));
    }

    [Fact]
    public void Without_other_builds_the_front_goes_on_itself() => AssertRan(null, Run(Front, null, "info"));

    [Fact]
    public void The_build_gets_the_arguments_as_they_were_in_the_same_process()
    {
        Install("v3");
        Install("v4");
        if (BestBuild is null) return;
        string[] arguments = ["pairs", "", "two words", "*", "süß", "'\"\\", "--", "--isa", "bogus"];
        (int code, string output, string error) = Run(Front, null, arguments);
        Assert.Equal((0, ""), (code, error));
        string[] lines = output.Split('\n');
        Assert.Equal($"{BestBuild} same process", lines[0]);
        Assert.Equal(arguments, lines[1..^1]);
    }

    [Theory]
    [InlineData("avx2", "v3")]
    [InlineData("avx512", "v4")]
    public void A_build_can_be_asked_for(string set, string build)
    {
        Install("v3");
        Install("v4");
        bool runs = (set == "avx2" ? InstructionSet.Avx2 : InstructionSet.Avx512) <= Processor.Best;
        (int, string, string)[] results =
        [
            Run(Front, set, "info"), Run(Front, "scalar", "info", "--isa", set), Run(Front, "bogus", $"--isa={set}", "info"),
        ];
        foreach ((int, string, string) result in results)
            if (runs) AssertRan(build, result);
            else AssertRefuses("this processor", result);
        AssertRan(null, Run(Front, set, "info", "--isa", "scalar"));
    }

    [Fact]
    public void An_unknown_instruction_set_is_an_error_that_lists_the_valid_ones()
    {
        Install("v3");
        AssertRefuses("MEMO_ISA=sse: no such instruction set; valid here: auto, scalar", Run(Front, "sse", "info"));
        AssertRefuses("--isa sse: no such instruction set; valid here: auto, scalar", Run(Front, "scalar", "--isa", "sse"));
        AssertRefuses("--isa sse: no such instruction set; valid here: auto, scalar", Run(Front, null, "info", "--isa:sse"));
    }

    [Fact]
    public void An_absent_build_that_was_asked_for_is_an_error_that_lists_the_valid_ones() =>
        AssertRefuses("; valid here: auto, scalar\n", Run(Front, "avx2", "info"));

    [Fact]
    public void The_builds_are_found_through_links_to_the_program()
    {
        Install("v3");
        Install("v4");
        string first = Path.Combine(_prefix, "link"), second = Path.Combine(_prefix, "link-to-link");
        File.CreateSymbolicLink(first, "bin/memo");
        File.CreateSymbolicLink(second, first);
        AssertRan(BestBuild, Run(second, null, "info"));
    }

    [Fact]
    public void A_build_that_cannot_be_run_is_as_good_as_absent_unless_it_was_asked_for()
    {
        if (Processor.Best < InstructionSet.Avx2) return;
        string build = BuildPath("v3"), text = Path.Combine(_prefix, "text");
        File.WriteAllText(text, "no program");
        Place(text, build);
        AssertRan(null, Run(Front, null, "info"));
        AssertRefuses(build, Run(Front, "avx2", "info"));
        File.SetUnixFileMode(build, UnixFileMode.UserRead);
        AssertRan(null, Run(Front, null, "info"));
    }

    [Fact]
    public void A_front_in_the_place_of_a_build_does_not_run_itself_for_ever()
    {
        Place(Program, BuildPath("v3"));
        Place(Program, BuildPath("v4"));
        AssertRan(null, Run(Front, null, "info"));
        if (BestBuild is not null) AssertRefuses("; valid here: auto, scalar\n", Run(Front, "avx2", "info"));
    }

    [Fact]
    public void The_three_builds_together_take_less_than_25_megabytes_and_40_with_the_libraries()
    {
        string prefix = Path.GetDirectoryName(Path.GetDirectoryName(Program))!;
        long programs = new FileInfo(Program).Length + SizeOf(Path.Combine(prefix, "libexec"));
        Assert.InRange(programs, 1, 25_000_000);
        Assert.InRange(programs + SizeOf(Path.Combine(prefix, "lib")), 1, 40_000_000);
    }

    private static string? BestBuild => Processor.Best switch
    {
        InstructionSet.Avx512 => "v4",
        InstructionSet.Avx2 => "v3",
        _ => null,
    };

    private static long SizeOf(string folder) =>
        new DirectoryInfo(folder).EnumerateFiles("*", SearchOption.AllDirectories)
            .Where(file => file.LinkTarget is null).Sum(file => file.Length);

    private string BuildPath(string build) => Path.Combine(_prefix, "libexec", "memo", $"memo-x86-64-{build}");

    // A script that stands for a build: its name, whether it is the process that the guard names, its arguments by line.
    private string Install(string build)
    {
        string source = Path.Combine(_prefix, build), path = BuildPath(build);
        File.WriteAllText(source,
            $"#!/bin/sh\nif [ $$ = \"$MEMO_LAUNCHED\" ]; then echo {build} same process; else echo {build} another process; fi\n" +
            "for argument; do printf '%s\\n' \"$argument\"; done\n");
        Place(source, path);
        return path;
    }

    // By a process of its own: a file that this one has open for writing while another test starts a program is
    // inherited by that program for a moment, and cannot be executed then ("text file busy").
    private static void Place(string source, string target)
    {
        using Process install = Process.Start("install", ["-m", "755", source, target]);
        install.WaitForExit();
        Assert.Equal(0, install.ExitCode);
    }

    private static void AssertRan(string? build, (int Code, string Output, string Error) result)
    {
        Assert.Equal((0, ""), (result.Code, result.Error));
        if (build is null) Assert.DoesNotContain("same process", result.Output, StringComparison.Ordinal);
        else Assert.StartsWith($"{build} same process\n", result.Output, StringComparison.Ordinal);
    }

    private static void AssertRefuses(string part, (int Code, string Output, string Error) result)
    {
        Assert.Equal((2, ""), (result.Code, result.Output));
        Assert.StartsWith("memo: ", result.Error, StringComparison.Ordinal);
        Assert.Contains(part, result.Error, StringComparison.Ordinal);
        Assert.Equal(1, result.Error.Count(character => character == '\n'));
    }

    private static (int Code, string Output, string Error) Run(string program, string? instructionSet, params string[] arguments)
    {
        var start = new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment.Remove("MEMO_ISA");
        start.Environment.Remove("MEMO_LAUNCHED");
        if (instructionSet is not null) start.Environment["MEMO_ISA"] = instructionSet;
        using Process process = Process.Start(start)!;
        Task<string> output = process.StandardOutput.ReadToEndAsync(), error = process.StandardError.ReadToEndAsync();
        if (!process.WaitForExit(TimeSpan.FromMinutes(1)))
        {
            process.Kill();
            Assert.Fail("the program did not end");
        }
        return (process.ExitCode, output.Result, error.Result);
    }

    private static string FindProgram()
    {
        if (Environment.GetEnvironmentVariable("MEMO_BIN") is { Length: > 0 } named) return Path.GetFullPath(named);
        for (DirectoryInfo? folder = new(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
            if (Path.Combine(folder.FullName, "out", "bin", "memo") is var path && File.Exists(path)) return path;
        throw new InvalidOperationException("the program is not built: run `make build` first, or set MEMO_BIN to it");
    }
}
