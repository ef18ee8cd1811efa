using System.Globalization;
using CsCheck;
using Memo.Constructions;
using Memo.Data;
using Memo.Experiments;
using Memo.Networks;
using Memo.Numerics;

namespace Memo.Tests;

public sealed class SizeCurveTests
{
    private static readonly Dataset s_training = Digits(DataPart.Train), s_test = Digits(DataPart.Test);
    private static readonly string[] s_methods = [.. Construction.Methods];

    private static Dataset Digits(DataPart part) => DataReference.Parse("digits:1,7").Load(part);

    private static object Counts(CurvePoint point) => (point.Method, point.Samples, point.Seed, point.Size,
        point.GrowingParameters, point.CodeBits, point.Kept, point.Memorized, point.Test?.Right, point.Test?.Wrong, point.Test?.Abstained);

    [Fact]
    public void Every_point_is_the_network_of_the_first_samples_in_the_seeds_order()
    {
        CurveReport report = new SizeCurve(s_training, s_test, s_methods, new() { Seed = 3 }).Run([20, 50], seeds: 2);
        Assert.Equal(from size in new[] { 20, 50 } from seed in new ulong[] { 3, 4 } from method in s_methods
            select (size, seed, method),
            report.Points.Select(point => (point.Samples, point.Seed, point.Method)));
        Assert.Equal(s_methods, report.Methods);
        Assert.Equal([20, 50], report.Sizes);
        Assert.Equal([3UL, 4UL], report.Seeds);
        Assert.True(report.Memorized);
        foreach (CurvePoint point in report.Points)
        {
            int[] order = [.. Enumerable.Range(0, s_training.Count)];
            new SeededRandom(point.Seed).Shuffle<int>(order);
            Dataset samples = s_training.SelectSamples(order.AsSpan(0, point.Samples));
            using INetwork network = Construction.Build(point.Method, samples, new() { Seed = point.Seed });
            Assert.Equal(network.Size, point.Size);
            Assert.Equal(network is CellNetwork, point.IsFactored);
            Assert.Equal((network as CellNetwork)?.Count, point.Kept);
            Assert.Equal(network is CellNetwork ? network.Size.NonZero : network.Size.Parameters - (s_training.Dimension + 1),
                point.GrowingParameters);
            Assert.Equal(network.Notes.FirstOrDefault(note => note.Key == "code_bits").Value,
                point.CodeBits?.ToString(CultureInfo.InvariantCulture));
            int[] labels = network.Predict(s_test.Points).Labels;
            Assert.Equal(labels.Zip(s_test.LabelArray).Count(pair => pair.First == pair.Second), point.Test!.Right);
            Assert.Equal(labels.Count(label => label == Predictions.Abstention), point.Test.Abstained);
            Assert.Equal(s_test.Count, point.Test.Rows);
            Assert.Null(point.FirstFailure);
        }
    }

    [Fact]
    public void Points_depend_on_neither_threads_nor_other_points()
    {
        CurveReport all = new SizeCurve(s_training, s_test, s_methods, new()).Run([10, 40, 90], seeds: 2,
            new RunOptions { Threads = 1 });
        CurveReport again = new SizeCurve(s_training, s_test, s_methods, new()).Run([10, 40, 90], seeds: 2,
            new RunOptions { Threads = 5 });
        Assert.Equal(all.Points.Select(Counts), again.Points.Select(Counts));
        foreach (string method in s_methods)
        {
            CurveReport alone = new SizeCurve(s_training, null, [method], new() { Seed = 1 }).Run([40]);
            CurvePoint same = all.Points.Single(point => (point.Method, point.Samples, point.Seed) == (method, 40, 1));
            Assert.Equal((same.Size, same.Kept, same.CodeBits),
                (alone.Points[0].Size, alone.Points[0].Kept, alone.Points[0].CodeBits));
            Assert.Null(alone.Points[0].Test);
        }
    }

    [Fact]
    public void Points_of_a_method_stand_by_size_with_one_for_each_seed()
    {
        CurveReport report = new SizeCurve(s_training, null, s_methods, new()).Run([10, 20, 30], seeds: 2);
        foreach (string method in s_methods)
        {
            Assert.Equal([10, 20, 30], report.Of(method).Select(size => size[0].Samples));
            Assert.All(report.Of(method), size => Assert.Equal([0, 1], size.Select(point => (int)point.Seed)));
        }
    }

