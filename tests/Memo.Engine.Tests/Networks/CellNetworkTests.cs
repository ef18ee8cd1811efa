using System.Numerics;
using CsCheck;
using Memo.Constructions;
using Memo.Data;
using Memo.Measures;
using Memo.Networks;
using Memo.Numerics;

namespace Memo.Tests.Networks;

/// <summary>The fast evaluator agrees with the exact reference to the last bit, on data made to be hard for it.</summary>
public sealed class CellNetworkTests
{
    private const Outputs Everything = Outputs.Values | Outputs.Radii | Outputs.Nearest;

    [Fact]
    public void Memorizes_xor()
    {
        var data = new Dataset(new SampleMatrix<byte>([0, 0, 0, 1, 1, 0, 1, 1], 4, 2), [0, 1, 1, 0],
            ClassList.FromIntegers([0, 1]), "xor");
        CellNetwork network = Cells.Build(data, CellNetwork.DefaultLambda);
        Predictions predictions = network.Predict(data.Points, Everything);
        Assert.Equal(data.Labels, predictions.Labels);
        Assert.Equal([0, 1, 2, 3], predictions.Nearest!);
        Assert.All(predictions.Radii!, radius => Assert.InRange(radius, 0.489999999, 0.49));
        Assert.Equal([-1, 1, 1, -1], predictions.Values!.Select(v => v.Sign));
    }

    // Beyond n = 33,025 the squared distance of two byte vectors can pass int32.
    [Theory, InlineData(33025), InlineData(33026), InlineData(40000)]
    public void Bytes_of_any_dimension_are_exact(int n)
    {
        var random = new SeededRandom(11);
        byte[] points = new byte[6 * n], queries = new byte[4 * n];
        for (int i = 0; i < points.Length; i++) points[i] = random.NextBelow(2) == 0 ? (byte)0 : (byte)255;
        points.AsSpan(0, n).Clear();
        points.AsSpan(n, n).Fill(255);
        for (int i = 0; i < queries.Length; i++) queries[i] = (byte)random.NextBelow(256);
        queries.AsSpan(0, n).Fill(254);
        var data = new Dataset(new SampleMatrix<byte>(points, 6, n), [0, 1, 0, 1, 2, 2], ClassList.FromIntegers([0, 1, 2]), "wide");
        using CellNetwork network = Cells.Build(data, CellNetwork.DefaultLambda);
        Assert.Equal(OracleSeparation(data), network.MinimumSquaredDistance);
        Assert.Equal(data.Labels, network.Predict(data.Points).Labels);
        var samples = new SampleMatrix<byte>(queries, 4, n);
        Predictions expected = network.PredictByReference(samples, Everything), actual = network.Predict(samples, Everything);
        Assert.Equal(expected.Labels, actual.Labels);
        Assert.Equal(expected.Values, actual.Values);
        Assert.Equal(expected.Radii, actual.Radii);
        Assert.Equal(1, actual.Labels[0]);
        Assert.Equal(0, actual.ResolvedExactly);
    }

    // The query is nearer to the second point by less than double arithmetic can tell, so only exact arithmetic knows.
    [Fact]
    public void A_sign_that_floating_point_leaves_open_is_decided_exactly_and_counted()
    {
        double tiny = Math.ScaleB(1, -70);
        var data = new Dataset(new SampleMatrix<double>([-1, 0, 1, tiny], 2, 2), [0, 1], ClassList.FromIntegers([0, 1]), "near tie");
        using CellNetwork network = Cells.Build(data, new Ratio(1_073_741_825, 2_147_483_647));
        var queries = new SampleMatrix<double>([0, 0, 0, 1, -1, 0], 3, 2);
        Predictions predictions = network.Predict(queries);
        Assert.Equal(network.PredictByReference(queries).Labels, predictions.Labels);
        Assert.Equal(2, predictions.ResolvedExactly);
    }

    [Fact]
    public void A_network_whose_separation_is_not_its_points_own_is_found_out()
    {
        var points = new SampleMatrix<byte>([0, 10, 11], 3, 1);
        using var network = new CellNetwork(points, [0, 1, 0], ClassList.FromIntegers([0, 1]), CellNetwork.DefaultLambda, 99);
        foreach (bool reference in new[] { false, true })
            Assert.Contains("min P", Assert.Throws<MemoException>(() => Verification.RequireSeparation(network, reference)).Message,
                StringComparison.Ordinal);
        using var right = new CellNetwork(points, [0, 1, 0], ClassList.FromIntegers([0, 1]), CellNetwork.DefaultLambda, 1);
        Verification.RequireSeparation(right);
        Verification.RequireSeparation(right, reference: true);
    }

    private static readonly Gen<Ratio> Lambdas =
        Gen.OneOf(new Ratio(51, 100), new Ratio(501, 1000), new Ratio(2, 3), new Ratio(1_000_001, 2_000_000),
            new Ratio(1_073_741_825, 2_147_483_647), new Ratio(99, 100));

