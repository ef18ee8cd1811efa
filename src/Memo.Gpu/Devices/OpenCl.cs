using System.Runtime.InteropServices;
using System.Text;

namespace Memo.Gpu.Devices;

/// <summary>
/// The functions of libOpenCL that are used, version 1.2, which every driver has. The environment variable
/// MEMO_OPENCL_LIBRARY names another library file.
/// </summary>
internal sealed unsafe class OpenCl
{
    public const int DeviceNotFound = -1, MemoryAllocationFailure = -4, OutOfResources = -5, OutOfHostMemory = -6, BuildFailure = -11,
        InvalidBufferSize = -61, NoPlatforms = -1001, FirstInvalid = -30, LastInvalid = -72;

    private static readonly Lazy<(OpenCl? Functions, string? Problem)> _loaded = new(() =>
    {
        string[] names = OperatingSystem.IsWindows() ? ["OpenCL.dll"] : ["libOpenCL.so.1", "libOpenCL.so"];
        OpenCl? functions = Load(DriverLibrary.Names("MEMO_OPENCL_LIBRARY", names, "Debian: ocl-icd-libopencl1, and the device's driver",
            out string remedy), remedy, out string? problem);
        return (functions, problem);
    });

    public readonly delegate* unmanaged<uint, nint*, uint*, int> GetPlatformIds;
    public readonly delegate* unmanaged<nint, int, nuint, void*, nuint*, int> GetPlatformInfo;
    public readonly delegate* unmanaged<nint, ulong, uint, nint*, uint*, int> GetDeviceIds;
    public readonly delegate* unmanaged<nint, int, nuint, void*, nuint*, int> GetDeviceInfo;
    public readonly delegate* unmanaged<nint*, uint, nint*, void*, void*, int*, nint> CreateContext;
    public readonly delegate* unmanaged<nint, int> ReleaseContext;
    public readonly delegate* unmanaged<nint, nint, ulong, int*, nint> CreateCommandQueue;
    public readonly delegate* unmanaged<nint, int> ReleaseCommandQueue;
    public readonly delegate* unmanaged<nint, ulong, nuint, void*, int*, nint> CreateBuffer;
    public readonly delegate* unmanaged<nint, int> ReleaseMemObject;
    public readonly delegate* unmanaged<nint, uint, byte**, nuint*, int*, nint> CreateProgramWithSource;
    public readonly delegate* unmanaged<nint, uint, nint*, byte*, void*, void*, int> BuildProgram;
    public readonly delegate* unmanaged<nint, nint, int, nuint, void*, nuint*, int> GetProgramBuildInfo;
    public readonly delegate* unmanaged<nint, int> ReleaseProgram;
    public readonly delegate* unmanaged<nint, byte*, int*, nint> CreateKernel;
    public readonly delegate* unmanaged<nint, int> ReleaseKernel;
    public readonly delegate* unmanaged<nint, uint, nuint, void*, int> SetKernelArg;
    public readonly delegate* unmanaged<nint, nint, uint, nuint, nuint, void*, uint, nint*, nint*, int> EnqueueReadBuffer;
    public readonly delegate* unmanaged<nint, nint, uint, nuint, nuint, void*, uint, nint*, nint*, int> EnqueueWriteBuffer;
    public readonly delegate* unmanaged<nint, nint, void*, nuint, nuint, nuint, uint, nint*, nint*, int> EnqueueFillBuffer;
    public readonly delegate* unmanaged<nint, nint, uint, nuint*, nuint*, nuint*, uint, nint*, nint*, int> EnqueueKernel;
    public readonly delegate* unmanaged<nint, uint, nint*, nint*, int> EnqueueMarker;
    public readonly delegate* unmanaged<nint, uint, nint*, nint*, int> EnqueueBarrier;
    public readonly delegate* unmanaged<nint, int> ReleaseEvent;
    public readonly delegate* unmanaged<nint, int, nuint, void*, nuint*, int> GetEventInfo;
    public readonly delegate* unmanaged<nint, int> Flush;
    public readonly delegate* unmanaged<nint, int> Finish;

