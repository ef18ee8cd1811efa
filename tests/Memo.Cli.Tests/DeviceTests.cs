// The program with a device: OpenCL where a driver is installed, and CUDA by the stand-in that interprets PTX, which also fails on demand.
using System.Text.Json;

namespace Memo.Tests;

public sealed class DeviceTests
{
    private static ProgramResult RunOn(string device, string faults, params string[] arguments) => MemoProgram.RunIn(null,
        device == "cuda" ? Interpreted(faults) : [],
        [.. arguments, "--device", device]);

    private static Dictionary<string, string?> Interpreted(string settings) => new()
    {
        ["MEMO_CUDA_LIBRARY"] = InterpretedCuda.Library, ["MEMO_FAKE_CUDA"] = settings, ["MEMO_OPENCL_LIBRARY"] = "none",
    };

    private static string Network(TemporaryFolder folder)
    {
        folder.Memo("build", "--data", "digits", "-o", "digits.memo").Exits(0);
        return folder["digits.memo"];
    }

    [DeviceCommandTheory("cuda")]
    [InlineData("")]
    [InlineData("fuse")]
    [InlineData("capability=5")]
    [InlineData("fuse,capability=5")]
    public void Cuda_gives_the_same_answers(string setting) => Same("cuda", setting);

    [DeviceCommandFact("opencl")]
    public void OpenCl_gives_the_same_answers() => Same("opencl", "");

    private static void Same(string device, string setting)
    {
        using var folder = new TemporaryFolder();
        string network = Network(folder);
        string expected = MemoProgram.Run("predict", network, "--data", "digits", "--values", "--radius", "--json").Exits(0).Output;
        Assert.Equal(expected, RunOn(device, setting, "predict", network, "--data", "digits", "--values", "--radius", "--json").Exits(0).Output);
        Assert.True(RunOn(device, setting, "verify", network, "--data", "digits", "--json").Exits(0).Json.GetProperty("memorized").GetBoolean());
        ProgramResult built = RunOn(device, setting, "build", "--data", "digits", "--verbose", "--json").Exits(0);
        Assert.Contains("memo: device: " + device + ":0", built.Error, StringComparison.Ordinal);
        Assert.Contains("memo: points: 1000 of 64 features as bytes; 1 block", built.Error, StringComparison.Ordinal);
    }

    [DeviceCommandFact("opencl")]
    public void Every_command_that_searches_takes_a_device()
    {
        foreach (string command in new[] { "pairs --data digits --pairs 1-7,2-3", "build --data digits --method constant", "build --data digits:0,1 --method sqrt" })
        {
            JsonElement expected = MemoProgram.Run([.. command.Split(' '), "--json"]).Exits(0).Json, actual = RunOn("opencl", "", [.. command.Split(' '), "--json"]).Exits(0).Json;
            if (command.StartsWith("pairs", StringComparison.Ordinal))
                Assert.Equal(Counts(expected), Counts(actual));
            else
                Assert.Equal(expected.GetProperty("parameters").ToString(), actual.GetProperty("parameters").ToString());
        }
    }

    // The paper's experiment, each of 45 networks built, verified and tested on the device.
    [DeviceCommandFact("opencl", "mnist")]
    public void The_MNIST_experiment_on_OpenCl()
    {
        string[] arguments = ["pairs", "--data", "mnist", "--per-class", "500", "--json"];
        Assert.Equal(Counts(MemoProgram.Run(arguments).Exits(0).Json), Counts(RunOn("opencl", "", arguments).Exits(0).Json));
    }

    private static List<string> Counts(JsonElement json) => [.. json.GetProperty("pairs").EnumerateArray().Select(pair => string.Join(' ',
        new[] { "a", "b", "train", "test", "right", "wrong", "abstained", "nearest_neighbour", "memorized", "parameters" }.Select(name => pair.GetProperty(name).ToString())))];

