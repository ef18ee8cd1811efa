using System.Text.RegularExpressions;

namespace Memo.Gpu.Compiler;

/// <summary>
/// Mends what ILGPU 1.5.3 emits as OpenCL C, down to version 1.2 of the language, which every driver has; and refuses what
/// cannot be mended.
/// </summary>
internal static partial class OpenClText
{
    public static string Mend(string text, KernelToCompile kernel)
    {
        // Half and double precision and 64-bit atomics are asked for in every text, and used in none.
        text = Extension().Replace(text, "");
        // A barrier orders global memory only, though it is shared memory that threads meet over.
        text = Barrier().Replace(text, "barrier(CLK_LOCAL_MEM_FENCE | CLK_GLOBAL_MEM_FENCE)");
        // Atomics of version 2.0 with a pointer of no address space; all of ours are to integers in global memory.
        text = Atomic().Replace(text, "atomic_$1((volatile global int*)$2, (int)");
        text = text.Replace("kernel void", $"kernel __attribute__((reqd_work_group_size({kernel.GroupX}, {kernel.GroupY}, 1))) void",
            StringComparison.Ordinal);
        foreach (string defect in new[] { "atomic_fetch", "atomic_int", "work_group_barrier", "double", "half ", "generic" })
            if (text.Contains(defect, StringComparison.Ordinal))
                throw new InvalidOperationException($"the text holds '{defect.Trim()}', which version 1.2 of OpenCL C does not grant");
        return text.ReplaceLineEndings("\n");
    }

    [GeneratedRegex(@"#pragma OPENCL EXTENSION[^\n]*\n")]
    private static partial Regex Extension();

    [GeneratedRegex(@"work_group_barrier\s*\(\s*CLK_\w+\s*\)")]
    private static partial Regex Barrier();

    [GeneratedRegex(@"atomic_fetch_(min|max|add)\s*\(\s*\(atomic_int\*\)\s*(\w+)\s*,\s*\(int\)")]
    private static partial Regex Atomic();
}
