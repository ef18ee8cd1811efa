using System.Diagnostics;
using System.Reflection;
using ILGPU;
using Memo.Gpu.Kernels;

namespace Memo.Gpu.Compiler.Tests;

/// <summary>The texts that the build embeds.</summary>
public sealed class CompilerTests
{
    public static TheoryData<string, string> Texts { get; } = [];

    static CompilerTests()
    {
        foreach (Target target in Target.All)
            foreach (KernelToCompile kernel in target.Kernels) Texts.Add(target.Name, kernel.Name);
    }

    private static string Compile(string target, string kernel)
    {
        Target chosen = Target.All.Single(each => each.Name == target);
        return chosen.Compile(chosen.Kernels.Single(each => each.Name == kernel));
    }

    [Theory, MemberData(nameof(Texts))]
    public void Every_text_has_its_kernel_and_none_of_the_known_defects(string target, string kernel)
    {
        string text = Compile(target, kernel);
        Assert.Contains("Kernel_" + kernel, text, StringComparison.Ordinal);
        if (target == "opencl")
        {
            Assert.DoesNotContain("atomic_fetch", text, StringComparison.Ordinal);
            Assert.DoesNotContain("( CLK_GLOBAL_MEM_FENCE", text, StringComparison.Ordinal);
        }
        else
        {
            Assert.DoesNotMatch(@"@!?%p\d+ bra\.uni", text);
            Assert.DoesNotContain(".extern", text, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void All_kernels_that_the_host_knows_are_compiled_for_every_target()
    {
        string[] names = [.. typeof(KernelNames).GetFields(BindingFlags.Public | BindingFlags.Static).Select(field => (string)field.GetRawConstantValue()!).Order()];
        foreach (Target target in Target.All) Assert.Equal(names, target.Kernels.Select(kernel => kernel.Name).Order());
    }

    [Fact]
    public void The_same_kernels_give_the_same_bytes_in_every_run()
    {
        string first = Run(out int code), second = Run(out int again);
        Assert.Equal((0, 0), (code, again));
        foreach (Target target in Target.All)
            foreach (string ending in new[] { ".txt", ".gz" })
                Assert.Equal(File.ReadAllBytes(Path.Combine(first, target.Name + ending)), File.ReadAllBytes(Path.Combine(second, target.Name + ending)));
        Directory.Delete(first, recursive: true);
        Directory.Delete(second, recursive: true);

        static string Run(out int code)
        {
            string folder = Directory.CreateTempSubdirectory().FullName;
            var start = new ProcessStartInfo(Environment.ProcessPath!) { RedirectStandardError = true };
            // The test host is itself a program of the ordinary runtime; the compiler runs in a process of its own.
            string dotnet = Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") ?? "dotnet";
            start.FileName = dotnet;
            start.ArgumentList.Add(typeof(Target).Assembly.Location);
            start.ArgumentList.Add(folder);
            using Process process = Process.Start(start)!;
            process.StandardError.ReadToEnd();
            process.WaitForExit();
            code = process.ExitCode;
            return folder;
        }
    }

    // Calls a function that ILGPU leaves external.
    private static void Fused(ArrayView<float> values) => values[0] = MathF.FusedMultiplyAdd(values[1], values[2], values[3]);

    [Theory, InlineData("sm_50"), InlineData("sm_80")]
    public void A_call_of_what_is_nowhere_is_refused(string target)
    {
        MethodInfo method = typeof(CompilerTests).GetMethod(nameof(Fused), BindingFlags.NonPublic | BindingFlags.Static)!;
        Target chosen = Target.All.Single(each => each.Name == target);
        Assert.ThrowsAny<Exception>(() => chosen.Compile(new KernelToCompile("Fused", method, 1, 1)));
    }

    /// <summary>NVIDIA's assembler accepts the texts, for the cards they are for and for later ones, without spills in the tiles.</summary>
    [PtxasTheory, InlineData("sm_50"), InlineData("sm_80")]
    public void Ptxas_assembles_every_text(string target)
    {
        Target chosen = Target.All.Single(each => each.Name == target);
        string folder = Directory.CreateTempSubdirectory().FullName;
        foreach (KernelToCompile kernel in chosen.Kernels)
        {
            string file = Path.Combine(folder, kernel.Name + ".ptx");
            File.WriteAllText(file, chosen.Compile(kernel));
            foreach (string card in new[] { "sm_80", "sm_90" })
            {
                var start = new ProcessStartInfo("ptxas", ["-arch=" + card, "-v", file, "-o", file + ".cubin"]) { RedirectStandardError = true, RedirectStandardOutput = true };
                using Process process = Process.Start(start)!;
                string output = process.StandardError.ReadToEnd() + process.StandardOutput.ReadToEnd();
                process.WaitForExit();
                Assert.True(process.ExitCode == 0, $"{kernel.Name} for {card}: {output}");
                Assert.Contains(" 0 bytes spill stores", output, StringComparison.Ordinal);
            }
        }
        Directory.Delete(folder, recursive: true);
    }
}

/// <summary>A test with NVIDIA's assembler: skipped, with a message, where it is not installed.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class PtxasTheoryAttribute : TheoryAttribute
{
    public PtxasTheoryAttribute()
    {
        bool found = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator).Any(folder => File.Exists(Path.Combine(folder, "ptxas")));
        if (!found) Skip = "no ptxas (Debian: nvidia-cuda-toolkit, in non-free)";
    }
}
