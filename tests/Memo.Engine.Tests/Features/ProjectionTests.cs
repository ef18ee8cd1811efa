using System.Numerics;
using Memo.Data;
using Memo.Features;
using Memo.Numerics;

namespace Memo.Tests.Features;

/// <summary>Maps satisfy the equations that define them, sums are those of integers, and other classes do not matter to a
/// pair.</summary>
public sealed class ProjectionTests
{
    private const int Dimension = 6;

    private static (FeatureRows Rows, int[] Labels, double[][] Values) Draw(int count, int classes, ulong seed)
    {
        var random = new SeededRandom(seed);
        int[] labels = [.. Enumerable.Range(0, count).Select(i => i % classes)];
        double[][] values = [.. labels.Select(label => Enumerable.Range(0, Dimension)
            .Select(k => 100 * (k + 1) * (random.NextGaussian() + (k == label ? 2 : 0)) + 1000).ToArray())];
        return (new FeatureRows(count, Dimension, (i, row) => values[i].CopyTo(row)), labels, values);
    }

    private static ProjectionLearning.Map Fit(FeatureRows rows, int[] labels, int classes, FeatureProjection kind, int[]? some =
        null) =>
        ProjectionLearning.Fit(ClassScatter.Of(rows, labels, classes, RunOptions.Default),
            some ?? [.. Enumerable.Range(0, classes)], kind, 0, RunOptions.Default);

    private static double[] Apply(ProjectionLearning.Map map, double[] row) => [.. Enumerable.Range(0, map.Rows.Length / Dimension)
        .Select(j => Enumerable.Range(0, Dimension).Sum(k => map.Rows[j * Dimension + k] * (row[k] - map.Mean[k])))];

    [Theory]
    [InlineData("Discriminant", 2, 1)]
    [InlineData("Discriminant", 4, 3)]
    [InlineData("Whitening", 3, Dimension)]
    public void Features_have_the_unit_matrix_for_covariance_within_classes(string kind, int classes, int expected)
    {
        (FeatureRows rows, int[] labels, double[][] values) = Draw(1200, classes, 1);
        double[][] mapped = [.. values.Select(row => Apply(Fit(rows, labels, classes, Enum.Parse<FeatureProjection>(kind)), row))];
        Assert.All(mapped, row => Assert.Equal(expected, row.Length));
        double[][] means = [.. Enumerable.Range(0, classes).Select(c => Enumerable.Range(0, expected)
            .Select(j => mapped.Where((_, i) => labels[i] == c).Average(row => row[j])).ToArray())];
        for (int a = 0; a < expected; a++)
            for (int b = 0; b < expected; b++)
                // 127 / 8 steps to a deviation add 1/3000 to variances.
                Assert.Equal(a == b ? 1
                    : 0, mapped.Select((row, i) => (row[a] - means[labels[i]][a]) * (row[b] - means[labels[i]][b])).Average(),
                    0.02);
    }

    [Fact]
    public void A_discriminant_of_two_classes_separates_their_means_best_of_all_directions()
    {
        (FeatureRows rows, int[] labels, double[][] values) = Draw(1000, 2, 3);
        ProjectionLearning.Map map = Fit(rows, labels, 2, FeatureProjection.Discriminant);
        double best = Ratio([.. map.Rows]);
        var random = new SeededRandom(4);
        for (int draw = 0; draw < 50; draw++)
            Assert.InRange(Ratio([.. map.Rows.Select((value, k) => value * (1 + 0.3 * random.NextGaussian()))]), 0, best * 1.001);

        // Fisher's: the squared distance of the means by the variance within.
        double Ratio(double[] direction)
        {
            double[] products = [.. values.Select(row => row.Zip(direction, (a, b) => a * b).Sum())];
            double[] means = [.. Enumerable.Range(0, 2).Select(c => products.Where((_, i) => labels[i] == c).Average())];
            return Math.Pow(means[0] - means[1], 2) / products.Select((value, i) => Math.Pow(value - means[labels[i]], 2))
                .Average();
        }
    }

    [Fact]
    public void A_pair_s_map_looks_at_no_other_class()
    {
        (FeatureRows rows, int[] labels, _) = Draw(400, 4, 5);
        int[] shuffled = [.. labels.Select(label => label < 2 ? label : 5 - label)]; // 2 and 3 exchanged
        foreach (FeatureProjection kind in Enum.GetValues<FeatureProjection>())
        {
            ProjectionLearning.Map map = Fit(rows, labels, 4, kind, [0, 1]), other = Fit(rows, shuffled, 4, kind, [0, 1]);
            Assert.Equal(map.Rows, other.Rows);
            Assert.Equal(map.Mean, other.Mean);
        }
        Assert.NotEqual(Fit(rows, labels, 4, FeatureProjection.Whitening).Rows,
            Fit(rows, labels, 4, FeatureProjection.Whitening, [0, 1]).Rows);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(5)]
    public void Whole_features_are_summed_and_rounded_exactly(int outputs)
    {
        var random = new SeededRandom(6);
        double[] weights = [.. Enumerable.Range(0, outputs * Dimension)
            .Select(_ => (double)random.NextBelow(1u << 20) - (1 << 19))];
        double[] offsets = [.. Enumerable.Range(0, outputs).Select(_ => (double)random.NextBelow(1u << 30) - (1 << 29))];
        int[] features = [.. Enumerable.Range(0, 50 * Dimension).Select(_ => (int)random.NextBelow(1u << 30))];
        var projection = new RoundedProjection(Dimension, weights, offsets, 9);
        SampleMatrix<double> rounded =
            projection.Round(projection.Sums(FeatureRows.Of(features, Dimension, 0, 0), RunOptions.Default));
        for (int i = 0; i < 50; i++)
            for (int j = 0; j < outputs; j++)
            {
                BigInteger sum = (BigInteger)offsets[j] + 256; // half of 2^9, and a shift rounds down
                for (int k = 0; k < Dimension; k++) sum += (BigInteger)weights[j * Dimension + k] * features[i * Dimension + k];
                Assert.Equal((double)(sum >> 9), rounded[i, j]);
            }
        Assert.Contains("beyond 2^53", Assert.Throws<MemoException>(() =>
            projection.RequireExact([.. Enumerable.Repeat(1e13, Dimension)])).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Features_that_do_not_vary_or_overflow_are_no_trouble()
    {
        double[] scales = [0, 1, 1e300, 1e-300, 1, 1];
        int[] labels = [0, 1, 0, 1, 0, 1];
        var random = new SeededRandom(8);
        double[][] values = [.. labels.Select(label => scales.Select(scale => scale * (random.NextGaussian() + label)).ToArray())];
        var data = new Dataset(new SampleMatrix<double>([.. values.SelectMany(row => row)], 6, Dimension), labels,
            ClassList.FromIntegers([0, 1]), "x");
        foreach (FeatureProjection kind in Enum.GetValues<FeatureProjection>())
        {
            (FeatureMap map, Dataset features) =
                FeatureLearning.Of(data, new FeatureSettings { Kind = FeatureKind.Linear, Projection = kind },
                RunOptions.Default);
            Assert.Equal(features.Points, map.Apply(data.Points, TestImages.OneThread), (a, b) =>
                Same((SampleMatrix<double>)a!, (SampleMatrix<double>)b!));
        }

        static bool Same(SampleMatrix<double> a, SampleMatrix<double> b) => a.Values.SequenceEqual(b.Values);
    }
}
