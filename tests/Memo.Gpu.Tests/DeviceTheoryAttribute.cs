using System.Reflection;
using System.Runtime.InteropServices;
using Memo.Gpu.Devices;
using Memo.Tests;
using Xunit.Sdk;

namespace Memo.Gpu.Tests;

/// <summary>A test for every device there is: skipped, with a message, where there is none.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class DeviceTheoryAttribute : TheoryAttribute
{
    public DeviceTheoryAttribute()
    {
        if (TestDevices.Words.Count == 0)
            Skip = "no device: " + string.Join("; ", TestDevices.Problems) + "; Debian: apt install pocl-opencl-icd makes the processor an OpenCL device";
    }
}

/// <summary>The first device of each interface, and further arguments.</summary>
[AttributeUsage(AttributeTargets.Method, AllowMultiple = true)]
public sealed class OnDeviceAttribute(params object[] arguments) : DataAttribute
{
    public override IEnumerable<object[]> GetData(MethodInfo testMethod) => TestDevices.Words.Select(word => new object[] { word }.Concat(arguments).ToArray());
}

/// <summary>What tests run on.</summary>
internal static class TestDevices
{
    /// <summary>The words that open a device.</summary>
    public static List<string> Words { get; } = [];

    /// <summary>Why there are no others.</summary>
    public static List<string> Problems { get; } = [];

    static TestDevices()
    {
        // Without a card the PTX is interpreted.
        if (Environment.GetEnvironmentVariable("MEMO_CUDA_LIBRARY") is null && !NativeLibrary.TryLoad("libcuda.so.1", out _))
            Environment.SetEnvironmentVariable("MEMO_CUDA_LIBRARY", InterpretedCuda.Library);
        foreach (GpuApi api in Enum.GetValues<GpuApi>())
            if (GpuDevices.List(api, out string? problem).Count > 0) Words.Add(api == GpuApi.Cuda ? "cuda" : "opencl");
            else Problems.Add(problem!);
    }

    /// <summary>Opens a device.</summary>
    public static GpuDevice Open(string word) => GpuDevices.Choose(word, out _)!;
}
