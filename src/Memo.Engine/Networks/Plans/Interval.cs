using System.Numerics;

namespace Memo.Networks.Plans;

/// <summary>The integers from Low to High.</summary>
internal readonly record struct Interval(BigInteger Low, BigInteger High)
{
    public static Interval operator +(Interval a, Interval b) => new(a.Low + b.Low, a.High + b.High);

    public static Interval operator +(Interval a, BigInteger b) => new(a.Low + b, a.High + b);

    public static Interval operator *(BigInteger factor, Interval a) =>
        factor.Sign < 0 ? new(factor * a.High, factor * a.Low) : new(factor * a.Low, factor * a.High);

    /// <summary>The range of ReLU.</summary>
    public Interval Relu => new(BigInteger.Max(Low, BigInteger.Zero), BigInteger.Max(High, BigInteger.Zero));

    /// <summary>Bits that hold every number in it, in two's complement with the sign.</summary>
    public long SignedBits => 1 + Math.Max(Magnitude(Low), Magnitude(High));

    // -2^k needs k bits beside the sign, as 2^k - 1 does.
    private static long Magnitude(BigInteger value) => value.Sign < 0 ? (-value - 1).GetBitLength() : value.GetBitLength();
}
