// Dyadic numbers against big integers: every value is put on the lattice 2^-8000, where all that is asked is integer work.
using System.Numerics;
using CsCheck;
using Memo.Numerics;

namespace Memo.Tests.Numerics;

public sealed class DyadicTests
{
    private const int Lattice = -8000;

    private static BigInteger OnLattice(Dyadic value) => value.Mantissa * BigInteger.Pow(2, value.Exponent - Lattice);

    private static readonly Gen<BigInteger> s_mantissas = Gen.OneOf(
        Gen.Int[-3, 3].Select(value => (BigInteger)value),
        Gen.Long.Select(value => (BigInteger)value),
        Gen.Select(Gen.Long, Gen.Long, Gen.Long).Select((a, b, c) => (BigInteger)a * b * c),
        Gen.Select(Gen.Int[0, 300], Gen.Int[-1, 1]).Select((power, offset) => (BigInteger.One << power) + offset));

    private static readonly Gen<Dyadic> s_values =
        Gen.Select(s_mantissas, Gen.Int[-1300, 1300]).Select((mantissa, exponent) => new Dyadic(mantissa, exponent));

    private static readonly Gen<double> s_doubles = Gen.OneOf(
        Gen.Double.Where(double.IsFinite),
        Gen.Long.Select(BitConverter.Int64BitsToDouble).Where(double.IsFinite),
        Gen.OneOf(0.0, -0.0, double.Epsilon, -double.Epsilon, double.MaxValue, double.MinValue, 1.0, 2.2250738585072014E-308));

    [Fact]
    public void Sums_and_differences_are_exact() => Gen.Select(s_values, s_values).Sample((a, b) =>
    {
        Assert.Equal(OnLattice(a) + OnLattice(b), OnLattice(a + b));
        Assert.Equal(OnLattice(a) - OnLattice(b), OnLattice(a - b));
    });

    [Fact]
    public void Products_are_exact() => Gen.Select(s_values, s_values).Sample((a, b) =>
        Assert.Equal(OnLattice(a) * OnLattice(b), OnLattice(a * b) * BigInteger.Pow(2, -Lattice)));

    [Fact]
    public void Order_and_equality_are_those_of_the_values() => Gen.Select(s_values, s_values, Gen.Int[0, 40]).Sample((a, b, shift) =>
    {
        int order = OnLattice(a).CompareTo(OnLattice(b));
        Assert.Equal(order, Math.Sign(a.CompareTo(b)));
        Assert.Equal([order < 0, order > 0, order <= 0, order >= 0, order == 0, order != 0],
            new[] { (a < b), (a > b), a <= b, a >= b, a == b, a != b });
        var same = new Dyadic(a.Mantissa << shift, a.Exponent - shift);
        Assert.True(a == same && a.Equals(same) && a.Equals((object)same) && !a.Equals("a"));
        Assert.Equal(a.GetHashCode(), same.GetHashCode());
        Assert.Equal(a.Normalized().Exponent, same.Normalized().Exponent);
        Assert.Equal(a.Sign, OnLattice(a).Sign);
    });

    [Fact]
    public void Mantissas_on_a_lattice() => Gen.Select(s_values, Gen.Int[0, 100]).Sample((a, finer) =>
    {
        Assert.Equal(OnLattice(a), a.MantissaAt(Lattice));
        Assert.Equal(a.Mantissa << finer, a.MantissaAt(a.Exponent - finer));
        Dyadic odd = a.Normalized();
        Assert.Equal(a.Sign == 0 ? 0 : odd.Mantissa, a.MantissaAt(odd.Exponent)); // coarser, and still a multiple
        if (a.Sign != 0) Assert.Throws<ArgumentException>(() => a.MantissaAt(odd.Exponent + 1));
    });

    [Fact]
    public void Doubles_are_taken_exactly() => s_doubles.Sample(x =>
    {
        Dyadic value = Dyadic.FromDouble(x);
        Assert.Equal(x, value.RoundDown());
        Assert.Equal(x, value.RoundUp());
        // The oracle: exact doublings until it is an integer.
        int up = 0;
        double scaled = x;
        while (scaled != Math.Floor(scaled))
        {
            scaled *= 2;
            up++;
        }
        Assert.Equal(new BigInteger(scaled) * BigInteger.Pow(2, -Lattice - up), OnLattice(value));
    });

    [Theory]
    [InlineData(double.NaN)]
    [InlineData(double.PositiveInfinity)]
    [InlineData(double.NegativeInfinity)]
    public void What_is_not_finite_is_no_dyadic(double value) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => Dyadic.FromDouble(value));

    // Values near doubles, halfway between them, beyond the largest, below the smallest.
    private static readonly Gen<Dyadic> s_nearDoubles = Gen.OneOf(
        s_values,
        Gen.Select(s_doubles, Gen.Int[-2, 2], Gen.Int[1, 200]).Select((x, offset, below) =>
            Dyadic.FromDouble(x) + new Dyadic(offset, (x == 0 ? -1074 : Math.ILogB(x) - 52) - below)));

    [Fact]
    public void Rounding_gives_the_nearest_double_on_that_side() => s_nearDoubles.Sample(value =>
    {
        double down = value.RoundDown(), up = value.RoundUp();
        if (down == double.NegativeInfinity)
            Assert.True(value < Dyadic.FromDouble(double.MinValue));
        else
        {
            Assert.True(Dyadic.FromDouble(down) <= value);
            Assert.True(down == double.MaxValue || Dyadic.FromDouble(Math.BitIncrement(down)) > value);
        }
        if (up == double.PositiveInfinity)
            Assert.True(value > Dyadic.FromDouble(double.MaxValue));
        else
        {
            Assert.True(Dyadic.FromDouble(up) >= value);
            Assert.True(up == double.MinValue || Dyadic.FromDouble(Math.BitDecrement(up)) < value);
        }
    }, iter: 20_000);

    [Fact]
    public void A_short_mantissa_with_a_large_exponent_is_no_overflow()
    {
        Assert.Equal(Math.ScaleB(1, 1000), new Dyadic(1, 1000).RoundDown());
        Assert.Equal(Math.ScaleB(1, 1000), new Dyadic(1, 1000).RoundUp());
        Assert.Equal(double.MaxValue, new Dyadic(1, 1024).RoundDown());
        Assert.Equal(double.PositiveInfinity, new Dyadic(1, 1024).RoundUp());
        Assert.Equal(double.NegativeInfinity, new Dyadic(-1, 1024).RoundDown());
        Assert.Equal(double.MinValue, new Dyadic(-1, 1024).RoundUp());
    }

    [Fact]
    public void The_text_is_read_back() => s_values.Sample(value =>
    {
        Assert.True(Dyadic.TryParse(value.ToString(), out Dyadic read));
        Assert.Equal(value, read);
        Assert.Equal(value.ToString(), read.ToString());
    });

    [Theory]
    [InlineData("")]
    [InlineData("*2^3")]
    [InlineData("3*2^")]
    [InlineData("3*2^1.5")]
    [InlineData("3*2^10001")]
    [InlineData("3*2^99999999999")]
    [InlineData("3 *2^1")]
    [InlineData("1e5")]
    [InlineData("0x10")]
    [InlineData("1,000")]
    public void Other_text_is_no_dyadic(string text) => Assert.False(Dyadic.TryParse(text, out _));

    [Fact]
    public void A_text_of_absurd_length_is_no_dyadic() => Assert.False(Dyadic.TryParse(new string('9', 4001), out _));
}
