using Memo.Constructions;

namespace Memo.Experiments;

/// <summary>
/// How a construction's parameters grow with N by its theorem: a constant times N^exponent, times a logarithm or not.
/// </summary>
/// <param name="Numerator">Of the exponent.</param>
/// <param name="Denominator">Of the exponent.</param>
/// <param name="TimesLogarithm">Whether there is a factor log2 N: the bits of a code, which are read one by one.</param>
internal sealed record GrowthLaw(int Numerator, int Denominator, bool TimesLogarithm)
{
    /// <summary>The exponent of N.</summary>
    public double Exponent => (double)Numerator / Denominator;

    /// <summary>What grows at this rate, by N, up to a constant.</summary>
    public double At(double samples) => Math.Pow(samples, Exponent) * (TimesLogarithm ? Math.Log2(samples) : 1);

    /// <summary>"√N log N".</summary>
    public string Formula => (Numerator, Denominator) switch
    {
        (0, _) => "constant",
        (1, 2) => "√N",
        (1, 1) => "N",
        (_, 1) => $"N^{Numerator}",
        _ => $"N^({Numerator}/{Denominator})",
    } + (TimesLogarithm ? " log N" : "");

    /// <summary>
    /// The law of a construction; null where there is none: condense is a heuristic, and networks of a given block depth
    /// grow side by side.
    /// </summary>
    public static GrowthLaw? Of(string method, int? blockDepth = null) => method switch
    {
        Cells.Method => new(2, 1, false),                           // N+ N- pairs: Theorem 7.3
        Constant.Method => new(0, 1, false),                        // a packing number of the cube: Theorem 4.3
        Sqrt.Method or Adversarial.Method => new(1, 2, true),       // sqrt(N) codes of a block, bit by bit: Theorems 4.1, 5.3
        Vardi.Method => blockDepth is null ? new(1, 2, true) : null,
        Park.Method => new(2, 3, false),                            // N^(2/3) intervals, blocks and positions of a block
        _ => null,
    };
}

/// <summary>The exponent that networks of one method grew with, by least squares in logarithms.</summary>
/// <param name="Method">The construction's name.</param>
/// <param name="Law">What its theorem says, or null.</param>
/// <param name="DividedByCodeBits">Whether the parameters were divided by B first, which is the law's logarithm.</param>
/// <param name="Factored">Whether the parameters are the non-zero weights of what a factored network stands for.</param>
/// <param name="Exponent">The slope; null where fewer than two sizes are large enough.</param>
internal sealed record GrowthFit(string Method, GrowthLaw? Law, bool DividedByCodeBits, bool Factored, double? Exponent)
{
    /// <summary>Smaller networks are left out: what does not grow still shows there.</summary>
    public const int LeastSamples = 1000;

    /// <summary>Fits the points of one method.</summary>
    internal static GrowthFit Of(IReadOnlyList<CurvePoint> points, GrowthLaw? law)
    {
        bool divided = law is { TimesLogarithm: true } && points.All(point => point.CodeBits is > 0);
        (double, double)[] large =
        [
            .. from point in points
               where point.Samples >= LeastSamples
               select ((double)point.Samples, (double)point.GrowingParameters / (divided ? point.CodeBits!.Value : 1)),
        ];
        return new GrowthFit(points[0].Method, law, divided, points[0].IsFactored, Slope(large));
    }

    /// <summary>The least-squares slope of log y against log x, all positive; null for fewer than two different x.</summary>
    internal static double? Slope(ReadOnlySpan<(double X, double Y)> points)
    {
        double meanX = 0, meanY = 0, covariance = 0, variance = 0;
        foreach ((double x, double y) in points)
            (meanX, meanY) = (meanX + Math.Log(x) / points.Length, meanY + Math.Log(y) / points.Length);
        bool differ = false;
        foreach ((double x, double y) in points)
        {
            differ |= x != points[0].X;
            covariance += (Math.Log(x) - meanX) * (Math.Log(y) - meanY);
            variance += (Math.Log(x) - meanX) * (Math.Log(x) - meanX);
        }
        return differ ? covariance / variance : null;
    }
}
