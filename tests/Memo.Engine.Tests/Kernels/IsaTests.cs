// The choice of an instruction set: what a request means, and what a processor can run.
using Memo.Kernels;

namespace Memo.Tests.Kernels;

public sealed class IsaTests
{
    private const string Haswell =
        "fpu sse sse2 ssse3 fma cx16 sse4_1 sse4_2 movbe popcnt xsave avx f16c abm bmi1 avx2 bmi2";

    private const string SkylakeServer = Haswell + " avx512f avx512dq avx512cd avx512bw avx512vl";

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("auto")]
    [InlineData("Auto")]
    public void No_request_and_auto_leave_the_choice_open(string? request) =>
        Assert.Null(Isa.Parse(request, "--isa", [InstructionSet.Scalar]));

    [Theory]
    [InlineData("scalar", InstructionSet.Scalar)]
    [InlineData("avx2", InstructionSet.Avx2)]
    [InlineData("AVX512", InstructionSet.Avx512)]
    public void A_request_names_an_instruction_set(string request, InstructionSet set)
    {
        Assert.Equal(set, Isa.Parse(request, "--isa", Isa.UpTo(InstructionSet.Avx512)));
        Assert.Equal(request, Isa.Name(set), ignoreCase: true);
    }

    [Theory]
    [InlineData("sse2")]
    [InlineData("avx")]
    [InlineData("avx2 ")]
    [InlineData("2")]
    public void An_unknown_request_is_an_error_that_lists_the_valid_ones(string request)
    {
        var error = Assert.Throws<MemoException>(() => Isa.Parse(request, $"MEMO_ISA={request}", Isa.UpTo(InstructionSet.Avx2)));
        Assert.Equal($"MEMO_ISA={request}: no such instruction set; valid here: auto, scalar, avx2", error.Message);
    }

    [Fact]
    public void A_request_that_is_not_available_is_an_error_that_lists_the_valid_ones()
    {
        var error = Assert.Throws<MemoException>(() => Isa.Parse("avx512", "--isa avx512", Isa.UpTo(InstructionSet.Scalar)));
        Assert.EndsWith("; valid here: auto, scalar", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Kernels_never_use_more_than_the_build_and_the_processor_have()
    {
        Assert.True(Isa.Active <= Isa.Best);
        Assert.True(Isa.Best <= Processor.Best);
    }

    [Fact]
    public void A_processor_is_of_a_level_only_with_all_of_its_features()
    {
        Assert.Equal(InstructionSet.Avx2, Processor.FromFlags(Haswell.Split(' ')));
        Assert.Equal(InstructionSet.Avx512, Processor.FromFlags(SkylakeServer.Split(' ')));
        Assert.Equal(InstructionSet.Scalar, Processor.FromFlags([]));
        foreach (string feature in new[] { "avx", "avx2", "bmi1", "bmi2", "f16c", "fma", "movbe" })
            Assert.Equal(InstructionSet.Scalar, Processor.FromFlags(Without(SkylakeServer, feature)));
        Assert.Equal(InstructionSet.Avx512, Processor.FromFlags(Without(SkylakeServer, "abm"))); // not in the list of newer kernels
        foreach (string feature in new[] { "avx512f", "avx512bw", "avx512cd", "avx512dq", "avx512vl" })
            Assert.Equal(InstructionSet.Avx2, Processor.FromFlags(Without(SkylakeServer, feature)));
    }

    [ProcessorFlagsFact]
    public void The_C_library_and_the_kernel_agree_on_this_processor() =>
        Assert.Equal(Processor.FromFlags(ProcessorDescription.Read().Flags), Processor.Best);

    [Fact]
    public void The_first_processor_of_the_list_is_described()
    {
        string[] list =
        [
            "processor\t: 0", "model name\t: Some CPU @ 3.00GHz", $"flags\t\t: {Haswell}", "power management:", "",
            "processor\t: 1", "model name\t: Another",
        ];
        var processor = ProcessorDescription.Parse(list, "x64");
        Assert.Equal("Some CPU @ 3.00GHz", processor.Model);
        Assert.Equal(Haswell.Split(' '), processor.Flags);
        Assert.Contains("avx2", processor.Features);
        Assert.DoesNotContain("fpu", processor.Features);
        Assert.Equal(("x64", 0), (ProcessorDescription.Parse([], "x64").Model, ProcessorDescription.Parse([], "x64").Flags.Count));
    }

    private static IEnumerable<string> Without(string flags, string feature) => flags.Split(' ').Where(flag => flag != feature);
}
