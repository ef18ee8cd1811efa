using System.Runtime.InteropServices;

namespace Memo.Gpu.Devices;

/// <summary>
/// The functions of CUDA's driver interface that are used. The environment variable MEMO_CUDA_LIBRARY names another library
/// file than the driver's.
/// </summary>
internal sealed unsafe class Cuda
{
    public const int OutOfMemory = 2;

    private static readonly Lazy<(Cuda? Functions, string? Problem)> _loaded = new(() =>
    {
        string[] names = DriverLibrary.Names("MEMO_CUDA_LIBRARY", [OperatingSystem.IsWindows() ? "nvcuda.dll" : "libcuda.so.1"],
            "it comes with NVIDIA's driver", out string remedy);
        nint library = DriverLibrary.Load(names, "cuda", remedy, out string? problem);
        if (library == 0) return (null, problem);
        try
        {
            var cuda = new Cuda(library);
            int status = cuda.Init(0);
            return status == 0 ? (cuda, null) : (null, $"cuda: no device: {cuda.ErrorText(status)}");
        }
        catch (EntryPointNotFoundException exception)
        {
            return (null, $"cuda: no driver: {exception.Message}");
        }
    });

    public readonly delegate* unmanaged<uint, int> Init;
    public readonly delegate* unmanaged<int*, int> DriverGetVersion;
    public readonly delegate* unmanaged<int*, int> DeviceGetCount;
    public readonly delegate* unmanaged<int*, int, int> DeviceGet;
    public readonly delegate* unmanaged<byte*, int, int, int> DeviceGetName;
    public readonly delegate* unmanaged<nuint*, int, int> DeviceTotalMem;
    public readonly delegate* unmanaged<int*, int, int, int> DeviceGetAttribute;
    public readonly delegate* unmanaged<nint*, int, int> DevicePrimaryCtxRetain;
    public readonly delegate* unmanaged<int, int> DevicePrimaryCtxRelease;
    public readonly delegate* unmanaged<nint, int> CtxSetCurrent;
    public readonly delegate* unmanaged<nuint*, nuint*, int> MemGetInfo;
    public readonly delegate* unmanaged<ulong*, nuint, int> MemAlloc;
    public readonly delegate* unmanaged<ulong, int> MemFree;
    public readonly delegate* unmanaged<void**, nuint, int> MemAllocHost;
    public readonly delegate* unmanaged<void*, int> MemFreeHost;
    public readonly delegate* unmanaged<ulong, void*, nuint, nint, int> MemcpyHtoDAsync;
    public readonly delegate* unmanaged<void*, ulong, nuint, nint, int> MemcpyDtoHAsync;
    public readonly delegate* unmanaged<ulong, uint, nuint, nint, int> MemsetD32Async;
    public readonly delegate* unmanaged<nint*, void*, uint, int*, void**, int> ModuleLoadDataEx;
    public readonly delegate* unmanaged<nint, int> ModuleUnload;
    public readonly delegate* unmanaged<nint*, nint, byte*, int> ModuleGetFunction;
    public readonly delegate* unmanaged<nint, uint, uint, uint, uint, uint, uint, uint, nint, void**, void**, int> LaunchKernel;
    public readonly delegate* unmanaged<nint*, uint, int> StreamCreate;
    public readonly delegate* unmanaged<nint, int> StreamDestroy;
    public readonly delegate* unmanaged<nint, int> StreamSynchronize;
    public readonly delegate* unmanaged<nint, nint, uint, int> StreamWaitEvent;
    public readonly delegate* unmanaged<nint*, uint, int> EventCreate;
    public readonly delegate* unmanaged<nint, nint, int> EventRecord;
    public readonly delegate* unmanaged<nint, int> EventDestroy;
    private readonly delegate* unmanaged<int, byte**, int> _getErrorName;
    private readonly delegate* unmanaged<int, byte**, int> _getErrorString;

