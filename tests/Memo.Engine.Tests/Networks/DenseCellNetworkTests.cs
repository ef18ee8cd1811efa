// The three-layer network as the paper writes it and the factored form are one function: labels and values, exactly.
using CsCheck;
using Memo.Data;
using Memo.Networks;
using Memo.Numerics;

namespace Memo.Tests.Networks;

public sealed class DenseCellNetworkTests
{
    private const int Cases = 300;

    private static void RequireAgreement(CellCase c)
    {
        CellNetwork network = c.Build();
        DenseCellNetwork dense = c.BuildDense();
        Predictions[] factored =
            [network.Predict(c.QueryMatrix, Outputs.Values), network.PredictByReference(c.QueryMatrix, Outputs.Values)];
        Predictions[] labelsAlone = [network.Predict(c.QueryMatrix), network.PredictByReference(c.QueryMatrix)];
        for (int query = 0; query < c.Queries.Length; query++)
        {
            Dyadic[] values = dense.Evaluate(c.Queries[query]);
            int label = dense.Label(values);
            foreach (Predictions predictions in factored)
            {
                Assert.Equal(label, predictions.Labels[query]);
                for (int k = 0; k < values.Length; k++)
                    Assert.Equal(ExactValues.Of(values[k], dense.UnitDenominator),
                        ExactValues.Of(predictions, (query * values.Length) + k));
            }
            Assert.All(labelsAlone, predictions => Assert.Equal(label, predictions.Labels[query]));
        }
    }

    [Theory]
    [InlineData(ElementType.UInt8)]
    [InlineData(ElementType.Float32)]
    [InlineData(ElementType.Float64)]
    public void Dense_and_factored_forms_agree(ElementType type) => CellCase.Of(type).Sample(RequireAgreement, iter: Cases);

    [Theory]
    [InlineData(ElementType.UInt8)]
    [InlineData(ElementType.Float32)]
    [InlineData(ElementType.Float64)]
    public void The_dense_network_memorizes(ElementType type) => CellCase.Of(type).Sample(c =>
    {
        DenseCellNetwork dense = c.BuildDense();
        for (int i = 0; i < c.Points.Length; i++)
            Assert.Equal(c.Labels[i], dense.Label(dense.Evaluate(c.Points[i])));
    }, iter: Cases);

    [Theory]
    [InlineData(ElementType.UInt8)]
    [InlineData(ElementType.Float32)]
    [InlineData(ElementType.Float64)]
    public void Sizes_are_those_of_the_arrays(ElementType type) => CellCase.Of(type).Sample(c =>
    {
        NetworkSize size = c.Build().Size;
        DenseCellNetwork dense = c.BuildDense();
        Assert.Equal(dense.Parameters, size.Parameters);
        Assert.Equal(dense.StructuralNonZero, size.NonZero);
        Assert.Equal(Math.Max(dense.Layers[0].Outputs, dense.Layers[1].Outputs), size.Width);
        Assert.Equal(dense.Layers.Count, size.Depth);
        // Bits of the largest weight as an integer on the lattice of the points.
        int lattice = type == ElementType.UInt8 ? 0 : c.Points.SelectMany(point => point).Where(value => value != 0)
            .Min(value => Dyadic.FromDouble(value).Normalized().Exponent);
        Assert.Equal(dense.Layers[0].Weights.Cast<Dyadic>().Max(weight => System.Numerics.BigInteger.Abs(
            weight.Sign == 0 ? 0 : weight.Normalized().MantissaAt(Math.Min(lattice, weight.Normalized().Exponent))).GetBitLength()), size.Bits);
    }, iter: Cases);

    [Fact]
    public void The_order_of_samples_and_features_is_nothing() =>
        Gen.Select(CellCase.Of(ElementType.Float64), Gen.Int[0, 1000]).Sample((c, seed) =>
        {
            int[] samples = Order(c.Points.Length, seed), features = Order(c.Dimension, seed + 1);
            double[] Reorder(double[] row) => [.. features.Select(k => row[k])];
            CellCase permuted = c with
            {
                Points = [.. samples.Select(i => Reorder(c.Points[i]))],
                Labels = [.. samples.Select(i => c.Labels[i])],
                Queries = [.. c.Queries.Select(Reorder)],
            };
            (DenseCellNetwork one, DenseCellNetwork other) = (c.BuildDense(), permuted.BuildDense());
            for (int q = 0; q < c.Queries.Length; q++)
                Assert.Equal(one.Evaluate(c.Queries[q]), other.Evaluate(permuted.Queries[q]));
            RequireAgreement(permuted);
        }, iter: Cases / 3);

