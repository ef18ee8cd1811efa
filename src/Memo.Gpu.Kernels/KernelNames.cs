// What the kernels are called in the texts, behind "Kernel_". This file is compiled into Memo.Gpu as well.

namespace Memo.Gpu.Kernels;

/// <summary>The names of the kernels' methods, for a host that does not know the methods.</summary>
public static class KernelNames
{
    public const string Rivals = "Rivals", ClassMinima = "ClassMinima", Survivors = "Survivors", ClosestPairs = "ClosestPairs", Dense = "Dense",
        PackBytes = "PackBytes", PackFloats = "PackFloats", Project = "Project", ExactDistances = "ExactDistances", Peak = "Peak";
}