    private Cuda(nint library)
    {
        nint Get(string name) => NativeLibrary.GetExport(library, name);
        Init = (delegate* unmanaged<uint, int>)Get("cuInit");
        DriverGetVersion = (delegate* unmanaged<int*, int>)Get("cuDriverGetVersion");
        DeviceGetCount = (delegate* unmanaged<int*, int>)Get("cuDeviceGetCount");
        DeviceGet = (delegate* unmanaged<int*, int, int>)Get("cuDeviceGet");
        DeviceGetName = (delegate* unmanaged<byte*, int, int, int>)Get("cuDeviceGetName");
        DeviceTotalMem = (delegate* unmanaged<nuint*, int, int>)Get("cuDeviceTotalMem_v2");
        DeviceGetAttribute = (delegate* unmanaged<int*, int, int, int>)Get("cuDeviceGetAttribute");
        DevicePrimaryCtxRetain = (delegate* unmanaged<nint*, int, int>)Get("cuDevicePrimaryCtxRetain");
        DevicePrimaryCtxRelease = (delegate* unmanaged<int, int>)Get("cuDevicePrimaryCtxRelease_v2");
        CtxSetCurrent = (delegate* unmanaged<nint, int>)Get("cuCtxSetCurrent");
        MemGetInfo = (delegate* unmanaged<nuint*, nuint*, int>)Get("cuMemGetInfo_v2");
        MemAlloc = (delegate* unmanaged<ulong*, nuint, int>)Get("cuMemAlloc_v2");
        MemFree = (delegate* unmanaged<ulong, int>)Get("cuMemFree_v2");
        MemAllocHost = (delegate* unmanaged<void**, nuint, int>)Get("cuMemAllocHost_v2");
        MemFreeHost = (delegate* unmanaged<void*, int>)Get("cuMemFreeHost");
        MemcpyHtoDAsync = (delegate* unmanaged<ulong, void*, nuint, nint, int>)Get("cuMemcpyHtoDAsync_v2");
        MemcpyDtoHAsync = (delegate* unmanaged<void*, ulong, nuint, nint, int>)Get("cuMemcpyDtoHAsync_v2");
        MemsetD32Async = (delegate* unmanaged<ulong, uint, nuint, nint, int>)Get("cuMemsetD32Async");
        ModuleLoadDataEx = (delegate* unmanaged<nint*, void*, uint, int*, void**, int>)Get("cuModuleLoadDataEx");
        ModuleUnload = (delegate* unmanaged<nint, int>)Get("cuModuleUnload");
        ModuleGetFunction = (delegate* unmanaged<nint*, nint, byte*, int>)Get("cuModuleGetFunction");
        LaunchKernel = (delegate* unmanaged<nint, uint, uint, uint, uint, uint, uint, uint, nint, void**, void**, int>)Get("cuLaunchKernel");
        StreamCreate = (delegate* unmanaged<nint*, uint, int>)Get("cuStreamCreate");
        StreamDestroy = (delegate* unmanaged<nint, int>)Get("cuStreamDestroy_v2");
        StreamSynchronize = (delegate* unmanaged<nint, int>)Get("cuStreamSynchronize");
        StreamWaitEvent = (delegate* unmanaged<nint, nint, uint, int>)Get("cuStreamWaitEvent");
        EventCreate = (delegate* unmanaged<nint*, uint, int>)Get("cuEventCreate");
        EventRecord = (delegate* unmanaged<nint, nint, int>)Get("cuEventRecord");
        EventDestroy = (delegate* unmanaged<nint, int>)Get("cuEventDestroy_v2");
        _getErrorName = (delegate* unmanaged<int, byte**, int>)Get("cuGetErrorName");
        _getErrorString = (delegate* unmanaged<int, byte**, int>)Get("cuGetErrorString");
    }

    /// <summary>The driver's functions, or null and why there are none.</summary>
    public static Cuda? TryLoad(out string? problem)
    {
        (Cuda? functions, problem) = _loaded.Value;
        return functions;
    }

    /// <summary>The driver's words: "out of memory (CUDA_ERROR_OUT_OF_MEMORY)".</summary>
    public string ErrorText(int status)
    {
        byte* name = null, words = null;
        _getErrorName(status, &name);
        _getErrorString(status, &words);
        string code = name is null ? $"CUDA error {status}" : Marshal.PtrToStringUTF8((nint)name)!;
        return words is null ? code : $"{Marshal.PtrToStringUTF8((nint)words)} ({code})";
    }

    /// <summary>What kind of problem a status is.</summary>
    public static GpuProblem ProblemOf(int status) => status switch
    {
        OutOfMemory => GpuProblem.OutOfMemory,
        100 or 101 => GpuProblem.NoDevice,
        34 or 35 or 36 or 803 or 804 => GpuProblem.NoDriver,
        200 or 209 or 218 or 221 or 222 or 223 => GpuProblem.KernelRefused,
        >= 700 and < 720 or 214 or 999 => GpuProblem.Lost,
        _ => GpuProblem.Other,
    };
}
