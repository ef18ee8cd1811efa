using System.Numerics;
using Memo.Measures;

namespace Memo.Tests.Measures;

/// <summary>The bounds on the number of samples are their formulas, evaluated another way.</summary>
public sealed class SampleComplexityTests
{
    [Theory]
    [InlineData(1, 0.1, 0.05)]
    [InlineData(17, 0.5, 0.5)]
    [InlineData(60000, 0.01, 1e-9)]
    public void Theorem_7_3_and_its_inverses(long nearbySet, double epsilon, double delta)
    {
        long samples = SampleComplexity.SamplesRequired(nearbySet, epsilon, delta);
        Assert.InRange(samples, nearbySet * Math.Log(nearbySet / delta) / epsilon, nearbySet * Math.Log(nearbySet / delta) / epsilon + 1);
        // So many samples give that epsilon and delta, and one less does not.
        Assert.True(SampleComplexity.EpsilonAt(samples, nearbySet, delta) <= epsilon * (1 + 1e-12));
        Assert.True(SampleComplexity.EpsilonAt(samples - 1, nearbySet, delta) > epsilon * (1 - 1e-12));
        Assert.InRange(SampleComplexity.LogDeltaAt(samples, nearbySet, epsilon), Math.Log10(delta) - epsilon / nearbySet, Math.Log10(delta) + 1e-9);
    }

    [Theory]
    [InlineData(1, 0.5)]
    [InlineData(3, 0.7)]
    [InlineData(40, 2.5)]
    public void Proposition_7_7_and_Lemma_F_1(int dimension, double separation)
    {
        var cells = new BigInteger(Math.Floor(6.2 * dimension / separation) + 1);
        Assert.Equal(BigInteger.Log10(BigInteger.Pow(cells, dimension)), SampleComplexity.LogNearbySetBound(dimension, separation), 1e-9);
        int blocks = dimension / Math.Max(1, (int)Math.Ceiling(separation * separation));
        Assert.Equal(BigInteger.Log10(BigInteger.One << blocks), SampleComplexity.LogHypercubePoints(dimension, separation), 1e-9);
    }

    [Theory]
    [InlineData(1000, 0.1, 0.05)]
    [InlineData(1e12, 0.3, 0.2)]
    public void Theorems_6_1_and_6_5(double parameters, double epsilon, double delta)
    {
        double logParameters = Math.Log10(parameters);
        Assert.Equal(Math.Log10(parameters * parameters / (Math.Log(parameters) * Math.Log(parameters)) * (1 - 2 * epsilon - delta)),
            SampleComplexity.LogSamplesNecessary(logParameters, epsilon, delta)!.Value, 1e-9);
        Assert.Equal(Math.Log10(parameters * parameters * Math.Log(parameters / (epsilon * epsilon * delta)) / (epsilon * epsilon)),
            SampleComplexity.LogSamplesSufficient(logParameters, epsilon, delta), 1e-9);
    }

    [Fact]
    public void What_demands_nothing_is_null_and_shares_are_checked()
    {
        Assert.Null(SampleComplexity.LogSamplesNecessary(5, 0.45, 0.2));
        Assert.Null(SampleComplexity.LogSamplesNecessary(0, 0.1, 0.1)); // a single parameter
        Assert.Equal(0, SampleComplexity.LogHypercubePoints(3, 5)); // a single point
        Assert.Equal(double.PositiveInfinity, SampleComplexity.LogNearbySetBound(1000, double.Epsilon));
        foreach (double share in new[] { 0, 1, -0.5, double.NaN })
        {
            Assert.Throws<MemoException>(() => SampleComplexity.SamplesRequired(3, share, 0.1));
            Assert.Throws<MemoException>(() => SampleComplexity.EpsilonAt(3, 3, share));
        }
    }
}
