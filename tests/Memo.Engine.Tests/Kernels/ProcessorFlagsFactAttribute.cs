using Memo.Kernels;

namespace Memo.Tests.Kernels;

/// <summary>A test on the kernel's list of features: skipped, with a message, where /proc/cpuinfo has none.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class ProcessorFlagsFactAttribute : FactAttribute
{
    public ProcessorFlagsFactAttribute()
    {
        if (ProcessorDescription.Read().Flags.Count == 0) Skip = "/proc/cpuinfo does not list the processor's features here";
    }
}
