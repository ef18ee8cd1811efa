// The choice among the three builds at start. The program is copied into a folder of its own beside scripts that stand
// for the other builds and tell how they were called; so the tests see which one was run, and with what.
using System.Diagnostics;
using System.Runtime.Versioning;
using Memo.Kernels;

namespace Memo.Tests;

[UnsupportedOSPlatform("windows")]
public sealed class LauncherTests : IDisposable
{
    private readonly string _prefix = Directory.CreateTempSubdirectory("memo-launcher-").FullName;

    public LauncherTests()
    {
        Directory.CreateDirectory(Path.Combine(_prefix, "bin"));
        Directory.CreateDirectory(Path.Combine(_prefix, "libexec", "memo"));
        Place(MemoProgram.Path, Front);
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

    [Avx2Fact]
    public void The_build_gets_the_arguments_as_they_were_in_the_same_process()
    {
        Install("v3");
        Install("v4");
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
        ProgramResult[] results =
        [
            Run(Front, set, "info"), Run(Front, "scalar", "info", "--isa", set), Run(Front, "bogus", $"--isa={set}", "info"),
        ];
        foreach (ProgramResult result in results)
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

    [Avx2Fact]
    public void A_build_that_cannot_be_run_is_as_good_as_absent_unless_it_was_asked_for()
    {
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
        Place(MemoProgram.Path, BuildPath("v3"));
        Place(MemoProgram.Path, BuildPath("v4"));
        AssertRan(null, Run(Front, null, "info"));
        // Refused by the processor, or by the front in the place of the build, which has no other.
        AssertRefuses("; valid here: auto, scalar\n", Run(Front, "avx2", "info"));
    }

    [Fact]
    public void The_three_builds_together_take_less_than_34_megabytes_and_51_with_the_libraries()
    {
        string prefix = Path.GetDirectoryName(Path.GetDirectoryName(MemoProgram.Path))!;
        long programs = new FileInfo(MemoProgram.Path).Length + SizeOf(Path.Combine(prefix, "libexec"));
        Assert.InRange(programs, 1, 34_000_000);
        Assert.InRange(programs + SizeOf(Path.Combine(prefix, "lib")), 1, 51_000_000);
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

    private static void AssertRan(string? build, ProgramResult result)
    {
        Assert.Equal((0, ""), (result.ExitCode, result.Error));
        if (build is null) Assert.DoesNotContain("same process", result.Output, StringComparison.Ordinal);
        else Assert.StartsWith($"{build} same process\n", result.Output, StringComparison.Ordinal);
    }

    private static void AssertRefuses(string part, ProgramResult result)
    {
        Assert.Equal((2, ""), (result.ExitCode, result.Output));
        Assert.StartsWith("memo: ", result.Error, StringComparison.Ordinal);
        Assert.Contains(part, result.Error, StringComparison.Ordinal);
        Assert.Equal(1, result.Error.Count(character => character == '\n'));
    }

    private static ProgramResult Run(string program, string? instructionSet, params string[] arguments) =>
        MemoProgram.RunFile(program, new() { ["MEMO_ISA"] = instructionSet }, arguments);
}
