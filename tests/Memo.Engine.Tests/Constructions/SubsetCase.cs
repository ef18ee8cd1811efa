// Memorization problems for the constructions that choose a subset, and exact oracles of what they promise.
using CsCheck;
using Memo.Data;
using Memo.Networks;
using Memo.Numerics;
using Memo.Tests.Networks;

namespace Memo.Tests.Constructions;

internal static class SubsetCase
{
    /// <summary>Small hostile data sets, and larger ones: clusters, many duplicates, one class of a single sample.</summary>
    public static Gen<CellCase> Of(ElementType type) => Gen.Frequency((2, CellCase.Of(type)), (1, Larger(type)));

    private static Gen<CellCase> Larger(ElementType type) =>
        from count in Gen.Int[2, 60]
        from dimension in Gen.Int[1, 5]
        from classes in Gen.Int[2, 4]
        from top in Gen.OneOf(2, 9, 255)
        from points in Gen.Int[0, top].Array[dimension].Array[count]
        from labels in Gen.Int[0, classes - 1].Array[count]
        from tiny in Gen.Bool
        from lambda in Gen.OneOf(CellCase.Lambdas)
        let unit = type == ElementType.UInt8 ? 1.0 : 8.0
        let rows = points.Select(point => point.Select(value => value / unit).ToArray()).ToArray()
        // One sample of its own class, all others of one other.
        let given = tiny ? labels.Select((_, i) => i == 0 ? 1 : 0) : labels
        let own = given.ToArray()
        let agreed = rows.Select(row => own[Array.FindIndex(rows, other => other.AsSpan().SequenceEqual(row))]).ToArray()
        where agreed.Distinct().Count() >= 2
        select new CellCase(type, dimension, rows, agreed, classes, lambda, []);

    public static Dataset Data(this CellCase c) => new(c.PointMatrix, c.Labels, c.ClassNames, "case");

    /// <summary>Whether the reference evaluator, with its own min P, gives every sample its label.</summary>
    public static bool Memorizes(CellNetwork network, Dataset data)
    {
        Memo.Measures.Verification.RequireSeparation(network, reference: true);
        return network.PredictByReference(data.Points).Labels.AsSpan().SequenceEqual(data.Labels);
    }

    /// <summary>|x - z|^2 by definition.</summary>
    public static Dyadic SquaredDistance(SampleMatrix points, int i, SampleMatrix others, int j)
    {
        Dyadic sum = Dyadic.Zero;
        for (int k = 0; k < points.Columns; k++)
        {
            Dyadic difference = Dyadic.FromDouble(points[i, k]) - Dyadic.FromDouble(others[j, k]);
            sum += difference * difference;
        }
        return sum;
    }

    /// <summary>The coordinates of all points, row after row.</summary>
    public static double[] Values(SampleMatrix points) =>
        [.. from i in Enumerable.Range(0, points.Rows) from k in Enumerable.Range(0, points.Columns) select points[i, k]];
}
