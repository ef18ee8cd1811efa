using CsCheck;
using Memo.Constructions;
using Memo.Data;
using Memo.Experiments;
using Memo.Networks;

namespace Memo.Tests;

public sealed class PairExperimentTests
{
    private static Dataset Points((byte X, byte Y, int Label)[] rows, int classes, string source) =>
        new(new SampleMatrix<byte>([.. rows.SelectMany(row => new[] { row.X, row.Y })], rows.Length, 2),
            [.. rows.Select(row => row.Label)], ClassList.FromIntegers(Enumerable.Range(0, classes)), source);

    private static readonly Gen<(byte X, byte Y, int Label)> Row = Gen.Select(Gen.Byte[0, 9], Gen.Byte[0, 9], Gen.Int[0, 2]);

    private static int SquaredDistance((byte X, byte Y, int Label) a, (byte X, byte Y, int Label) b) =>
        (a.X - b.X) * (a.X - b.X) + (a.Y - b.Y) * (a.Y - b.Y);

    // The oracle evaluates F by its definition in rationals: 100 S_ij = 50 (D_j - D_i) - P_ij and 100 r = min P.
    private static int Label((byte X, byte Y, int Label)[] training, (byte X, byte Y, int Label) query)
    {
        long threshold = (from i in training from j in training where i.Label != j.Label select (long)SquaredDistance(i, j)).Min();
        long value = 0;
        foreach (var i in training)
        {
            long activation = threshold;
            foreach (var j in training)
                if (j.Label != i.Label)
                    activation -= Math.Max(0, SquaredDistance(i, j) - 50L * (SquaredDistance(query, j) - SquaredDistance(query, i)));
            value += (i.Label == 1 ? 1 : -1) * Math.Max(0, activation);
        }
        return value == 0 ? Predictions.Abstention : value > 0 ? 1 : 0;
    }

    [Fact]
    public void Counts_are_those_of_the_definition() =>
        Gen.Select(Row.Array[6, 14], Row.Array[4, 20]).Where(data =>
                data.Item1.GroupBy(row => (row.X, row.Y)).All(group => group.Select(row => row.Label).Distinct().Count() == 1) &&
                data.Item1.Select(row => row.Label).Distinct().Count() == 3 &&
                data.Item2.Select(row => row.Label).Distinct().Count() == 3)
            .Sample(data =>
            {
                var classes = ClassList.FromIntegers([0, 1, 2]);
                PairReport report = new PairExperiment(Points(data.Item1, 3, "training"), Points(data.Item2, 3, "test"),
                    [Cells.Method], new(), OnConflict.Error).Run(ClassPair.All(classes));
                Assert.Equal(3, report.Pairs.Count);
                foreach (PairResult result in report.Pairs)
                {
                    int a = classes.IndexOf(result.Pair.Negative), b = classes.IndexOf(result.Pair.Positive);
                    var training = Binary(data.Item1, a, b);
                    var test = Binary(data.Item2, a, b);
                    int[] given = [.. test.Select(row => Label(training, row))];
                    Assert.Equal(training.Length, result.TrainingSamples);
                    Assert.Equal(test.Length, result.Test.Rows);
                    Assert.Equal(test.Where((row, q) => given[q] == row.Label).Count(), result.Test.Right);
                    Assert.Equal(given.Count(label => label == Predictions.Abstention), result.Test.Abstained);
                    Assert.True(result.Memorized);
                    Assert.Null(result.FirstFailure);
                    int neighbours = test.Count(row => training.MinBy(point => SquaredDistance(point, row)).Label == row.Label);
                    Assert.Equal((double)neighbours / test.Length, result.NearestNeighbour);
                }
                Assert.Equal(report.Pairs.Average(pair => pair.Test.Accuracy), report.MeanAccuracy);
            }, iter: 200);

    private static (byte X, byte Y, int Label)[] Binary((byte X, byte Y, int Label)[] rows, int a, int b) =>
        [.. rows.Where(row => row.Label == a || row.Label == b).Select(row => (row.X, row.Y, row.Label == b ? 1 : 0))];