    [DeviceCommandTheory("cuda")]
    [InlineData("no-device", "no CUDA-capable device is detected")]
    [InlineData("refuse", "refuses kernel PackBytes", "Unsupported .version", "CUDA_ERROR_INVALID_PTX")]
    [InlineData("memory=1000", "Interpreted PTX", "MB")]
    [InlineData("lost-at-launch=2", "cuda device 0, Interpreted PTX", "unspecified launch failure (CUDA_ERROR_LAUNCH_FAILED)")]
    [InlineData("devices=0", "no device")]
    public void What_goes_wrong_is_said_in_the_drivers_words(string fault, params string[] words)
    {
        RunOn("cuda", fault, "build", "--data", "digits").Refuses(2, words);
        // With auto the processor goes on, and says so.
        ProgramResult expected = MemoProgram.Run("build", "--data", "digits:1,7", "--json");
        ProgramResult automatic = MemoProgram.RunIn(null, Interpreted(fault), "build", "--data", "digits:1,7", "--json", "--device", "auto");
        Assert.Equal(expected.Json.GetProperty("parameters").ToString(), automatic.Exits(0).Json.GetProperty("parameters").ToString());
        string line = Assert.Single(automatic.Error.Split('\n', StringSplitOptions.RemoveEmptyEntries));
        Assert.StartsWith("memo: warning: ", line, StringComparison.Ordinal);
        Assert.Contains("processor", line, StringComparison.Ordinal);
    }

    [Fact]
    public void Without_a_driver_there_just_is_no_device()
    {
        var none = new Dictionary<string, string?> { ["MEMO_CUDA_LIBRARY"] = "none", ["MEMO_OPENCL_LIBRARY"] = "none" };
        Assert.Equal(["cpu"], MemoProgram.RunIn(null, none, "info", "--json").Exits(0).Json.GetProperty("devices").EnumerateArray().Select(device => device.GetString()!));
        MemoProgram.RunIn(null, none, "pairs", "--device", "cuda").Refuses(2, "cuda: no driver");
        MemoProgram.RunIn(null, none, "pairs", "--device", "opencl").Refuses(2, "opencl: no driver");
        Assert.Contains("no GPU, so the processor computes", MemoProgram.RunIn(null, none, "build", "--data", "digits", "--device", "auto").Exits(0).Error, StringComparison.Ordinal);
    }

    // Where less memory is granted than the points take, blocks pass through it, and the plan says so.
    [DeviceCommandFact("cuda")]
    public void Verbose_tells_the_plan()
    {
        using var folder = new TemporaryFolder();
        string network = Network(folder);
        Dictionary<string, string?> little = Interpreted("");
        little["MEMO_DEVICE_MEMORY"] = "400000";
        ProgramResult streamed = MemoProgram.RunIn(null, little, "eval", network, "--data", "digits", "--device", "cuda", "--verbose", "--json").Exits(0);
        Assert.Contains("streamed through 2 buffers", streamed.Error, StringComparison.Ordinal);
        Assert.Equal(MemoProgram.Run("eval", network, "--data", "digits", "--json").Json.GetProperty("confusion").ToString(), streamed.Json.GetProperty("confusion").ToString());
    }

    [DeviceCommandFact("opencl")]
    public void Bench_measures_the_device()
    {
        JsonElement kernels = RunOn("opencl", "", "bench", "peak", "gemm", "distances", "brute", "--repeat", "1", "--json").Exits(0).Json.GetProperty("kernels");
        Assert.Equal(["peak", "gemm", "distances", "brute"], kernels.EnumerateArray().Select(kernel => kernel.GetProperty("name").GetString()!));
        Assert.All(kernels.EnumerateArray(), kernel => Assert.Equal("opencl:0", kernel.GetProperty("device").GetString()));
        RunOn("opencl", "", "bench", "single").Refuses(2, "'single'", "peak, gemm");
    }
}

/// <summary>A test with a device; skipped, with a message, where there is none, or where a data set is absent.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class DeviceCommandFactAttribute : FactAttribute
{
    public DeviceCommandFactAttribute(string api, string? data = null) => Skip = DeviceCommand.Missing(api) ?? (data is null ? null : new DataFactAttribute(data).Skip);
}

/// <summary>The same with arguments.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class DeviceCommandTheoryAttribute : TheoryAttribute
{
    public DeviceCommandTheoryAttribute(string api) => Skip = DeviceCommand.Missing(api);
}

internal static class DeviceCommand
{
    private static readonly Lazy<bool> HasOpenCl = new(() => MemoProgram.Run("info", "--json").Output.Contains("opencl:0", StringComparison.Ordinal));

    /// <summary>Why a device cannot be used here; null where it can.</summary>
    public static string? Missing(string api) => api == "cuda"
        ? InterpretedCuda.Library is null ? "no C compiler for the stand-in of CUDA's driver" : null
        : HasOpenCl.Value ? null : "no OpenCL device; Debian: apt install pocl-opencl-icd makes the processor one";
}
