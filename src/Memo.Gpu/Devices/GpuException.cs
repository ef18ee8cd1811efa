using Memo.Devices;

namespace Memo.Gpu.Devices;

/// <summary>What kind of thing went wrong.</summary>
internal enum GpuProblem { NoDriver, NoDevice, OutOfMemory, KernelRefused, Lost, Other }

/// <summary>A device that cannot do what it was asked for; the message names it and has its driver's words.</summary>
internal sealed class GpuException(GpuProblem problem, string message, Exception? inner = null) : DeviceException(message, inner)
{
    public GpuProblem Problem { get; } = problem;

    /// <summary>The first lines of a driver's log, on one.</summary>
    public static string FirstLines(string log)
    {
        string[] lines = log.Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        string text = string.Join("; ", lines.Take(3));
        return text.Length > 400 ? text[..400] + "..." : text;
    }
}
