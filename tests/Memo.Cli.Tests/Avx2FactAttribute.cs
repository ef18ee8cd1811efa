using Memo.Kernels;

namespace Memo.Tests;

/// <summary>A test of the builds behind the front: skipped, with a message, where the processor runs none of them.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class Avx2FactAttribute : FactAttribute
{
    public Avx2FactAttribute()
    {
        if (Processor.Best < InstructionSet.Avx2) Skip = "this processor has no AVX2: only the portable build runs on it";
    }
}
