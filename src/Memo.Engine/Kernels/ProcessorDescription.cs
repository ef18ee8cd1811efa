// The processor in words, for reports. What may be used is decided elsewhere (Processor.Best).
using System.Runtime.InteropServices;

namespace Memo.Kernels;

/// <summary>What the operating system says about the processor.</summary>
/// <param name="Model">Its name, or only the architecture where nothing better is known.</param>
/// <param name="Flags">All of its features, in the kernel's spelling; empty when unknown.</param>
internal sealed record ProcessorDescription(string Model, IReadOnlyList<string> Flags)
{
    private static readonly string[] Interesting =
    [
        "sse4_2", "popcnt", "avx", "f16c", "fma", "avx2", "bmi1", "bmi2", "avx_vnni", "avx512f", "avx512bw", "avx512cd",
        "avx512dq", "avx512vl", "avx512vbmi", "avx512_vnni", "avx512_bf16", "avx512_fp16", "amx_int8", "asimd", "asimddp", "sve",
    ];

    /// <summary>Those of its features that matter to the kernels.</summary>
    public IReadOnlyList<string> Features => [.. Interesting.Intersect(Flags)];

    /// <summary>
    /// Reads the first processor's entry of /proc/cpuinfo, a few kilobytes however many there are; where it cannot be
    /// read the answer is the architecture alone.
    /// </summary>
    public static ProcessorDescription Read()
    {
        string architecture = RuntimeInformation.ProcessArchitecture.ToString().ToLowerInvariant();
        try
        {
            return Parse(File.ReadLines("/proc/cpuinfo"), architecture);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return new ProcessorDescription(architecture, []);
        }
    }

    internal static ProcessorDescription Parse(IEnumerable<string> lines, string architecture)
    {
        string model = architecture;
        string[] flags = [];
        foreach (string line in lines)
        {
            if (line.Length == 0) break; // the next processor
            int colon = line.IndexOf(':', StringComparison.Ordinal);
            if (colon < 0) continue;
            string value = line[(colon + 1)..].Trim();
            switch (line[..colon].Trim())
            {
                case "model name": model = value; break;
                case "flags" or "Features": flags = value.Split(' '); break;
            }
        }
        return new ProcessorDescription(model, flags);
    }
}
