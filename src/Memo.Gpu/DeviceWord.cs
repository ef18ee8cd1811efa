using Memo.Devices;
using Memo.Gpu.Devices;

namespace Memo.Gpu;

/// <summary>What the word behind `--device` means for the engine.</summary>
internal static class DeviceWord
{
    /// <summary>
    /// Opens the device that a word asks for; null for the processor. With "auto" a missing device, or one that fails later, is
    /// said and the processor goes on; with any other word it is an error.
    /// </summary>
    /// <param name="word">cpu, cuda, opencl, auto, or with a number: cuda:1.</param>
    /// <param name="say">Told, with "auto", why the processor has to do; may be null.</param>
    /// <param name="log">Told the device and the plan for each set of points, a line each; may be null.</param>
    /// <exception cref="GpuException">There is no such device, or it cannot be opened.</exception>
    public static DeviceChoice? Open(string word, Action<string>? say, Action<string>? log)
    {
        GpuDevice? device = GpuDevices.Choose(word, out string? problem);
        if (device is null)
        {
            if (problem is not null) say?.Invoke($"no GPU, so the processor computes ({problem})");
            return null;
        }
        log?.Invoke($"device: {DeviceReport.Describe(device.Description)}");
        return new DeviceChoice(new GpuDistanceDevice(device, log),
            word == "auto" ? reason => say?.Invoke($"{reason}; the processor goes on alone") : null);
    }
}
