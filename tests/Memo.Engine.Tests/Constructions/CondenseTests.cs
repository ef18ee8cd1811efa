using System.Numerics;
using CsCheck;
using Memo.Constructions;
using Memo.Constructions.Condensing;
using Memo.Data;
using Memo.Kernels.SquaredDistance;
using Memo.Measures;
using Memo.Neighbors;
using Memo.Networks;
using Memo.Numerics;
using Memo.Tests.Networks;

namespace Memo.Tests.Constructions;

/// <summary>The condensed network memorizes everything, no point of it can be left out, and it is smaller than Hart's.</summary>
public sealed class CondenseTests
{
    [Theory]
    [InlineData(ElementType.UInt8)]
    [InlineData(ElementType.Float32)]
    [InlineData(ElementType.Float64)]
    public void The_network_memorizes_everything_and_no_point_could_be_left_out(ElementType type) =>
        SubsetCase.Of(type).Sample(c =>
        {
            Dataset data = c.Data();
            using CellNetwork network = Condense.Build(data, c.Lambda, seed: 3, new RunOptions { Threads = 1 });
            Assert.Equal(("condense", data.Count), (network.Method, network.Samples));
            Assert.True(SubsetCase.Memorizes(network, data));
            for (int p = 0; p < network.Count; p++)
            {
                int[] others = [.. Enumerable.Range(0, network.Count).Where(i => i != p)];
                int[] labels = [.. others.Select(i => network.Labels[i])];
                if (labels.Distinct().Count() < data.LabelArray.Distinct().Count()) continue; // a class is never left out
                using CellNetwork smaller = Cells.Build(
                    new Dataset(network.TrainingPoints.SelectRows(others), labels, data.Classes, "smaller"), c.Lambda);
                Assert.False(SubsetCase.Memorizes(smaller, data), $"point {p} is not needed");
            }
            using CellNetwork again = Condense.Build(data, c.Lambda, seed: 3, new RunOptions { Threads = 3 });
            Assert.Equal(SubsetCase.Values(network.TrainingPoints), SubsetCase.Values(again.TrainingPoints));
        }, iter: 100, threads: 1);

    // What the set says of the samples, after any additions and removals, is what the reference evaluator says.
    [Fact]
    public void The_set_knows_the_open_samples_of_bytes() => FollowsTheReference<byte, int, ByteDistance>(ElementType.UInt8);

    [Fact]
    public void The_set_knows_the_open_samples_of_floats() =>
        FollowsTheReference<float, double, FloatDistance<float>>(ElementType.Float32);

    [Fact]
    public void The_set_knows_the_open_samples_of_doubles() =>
        FollowsTheReference<double, double, FloatDistance<double>>(ElementType.Float64);

    private static void FollowsTheReference<TElement, TDistance, TKernel>(ElementType type)
        where TElement : unmanaged, INumber<TElement>
        where TDistance : unmanaged, INumber<TDistance>, IMinMaxValue<TDistance>
        where TKernel : struct, IDistanceKernel<TElement, TDistance> =>
        Gen.Select(SubsetCase.Of(type), Gen.Int[0, 1_000_000].Array[12]).Sample((c, moves) =>
        {
            var classes = new ClassRanges(c.Data());
            Dataset data = c.Data().SelectSamples(classes.Order);
            using DistanceRows<TDistance> rows = DistanceRows<TElement, TDistance, TKernel>.Of(
                (SampleMatrix<TElement>)data.Points, keptBytes: moves[0] % 2 * 1000, RunOptions.Default);
            int[] first = [.. data.LabelArray.Distinct().Select(label => Array.IndexOf(data.LabelArray, label))];
            var set = new MemorizingSet<TDistance>(rows, classes, new FiringRule<TDistance>(rows, c.Lambda), first, "case");
            Compare(set, data, c.Lambda);
            foreach (int move in moves)
            {
                int point = move % data.Count;
                if (!set.Points.Contains(point))
                {
                    var open = new List<int>();
                    set.ListOpen(open);
                    int gain = set.Gain(point, open), before = set.OpenCount;
                    Dyadic least = set.LeastPair;
                    set.Add(point);
                    if (set.LeastPair == least) Assert.Equal(gain, before - set.OpenCount);
                }
                else if (set.CountOf(data.Labels[point]) > 1)
                {
                    bool memorized = set.OpenCount == 0;
                    int count = set.Count;
                    if (!memorized) set.Remove(point);
                    else Assert.Equal(set.TryRemove(point) ? count - 1 : count, set.Count);
                    if (memorized) Assert.Equal(0, set.OpenCount);
                }
                Compare(set, data, c.Lambda);
            }
        }, iter: 150, threads: 1);

