using System.Globalization;

namespace Memo.Gpu.Devices;

/// <summary>The driver's interface that a device is reached by.</summary>
internal enum GpuApi { Cuda, OpenCl }

/// <summary>What the driver says of a device.</summary>
/// <param name="Api">Its interface.</param>
/// <param name="Index">Its number among that interface's devices, from 0.</param>
/// <param name="Name">Its name.</param>
/// <param name="Platform">The OpenCL platform that it belongs to; "CUDA".</param>
/// <param name="Driver">The driver's version.</param>
/// <param name="MemoryBytes">Its memory.</param>
/// <param name="Multiprocessors">Its multiprocessors or compute units.</param>
/// <param name="ClockMegahertz">The highest clock that it states, 0 for none.</param>
/// <param name="ComputeMajor">CUDA: compute capability.</param>
/// <param name="ComputeMinor">CUDA: compute capability, behind the point.</param>
/// <param name="IsProcessor">An OpenCL device that is the processor itself.</param>
internal sealed record GpuDescription(GpuApi Api, int Index, string Name, string Platform, string Driver, long MemoryBytes,
    int Multiprocessors, int ClockMegahertz, int ComputeMajor, int ComputeMinor, bool IsProcessor)
{
    /// <summary>The word that `--device` takes for the first of its kind.</summary>
    public string ApiName => Api == GpuApi.Cuda ? "cuda" : "opencl";

    /// <summary>The word that `--device` takes for this one.</summary>
    public string Word => string.Create(CultureInfo.InvariantCulture, $"{ApiName}:{Index}");

    /// <summary>What messages call it.</summary>
    public string Title => $"{ApiName} device {Index}, {Name}";
}
