// Exactness is proved before a model is written: at the bounds it still holds, and beyond them is refused or told apart.
using System.Globalization;
using System.Numerics;
using Memo.Constructions;
using Memo.Data;
using Memo.Networks;
using Memo.Numerics;
using Memo.Storage;
using Memo.Storage.Onnx;

namespace Memo.Tests.Storage.Onnx;

public sealed class ExactRangeTests
{
    private static CellNetwork Build(SampleMatrix points, int[] labels, Ratio lambda) => Cells.Build(
        new Dataset(points, labels, ClassList.FromIntegers(Enumerable.Range(0, labels.Max() + 1)), "test"), lambda);

    private static string Refusal(INetwork network, bool dense = false)
    {
        using var folder = new TemporaryFolder();
        string message = Assert.Throws<MemoException>(() => NetworkExport.Write(folder["f.onnx"], "onnx", network, 0, dense)).Message;
        Assert.Empty(folder.Names);
        return message;
    }

    // Lattice points, so large that the range ends not far beyond them.
    private static CellNetwork Wide(ElementType type, bool dense, ulong seed, out ExactRange range)
    {
        var random = new SeededRandom(seed);
        double[] values = [.. Enumerable.Range(0, 24 * 5).Select(_ => ((double)random.NextBelow(1 << 20) - (1 << 19)) / 1024)];
        SampleMatrix points = type == ElementType.Float32
            ? new SampleMatrix<float>([.. values.Select(value => (float)value)], 24, 5) : new SampleMatrix<double>(values, 24, 5);
        CellNetwork network = Build(points, [.. Enumerable.Range(0, 24).Select(i => i % 3)], new Ratio(51, 100));
        range = dense ? ExactRange.OfDense(network) : ExactRange.OfFactored(network);
        return network;
    }

    [Theory]
    [InlineData(ElementType.Float32, false, 1)]
    [InlineData(ElementType.Float32, true, 2)]
    [InlineData(ElementType.Float64, false, 3)]
    [InlineData(ElementType.Float64, true, 4)]
    public void Samples_at_the_ends_of_the_range_are_exact_and_those_beyond_are_told_apart(ElementType type, bool dense, ulong seed)
    {
        using CellNetwork network = Wide(type, dense, seed, out ExactRange range);
        using var model = new OnnxAnswers(network, dense);
        Assert.Equal(["label", "values", "exact"], model.Outputs);
        double unit = Math.ScaleB(1, range.Exponent), least = (double)range.Least * unit, greatest = (double)range.Greatest * unit;
        Assert.Equal((range.Least.ToString(CultureInfo.InvariantCulture), $"2^{range.Exponent}"),
            (model.Metadata.CustomMetadataMap["exact_least"], model.Metadata.CustomMetadataMap["exact_unit"]));

        var random = new SeededRandom(seed);
        double[] inside = [.. Enumerable.Range(0, 60 * 5).Select(_ => random.NextBelow(3) switch
        {
            0 => least,
            1 => greatest,
            _ => Math.Floor(network.TrainingPoints[(int)random.NextBelow(24), 0] / unit / 2) * unit,
        })];
        Assert.Equal(60, model.RequireEngineAnswers(Matrix(inside)).Exact);
        foreach (double stray in (double[])[least - unit, greatest + unit, unit / 2, 1e30, double.NaN, double.PositiveInfinity, double.NegativeInfinity])
        {
            double[] one = [.. inside.AsSpan(0, 10)];
            one[7] = stray;
            (long[] labels, double[] values, bool[]? exact) = model.Run(Matrix(one));
            Assert.Equal([true, false], exact!);
            Assert.Equal(int.MinValue, labels[1]);
            Assert.All(values[3..], value => Assert.True(double.IsNaN(value)));
            Assert.Equal(model.Run(Matrix(inside)).Values[..3], values[..3]);
        }

        SampleMatrix Matrix(double[] values) => type == ElementType.Float32
            ? new SampleMatrix<float>([.. values.Select(value => (float)value)], values.Length / 5, 5)
            : new SampleMatrix<double>(values, values.Length / 5, 5);
    }

    // lambda = p/q with q such that (a + b) n R^2 just fits, and the next one that does not.
    [Theory]
    [InlineData(2)]
    [InlineData(3)]
    public void Bytes_are_exact_up_to_the_bound_and_refused_beyond_it(int n)
    {
        long most = (long)((BigInteger.One << 53) / (n * 255 * 255)); // a + b, with b = 1 and a = q odd
        var random = new SeededRandom(5);
        byte[] values = [0, .. Enumerable.Range(0, 30 * n - 2).Select(_ => (byte)random.NextBelow(256)), 255];
        int[] labels = [.. Enumerable.Range(0, 30).Select(i => i % 2)];
        if (most > int.MaxValue) most = int.MaxValue;
        int q = (int)((most - 1) | 1) - 2;
        using CellNetwork network = Build(new SampleMatrix<byte>(values, 30, n), labels, new Ratio((q + 1) / 2, q));
        Assert.Equal((q, 1), (network.DistanceFactor, network.PairFactor));
        using var model = new OnnxAnswers(network, dense: false);
        var queries = new SampleMatrix<byte>([.. Enumerable.Range(0, 300 * n).Select(_ => (byte)random.NextBelow(256))], 300, n);
        Assert.Equal(300, model.RequireEngineAnswers(queries).Exact);
    }

    [Fact]
    public void What_doubles_cannot_hold_is_refused_with_the_numbers()
    {
        var random = new SeededRandom(6);
        var bytes = new SampleMatrix<byte>([.. Enumerable.Range(0, 40 * 100).Select(_ => (byte)random.NextBelow(256))], 40, 100);
        int[] labels = [.. Enumerable.Range(0, 40).Select(i => i % 2)];
        using CellNetwork fine = Build(bytes, labels, new Ratio(1_000_000_001, 2_000_000_001));
        string message = Refusal(fine);
        foreach (string part in (string[])["2^53", "(a + b) n R^2", "n = 100", "lambda = 1000000001/2000000001", "smaller denominator"])
            Assert.Contains(part, message, StringComparison.Ordinal);

        var floats = new SampleMatrix<float>([.. Enumerable.Range(0, 40 * 3).Select(_ => (float)random.NextDouble())], 40, 3);
        using CellNetwork unit = Build(floats, labels, new Ratio(51, 100));
        foreach (bool dense in (bool[])[false, true])
            Assert.Contains("coarser grid", Refusal(unit, dense), StringComparison.Ordinal);

        using CellNetwork tiny = Build(new SampleMatrix<double>([0, double.Epsilon, 1e300, 1], 4, 1), [0, 1, 0, 1], new Ratio(51, 100));
        Assert.Contains("2^-1074", Refusal(tiny), StringComparison.Ordinal);
        using CellNetwork apart = Build(new SampleMatrix<double>([0, 0.5, 1e300, 1], 4, 1), [0, 1, 0, 1], new Ratio(51, 100));
        Assert.InRange(Refusal(apart).Length, 100, 400); // numbers as powers of two, not as 300 digits

        var many = new SampleMatrix<byte>([.. Enumerable.Range(0, 600 * 30).Select(_ => (byte)random.NextBelow(256))], 600, 30);
        using CellNetwork large = Build(many, [.. Enumerable.Range(0, 600).Select(i => i % 2)], new Ratio(51, 100));
        Assert.Contains("parameters", Refusal(large, dense: true), StringComparison.Ordinal);

        Assert.Contains("2147483647", Assert.Throws<MemoException>(() => OnnxModel.RequireRoom(1L << 31)).Message, StringComparison.Ordinal);
    }
}
