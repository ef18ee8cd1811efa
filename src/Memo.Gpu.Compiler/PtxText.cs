using System.Text.RegularExpressions;

namespace Memo.Gpu.Compiler;

/// <summary>Mends what ILGPU 1.5.3 emits as PTX, and refuses what cannot be mended.</summary>
internal static partial class PtxText
{
    public static string Mend(string text, KernelToCompile kernel)
    {
        // Every conditional branch is emitted as uniform, which promises that all threads of a warp agree. They do not.
        text = UniformBranch().Replace(text, "$1 bra\t");
        // The one size of group, so that the driver can allot registers.
        string bounds = $".maxntid {kernel.GroupX}, {kernel.GroupY}, 1\n" +
                        (kernel.GroupsAtOnce > 0 ? $".minnctapersm {kernel.GroupsAtOnce}\n" : "");
        text = EndOfParameters().Replace(text, match => $"){match.Groups[1].Value}{bounds}{{", 1);
        if (!text.Contains(bounds, StringComparison.Ordinal)) throw new InvalidOperationException("no place for the size of a group");
        // Whatever is called was not inlined, and an external function is nowhere: MathF.FusedMultiplyAdd is emitted as one.
        foreach (string defect in new[] { ".extern", "call", ".local", "bra.uni\t%" })
            if (text.Contains(defect, StringComparison.Ordinal))
                throw new InvalidOperationException($"the text holds '{defect.Trim()}', which no kernel should need");
        return text.ReplaceLineEndings("\n");
    }

    [GeneratedRegex(@"(@!?%p\d+) bra\.uni\s+")]
    private static partial Regex UniformBranch();

    [GeneratedRegex(@"\)(\s*)\{")]
    private static partial Regex EndOfParameters();
}
