using System.Numerics;

namespace Memo.Networks.Plans;

/// <summary>
/// One summand of a piecewise linear function of u: Weight * ReLU(Sign * u + Constant), Sign 1 or -1.
/// </summary>
internal readonly record struct Hinge(BigInteger Weight, int Sign, BigInteger Constant)
{
    /// <summary>Where the slope changes, by +Weight from left to right for either sign.</summary>
    public BigInteger Breakpoint => Sign > 0 ? -Constant : Constant;

    public BigInteger At(BigInteger u)
    {
        BigInteger argument = Sign > 0 ? u + Constant : Constant - u;
        return argument.Sign <= 0 ? BigInteger.Zero : Weight * argument;
    }
}

/// <summary>
/// The exact range of sums of ReLUs of one variable. x - T ReLU(x - T + 1) + T ReLU(x - T) lies in [0, T - 1] for x in
/// [0, 2T - 1]; interval arithmetic on its three terms would give numbers as large as T^2.
/// </summary>
internal static class PiecewiseLinear
{
    /// <summary>
    /// The least and the greatest value of the sum for u in <paramref name="range"/>: they are at the ends or at breakpoints.
    /// O(h log h) for h hinges, whose order is changed.
    /// </summary>
    public static Interval Range(Span<Hinge> hinges, Interval range)
    {
        BigInteger value = BigInteger.Zero;
        foreach (Hinge hinge in hinges) value += hinge.At(range.Low);
        if (range.Low == range.High) return new Interval(value, value);
        if (hinges.Length == 1)
        {
            BigInteger end = hinges[0].At(range.High);
            return new Interval(BigInteger.Min(value, end), BigInteger.Max(value, end)); // a hinge is monotone
        }

        hinges.Sort((a, b) => a.Breakpoint.CompareTo(b.Breakpoint));
        BigInteger slope = BigInteger.Zero;
        foreach (Hinge hinge in hinges)
            if (hinge.Sign > 0 ? hinge.Breakpoint <= range.Low : hinge.Breakpoint > range.Low)
                slope += hinge.Sign * hinge.Weight;
        BigInteger low = value, high = value, at = range.Low;
        foreach (Hinge hinge in hinges)
        {
            BigInteger next = hinge.Breakpoint;
            if (next <= range.Low) continue;
            if (next >= range.High) break;
            Advance(next);
            slope += hinge.Weight;
        }
        Advance(range.High);
        return new Interval(low, high);

        void Advance(BigInteger to)
        {
            if (to == at) return;
            value += slope * (to - at);
            (low, high, at) = (BigInteger.Min(low, value), BigInteger.Max(high, value), to);
        }
    }
}
