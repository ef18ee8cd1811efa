using System.IO.Compression;
using Memo.Gpu.Kernels;

namespace Memo.Gpu;

/// <summary>The kernels' texts that the build has embedded: PTX for two generations of cards, OpenCL C for all else.</summary>
internal static class KernelTexts
{
    /// <summary>The texts of a target ("sm_50", "sm_80", "opencl"), UTF-8, by the kernel's name.</summary>
    public static Dictionary<string, byte[]> Load(string target)
    {
        using Stream packed = typeof(KernelTexts).Assembly.GetManifestResourceStream(target)
                              ?? throw new InvalidOperationException($"no kernels for {target} in this build");
        using var unpacked = new MemoryStream();
        using (var file = new GZipStream(packed, CompressionMode.Decompress)) file.CopyTo(unpacked);
        ReadOnlySpan<byte> rest = unpacked.GetBuffer().AsSpan(0, (int)unpacked.Length);
        var heading = System.Text.Encoding.UTF8.GetBytes(CompiledText.Heading);
        var texts = new Dictionary<string, byte[]>();
        while (!rest.IsEmpty)
        {
            int end = rest.IndexOf((byte)'\n');
            string name = System.Text.Encoding.UTF8.GetString(rest[heading.Length..end]);
            rest = rest[(end + 1)..];
            int next = rest.IndexOf(heading);
            texts[name] = rest[..(next < 0 ? rest.Length : next)].ToArray();
            rest = next < 0 ? [] : rest[next..];
        }
        return texts;
    }
}
