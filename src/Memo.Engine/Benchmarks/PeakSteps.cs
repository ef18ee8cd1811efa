// The instructions of which the peaks are made, one structure each; PeakLoops repeats them.
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Memo.Benchmarks;

// Fused multiply-add: x <- x / 2 + 1 / 2 stays at a normal number.

internal readonly struct SingleStep512 : IPeakStep<Vector512<float>>
{
    public static int Operations => 2 * Vector512<float>.Count;
    public static Vector512<float> Factor => Vector512.Create(0.5f);
    public static Vector512<float> Step(Vector512<float> sum, Vector512<float> factor) => Avx512F.FusedMultiplyAdd(sum, factor, factor);
    public static Vector512<float> Join(Vector512<float> a, Vector512<float> b) => a + b;
}

internal readonly struct SingleStep256 : IPeakStep<Vector256<float>>
{
    public static int Operations => 2 * Vector256<float>.Count;
    public static Vector256<float> Factor => Vector256.Create(0.5f);
    public static Vector256<float> Step(Vector256<float> sum, Vector256<float> factor) => Fma.MultiplyAdd(sum, factor, factor);
    public static Vector256<float> Join(Vector256<float> a, Vector256<float> b) => a + b;
}

/// <summary>Fused where the processor of the build has such an instruction, else two.</summary>
internal readonly struct SingleStep128 : IPeakStep<Vector128<float>>
{
    public static int Operations => 2 * Vector128<float>.Count;
    public static Vector128<float> Factor => Vector128.Create(0.5f);
    public static Vector128<float> Step(Vector128<float> sum, Vector128<float> factor) =>
        Vector128.MultiplyAddEstimate(sum, factor, factor);
    public static Vector128<float> Join(Vector128<float> a, Vector128<float> b) => a + b;
}

internal readonly struct DoubleStep512 : IPeakStep<Vector512<double>>
{
    public static int Operations => 2 * Vector512<double>.Count;
    public static Vector512<double> Factor => Vector512.Create(0.5);
    public static Vector512<double> Step(Vector512<double> sum, Vector512<double> factor) => Avx512F.FusedMultiplyAdd(sum, factor, factor);
    public static Vector512<double> Join(Vector512<double> a, Vector512<double> b) => a + b;
}

internal readonly struct DoubleStep256 : IPeakStep<Vector256<double>>
{
    public static int Operations => 2 * Vector256<double>.Count;
    public static Vector256<double> Factor => Vector256.Create(0.5);
    public static Vector256<double> Step(Vector256<double> sum, Vector256<double> factor) => Fma.MultiplyAdd(sum, factor, factor);
    public static Vector256<double> Join(Vector256<double> a, Vector256<double> b) => a + b;
}

/// <summary>Fused where the processor of the build has such an instruction, else two.</summary>
internal readonly struct DoubleStep128 : IPeakStep<Vector128<double>>
{
    public static int Operations => 2 * Vector128<double>.Count;
    public static Vector128<double> Factor => Vector128.Create(0.5);
    public static Vector128<double> Step(Vector128<double> sum, Vector128<double> factor) =>
        Vector128.MultiplyAddEstimate(sum, factor, factor);
    public static Vector128<double> Join(Vector128<double> a, Vector128<double> b) => a + b;
}

/// <summary>vpmaddwd and vpaddd: 32 products of int16, 16 sums of two, 16 additions.</summary>
internal readonly struct Int16Step512 : IPeakStep<Vector512<int>>
{
    public static int Operations => 4 * Vector512<int>.Count;
    public static Vector512<int> Factor => Vector512.Create((short)3).AsInt32();
    public static Vector512<int> Step(Vector512<int> sum, Vector512<int> factor) =>
        sum + Avx512BW.MultiplyAddAdjacent(sum.AsInt16(), factor.AsInt16());
    public static Vector512<int> Join(Vector512<int> a, Vector512<int> b) => a ^ b;
}

/// <summary>vpmaddwd and vpaddd of half the width.</summary>
internal readonly struct Int16Step256 : IPeakStep<Vector256<int>>
{
    public static int Operations => 4 * Vector256<int>.Count;
    public static Vector256<int> Factor => Vector256.Create((short)3).AsInt32();
    public static Vector256<int> Step(Vector256<int> sum, Vector256<int> factor) =>
        sum + Avx2.MultiplyAddAdjacent(sum.AsInt16(), factor.AsInt16());
    public static Vector256<int> Join(Vector256<int> a, Vector256<int> b) => a ^ b;
}

/// <summary>vpdpbusd: 32 products of a byte and a signed byte, added up by fours into eight int32.</summary>
internal readonly struct ByteStep256 : IPeakStep<Vector256<int>>
{
    public static int Operations => 8 * Vector256<int>.Count;
    public static Vector256<int> Factor => Vector256.Create((sbyte)3).AsInt32();
    public static Vector256<int> Step(Vector256<int> sum, Vector256<int> factor) =>
        AvxVnni.MultiplyWideningAndAdd(sum, factor.AsByte(), factor.AsSByte());
    public static Vector256<int> Join(Vector256<int> a, Vector256<int> b) => a ^ b;
}

/// <summary>pmaddwd and paddd; elsewhere than on x86-64 a multiplication and an addition of int32.</summary>
internal readonly struct Int16Step128 : IPeakStep<Vector128<int>>
{
    public static int Operations => (Sse2.IsSupported ? 4 : 2) * Vector128<int>.Count;
    public static Vector128<int> Factor => Vector128.Create((short)3).AsInt32();
    public static Vector128<int> Step(Vector128<int> sum, Vector128<int> factor) => Sse2.IsSupported
        ? sum + Sse2.MultiplyAddAdjacent(sum.AsInt16(), factor.AsInt16())
        : sum * factor + factor;
    public static Vector128<int> Join(Vector128<int> a, Vector128<int> b) => a ^ b;
}

internal readonly unsafe struct Load512 : IPeakLoad<Vector512<int>>
{
    public static Vector512<int> Or(Vector512<int> sum, byte* source) => sum | *(Vector512<int>*)source;
}

internal readonly unsafe struct Load256 : IPeakLoad<Vector256<int>>
{
    public static Vector256<int> Or(Vector256<int> sum, byte* source) => sum | *(Vector256<int>*)source;
}

internal readonly unsafe struct Load128 : IPeakLoad<Vector128<int>>
{
    public static Vector128<int> Or(Vector128<int> sum, byte* source) => sum | *(Vector128<int>*)source;
}
