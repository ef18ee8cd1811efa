using CsCheck;
using Memo.Constructions;
using Memo.Data;
using Memo.Measures;
using Memo.Networks;

namespace Memo.Tests;

public sealed class EvaluationTests
{
    [Fact]
    public void Every_row_is_counted_once() =>
        Gen.Int[1, 5].SelectMany(classes => Gen.Select(Gen.Const(classes),
                Gen.Select(Gen.Int[0, classes - 1], Gen.Int[-1, classes - 1]).Array[1, 60]))
            .Sample((classes, rows) =>
            {
                var evaluation = Evaluation.Of([.. rows.Select(row => row.Item1)], [.. rows.Select(row => row.Item2)], classes);
                Assert.Equal(rows.Length, evaluation.Right + evaluation.Wrong + evaluation.Abstained);
                Assert.Equal(rows.Count(row => row.Item1 == row.Item2), evaluation.Right);
                Assert.Equal(rows.Count(row => row.Item2 < 0), evaluation.Abstained);
                for (int truth = 0; truth < classes; truth++)
                    for (int given = 0; given <= classes; given++)
                        Assert.Equal(rows.Count(row => row == (truth, given == classes ? Predictions.Abstention : given)),
                            evaluation.Confusion[truth * (classes + 1) + given]);
            });

    [Fact]
    public void Nothing_cannot_be_evaluated()
    {
        Assert.Throws<MemoException>(() => Evaluation.Of([], [], 2));
        Assert.Throws<ArgumentException>(() => Evaluation.Of([0], [0, 1], 2));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Verification_names_the_first_row_with_another_label(bool reference)
    {
        var points = new SampleMatrix<byte>([0, 10, 20, 30], 4, 1);
        var classes = ClassList.FromIntegers([0, 1]);
        CellNetwork network = Cells.Build(new Dataset(points, [0, 1, 0, 1], classes, "data"), CellNetwork.DefaultLambda);
        Assert.True(Verification.Of(network, new Dataset(points, [0, 1, 0, 1], classes, "data"), reference).Memorized);
        Verification wrong = Verification.Of(network, new Dataset(points, [0, 1, 1, 0], classes, "data"), reference);
        Assert.Equal((false, 2, 0, 4), (wrong.Memorized, wrong.FirstFailure, wrong.Given, wrong.Rows));
        Verification abstains = Verification.Of(network,
            new Dataset(new SampleMatrix<byte>([0, 5], 2, 1), [0, 1], classes, "between"), reference);
        Assert.Equal((1, Predictions.Abstention), (abstains.FirstFailure, abstains.Given));
    }

    [Fact]
    public void Verification_of_layers_names_the_first_row_with_another_label()
    {
        ReluNetwork network = ReluNetworks.Line(InputBox.Bytes); // x is class x - 1
        Dataset Rows(params int[] labels) =>
            new(new SampleMatrix<byte>([1, 3, 2, 4], 4, 1), labels, ClassList.FromIntegers([0, 1, 2]), "data");
        foreach (bool reference in new[] { false, true })
        {
            Verification wrong = Verification.Of(network, Rows(0, 2, 0, 0), reference);
            Assert.Equal((2, 1), (wrong.FirstFailure, wrong.Given));
            Verification abstains = Verification.Of(network, Rows(0, 2, 1, 0), reference);
            Assert.Equal((3, Predictions.Abstention), (abstains.FirstFailure, abstains.Given));
        }
    }

    [Theory]
    [InlineData(ElementType.UInt8, 0, 255, new double[] { 0.2, 1 }, true)]
    [InlineData(ElementType.UInt8, 0, 255, new double[] { 0, 1 }, false)] // bytes 0 and 1 may be all that there was
    [InlineData(ElementType.UInt8, 0, 255, new double[] { 0, 2.5 }, false)]
    [InlineData(ElementType.Float64, -3, 8, new double[] { 200, 0 }, true)]
    [InlineData(ElementType.Float64, -3, 9, new double[] { 200, 0 }, false)]
    [InlineData(ElementType.Float32, 1, 100, new double[] { 0.5, 1 }, true)]
    [InlineData(ElementType.Float32, 1, 100, new double[] { 0, 0 }, false)]
    public void The_box_of_a_network_tells_another_scale(ElementType type, int exponent, long greatest, double[] queries, bool suggests)
    {
        ReluNetwork network = ReluNetworks.Line(new InputBox(type, exponent, 0, greatest));
        Assert.Equal(suggests, ValueRange.SuggestsOtherScale(network, new SampleMatrix<double>(queries, 2, 1)));
        Assert.False(ValueRange.SuggestsOtherScale(network, new SampleMatrix<double>(queries, 1, 2)));
    }

    [Theory]
    [InlineData(new double[] { 0, 255 }, new double[] { 0.2, 1 }, true)]
    [InlineData(new double[] { 0, 1 }, new double[] { 3, 0 }, true)]
    [InlineData(new double[] { 0, 255 }, new double[] { 0, 2 }, false)]
    [InlineData(new double[] { 0, 1 }, new double[] { 0.5, 1.5 }, false)]
    [InlineData(new double[] { 0, 255 }, new double[] { 0, 0 }, false)]
    [InlineData(new double[] { -9, 0 }, new double[] { 200, 0 }, false)]
    public void Ranges_that_suggest_another_scale_are_noticed(double[] training, double[] queries, bool suggests)
    {
        Assert.Equal(suggests, ValueRange.SuggestsOtherScale(new SampleMatrix<double>(training, 2, 1), new SampleMatrix<double>(queries, 2, 1)));
        Assert.Equal(suggests, ValueRange.SuggestsOtherScale(
            new SampleMatrix<float>([.. training.Select(value => (float)value)], 2, 1), new SampleMatrix<double>(queries, 2, 1)));
    }
}