    private static int[] Order(int count, int seed) =>
        [.. Enumerable.Range(0, count).OrderBy(i => new SeededRandom((ulong)((seed * 1000) + i)).NextUInt64())];

    [Fact]
    public void Scaling_the_data_scales_the_values_by_its_square() =>
        Gen.Select(CellCase.Of(ElementType.Float32), Gen.Int[-500, 500]).Sample((c, exponent) =>
        {
            double factor = Math.ScaleB(3, exponent); // 3 * 2^k times a float32 is a float64
            CellCase scaled = c with
            {
                Type = ElementType.Float64,
                Points = [.. c.Points.Select(point => point.Select(value => value * factor).ToArray())],
                Queries = [.. c.Queries.Select(query => query.Select(value => value * factor).ToArray())],
            };
            (DenseCellNetwork one, DenseCellNetwork other) = (c.BuildDense(), scaled.BuildDense());
            Dyadic square = Dyadic.FromDouble(factor) * Dyadic.FromDouble(factor);
            for (int q = 0; q < c.Queries.Length; q++)
                Assert.Equal(one.Evaluate(c.Queries[q]).Select(value => value * square), other.Evaluate(scaled.Queries[q]));
            RequireAgreement(scaled);
        }, iter: Cases / 3);

    // Figures worked out by hand: x = 0 (-1) and x = 4 (+1), lambda = 3/4, so unit 1/4, min P = 16, r = 4.
    // S_12(x) = -4 (x - 1), S_21(x) = 4 (x - 3): F = -ReLU(r - ReLU(4x - 4)) + ReLU(r - ReLU(12 - 4x)).
    [Theory]
    [InlineData(0, -4)]
    [InlineData(1, -4)]
    [InlineData(1.5, -2)]
    [InlineData(2, 0)]
    [InlineData(2.75, 3)]
    [InlineData(3, 4)]
    [InlineData(-100, -4)]
    public void Two_points_on_a_line(double x, double value)
    {
        var dense = new DenseCellNetwork(new SampleMatrix<byte>([0, 4], 2, 1), [0, 1], 2, new Ratio(3, 4));
        Assert.Equal(4, dense.UnitDenominator);
        Assert.Equal(Dyadic.FromDouble(4 * value), Assert.Single(dense.Evaluate([x])));
        Assert.Equal(value < 0 ? 0 : value > 0 ? 1 : Predictions.Abstention, dense.Label(dense.Evaluate([x])));
        Assert.Equal((2 * 2) + (2 * 3) + 3, dense.Parameters);
    }

    [Fact]
    public void What_cannot_be_stored_or_memorized_is_refused()
    {
        var wide = new SampleMatrix<byte>(new byte[2000 * 3], 2000, 3);
        Assert.Contains("more than the 10000000",
            Assert.Throws<MemoException>(() => new DenseCellNetwork(wide, [.. Enumerable.Range(0, 2000).Select(i => i % 2)], 2,
                CellNetwork.DefaultLambda)).Message, StringComparison.Ordinal);
        var equal = new SampleMatrix<byte>([1, 1], 2, 1);
        Assert.Throws<MemoException>(() => new DenseCellNetwork(equal, [0, 1], 2, CellNetwork.DefaultLambda));
        Assert.Throws<MemoException>(() => new DenseCellNetwork(equal, [0, 0], 2, CellNetwork.DefaultLambda));
        Assert.Throws<MemoException>(() => new DenseCellNetwork(equal, [0], 2, CellNetwork.DefaultLambda));
        Assert.Throws<MemoException>(() => new DenseCellNetwork(equal, [0, 1], 2, new Ratio(1, 2)));
    }
}