    // Few distinct values make ties, duplicates and queries on training points frequent.
    private static Gen<(int Classes, int Dimension, T[] Points, int[] Labels, T[] Queries, Ratio Lambda)> Cases<T>(
        params Gen<T>[] values) =>
        from classes in Gen.Int[2, 4]
        from dimension in Gen.Int[1, 6]
        from value in Gen.Int[0, values.Length - 1].Select(v => values[v])
        from count in Gen.Int[classes, 60]
        from points in value.Array[count * dimension]
        from labels in Gen.Int[0, classes - 1].Array[count]
        from queryCount in Gen.Int[1, 20]
        from queries in value.Array[queryCount * dimension]
        from lambda in Lambdas
        select (classes, dimension, points, labels, queries, lambda);

    [Fact]
    public void Fast_and_reference_agree_on_bytes() =>
        AgreesWithReference(Cases(Gen.Byte, Gen.Byte[0, 3], Gen.Byte[0, 20], Gen.OneOf<byte>(0, 255)));

    [Fact]
    public void Fast_and_reference_agree_on_floats() =>
        AgreesWithReference(Cases(
            Gen.Int[0, 4].Select(v => v / 255f), Gen.Float[-1, 1], Gen.Int[-3, 3].Select(v => (float)v),
            Gen.OneOf(0f, -0f, 1f, 1 + 1.1920929e-7f, float.MaxValue, float.Epsilon, 1e-30f, 3e30f)));

    [Fact]
    public void Fast_and_reference_agree_on_doubles() =>
        AgreesWithReference(Cases(
            Gen.Int[0, 4].Select(v => v / 255.0), Gen.Double[-1, 1], Gen.Int[-3, 3].Select(v => (double)v),
            Gen.OneOf(0.0, 1, 1 + 1e-300, 1 + 2.220446049250313e-16, 1 - 1.1102230246251565e-16),
            Gen.OneOf(0, -0.0, 1, -1, double.MaxValue, double.Epsilon, 1e-200, 3e200, 2e-308)));

    // Many panels, blocks and batches: partial ones at the end of each, survivors beyond the first array.
    [Fact]
    public void Fast_and_reference_agree_on_many_points() => AgreesWithReference(
        from classes in Gen.Int[2, 5]
        from dimension in Gen.Int[2, 40]
        from count in Gen.Int[200, 600]
        from top in Gen.OneOf<byte>(3, 255)
        from points in Gen.Byte[0, top].Array[count * dimension]
        from labels in Gen.Int[0, classes - 1].Array[count]
        from queries in Gen.Byte[0, top].Array[dimension * 150]
        from lambda in Lambdas
        select (classes, dimension, points, labels, queries, lambda), iterations: 8);

    private static void AgreesWithReference<T>(
        Gen<(int Classes, int Dimension, T[] Points, int[] Labels, T[] Queries, Ratio Lambda)> cases, int iterations = 1000)
        where T : unmanaged, INumber<T> => cases.Sample(c =>
    {
        Dataset? data = WithoutConflicts(c.Points, c.Labels, c.Dimension, c.Classes);
        if (data is null) return;
        using CellNetwork network = Cells.Build(data, c.Lambda);
        var queries = new SampleMatrix<T>(c.Queries, c.Queries.Length / c.Dimension, c.Dimension);

        Assert.Equal(OracleSeparation(data), network.MinimumSquaredDistance);
        Assert.Equal(data.Labels, network.Predict(data.Points).Labels);
        foreach (SampleMatrix samples in new SampleMatrix[] { queries, data.Points })
        {
            Predictions expected = network.PredictByReference(samples, Everything);
            foreach (int threads in new[] { 1, 3 })
            {
                Predictions actual = network.Predict(samples, Everything, new RunOptions { Threads = threads });
                Assert.Equal(expected.Labels, actual.Labels);
                Assert.Equal(expected.Nearest, actual.Nearest);
                Assert.Equal(expected.Values, actual.Values);
                Assert.Equal((expected.ScaleNumerator, expected.ScaleDenominator), (actual.ScaleNumerator, actual.ScaleDenominator));
                Assert.Equal(expected.Radii, actual.Radii);
            }
            Assert.Equal(expected.Labels, network.Predict(samples).Labels);
        }
    }, iter: iterations, threads: 1);

    private static Dataset? WithoutConflicts<T>(T[] points, int[] labels, int dimension, int classes)
        where T : unmanaged, INumber<T>
    {
        var all = new SampleMatrix<T>(points, labels.Length, dimension);
        int[] kept = [.. Enumerable.Range(0, labels.Length).Where(i => Enumerable.Range(0, i).All(j =>
            labels[i] == labels[j] || !all.Row(i).SequenceEqual(all.Row(j))))];
        var data = new Dataset(all, labels, ClassList.FromIntegers(Enumerable.Range(0, classes)), "random").SelectSamples(kept);
        return data.LabelArray.Distinct().Count() < 2 ? null : data;
    }

    private static Dyadic OracleSeparation(Dataset data)
    {
        Dyadic? least = null;
        for (int i = 0; i < data.Count; i++)
            for (int j = 0; j < i; j++)
                if (data.Labels[i] != data.Labels[j])
                {
                    Dyadic sum = Dyadic.Zero;
                    for (int k = 0; k < data.Dimension; k++)
                    {
                        Dyadic difference = Dyadic.FromDouble(data.Points[i, k]) - Dyadic.FromDouble(data.Points[j, k]);
                        sum += difference * difference;
                    }
                    if (least is null || sum < least) least = sum;
                }
        return least!.Value;
    }
}
