// How a target's file is divided. This file is compiled into Memo.Gpu as well.

namespace Memo.Gpu.Kernels;

/// <summary>One file a target: kernels one behind the other, each a text of its own below a line with its name.</summary>
public static class CompiledText
{
    /// <summary>What the line before a kernel begins with; the name follows.</summary>
    public const string Heading = "//// ";
}