    private OpenCl(nint library)
    {
        nint Get(string name) => NativeLibrary.GetExport(library, name);
        GetPlatformIds = (delegate* unmanaged<uint, nint*, uint*, int>)Get("clGetPlatformIDs");
        GetPlatformInfo = (delegate* unmanaged<nint, int, nuint, void*, nuint*, int>)Get("clGetPlatformInfo");
        GetDeviceIds = (delegate* unmanaged<nint, ulong, uint, nint*, uint*, int>)Get("clGetDeviceIDs");
        GetDeviceInfo = (delegate* unmanaged<nint, int, nuint, void*, nuint*, int>)Get("clGetDeviceInfo");
        CreateContext = (delegate* unmanaged<nint*, uint, nint*, void*, void*, int*, nint>)Get("clCreateContext");
        ReleaseContext = (delegate* unmanaged<nint, int>)Get("clReleaseContext");
        CreateCommandQueue = (delegate* unmanaged<nint, nint, ulong, int*, nint>)Get("clCreateCommandQueue");
        ReleaseCommandQueue = (delegate* unmanaged<nint, int>)Get("clReleaseCommandQueue");
        CreateBuffer = (delegate* unmanaged<nint, ulong, nuint, void*, int*, nint>)Get("clCreateBuffer");
        ReleaseMemObject = (delegate* unmanaged<nint, int>)Get("clReleaseMemObject");
        CreateProgramWithSource = (delegate* unmanaged<nint, uint, byte**, nuint*, int*, nint>)Get("clCreateProgramWithSource");
        BuildProgram = (delegate* unmanaged<nint, uint, nint*, byte*, void*, void*, int>)Get("clBuildProgram");
        GetProgramBuildInfo = (delegate* unmanaged<nint, nint, int, nuint, void*, nuint*, int>)Get("clGetProgramBuildInfo");
        ReleaseProgram = (delegate* unmanaged<nint, int>)Get("clReleaseProgram");
        CreateKernel = (delegate* unmanaged<nint, byte*, int*, nint>)Get("clCreateKernel");
        ReleaseKernel = (delegate* unmanaged<nint, int>)Get("clReleaseKernel");
        SetKernelArg = (delegate* unmanaged<nint, uint, nuint, void*, int>)Get("clSetKernelArg");
        EnqueueReadBuffer = (delegate* unmanaged<nint, nint, uint, nuint, nuint, void*, uint, nint*, nint*, int>)Get("clEnqueueReadBuffer");
        EnqueueWriteBuffer = (delegate* unmanaged<nint, nint, uint, nuint, nuint, void*, uint, nint*, nint*, int>)Get("clEnqueueWriteBuffer");
        EnqueueFillBuffer = (delegate* unmanaged<nint, nint, void*, nuint, nuint, nuint, uint, nint*, nint*, int>)Get("clEnqueueFillBuffer");
        EnqueueKernel = (delegate* unmanaged<nint, nint, uint, nuint*, nuint*, nuint*, uint, nint*, nint*, int>)Get("clEnqueueNDRangeKernel");
        EnqueueMarker = (delegate* unmanaged<nint, uint, nint*, nint*, int>)Get("clEnqueueMarkerWithWaitList");
        EnqueueBarrier = (delegate* unmanaged<nint, uint, nint*, nint*, int>)Get("clEnqueueBarrierWithWaitList");
        ReleaseEvent = (delegate* unmanaged<nint, int>)Get("clReleaseEvent");
        GetEventInfo = (delegate* unmanaged<nint, int, nuint, void*, nuint*, int>)Get("clGetEventInfo");
        Flush = (delegate* unmanaged<nint, int>)Get("clFlush");
        Finish = (delegate* unmanaged<nint, int>)Get("clFinish");
    }

