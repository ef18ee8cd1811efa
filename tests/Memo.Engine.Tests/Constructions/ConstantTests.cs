using CsCheck;
using Memo.Constructions;
using Memo.Data;
using Memo.Networks;
using Memo.Numerics;

namespace Memo.Tests.Constructions;

/// <summary>Theorem 4.3: the network on a greedy cover memorizes everything, and the cover stops growing.</summary>
public sealed class ConstantTests
{
    // A share of 1 - lambda, near its ends too.
    private static readonly Gen<(int, int)> Shares = Gen.OneOf((1, 3), (1, 2), (1, 1000), (999, 1000), (2, 3));

    private static Ratio Rho(Ratio lambda, (int Numerator, int Denominator) share)
    {
        long p = (long)(lambda.Denominator - lambda.Numerator) * share.Numerator;
        long q = (long)lambda.Denominator * share.Denominator;
        for (; q > int.MaxValue; q /= 2) p /= 2;
        return new Ratio((int)Math.Max(p, 1), (int)q);
    }

    private static Dyadic Separation(Dataset data) =>
        (from i in Enumerable.Range(0, data.Count)
         from j in Enumerable.Range(0, i)
         where data.Labels[i] != data.Labels[j]
         select SubsetCase.SquaredDistance(data.Points, i, data.Points, j)).Min();

    [Theory]
    [InlineData(ElementType.UInt8)]
    [InlineData(ElementType.Float32)]
    [InlineData(ElementType.Float64)]
    public void The_greedy_cover_is_that_of_the_definition_and_its_network_memorizes_everything(ElementType type) =>
        Gen.Select(SubsetCase.Of(type), Shares).Sample((c, share) =>
        {
            Dataset data = c.Data();
            Ratio rho = Rho(c.Lambda, share);
            Dyadic radius = new Dyadic((long)rho.Numerator * rho.Numerator) * Separation(data);
            Dyadic square = (long)rho.Denominator * rho.Denominator;
            bool Near(int i, int j) => square * SubsetCase.SquaredDistance(data.Points, i, data.Points, j) <= radius;
            var picked = new List<int>();
            for (int i = 0; i < data.Count; i++)
                if (!picked.Exists(j => Near(i, j))) picked.Add(i);

            foreach (int threads in new[] { 1, 3 })
            {
                using CellNetwork network = Constant.Build(data, c.Lambda, rho, new RunOptions { Threads = threads });
                Assert.Equal(SubsetCase.Values(data.Points.SelectRows([.. picked])), SubsetCase.Values(network.TrainingPoints));
                Assert.Equal(picked.Select(i => data.Labels[i]), network.Labels.ToArray());
                Assert.True(SubsetCase.Memorizes(network, data));
                Assert.Equal(("constant", data.Count), (network.Method, network.Samples));
            }
        }, iter: 300, threads: 1);

    // Many blocks and panels, full ones and partial ones.
    [Theory]
    [InlineData("ball-shell?n=2&count=3000")]
    [InlineData("blobs?n=3&classes=4&count=2500&spread=0.3&dtype=float32", 7)]
    [InlineData("hypercube?n=24&count=2000")]
    public void Large_sets_are_covered_by_points_that_are_apart(string reference, ulong seed = 1)
    {
        Dataset data = DataReference.Parse(reference).Load(DataPart.Default, new LoadOptions { Seed = seed });
        var rho = new Ratio(2, 5);
        using CellNetwork network = Constant.Build(data, CellNetwork.DefaultLambda, rho, new RunOptions { Threads = 2 });
        Assert.Equal(data.Labels, network.Predict(data.Points).Labels);
        using CellNetwork all = Cells.Build(data, CellNetwork.DefaultLambda);
        Dyadic radius = new Dyadic(4) * all.MinimumSquaredDistance;
        SampleMatrix subset = network.TrainingPoints;
        int[] nearest = network.Predict(data.Points, Outputs.Nearest).Nearest!;
        for (int i = 0; i < data.Count; i++)
            Assert.True(new Dyadic(25) * SubsetCase.SquaredDistance(data.Points, i, subset, nearest[i]) <= radius);
        for (int i = 0; i < Math.Min(subset.Rows, 300); i++)
            for (int j = 0; j < i; j++)
                Assert.True(new Dyadic(25) * SubsetCase.SquaredDistance(subset, i, subset, j) > radius);
    }