    private static void Compare<TDistance>(MemorizingSet<TDistance> set, Dataset data, Ratio lambda)
        where TDistance : unmanaged, INumber<TDistance>, IMinMaxValue<TDistance>
    {
        using CellNetwork network = Cells.Build(data.SelectSamples([.. set.Points.Order()]), lambda);
        Assert.Equal(network.MinimumSquaredDistance, set.LeastPair);
        int[] given = network.PredictByReference(data.Points).Labels;
        var open = new List<int>();
        set.ListOpen(open);
        Assert.Equal(Enumerable.Range(0, data.Count).Where(x => given[x] != data.Labels[x]), open);
        Assert.Equal(open.Count, set.OpenCount);
    }

    // Every decision is exact, so that the search takes the same way whatever the threads and the instruction set: run with
    // MEMO_ISA=scalar, avx2 and avx512 this must hold as well. Another search may choose others, and then the rows change.
    [Theory]
    [InlineData("moons?count=300&noise=0.2", "27: baedd7588147f2d7")]
    [InlineData("circles?count=5000&noise=0.02&dtype=float32", "6: 111cf4e505b057d")]
    [InlineData("blobs?count=400&n=6&classes=4&spread=9", "206: fa1ac33f3a91e1b9")]
    [InlineData("hypercube?n=16&count=300", "215: dbbeb9ab673e40fe")]
    public void The_subset_is_the_same_everywhere(string reference, string rows)
    {
        Dataset data = DataReference.Parse(reference).Load(DataPart.Default);
        foreach (int threads in new[] { 1, 2 })
        {
            using CellNetwork network =
                Condense.Build(data, CellNetwork.DefaultLambda, 0, new RunOptions { Threads = threads }, rounds: 30);
            var positions = new List<int>();
            for (int i = 0, p = 0; i < data.Count && p < network.Count; i++)
                if (SubsetCase.SquaredDistance(data.Points, i, network.TrainingPoints, p).Sign == 0)
                {
                    positions.Add(i);
                    p++;
                }
            Assert.Equal(network.Count, positions.Count);
            ulong hash = positions.Aggregate(17UL, (hash, row) => unchecked(hash * 1_000_003 + (ulong)row));
            Assert.Equal(rows, $"{positions.Count}: {hash:x}");
        }
    }

    [Fact]
    public void Two_samples_are_both_chosen()
    {
        foreach (ElementType type in Enum.GetValues<ElementType>())
        {
            var data = new Dataset(CellCase.Matrix(type, [[5], [9]], 1), [1, 0], ClassList.FromIntegers([0, 1]), "two");
            using CellNetwork network = Condense.Build(data, CellNetwork.DefaultLambda);
            Assert.Equal([1, 0], network.Labels.ToArray());
        }
    }

    // Beyond n = 33,025 squared distances of bytes may not fit int32.
    [Fact]
    public void Bytes_of_any_dimension_are_condensed_and_covered()
    {
        var random = new SeededRandom(5);
        var values = new byte[8 * 33_026];
        for (int i = 0; i < values.Length; i++) values[i] = (byte)(i / 33_026 % 2 * 200 + (int)random.NextBelow(50));
        var data = new Dataset(new SampleMatrix<byte>(values, 8, 33_026), [0, 1, 0, 1, 0, 1, 0, 1],
            ClassList.FromIntegers([0, 1]), "wide");
        foreach (string method in new[] { "condense", "constant" })
        {
            using var network = (CellNetwork)Construction.Build(method, data, new ConstructionSettings());
            Assert.Equal(2, network.Count);
            Assert.Equal(ElementType.UInt8, network.SampleType);
            Assert.True(SubsetCase.Memorizes(network, data));
        }
        Assert.Equal([0, 1], CondensedNearestNeighbour.Find(data));
    }

    // Classes of one point in the middle of each suffice, wherever the search begins.
    [Fact]
    public void Clusters_far_apart_take_one_point_each()
    {
        Dataset data = DataReference.Parse("blobs?count=600&classes=3&spread=0.01&n=3").Load(DataPart.Default);
        using var network = (CellNetwork)Construction.Build("condense", data, new ConstructionSettings());
        Assert.Equal(3, network.Count);
        Assert.Equal("subset 3", $"{network.Notes[0].Key} {network.Notes[0].Value}");
    }

