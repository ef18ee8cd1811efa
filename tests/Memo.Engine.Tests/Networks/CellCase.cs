// Random small memorization problems of every element type, hostile ones included, with queries that provoke ties.
using System.Globalization;
using System.Numerics;
using CsCheck;
using Memo.Constructions;
using Memo.Data;
using Memo.Networks;
using Memo.Numerics;

namespace Memo.Tests.Networks;

/// <summary>A labelled data set without conflicts in which at least two classes occur, lambda, and queries.</summary>
internal sealed record CellCase(ElementType Type, int Dimension, double[][] Points, int[] Labels, int Classes, Ratio Lambda,
    double[][] Queries)
{
    public static readonly Ratio[] Lambdas =
    [
        new(51, 100), new(3, 4), new(2, 3), new(501, 1000), new(99, 100), new(5, 8), new(1_000_001, 2_000_000),
        new(1_000_000_001, 2_000_000_001),
    ];

    public SampleMatrix PointMatrix => Matrix(Type, Points, Dimension);

    public SampleMatrix QueryMatrix => Matrix(Type, Queries, Dimension);

    public ClassList ClassNames => ClassList.FromIntegers(Enumerable.Range(0, Classes));

    public CellNetwork Build() => Cells.Build(new Dataset(PointMatrix, Labels, ClassNames, "case"), Lambda);

    public DenseCellNetwork BuildDense() => new(PointMatrix, Labels, Classes, Lambda);

    public static SampleMatrix Matrix(ElementType type, double[][] rows, int columns) => type switch
    {
        ElementType.UInt8 => new SampleMatrix<byte>([.. rows.SelectMany(row => row).Select(value => (byte)value)], rows.Length, columns),
        ElementType.Float32 => new SampleMatrix<float>([.. rows.SelectMany(row => row).Select(value => (float)value)], rows.Length, columns),
        _ => new SampleMatrix<double>([.. rows.SelectMany(row => row)], rows.Length, columns),
    };

    // How the coordinates of one case are drawn: on a small lattice (ties), in the unit interval, over the whole range of
    // exponents, among the smallest subnormals, in clusters of very different size.
    private static Gen<double> Coordinates(ElementType type, int kind) => (type, kind) switch
    {
        (ElementType.UInt8, 0) => Gen.Int[0, 3].Select(value => (double)value),
        (ElementType.UInt8, 1) => Gen.OneOf(0.0, 128, 255),
        (ElementType.UInt8, _) => Gen.Byte.Select(value => (double)value),
        (_, 0) => Gen.Int[-2, 2].Select(value => value == 0 ? -0.0 : value),
        (_, 1) => Gen.OneOf(0.0, -0.0, 0.5, -0.5, 1, 0.25),
        (ElementType.Float32, 2) => Gen.Single[0, 1].Select(value => (double)value),
        (ElementType.Float32, 3) => Gen.Single.Where(float.IsFinite).Select(value => (double)value),
        (ElementType.Float32, 4) => Gen.Int[-9, 9].Select(value => (double)(value * float.Epsilon)),
        (_, 2) => Gen.Double[0, 1],
        (_, 3) => Gen.Select(Gen.Double[1, 2], Gen.Int[-1074, 1022], Gen.Bool).Select((m, e, negative) => Math.ScaleB(negative ? -m : m, e)),
        (_, 4) => Gen.Int[-9, 9].Select(value => value * double.Epsilon),
        _ => Gen.Select(Gen.Int[-2, 2], Gen.OneOf(0, -30, type == ElementType.Float32 ? -140 : -540))
            .Select((value, exponent) => Math.ScaleB(value, exponent)),
    };

    /// <summary>Cases of one element type; the tame ones are on a lattice or in the unit interval.</summary>
    public static Gen<CellCase> Of(ElementType type, bool tame = false) =>
        Gen.Select(Gen.Int[2, 9], Gen.Int[1, 4], Gen.Int[2, 5], Gen.Int[0, tame || type == ElementType.UInt8 ? 2 : 5],
            Gen.OneOf(Lambdas)).SelectMany((count, dimension, classes, kind, lambda) =>
        {
            Gen<double[]> row = Coordinates(type, kind).Array[dimension];
            return Gen.Select(row.Array[count], Gen.Int[0, classes - 1].Array[count], row.Array[4], Gen.Int[0, count - 1].Array[8])
                .Select((points, labels, strangers, chosen) => new CellCase(type, dimension, points, WithoutConflicts(points, labels),
                    classes, lambda, [.. strangers, .. Between(type, points, chosen), .. points]));
        }).Where(c => c.Labels.Distinct().Count() >= 2);

    // Equal points take the label of the first of them.
    private static int[] WithoutConflicts(double[][] points, int[] labels) =>
        [.. points.Select(point => labels[Array.FindIndex(points, other => other.AsSpan().SequenceEqual(point))])];

    // Points halfway and a quarter of the way between training points: where walls run.
    private static IEnumerable<double[]> Between(ElementType type, double[][] points, int[] chosen)
    {
        for (int c = 0; c < chosen.Length; c += 2)
        {
            double share = c < 4 ? 0.5 : 0.25;
            yield return [.. points[chosen[c]].Zip(points[chosen[c + 1]], (a, b) => Convert(type, (a * share) + (b * (1 - share))))];
        }
    }

    private static double Convert(ElementType type, double value) => type switch
    {
        ElementType.UInt8 => Math.Floor(value),
        ElementType.Float32 => (float)value,
        _ => value,
    };

    /// <summary>What CsCheck prints for the smallest failing case.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture,
        $"{Type}, lambda {Lambda}, {Classes} classes\npoints {Show(Points)}\nlabels {string.Join(' ', Labels)}\nqueries {Show(Queries)}");

    private static string Show(double[][] rows) => string.Join(" ", rows.Select(row =>
        "(" + string.Join(", ", row.Select(value => value.ToString("R", CultureInfo.InvariantCulture))) + ")"));
}

/// <summary>Exact comparisons of values that are given in different units.</summary>
internal static class ExactValues
{
    /// <summary>V * scale of a prediction, as a fraction in lowest terms.</summary>
    public static (BigInteger, BigInteger) Of(Predictions predictions, int index) =>
        Reduce(predictions.Values![index] * predictions.ScaleNumerator, predictions.ScaleDenominator);

    /// <summary>value / denominator as a fraction in lowest terms.</summary>
    public static (BigInteger, BigInteger) Of(Dyadic value, BigInteger denominator) => value.Exponent >= 0
        ? Reduce(value.Mantissa << value.Exponent, denominator)
        : Reduce(value.Mantissa, denominator << -value.Exponent);

    private static (BigInteger, BigInteger) Reduce(BigInteger numerator, BigInteger denominator)
    {
        BigInteger divisor = BigInteger.GreatestCommonDivisor(numerator, denominator);
        return (numerator / divisor, denominator / divisor);
    }
}
