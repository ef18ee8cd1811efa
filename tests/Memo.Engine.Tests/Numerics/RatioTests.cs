// Fractions as they are typed: p/q or an exact decimal, always in lowest terms.
using System.Globalization;
using System.Numerics;
using CsCheck;
using Memo.Numerics;

namespace Memo.Tests.Numerics;

public sealed class RatioTests
{
    [Fact]
    public void Fractions_are_reduced_and_keep_their_value() =>
        Gen.Select(Gen.Int, Gen.Int[1, int.MaxValue]).Sample((p, q) =>
        {
            var ratio = Ratio.Parse($"{p}/{q}");
            Assert.Equal((BigInteger)p * ratio.Denominator, (BigInteger)q * ratio.Numerator);
            Assert.True(BigInteger.GreatestCommonDivisor(ratio.Numerator, ratio.Denominator).IsOne);
            Assert.Equal(ratio, Ratio.Parse(ratio.ToString()));
        });

    [Fact]
    public void The_default_value_is_zero()
    {
        Assert.Equal(new Ratio(0, 5), default);
        Assert.Equal("0/1", default(Ratio).ToString());
    }

    [Fact]
    public void Decimals_are_exact() =>
        Gen.Select(Gen.Int[0, 999_999_999], Gen.Int[1, 9], Gen.Bool).Sample((digits, places, negative) =>
        {
            BigInteger power = BigInteger.Pow(10, places);
            string text = $"{(negative ? "-" : "")}{digits / power}.{(digits % power).ToString(CultureInfo.InvariantCulture).PadLeft(places, '0')}";
            var ratio = Ratio.Parse(text);
            Assert.Equal((negative ? -digits : digits) * (BigInteger)ratio.Denominator, ratio.Numerator * power);
        });

    [Theory]
    [InlineData("51/100", 51, 100)]
    [InlineData("0.51", 51, 100)]
    [InlineData(".5", 1, 2)]
    [InlineData("-0.5", -1, 2)]
    [InlineData("3", 3, 1)]
    [InlineData("0/7", 0, 1)]
    [InlineData(" 1 / 2 ", 1, 2)]
    [InlineData("2147483647/2147483647", 1, 1)]
    [InlineData("-2147483648/2147483647", int.MinValue, int.MaxValue)]
    public void Accepted(string text, int p, int q) => Assert.Equal((p, q), (Ratio.Parse(text).Numerator, Ratio.Parse(text).Denominator));

    [Theory]
    [InlineData("")]
    [InlineData("/")]
    [InlineData("1/")]
    [InlineData("/2")]
    [InlineData("1/0")]
    [InlineData("1/-2")]
    [InlineData("1/2/3")]
    [InlineData("0.")]
    [InlineData("0.5.1")]
    [InlineData("0.-5")]
    [InlineData("1e-1")]
    [InlineData("0,51")]
    [InlineData("half")]
    [InlineData("NaN")]
    [InlineData("2147483648/3")]
    [InlineData("1/2147483648")]
    [InlineData("0.1234567891")]
    [InlineData("9.999999999")]
    public void Refused_with_a_message(string text) => Assert.Throws<MemoException>(() => Ratio.Parse(text));
}
