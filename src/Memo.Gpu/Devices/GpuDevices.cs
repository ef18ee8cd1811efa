using System.Globalization;

namespace Memo.Gpu.Devices;

/// <summary>The devices of this machine. Without a driver there just are none.</summary>
internal static class GpuDevices
{
    /// <summary>All devices of an interface, and where there are none why.</summary>
    public static IReadOnlyList<GpuDescription> List(GpuApi api, out string? problem)
    {
        if (api == GpuApi.Cuda) return CudaDevice.Find(out problem);
        return [.. OpenClDevice.Find(out problem).Select(each => each.Description)];
    }

    /// <summary>Opens a device that was listed.</summary>
    /// <exception cref="GpuException">It cannot be opened.</exception>
    public static GpuDevice Open(GpuDescription description) => description.Api == GpuApi.Cuda
        ? CudaDevice.Open(description)
        : OpenClDevice.Open(description);

    /// <summary>The names that a choice may have; a number behind a colon picks one of several: "cuda:1".</summary>
    public static IReadOnlyList<string> Choices { get; } = ["cpu", "cuda", "opencl", "auto"];

    /// <summary>Whether a word is one of <see cref="Choices"/>, with or without a number.</summary>
    public static bool IsChoice(string word) => Choices.Contains(word) || Parse(word) is not null;

    /// <summary>
    /// The device that a word asks for, opened; null for the processor. "auto" takes the first GPU, CUDA's before OpenCL's, and
    /// never an OpenCL device that is the processor itself.
    /// </summary>
    /// <param name="word">One of <see cref="Choices"/>, "cuda:N" or "opencl:N".</param>
    /// <param name="fallBack">With "auto" and no GPU: why there is none.</param>
    /// <exception cref="GpuException">There is no such device, or it cannot be opened.</exception>
    public static GpuDevice? Choose(string word, out string? fallBack)
    {
        fallBack = null;
        if (word == "cpu") return null;
        if (word == "auto") return Automatic(out fallBack);
        (GpuApi api, int index) = Parse(word) ?? throw new GpuException(GpuProblem.NoDevice, $"'{word}' is no device; there are: {string.Join(", ", Choices)}");
        IReadOnlyList<GpuDescription> devices = List(api, out string? problem);
        if (index < devices.Count) return Open(devices[index]);
        throw new GpuException(devices.Count == 0 ? GpuProblem.NoDriver : GpuProblem.NoDevice,
            devices.Count == 0 ? problem! : $"{word}: no device {index}; there {(devices.Count == 1 ? "is 1" : $"are {devices.Count}")}, numbered from 0");
    }

    private static GpuDevice? Automatic(out string? fallBack)
    {
        var problems = new List<string>();
        foreach (GpuApi api in new[] { GpuApi.Cuda, GpuApi.OpenCl })
        {
            IReadOnlyList<GpuDescription> devices = List(api, out string? problem);
            foreach (GpuDescription device in devices)
            {
                if (device.IsProcessor) continue;
                try
                {
                    fallBack = null;
                    return Open(device);
                }
                catch (GpuException exception)
                {
                    problems.Add(exception.Message);
                }
            }
            if (problem is not null) problems.Add(problem);
            else if (devices.All(device => device.IsProcessor)) problems.Add($"{devices[0].ApiName}: the processor only");
        }
        fallBack = string.Join("; ", problems);
        return null;
    }

    private static (GpuApi Api, int Index)? Parse(string word)
    {
        string[] parts = word.Split(':');
        GpuApi? api = parts[0] switch { "cuda" => GpuApi.Cuda, "opencl" => GpuApi.OpenCl, _ => null };
        int index = 0;
        if (api is null || parts.Length > 2 ||
            (parts.Length == 2 && !int.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out index))) return null;
        return (api.Value, index);
    }
}