    [Fact]
    public void Conflicts_single_classes_and_impossible_lambdas_are_refused()
    {
        var classes = ClassList.FromIntegers([0, 1]);
        var conflict = new Dataset(new SampleMatrix<byte>([7, 7, 3], 3, 1), [0, 1, 1], classes, "conflict");
        Assert.Throws<LabelConflictException>(() => Condense.Build(conflict, CellNetwork.DefaultLambda));
        Assert.Throws<LabelConflictException>(() => CondensedNearestNeighbour.Find(conflict));
        var one = new Dataset(new SampleMatrix<byte>([7, 8], 2, 1), [1, 1], classes, "one");
        Assert.Throws<MemoException>(() => Condense.Build(one, CellNetwork.DefaultLambda));
        Assert.Throws<MemoException>(() => Condense.Build(one, new Ratio(1, 2)));
    }

    [Fact]
    public void Progress_rises_to_one_and_cancellation_ends_the_work()
    {
        Dataset data = DataReference.Parse("moons?count=200").Load(DataPart.Default);
        var seen = new List<double>();
        Condense.Build(data, CellNetwork.DefaultLambda, 0, new RunOptions { Progress = new Recorder(seen) }).Dispose();
        Assert.Equal(seen.Order(), seen);
        Assert.Equal(1, seen[^1]);
        Assert.ThrowsAny<OperationCanceledException>(() => Condense.Build(data, CellNetwork.DefaultLambda, 0,
            new RunOptions { Cancellation = new CancellationToken(canceled: true) }));
    }

    // Cancelled when the greedy part ends, no point is taken out any more.
    [Fact]
    public void Cancellation_ends_the_work_between_two_points()
    {
        Dataset moons = DataReference.Parse("moons?count=300&noise=0.2").Load(DataPart.Default);
        var classes = new ClassRanges(moons);
        Dataset data = moons.SelectSamples(classes.Order);
        using DistanceRows<double> rows = DistanceRows<double, double, FloatDistance<double>>.Of(
            (SampleMatrix<double>)data.Points, keptBytes: 1 << 20, RunOptions.Default);
        int[] first = [.. data.LabelArray.Distinct().Select(label => Array.IndexOf(data.LabelArray, label))];
        var set = new MemorizingSet<double>(rows, classes, new FiringRule<double>(rows, CellNetwork.DefaultLambda), first, "moons");
        using var source = new CancellationTokenSource();
        int count = 0;
        var run = new RunOptions { Cancellation = source.Token, Progress = new Watcher(share =>
        {
            if (share < 0.5 || source.IsCancellationRequested) return;
            count = set.Count;
            source.Cancel();
        }) };
        Assert.ThrowsAny<OperationCanceledException>(() => new SubsetSearch<double>(rows, classes, set, 0, run).Run(rounds: 0));
        Assert.InRange(count, 3, data.Count);
        Assert.Equal(count, set.Count);
    }

    private sealed class Watcher(Action<double> watch) : IProgress<double>
    {
        public void Report(double value) => watch(value);
    }

    // Hart's rule by its definition, on integers.
    [Fact]
    public void The_condensed_nearest_neighbour_rule_is_that_of_its_definition() => SubsetCase.Of(ElementType.UInt8).Sample(c =>
    {
        var chosen = new SortedSet<int> { 0 };
        for (bool any = true; any;)
        {
            any = false;
            for (int x = 0; x < c.Labels.Length; x++)
                if (c.Labels[chosen.MinBy(p => c.Points[p].Zip(c.Points[x], (a, b) => (a - b) * (a - b)).Sum())] != c.Labels[x])
                    any |= chosen.Add(x);
        }
        Assert.Equal(chosen, CondensedNearestNeighbour.Find(c.Data()));
        foreach (ElementType type in new[] { ElementType.Float32, ElementType.Float64 })
            Assert.Equal(chosen, CondensedNearestNeighbour.Find((c with { Type = type }).Data()));
    }, iter: 200);

    [DataFact("mnist")]
    public void Fewer_images_than_the_condensed_nearest_neighbour_rule_keeps()
    {
        foreach (string pair in new[] { "mnist:1,7", "mnist:4,9", "mnist:5,6" })
        {
            Dataset data = DataReference.Parse(pair).Load(DataPart.Train).TakePerClass(500);
            using CellNetwork network = Condense.Build(data, CellNetwork.DefaultLambda);
            Assert.Equal(data.Labels, network.PredictByReference(data.Points).Labels);
            Assert.InRange(network.Count, 2, CondensedNearestNeighbour.Find(data).Length / 2);
        }
    }
}
