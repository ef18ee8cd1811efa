using System.Globalization;
using System.Numerics;
using Memo.Features;
using Memo.Measures;
using Memo.Networks;

namespace Memo.Experiments;

/// <summary>What came out for one method, one number of training samples and one seed.</summary>
internal sealed record CurvePoint
{
    /// <summary>The construction's name.</summary>
    public required string Method { get; init; }

    /// <summary>Training samples, N.</summary>
    public required int Samples { get; init; }

    /// <summary>Where the samples' order and the construction's randomness come from.</summary>
    public required ulong Seed { get; init; }

    /// <summary>The size of the dense network.</summary>
    public required NetworkSize Size { get; init; }

    /// <summary>Whether the network is stored in factored form and only stands for one of that size.</summary>
    public required bool IsFactored { get; init; }

    /// <summary>
    /// The parameters that the theorems count: those of an integer network behind its first layer, which has n + 1 for
    /// every N; the non-zero ones that a factored network stands for, O(N^2 n), as its dense second layer alone has N^3 / 2.
    /// </summary>
    public required BigInteger GrowingParameters { get; init; }

    /// <summary>Bits of the largest training code, B; null for networks without codes.</summary>
    public required int? CodeBits { get; init; }

    /// <summary>Training points that a factored network holds, |D_s|; null for the others.</summary>
    public required int? Kept { get; init; }

    /// <summary>Whether the network gives every training sample its label.</summary>
    public required bool Memorized { get; init; }

    /// <summary>File row of the first training sample that is not given its label, or null.</summary>
    public required int? FirstFailure { get; init; }

    /// <summary>The counts on the test samples; null where there are none.</summary>
    public required Evaluation? Test { get; init; }

    /// <summary>Wall time of the construction.</summary>
    public required double BuildSeconds { get; init; }

    /// <summary>Wall time of proving that the training samples are memorized, planning included.</summary>
    public required double VerificationSeconds { get; init; }

    /// <summary>
    /// Wall time of a label, all queries together, of a network that is loaded and planned; the queries are the test samples,
    /// or the training samples where there are none.
    /// </summary>
    public required double SecondsPerLabel { get; init; }

    internal static BigInteger GrowingParametersOf(INetwork network) => network.Innermost() is CellNetwork cells
        ? cells.Size.NonZero : network.Innermost().Size.Parameters - network.Innermost().Layers[0].Parameters;

    internal static int? CodeBitsOf(INetwork network)
    {
        foreach ((string name, string value) in network.Notes)
            if (name == "code_bits") return int.Parse(value, CultureInfo.InvariantCulture);
        return null;
    }
}

/// <summary>The points of one method and size, over the seeds; shares of the test samples are null where there are none.</summary>
internal sealed record CurveSummary(string Method, int Samples, int Seeds, Spread Parameters, Spread? Kept, Spread? Accuracy, Spread? Wrong,
    Spread? Abstained);

/// <summary>The points of a curve, by size, then seed, then method.</summary>
internal sealed class CurveReport
{
    private readonly int? _blockDepth;

    /// <summary>Collects points; at least one.</summary>
    /// <param name="points">In the order of the run.</param>
    /// <param name="blockDepth">What vardi was told, which changes how it grows.</param>
    public CurveReport(IReadOnlyList<CurvePoint> points, int? blockDepth = null)
    {
        ArgumentNullException.ThrowIfNull(points);
        if (points.Count == 0) throw new MemoException("no points of a curve were asked for");
        (Points, _blockDepth) = (points, blockDepth);
    }

    /// <summary>One for each size, seed and method.</summary>
    public IReadOnlyList<CurvePoint> Points { get; }

    /// <summary>The methods, in the order of their first points.</summary>
    public IReadOnlyList<string> Methods => [.. Points.Select(point => point.Method).Distinct()];

    /// <summary>The sizes, ascending.</summary>
    public IReadOnlyList<int> Sizes => [.. Points.Select(point => point.Samples).Distinct().Order()];

    /// <summary>The seeds, in the order of their first points.</summary>
    public IReadOnlyList<ulong> Seeds => [.. Points.Select(point => point.Seed).Distinct()];

    /// <summary>Whether every network memorizes its training samples.</summary>
    public bool Memorized => Points.All(point => point.Memorized);

    /// <summary>The points of one method, a group for each size, ascending, of a point for each seed.</summary>
    public IReadOnlyList<IReadOnlyList<CurvePoint>> Of(string method) =>
    [
        .. Points.Where(point => point.Method == method).GroupBy(point => point.Samples).OrderBy(size => size.Key)
            .Select(size => (IReadOnlyList<CurvePoint>)[.. size]),
    ];

    /// <summary>Means and deviations, by method and then by size.</summary>
    public IReadOnlyList<CurveSummary> Summaries =>
    [
        .. Methods.SelectMany(Of).Select(points => new CurveSummary(points[0].Method, points[0].Samples, points.Count,
            Over(points, point => (double)point.GrowingParameters)!.Value, Over(points, point => point.Kept),
            Over(points, point => point.Test?.Accuracy), Over(points, point => point.Test?.WrongShare),
            Over(points, point => point.Test?.AbstainedShare))),
    ];

    private static Spread? Over(IReadOnlyList<CurvePoint> points, Func<CurvePoint, double?> value) =>
        points.All(point => value(point) is not null) ? Spread.Of([.. points.Select(point => value(point)!.Value)]) : null;

    /// <summary>What a method's theorem says, or null.</summary>
    public GrowthLaw? LawOf(string method) => GrowthLaw.Of(method, _blockDepth);

    /// <summary>How each method grew.</summary>
    public IReadOnlyList<GrowthFit> Fits =>
        [.. Methods.Select(method => GrowthFit.Of([.. Points.Where(point => point.Method == method)], LawOf(method)))];
}
