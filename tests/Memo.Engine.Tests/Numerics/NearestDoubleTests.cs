using System.Globalization;
using System.Numerics;
using CsCheck;
using Memo.Numerics;

namespace Memo.Tests.Numerics;

/// <summary>No other double is nearer to the exact number, and of two equally near ones the even one is given.</summary>
public sealed class NearestDoubleTests
{
    // 2^k for the whole range of doubles and beyond, so that every kind of result occurs.
    private static readonly Gen<BigInteger> s_integers = Gen.Select(Gen.Long, Gen.Int[0, 1200], Gen.Long, (high, shift, low) =>
        ((BigInteger)high << shift) + low);

    [Fact]
    public void A_fraction_rounds_to_its_neighbour() => Gen.Select(s_integers, s_integers).Sample((numerator, q) =>
    {
        BigInteger denominator = BigInteger.Abs(q) + 1;
        RequireNearest(NearestDouble.OfFraction(numerator, denominator),
            value => (value * new Dyadic(denominator)).CompareTo(new Dyadic(numerator)));
    }, iter: 3000);

    [Fact]
    public void Halfway_cases_go_to_the_even_double() => Gen.Select(Gen.Double.Where(double.IsFinite), Gen.Int[0, 40]).Sample((value, factor) =>
    {
        double next = Math.BitIncrement(value);
        if (!double.IsFinite(next)) return;
        Dyadic middle = (Dyadic.FromDouble(value) + Dyadic.FromDouble(next)) * new Dyadic(1, -1);
        double even = (BitConverter.DoubleToInt64Bits(value) & 1) == 0 ? value : next;
        Assert.Equal(even, NearestDouble.Of(middle));
        Assert.Equal(value, NearestDouble.Of(Dyadic.FromDouble(value)));
        // Whatever lies above the middle, however little, is nearer to the upper one.
        Assert.Equal(next, NearestDouble.Of(middle + new Dyadic(1, -1200 - factor)));
        Assert.Equal(value, NearestDouble.Of(middle - new Dyadic(1, -1200 - factor)));
    }, iter: 3000);

    [Fact]
    public void A_root_rounds_to_its_neighbour() => Gen.Select(s_integers, Gen.Int[-1100, 500]).Sample((integer, exponent) =>
    {
        var square = new Dyadic(BigInteger.Abs(integer), exponent);
        RequireNearest(NearestDouble.OfSquareRoot(square), value => value.Sign < 0 ? -1 : (value * value).CompareTo(square));
    }, iter: 2000);

    [Fact]
    public void A_perfect_square_has_its_root() => Gen.Double[0, 1e150].Sample(root =>
        Assert.Equal(root, NearestDouble.OfSquareRoot(Dyadic.FromDouble(root) * Dyadic.FromDouble(root))));

    [Theory]
    [InlineData("0", 0)]
    [InlineData("1*2^-1074", double.Epsilon)]
    [InlineData("1*2^-1075", 0)] // halfway to 0, which is even
    [InlineData("-3*2^-1076", -double.Epsilon)]
    [InlineData("9007199254740991*2^971", double.MaxValue)]
    [InlineData("36028797018963967*2^969", double.PositiveInfinity)] // 2^1024 - 2^969, past halfway to 2^1024
    [InlineData("-1*2^2000", double.NegativeInfinity)]
    public void The_ends_of_the_range_are_those_of_IEEE_754(string exact, double expected)
    {
        Assert.True(Dyadic.TryParse(exact, out Dyadic value));
        Assert.Equal(expected, NearestDouble.Of(value));
    }

    [Fact]
    public void Agrees_with_the_parser_of_decimals() => Gen.Select(Gen.Long, Gen.Int[0, 340]).Sample((mantissa, digits) =>
        Assert.Equal(double.Parse($"{mantissa}e-{digits}", CultureInfo.InvariantCulture),
            NearestDouble.OfFraction(mantissa, BigInteger.Pow(10, digits))), iter: 3000);

    // No exact number is farther from its double than the middles between that and its neighbours.
    private static void RequireNearest(double found, Func<Dyadic, int> compareWithExact)
    {
        if (double.IsFinite(found))
        {
            Assert.True(compareWithExact(Middle(Math.BitDecrement(found), found)) <= 0, $"{found:R} is too large");
            Assert.True(compareWithExact(Middle(found, Math.BitIncrement(found))) >= 0, $"{found:R} is too small");
        }
        else if (found > 0) Assert.True(compareWithExact(Middle(double.MaxValue, found)) <= 0, "not infinite");
        else Assert.True(compareWithExact(Middle(found, double.MinValue)) >= 0, "not infinite");
    }

    private static Dyadic Middle(double low, double high) => new Dyadic(1, -1) * (Value(low) + Value(high));

    // Infinity begins where the next double would be.
    private static Dyadic Value(double value) => double.IsFinite(value) ? Dyadic.FromDouble(value) : new Dyadic(Math.Sign(value), 1024);
}