    /// <summary>The functions of the first library that is there; null and a line that says why where there are none.</summary>
    public static OpenCl? Load(string[] names, string remedy, out string? problem)
    {
        nint library = DriverLibrary.Load(names, "opencl", remedy, out problem);
        if (library == 0) return null;
        try
        {
            return new OpenCl(library);
        }
        catch (EntryPointNotFoundException exception)
        {
            problem = $"opencl: no driver: {exception.Message}";
            return null;
        }
    }

    /// <summary>The driver's functions, or null and why there are none.</summary>
    public static OpenCl? TryLoad(out string? problem)
    {
        (OpenCl? functions, problem) = _loaded.Value;
        return functions;
    }

    /// <summary>A device's property that is a text.</summary>
    public string DeviceText(nint device, int property) => Text((size, value, needed) => GetDeviceInfo(device, property, size, (void*)value, (nuint*)needed));

    /// <summary>A platform's property.</summary>
    public string PlatformText(nint platform, int property) => Text((size, value, needed) => GetPlatformInfo(platform, property, size, (void*)value, (nuint*)needed));

    /// <summary>What the compiler had to say.</summary>
    public string BuildLog(nint program, nint device)
    {
        const int buildLog = 0x1183;
        return Text((size, value, needed) => GetProgramBuildInfo(program, device, buildLog, size, (void*)value, (nuint*)needed));
    }

    private static string Text(Func<nuint, nint, nint, int> get)
    {
        nuint length = 0;
        if (get(0, 0, (nint)(&length)) != 0 || length == 0) return "";
        var bytes = new byte[length];
        fixed (byte* to = bytes)
            if (get(length, (nint)to, 0) != 0) return "";
        return Encoding.UTF8.GetString(bytes).TrimEnd('\0').Trim();
    }

    /// <summary>A device's property that is a number of up to 8 bytes.</summary>
    public long DeviceNumber(nint device, int property)
    {
        long value = 0;
        return GetDeviceInfo(device, property, sizeof(long), &value, null) == 0 ? value : 0;
    }

    /// <summary>The name of a status, as in the specification.</summary>
    public static string ErrorName(int status) => status switch
    {
        DeviceNotFound => "CL_DEVICE_NOT_FOUND",
        -2 => "CL_DEVICE_NOT_AVAILABLE",
        -3 => "CL_COMPILER_NOT_AVAILABLE",
        MemoryAllocationFailure => "CL_MEM_OBJECT_ALLOCATION_FAILURE",
        OutOfResources => "CL_OUT_OF_RESOURCES",
        OutOfHostMemory => "CL_OUT_OF_HOST_MEMORY",
        BuildFailure => "CL_BUILD_PROGRAM_FAILURE",
        -14 => "CL_EXEC_STATUS_ERROR_FOR_EVENTS_IN_WAIT_LIST",
        FirstInvalid => "CL_INVALID_VALUE",
        -33 => "CL_INVALID_DEVICE",
        -34 => "CL_INVALID_CONTEXT",
        -36 => "CL_INVALID_COMMAND_QUEUE",
        -38 => "CL_INVALID_MEM_OBJECT",
        -43 => "CL_INVALID_BUILD_OPTIONS",
        -45 => "CL_INVALID_PROGRAM_EXECUTABLE",
        -46 => "CL_INVALID_KERNEL_NAME",
        -48 => "CL_INVALID_KERNEL",
        -49 => "CL_INVALID_ARG_INDEX",
        -50 => "CL_INVALID_ARG_VALUE",
        -51 => "CL_INVALID_ARG_SIZE",
        -52 => "CL_INVALID_KERNEL_ARGS",
        -54 => "CL_INVALID_WORK_GROUP_SIZE",
        -55 => "CL_INVALID_WORK_ITEM_SIZE",
        -57 => "CL_INVALID_EVENT_WAIT_LIST",
        -59 => "CL_INVALID_OPERATION",
        InvalidBufferSize => "CL_INVALID_BUFFER_SIZE",
        -63 => "CL_INVALID_GLOBAL_WORK_SIZE",
        NoPlatforms => "CL_PLATFORM_NOT_FOUND_KHR",
        _ => $"OpenCL error {status}",
    };
}