    [Fact]
    public void Results_stand_by_pair_and_then_by_method_with_one_nearest_neighbour_a_pair()
    {
        Dataset training = Points([(0, 0, 0), (5, 5, 1), (9, 0, 2), (0, 9, 0), (7, 7, 1), (9, 3, 2)], 3, "training");
        Dataset test = Points([(1, 0, 0), (5, 4, 1), (8, 0, 2), (4, 4, 0), (6, 7, 1), (9, 9, 2)], 3, "test");
        IReadOnlyList<ClassPair> pairs = ClassPair.All(training.Classes);
        foreach (string[] methods in new[] { [.. Construction.Methods], Construction.Methods.Reverse().ToArray() })
        {
            PairReport report = new PairExperiment(training, test, methods, new() { Seed = 2 }, OnConflict.Error).Run(pairs);
            Assert.Equal(pairs.SelectMany(pair => methods.Select(method => (pair, method))), report.Pairs.Select(result => (result.Pair, result.Method)));
            Assert.Equal(methods, report.Methods);
            Assert.All(report.Pairs, result => Assert.True(result.Memorized, $"{result.Method} {result.Pair}"));
            Assert.All(report.Pairs, result => Assert.Equal(4, result.TrainingSamples));
            foreach (string method in methods)
            {
                // What a method gives does not depend on those beside it, nor does the nearest neighbour.
                PairReport alone = new PairExperiment(training, test, [method], new() { Seed = 2 }, OnConflict.Error).Run(pairs);
                Assert.Equal(alone.Pairs.Select(Counts), report.Of(method).Pairs.Select(Counts));
                Assert.Equal(report.MeanNearestNeighbour, alone.MeanNearestNeighbour, 12);
                Assert.Equal(1, alone.MeanAccuracy + alone.MeanWrong + alone.MeanAbstained, 12);
            }
        }

        static (int, int, int, double, NetworkSize) Counts(PairResult result) =>
            (result.Test.Right, result.Test.Wrong, result.Test.Abstained, result.NearestNeighbour, result.Size);
    }

    [Fact]
    public void A_default_class_must_be_one_of_every_pair()
    {
        Dataset data = Points([(0, 0, 0), (5, 5, 1), (9, 0, 2)], 3, "data");
        var experiment = new PairExperiment(data, data, [Cells.Method], new(), OnConflict.Error, defaultClass: "1");
        Assert.Equal(2, experiment.Run([new("0", "1"), new("1", "2")]).Pairs.Count);
        Assert.Contains("0-2 has no class '1'", Assert.Throws<MemoException>(() => experiment.Run([new("0", "1"), new("0", "2")])).Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public void A_class_without_training_or_test_samples_is_refused()
    {
        Dataset training = Points([(0, 0, 0), (5, 5, 1)], 3, "training"), test = Points([(0, 0, 2)], 3, "test");
        var experiment = new PairExperiment(training, test, [Cells.Method], new(), OnConflict.Error);
        Assert.Contains("test", Assert.Throws<MemoException>(() => experiment.Run([new("0", "1")])).Message, StringComparison.Ordinal);
        Assert.Contains("training", Assert.Throws<MemoException>(() => experiment.Run([new("0", "2")])).Message, StringComparison.Ordinal);
        Assert.Throws<MemoException>(() => experiment.Run([]));
    }

    [Fact]
    public void Parts_that_do_not_fit_are_refused()
    {
        Dataset training = Points([(0, 0, 0), (5, 5, 1)], 2, "training");
        var wide = new Dataset(new SampleMatrix<byte>([1, 2, 3], 1, 3), [0], training.Classes, "wide");
        var fraction = new Dataset(new SampleMatrix<double>([1, 2.5], 1, 2), [0], training.Classes, "fraction");
        Assert.Throws<MemoException>(() => new PairExperiment(training, wide, [Cells.Method], new(), OnConflict.Error));
        Assert.Contains("fraction", Assert.Throws<MemoException>(() =>
            new PairExperiment(training, fraction, [Cells.Method], new(), OnConflict.Error)).Message, StringComparison.Ordinal);
        Assert.Throws<MemoException>(() => new PairExperiment(training, training, [Cells.Method], new() { Lambda = new(1, 2) }, OnConflict.Error));
    }

    [Fact]
    public void Progress_rises_to_one_and_cancellation_ends_the_work()
    {
        Dataset data = Points([(0, 0, 0), (5, 5, 1), (9, 0, 2), (0, 9, 0)], 3, "data");
        var experiment = new PairExperiment(data, data, [Cells.Method], new(), OnConflict.Error);
        foreach (PairExperiment any in new[] { experiment, new(data, data, [Park.Method, Vardi.Method], new(), OnConflict.Error) })
        {
            var seen = new List<double>();
            any.Run(ClassPair.All(data.Classes), new RunOptions { Threads = 1, Progress = new Recorder(seen) });
            Assert.Equal(seen.Order(), seen);
            Assert.Equal(1, seen[^1]);
        }
        Assert.ThrowsAny<OperationCanceledException>(() => experiment.Run(ClassPair.All(data.Classes),
            new RunOptions { Cancellation = new CancellationToken(canceled: true) }));
    }

    private sealed class Recorder(List<double> seen) : IProgress<double>
    {
        public void Report(double value)
        {
            lock (seen) seen.Add(value);
        }
    }
}
