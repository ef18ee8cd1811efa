using CsCheck;
using Memo.Numerics;

namespace Memo.Tests.Numerics;

/// <summary>The engine's own functions against the system's, which are right to an ulp or two.</summary>
public sealed class PortableMathTests
{
    private static void AssertClose(double expected, double actual, double ulps) =>
        Assert.InRange(Math.Abs(expected - actual), 0,
            ulps * (Math.BitIncrement(Math.Abs(expected)) - Math.Abs(expected)));

    [Fact]
    public void Log_agrees_with_the_systems()
    {
        Gen.Double[double.Epsilon * (1L << 52), 1].Sample(x => AssertClose(Math.Log(x), PortableMath.Log(x), 3));
        Gen.Double[0.7, 1.5].Sample(x => AssertClose(Math.Log(x), PortableMath.Log(x), 3));
        Gen.Int[-1021, 1023].Sample(k => AssertClose(k * Math.Log(2), PortableMath.Log(Math.ScaleB(1, k)), 3));
        Assert.Equal(0, PortableMath.Log(1));
        foreach (double x in (double[])[0, -1, double.NaN, double.PositiveInfinity, double.Epsilon])
            Assert.Throws<ArgumentOutOfRangeException>(() => PortableMath.Log(x));
    }

    [Fact]
    public void Exp_agrees_with_the_systems()
    {
        Gen.Double[-700, 700].Sample(x => AssertClose(Math.Exp(x), PortableMath.Exp(x), 3));
        Gen.Double[-1, 1].Sample(x => AssertClose(Math.Exp(x), PortableMath.Exp(x), 3));
        Assert.Equal(1, PortableMath.Exp(0));
        foreach (double x in (double[])[701, -701, double.NaN])
            Assert.Throws<ArgumentOutOfRangeException>(() => PortableMath.Exp(x));
    }

    [Fact]
    public void Roots_agree_with_powers()
    {
        Gen.Select(Gen.Double[1e-17, 1], Gen.Int[2, 5000]).Sample((x, n) =>
            AssertClose(Math.Pow(x, 1.0 / n), PortableMath.Root(x, n), 4 - 2 * Math.Log(x) / n));
        Assert.Equal((0, 1, 0.3),
            (PortableMath.Root(0, 3), PortableMath.Root(1, 3), PortableMath.Root(0.3, 1)));
        Assert.Throws<ArgumentOutOfRangeException>(() => PortableMath.Root(1.5, 2));
        Assert.Throws<ArgumentOutOfRangeException>(() => PortableMath.Root(0.5, 0));
    }

    [Fact]
    public void Sine_and_cosine_of_turns_agree_with_the_systems()
    {
        // The system's function of 2 pi t has the rounding of 2 pi t in it, up to 2^-51 a turn.
        Gen.Double[0, 1].Sample(t =>
        {
            (double sine, double cosine) = PortableMath.SinCosOfTurns(t);
            Assert.Equal(Math.Sin(2 * Math.PI * t), sine, 1e-15);
            Assert.Equal(Math.Cos(2 * Math.PI * t), cosine, 1e-15);
        });
        // Up to an eighth of a turn nothing is reduced, and the ulps can be counted.
        Gen.Double[0, 0.124].Sample(t =>
        {
            (double sine, double cosine) = PortableMath.SinCosOfTurns(t);
            AssertClose(Math.Sin(2 * Math.PI * t), sine, 4);
            AssertClose(Math.Cos(2 * Math.PI * t), cosine, 4);
        });
        Assert.Equal([(0, 1), (1, 0), (0, -1), (-1, 0), (0, 1)],
            Enumerable.Range(0, 5).Select(quarter => PortableMath.SinCosOfTurns(quarter / 4.0)));
        foreach (double t in (double[])[-0.1, 1.1, double.NaN])
            Assert.Throws<ArgumentOutOfRangeException>(() => PortableMath.SinCosOfTurns(t));
    }
}
