// Squared distances against sums over big integers on the lattice 2^-1074, from bytes to the wildest exponents.
using System.Numerics;
using CsCheck;
using Memo.Numerics;

namespace Memo.Tests.Numerics;

public sealed class ExactDistanceTests
{
    private static BigInteger OnSubnormals(double value) => Dyadic.FromDouble(value).MantissaAt(-1074);

    private static void RequireExact(double[] a, double[] b, Dyadic distance)
    {
        BigInteger sum = 0;
        for (int k = 0; k < a.Length; k++) sum += BigInteger.Pow(OnSubnormals(a[k]) - OnSubnormals(b[k]), 2);
        Assert.Equal(new Dyadic(sum, -2148), distance);
    }

    private static Gen<(T[] A, T[] B)> Pairs<T>(Gen<T> values, int longest) =>
        Gen.Int[0, longest].SelectMany(length => Gen.Select(values.Array[length], values.Array[length]));

    [Fact]
    public void Bytes() => Pairs(Gen.Byte, 70).Sample((a, b) =>
    {
        Dyadic distance = ExactDistance.Squared<byte>(a, b);
        RequireExact([.. a.Select(value => (double)value)], [.. b.Select(value => (double)value)], distance);
        Assert.Equal(distance, ExactDistance.SquaredBytes(a, b));
    });

    [Fact]
    public void Floats_of_any_exponent() => Pairs(Gen.Single.Where(float.IsFinite), 12).Sample((a, b) =>
        RequireExact([.. a.Select(value => (double)value)], [.. b.Select(value => (double)value)], ExactDistance.Squared<float>(a, b)));

    [Fact]
    public void Doubles_of_any_exponent() => Pairs(Gen.Long.Select(BitConverter.Int64BitsToDouble).Where(double.IsFinite), 12)
        .Sample((a, b) => RequireExact(a, b, ExactDistance.Squared<double>(a, b)));

    // Exponents that straddle the border between 128-bit sums and wide ones (60 bits from the lowest to the highest).
    [Fact]
    public void Doubles_around_the_border_of_the_narrow_lattice() =>
        Gen.Select(Gen.Int[-1074, 900], Gen.Int[0, 64]).SelectMany((lowest, spread) =>
            Pairs(Gen.Select(Gen.Int[0, spread], Gen.Double[-1, 1]).Select((offset, x) =>
                Math.ScaleB(Math.Round(x * 128), lowest + offset)), 40))
        .Sample((a, b) => RequireExact(a, b, ExactDistance.Squared<double>(a, b)));

    [Theory]
    [InlineData(0)]
    [InlineData(-1074)]
    [InlineData(960)]
    public void Long_sums_of_the_largest_narrow_terms_do_not_overflow(int exponent)
    {
        double[] a = new double[1001], b = new double[1001];
        Array.Fill(a, Math.ScaleB(Math.BitDecrement(1), exponent + 60)); // just below 2^60 on the lattice
        Array.Fill(b, -a[0]);
        a[1000] = Math.ScaleB(1, exponent);
        RequireExact(a, b, ExactDistance.Squared<double>(a, b));
    }

    [Fact]
    public void Distance_is_symmetric_and_zero_only_for_equal_vectors() =>
        Pairs(Gen.OneOf(0.0, -0.0, 1, double.Epsilon, double.MaxValue), 3).Sample((a, b) =>
        {
            Dyadic distance = ExactDistance.Squared<double>(a, b);
            Assert.Equal(distance, ExactDistance.Squared<double>(b, a));
            Assert.Equal(a.AsSpan().SequenceEqual(b), distance.Sign == 0);
        });

    [Fact]
    public void Lengths_must_match()
    {
        Assert.Throws<ArgumentException>(() => ExactDistance.Squared<byte>([1], [1, 2]));
        Assert.Throws<ArgumentException>(() => ExactDistance.Squared<double>([1, 2], [1]));
    }
}