    // The parameter count stops growing: |D_s| stays below the packing number of the distribution's region.
    [Fact]
    public void The_subset_stays_below_the_packing_number_however_many_samples()
    {
        // Balls of radius rho c / 2 around the chosen points are disjoint in the disc of radius 1/2 + rho c / 2.
        double c = 0.5 * (Math.Sqrt(2.0 / 3) - Math.Sqrt(1.0 / 3)), small = c / 6, bound = Math.Pow((0.5 + small) / small, 2);
        var sizes = new List<int>();
        foreach (int count in new[] { 1000, 4000, 16_000 })
        {
            Dataset data = DataReference.Parse($"ball-shell?n=2&count={count}").Load(DataPart.Default);
            using CellNetwork network = Constant.Build(data, CellNetwork.DefaultLambda, new Ratio(1, 3));
            Assert.InRange(network.Count, 1, bound);
            sizes.Add(network.Count);
        }
        Assert.True(sizes[2] - sizes[1] <= 30, $"still growing: {string.Join(", ", sizes)}");
    }

    [Fact]
    public void Rho_beyond_the_walls_is_refused_and_at_them_too()
    {
        var data = new Dataset(new SampleMatrix<byte>([0, 9], 2, 1), [0, 1], ClassList.FromIntegers([0, 1]), "two");
        foreach ((Ratio lambda, Ratio rho) in new (Ratio, Ratio)[]
            {
                (new(51, 100), new(49, 100)), (new(51, 100), new(1, 2)), (new(3, 4), new(1, 3)), (new(51, 100), new(0, 1)),
                (new(51, 100), new(-1, 3)),
            })
            Assert.Contains("1 - lambda", Assert.Throws<MemoException>(() => Constant.Build(data, lambda, rho)).Message,
                StringComparison.Ordinal);
        using CellNetwork network = Constant.Build(data, CellNetwork.DefaultLambda, new Ratio(489_999_999, 1_000_000_000));
        Assert.Equal(2, network.Count);
    }

    [Fact]
    public void Conflicts_and_single_classes_are_refused()
    {
        var classes = ClassList.FromIntegers([0, 1]);
        var conflict = new Dataset(new SampleMatrix<byte>([7, 7, 3], 3, 1), [0, 1, 1], classes, "conflict");
        var one = new Dataset(new SampleMatrix<byte>([7, 8], 2, 1), [1, 1], classes, "one");
        Assert.Throws<LabelConflictException>(() => Constant.Build(conflict, CellNetwork.DefaultLambda, new Ratio(1, 3)));
        Assert.Throws<MemoException>(() => Constant.Build(one, CellNetwork.DefaultLambda, new Ratio(1, 3)));
    }

    [Fact]
    public void Notes_say_how_the_subset_came_about()
    {
        var data = new Dataset(new SampleMatrix<float>([0, 0.5f, 10, 13.5f, 20], 5, 1), [0, 0, 1, 1, 1],
            ClassList.FromIntegers([0, 1]), "line");
        INetwork network = Construction.Build("constant", data, new ConstructionSettings { Rho = new Ratio(1, 4) });
        // c0 = 9.5, so that 0.5 is within rho c0 of 0, but 13.5 is not within it of 10; cells of 2.375 in 20 are 9.
        Assert.Equal(["subset 4", "rho 1/4", "separation 9.5", "packing_bound_log10 0.96"],
            network.Notes.Select(note => $"{note.Key} {note.Value}"));
    }

    [Fact]
    public void Progress_rises_to_one_and_cancellation_ends_the_work()
    {
        Dataset data = DataReference.Parse("ball-shell?n=2&count=2000").Load(DataPart.Default);
        var seen = new List<double>();
        var run = new RunOptions { Threads = 1, Progress = new Recorder(seen) };
        Constant.Build(data, CellNetwork.DefaultLambda, new Ratio(1, 3), run).Dispose();
        Assert.Equal(seen.Order(), seen);
        Assert.Equal(1, seen[^1], 12);
        Assert.ThrowsAny<OperationCanceledException>(() => Constant.Build(data, CellNetwork.DefaultLambda, new Ratio(1, 3),
            new RunOptions { Cancellation = new CancellationToken(canceled: true) }));
    }
}

/// <summary>Keeps what is reported.</summary>
internal sealed class Recorder(List<double> seen) : IProgress<double>
{
    public void Report(double value)
    {
        lock (seen) seen.Add(value);
    }
}
