using Memo.Numerics;

namespace Memo.Measures;

/// <summary>
/// How many samples learning by memorization takes: the bounds of L. Yu et al., "Generalizability of Memorization Neural Networks",
/// 2024, evaluated in logarithms, as the numbers overflow. epsilon is the error allowed, delta the probability of failure, both in
/// (0, 1). Where a theorem has an absolute constant v that the paper does not fix, the factor of v is given, never a number for v.
/// </summary>
public static class SampleComplexity
{
    private static readonly double s_ln10 = PortableMath.Log(10);

    /// <summary>
    /// Theorem 7.3: with N >= S ln(S / delta) / epsilon samples, `cells` has accuracy 1 - epsilon at least, with probability 1 -
    /// delta at least, for lambda up to 21/41. The least such N.
    /// </summary>
    /// <param name="nearbySet">S_D, at least 1.</param>
    /// <param name="epsilon">In (0, 1).</param>
    /// <param name="delta">In (0, 1).</param>
    public static long SamplesRequired(long nearbySet, double epsilon, double delta)
    {
        RequireShares(epsilon, delta);
        double samples = nearbySet * PortableMath.Log(nearbySet / delta) / epsilon;
        return samples >= long.MaxValue ? long.MaxValue : Math.Max(1, (long)Math.Ceiling(samples));
    }

    /// <summary>The epsilon that Theorem 7.3 gives for N samples; at 1 and above it says nothing.</summary>
    public static double EpsilonAt(long samples, long nearbySet, double delta)
    {
        RequireShares(0.5, delta);
        return nearbySet * PortableMath.Log(nearbySet / delta) / samples;
    }

    /// <summary>log10 of the delta that Theorem 7.3 gives for N samples and epsilon; at 0 and above it says nothing.</summary>
    public static double LogDeltaAt(long samples, long nearbySet, double epsilon)
    {
        RequireShares(epsilon, 0.5);
        return (PortableMath.Log(nearbySet) - epsilon * samples / nearbySet) / s_ln10;
    }

    /// <summary>Proposition 7.7: log10 of (floor(6.2 n / c) + 1)^n, which S_D never exceeds.</summary>
    /// <param name="dimension">n.</param>
    /// <param name="separation">c, of data in [0, 1]^n; positive.</param>
    public static double LogNearbySetBound(int dimension, double separation)
    {
        double cells = Math.Floor(6.2 * dimension / separation) + 1;
        return double.IsFinite(cells) ? dimension * (PortableMath.Log(cells) / s_ln10) : double.PositiveInfinity;
    }

    /// <summary>
    /// Theorem 6.1: N must be at least v N_D^2 / ln^2 N_D (1 - 2 epsilon - delta), N_D being the parameters that it takes to memorize
    /// the distribution; of an upper bound on N_D the figure demands nothing. log10 of the factor of v; null where 1 - 2 epsilon -
    /// delta is not positive, which demands nothing.
    /// </summary>
    /// <param name="logParameters">log10 of N_D, positive.</param>
    /// <param name="epsilon">In (0, 1).</param>
    /// <param name="delta">In (0, 1).</param>
    public static double? LogSamplesNecessary(double logParameters, double epsilon, double delta)
    {
        RequireShares(epsilon, delta);
        double share = 1 - 2 * epsilon - delta, logarithm = logParameters * s_ln10;
        if (share <= 0 || logarithm <= 0) return null;
        return 2 * logParameters + (PortableMath.Log(share) - 2 * PortableMath.Log(logarithm)) / s_ln10;
    }

    /// <summary>
    /// Theorem 6.5: v N_D^2 ln(N_D / (epsilon^2 delta)) / epsilon^2 samples suffice for networks of N_D parameters. log10 of the
    /// factor of v.
    /// </summary>
    /// <param name="logParameters">log10 of N_D, not negative.</param>
    /// <param name="epsilon">In (0, 1).</param>
    /// <param name="delta">In (0, 1).</param>
    public static double LogSamplesSufficient(double logParameters, double epsilon, double delta)
    {
        RequireShares(epsilon, delta);
        double logarithm = logParameters * s_ln10 - 2 * PortableMath.Log(epsilon) - PortableMath.Log(delta);
        return 2 * logParameters + (PortableMath.Log(logarithm) - 2 * PortableMath.Log(epsilon)) / s_ln10;
    }

    /// <summary>
    /// Lemma F.1: log10 of 2^floor(n / ceil(c^2)), points of [0, 1]^n that are pairwise at least c apart. What Corollary 6.4 calls
    /// exponential in n / c^2, for the worst of the distributions with separation c, is for data of that many points.
    /// </summary>
    /// <param name="dimension">n.</param>
    /// <param name="separation">c, of data in [0, 1]^n; positive.</param>
    public static double LogHypercubePoints(int dimension, double separation) =>
        Math.Floor(dimension / Math.Max(1, Math.Ceiling(separation * separation))) * PortableMath.Log(2) / s_ln10;

    private static void RequireShares(double epsilon, double delta)
    {
        if (!(epsilon > 0 && epsilon < 1)) throw new MemoException($"epsilon = {epsilon} must lie strictly between 0 and 1");
        if (!(delta > 0 && delta < 1)) throw new MemoException($"delta = {delta} must lie strictly between 0 and 1");
    }
}
