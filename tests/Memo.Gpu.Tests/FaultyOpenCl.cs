using System.Runtime.InteropServices;
using Memo.Gpu.Devices;
using Memo.Tests;

namespace Memo.Gpu.Tests;

/// <summary>libOpenCL with one fault (tests/native/opencl), compiled on first use.</summary>
internal static unsafe class FaultyOpenCl
{
    private static readonly Lazy<string?> Compiled = new(() => TestDevices.Words.Contains("opencl")
        ? StandIn.Compile("opencl", "libfaultyopencl.so", "-Wl,--no-as-needed", "-l:libOpenCL.so.1", "-ldl")
        : null);

    /// <summary>Null where there is no C compiler, or no device to spoil.</summary>
    public static string? Library => Compiled.Value;

    /// <summary>The functions of the library, with this fault from now on.</summary>
    public static OpenCl With(string fault)
    {
        OpenCl functions = OpenCl.Load([Library!], "", out _)!;
        Set(fault);
        return functions;
    }

    /// <summary>Changes the fault.</summary>
    public static void Set(string fault)
    {
        var set = (delegate* unmanaged<nint, void>)NativeLibrary.GetExport(NativeLibrary.Load(Library!), "memo_set_fault");
        nint text = Marshal.StringToCoTaskMemUTF8(fault);
        set(text);
        Marshal.FreeCoTaskMem(text);
    }
}

/// <summary>A test on faults of OpenCL's drivers: skipped, with a message, where they cannot be had.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class FaultyOpenClTheoryAttribute : TheoryAttribute
{
    public FaultyOpenClTheoryAttribute()
    {
        if (FaultyOpenCl.Library is null) Skip = "no OpenCL device, or no C compiler to spoil its driver with";
    }
}