    [Fact]
    public void Sizes_and_methods_that_cannot_be_are_refused_before_any_work()
    {
        var curve = new SizeCurve(s_training, s_test, [Cells.Method], new());
        Refuses(() => curve.Run([10, s_training.Count + 1]), s_training.Count.ToString(CultureInfo.InvariantCulture));
        Refuses(() => curve.Run([]), "no sizes");
        Refuses(() => curve.Run([1, 10]), "at least 2");
        Refuses(() => curve.Run([10, 10]), "ascend");
        Refuses(() => curve.Run([10], seeds: 0), "seeds");
        Dataset three = DataReference.Parse("digits:1,7,3").Load(DataPart.Train);
        Refuses(() => new SizeCurve(three, null, [Cells.Method, Sqrt.Method], new()), "3 classes");
        Refuses(() => new SizeCurve(s_training, null, [], new()), "no methods");
        Refuses(() => new SizeCurve(s_training, s_test.SelectSamples([]), [Cells.Method], new()), "no test samples");
        // One of a hundred is of the other class, and two samples of the same class are drawn.
        var lopsided = new Dataset(new SampleMatrix<byte>([.. Enumerable.Range(0, 100).Select(i => (byte)i)], 100, 1),
            [.. Enumerable.Range(0, 100).Select(i => i == 0 ? 1 : 0)], ClassList.FromIntegers([0, 1]), "lopsided");
        Refuses(() => new SizeCurve(lopsided, null, [Cells.Method], new()).Run([2, 100]), "none of class 1");

        static void Refuses(Func<object> action, string word) =>
            Assert.Contains(word, Assert.Throws<MemoException>(action).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_method_may_end_before_the_others()
    {
        var curve = new SizeCurve(s_training, null, [Cells.Method, Sqrt.Method], new());
        CurveReport report = curve.Run([10, 20, 30], greatest: new Dictionary<string, int> { [Cells.Method] = 25 });
        Assert.Equal([10, 20], report.Of(Cells.Method).Select(size => size[0].Samples));
        Assert.Equal([10, 20, 30], report.Of(Sqrt.Method).Select(size => size[0].Samples));
        Assert.Equal([10, 20, 30], report.Sizes);
        Assert.Throws<MemoException>(() => curve.Run([10], greatest: new Dictionary<string, int> { [Cells.Method] = 9 }));
        Assert.Throws<MemoException>(() => curve.Run([10], greatest: new Dictionary<string, int> { ["park"] = 10 }));
    }

    [Fact]
    public void Default_sizes_rise_from_a_hundred_to_all()
    {
        Assert.Equal([100, 200, 500, 1000, 2000, 5000, 10000, 20000, 50000, 60000], SizeCurve.DefaultSizes(60000));
        Assert.Equal([100], SizeCurve.DefaultSizes(100));
        Assert.Equal([37], SizeCurve.DefaultSizes(37));
        Assert.Equal([100, 101], SizeCurve.DefaultSizes(101));
        Assert.Equal([1], RoundNumbers.OneTwoFive(1, 1));
    }

    [Fact]
    public void Progress_rises_to_one_and_cancellation_ends_the_work()
    {
        var curve = new SizeCurve(s_training, s_test, s_methods, new());
        var seen = new List<double>();
        curve.Run([10, 30], 2, new RunOptions { Threads = 1, Progress = new Recorder(seen) });
        Assert.Equal(seen.Order(), seen);
        Assert.Equal(1, seen[^1]);
        Assert.ThrowsAny<OperationCanceledException>(() =>
            curve.Run([10], 1, new RunOptions { Cancellation = new CancellationToken(canceled: true) }));
    }

    private sealed class Recorder(List<double> seen) : IProgress<double>
    {
        public void Report(double value)
        {
            lock (seen) seen.Add(value);
        }
    }

    [Fact]
    public void The_slope_of_a_power_is_its_exponent() =>
        Gen.Select(Gen.Double[-3, 3], Gen.Double[0.1, 100], Gen.Double[1, 1e5].Array[2, 9])
            .Where(law => law.Item3.Distinct().Count() > 1)
            .Sample((exponent, factor, sizes) =>
            {
                if (Math.Log(sizes.Max() / sizes.Min()) < 0.1) return; // too close to say
                double slope = GrowthFit.Slope([.. sizes.Select(size => (size, factor * Math.Pow(size, exponent)))])!.Value;
                Assert.Equal(exponent, slope, 9);
            });

    [Fact]
    public void A_slope_needs_two_sizes()
    {
        Assert.Null(GrowthFit.Slope([]));
        Assert.Null(GrowthFit.Slope([(1000, 5), (1000, 7)]));
    }

    [Fact]
    public void Parameters_grow_as_the_theorems_say()
    {
        // Distinct numbers, an eighth of them +1, in no order: what the codes are like decides nothing but B.
        const int Count = 4000;
        var random = new SeededRandom(5);
        int[] values = [.. Enumerable.Range(0, Count)];
        random.Shuffle<int>(values);
        var line = new Dataset(new SampleMatrix<float>([.. values.Select(value => (float)value)], Count, 1),
            [.. values.Select(value => value * 2654435761L % 8 == 0 ? 1 : 0)], ClassList.FromIntegers([0, 1]), "line");
        string[] methods = [.. s_methods.Where(method => GrowthLaw.Of(method) is not null and not { Exponent: 0 })];
        CurveReport report = new SizeCurve(line, null, methods, new()).Run([1000, 2000, Count]);
        Assert.All(report.Fits, fit => Assert.InRange(fit.Exponent!.Value, fit.Law!.Exponent - 0.1, fit.Law.Exponent + 0.1));
        Assert.Equal(methods.Where(method => GrowthLaw.Of(method)!.TimesLogarithm),
            report.Fits.Where(fit => fit.DividedByCodeBits).Select(fit => fit.Method));
    }

    [Fact]
    public void Laws_name_their_formula()
    {
        Assert.Equal(("√N log N", "N^2", "N^(2/3)", "constant", null, null),
            (GrowthLaw.Of("sqrt")!.Formula, GrowthLaw.Of("cells")!.Formula, GrowthLaw.Of("park")!.Formula,
            GrowthLaw.Of("constant")!.Formula, GrowthLaw.Of("condense")?.Formula, GrowthLaw.Of("vardi", blockDepth: 5)?.Formula));
        Assert.Equal(2 * 32 * 10, 2 * GrowthLaw.Of("vardi")!.At(1024));
    }
}
