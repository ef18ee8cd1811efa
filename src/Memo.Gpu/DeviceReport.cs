using System.Globalization;
using System.Text.Json;
using Memo.Gpu.Devices;

namespace Memo.Gpu;

/// <summary>The devices of this machine, for `memo info` and memo_info().</summary>
internal sealed class DeviceReport
{
    private readonly List<GpuDescription> _devices = [];
    private readonly List<string> _problems = [];

    /// <summary>Asks the drivers, which takes them a moment.</summary>
    public DeviceReport()
    {
        foreach (GpuApi api in Enum.GetValues<GpuApi>())
        {
            _devices.AddRange(GpuDevices.List(api, out string? problem));
            if (problem is not null) _problems.Add(problem);
        }
    }

    /// <summary>A line for each device, and for each interface without one.</summary>
    public IEnumerable<string> Lines => _devices.Select(Describe).Concat(_problems);

    /// <summary>A device in a line: "cuda:0 NVIDIA H100, 80 GB, 132 multiprocessors, compute capability 9.0, driver 12.4".</summary>
    public static string Describe(GpuDescription device) => string.Create(CultureInfo.InvariantCulture,
        $"{device.Word} {device.Name}, {device.MemoryBytes / 1e9:0.#} GB, {device.Multiprocessors} {(device.Api == GpuApi.Cuda ? "multiprocessors" : "compute units")}" +
        $"{(device.Api == GpuApi.Cuda ? $", compute capability {device.ComputeMajor}.{device.ComputeMinor}" : $", {device.Platform}")}" +
        $", driver {device.Driver}{(device.IsProcessor ? " (the processor; never chosen by auto)" : "")}");

    /// <summary>Writes "devices", the words that --device takes, and "device_details" into an object that the caller begins and ends.</summary>
    public void WriteFields(Utf8JsonWriter json)
    {
        json.WriteStartArray("devices");
        json.WriteStringValue("cpu");
        foreach (GpuDescription device in _devices) json.WriteStringValue(device.Word);
        json.WriteEndArray();
        json.WriteStartArray("device_details");
        foreach (GpuDescription device in _devices)
        {
            json.WriteStartObject();
            json.WriteString("device", device.Word);
            json.WriteString("name", device.Name);
            json.WriteString("platform", device.Platform);
            json.WriteString("driver", device.Driver);
            json.WriteNumber("memory_bytes", device.MemoryBytes);
            json.WriteNumber("multiprocessors", device.Multiprocessors);
            json.WriteNumber("clock_megahertz", device.ClockMegahertz);
            if (device.Api == GpuApi.Cuda) json.WriteString("compute_capability", $"{device.ComputeMajor}.{device.ComputeMinor}");
            json.WriteBoolean("is_processor", device.IsProcessor);
            json.WriteEndObject();
        }
        json.WriteEndArray();
        json.WriteStartArray("device_problems");
        foreach (string problem in _problems) json.WriteStringValue(problem);
        json.WriteEndArray();
    }
}
