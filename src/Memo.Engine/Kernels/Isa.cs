using System.Runtime.Intrinsics.X86;

namespace Memo.Kernels;

/// <summary>The instruction sets that kernels are written for, each including the ones before it.</summary>
public enum InstructionSet
{
    /// <summary>The portable path (x86-64-v2 build; any other processor).</summary>
    Scalar,
    /// <summary>AVX2 and FMA (x86-64-v3 build).</summary>
    Avx2,
    /// <summary>AVX-512 F, BW, DQ, VL (x86-64-v4 build).</summary>
    Avx512,
}

/// <summary>Which instruction set the kernels of this process use. Answers are the same bits for each.</summary>
public static class Isa
{
    /// <summary>The best that this build was compiled for and that this processor has.</summary>
    public static InstructionSet Best { get; } =
        Avx512BW.IsSupported && Avx512DQ.IsSupported && Avx512F.VL.IsSupported ? InstructionSet.Avx512 :
        Avx2.IsSupported && Fma.IsSupported ? InstructionSet.Avx2 : InstructionSet.Scalar;

    /// <summary>What the kernels use: <see cref="Best"/> unless the environment variable MEMO_ISA asks for less.</summary>
    public static InstructionSet Active { get; } = Best;
}
