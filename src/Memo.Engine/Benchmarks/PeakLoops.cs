// The loops that show what a machine can do at most: one instruction over and over in independent chains, or loads alone.
using System.Runtime.CompilerServices;

namespace Memo.Benchmarks;

/// <summary>One instruction (or pair) of which a peak is made.</summary>
/// <typeparam name="TVector">The register it works on.</typeparam>
internal interface IPeakStep<TVector> where TVector : struct
{
    /// <summary>Arithmetic operations of one step: a multiplication and an addition count two.</summary>
    static abstract int Operations { get; }

    /// <summary>The other operand, the same in every step.</summary>
    static abstract TVector Factor { get; }

    /// <summary>The next value of a chain; must depend on the value before, or the compiler would take it out of the loop.</summary>
    static abstract TVector Step(TVector sum, TVector factor);

    /// <summary>Any function of both, so that every chain is used.</summary>
    static abstract TVector Join(TVector a, TVector b);
}

/// <summary>A load of which a bandwidth is made.</summary>
/// <typeparam name="TVector">The register it fills.</typeparam>
internal unsafe interface IPeakLoad<TVector> where TVector : struct
{
    /// <summary>Any cheap function of a register and what lies at an address.</summary>
    static abstract TVector Or(TVector sum, byte* source);
}

/// <summary>The loops, for every step and load.</summary>
internal static unsafe class PeakLoops
{
    /// <summary>
    /// Independent chains: two instructions a cycle of a latency of four or five keep ten under way, and twelve with their
    /// factor fit sixteen registers.
    /// </summary>
    public const int Chains = 12;

    /// <summary>Does rounds * Chains steps.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static TVector Compute<TStep, TVector>(long rounds)
        where TStep : struct, IPeakStep<TVector>
        where TVector : struct
    {
        TVector f = TStep.Factor;
        TVector a = f, b = f, c = f, d = f, e = f, g = f, h = f, i = f, j = f, k = f, l = f, m = f;
        for (long round = 0; round < rounds; round++)
        {
            (a, b, c, d) = (TStep.Step(a, f), TStep.Step(b, f), TStep.Step(c, f), TStep.Step(d, f));
            (e, g, h, i) = (TStep.Step(e, f), TStep.Step(g, f), TStep.Step(h, f), TStep.Step(i, f));
            (j, k, l, m) = (TStep.Step(j, f), TStep.Step(k, f), TStep.Step(l, f), TStep.Step(m, f));
        }
        TVector first = TStep.Join(TStep.Join(TStep.Join(a, b), TStep.Join(c, d)), TStep.Join(TStep.Join(e, g), TStep.Join(h, i)));
        return TStep.Join(first, TStep.Join(TStep.Join(j, k), TStep.Join(l, m)));
    }

    /// <summary>Reads a block a number of times, eight registers a step.</summary>
    /// <param name="block">The first byte, aligned to 64.</param>
    /// <param name="bytes">A multiple of 8 * sizeof(TVector).</param>
    /// <param name="passes">How many times.</param>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static TVector Read<TLoad, TVector>(byte* block, nuint bytes, long passes)
        where TLoad : struct, IPeakLoad<TVector>
        where TVector : unmanaged
    {
        TVector a = default, b = default, c = default, d = default, e = default, f = default, g = default, h = default;
        for (long pass = 0; pass < passes; pass++)
            for (byte* p = block; p < block + bytes; p += 8 * sizeof(TVector))
            {
                a = TLoad.Or(a, p);
                b = TLoad.Or(b, p + sizeof(TVector));
                c = TLoad.Or(c, p + 2 * sizeof(TVector));
                d = TLoad.Or(d, p + 3 * sizeof(TVector));
                e = TLoad.Or(e, p + 4 * sizeof(TVector));
                f = TLoad.Or(f, p + 5 * sizeof(TVector));
                g = TLoad.Or(g, p + 6 * sizeof(TVector));
                h = TLoad.Or(h, p + 7 * sizeof(TVector));
            }
        TVector* sums = stackalloc TVector[] { a, b, c, d, e, f, g, h };
        TVector all = sums[0];
        for (int i = 1; i < 8; i++) all = TLoad.Or(all, (byte*)(sums + i));
        return all;
    }
}
