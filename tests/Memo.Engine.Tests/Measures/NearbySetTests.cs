using System.Numerics;
using CsCheck;
using Memo.Constructions;
using Memo.Data;
using Memo.Measures;
using Memo.Networks;
using Memo.Numerics;

namespace Memo.Tests.Measures;

/// <summary>
/// Definition 7.1 and Theorem 7.3: the interval of the nearby set holds the least cover, found by exhaustive search, and the
/// guarantee that follows from the nearby set of a population holds for samples drawn from it.
/// </summary>
public sealed class NearbySetTests
{
    [Fact]
    public void Bytes() => Check(Gen.OneOf(Gen.Byte[0, 6], Gen.Byte[20, 26], Gen.Byte[60, 62]));

    [Fact]
    public void Floats() => Check(Gen.OneOf(Gen.Float[0, 1], Gen.Float[0, 0.01f], Gen.Float[0, 1e-30f]));

    [Fact]
    public void Doubles() => Check(Gen.OneOf(Gen.Double[0, 1], Gen.Double[0, 0.01], Gen.Double[0, 1e-200]));

    // 961 |x - z|^2 = 100 L^2 exactly: the balls are closed.
    [Fact]
    public void A_point_on_the_sphere_is_in_the_ball()
    {
        var data = new Dataset(new SampleMatrix<byte>([0, 10, 31], 3, 1), [0, 0, 1], ClassList.FromIntegers([0, 1]), "here");
        var found = NearbySet.Of(data, NearestOther.Of(data));
        Assert.Equal((2, 2), (found.Lower, found.Upper));
        data = new Dataset(new SampleMatrix<byte>([0, 11, 31], 3, 1), [0, 0, 1], ClassList.FromIntegers([0, 1]), "here");
        found = NearbySet.Of(data, NearestOther.Of(data));
        Assert.Equal((3, 3), (found.Lower, found.Upper));
    }

    [Fact]
    public void Conflicts_are_refused()
    {
        var data = new Dataset(new SampleMatrix<byte>([7, 7, 9], 3, 1), [0, 1, 1], ClassList.FromIntegers([0, 1]), "here");
        Assert.Contains("row 0 equals one of another class", Assert.Throws<MemoException>(() =>
            NearbySet.Of(data, NearestOther.Of(data))).Message, StringComparison.Ordinal);
    }

    // Lists kept, and lists too long to keep: the same cover, and one by the definition.
    [Theory]
    [InlineData("digits", 0)]
    [InlineData("moons?count=1500&noise=0.02", 0)]
    public void Every_way_gives_the_same_cover(string text, int seed)
    {
        Dataset data = DataReference.Parse(text).Load(DataPart.Train, new LoadOptions { Seed = (ulong)seed });
        var nearest = NearestOther.Of(data);
        NearbySet listed = NearbySet.Of(data, nearest, RunOptions.Default with { Threads = 2 }, long.MaxValue);
        NearbySet searched = NearbySet.Of(data, nearest, RunOptions.Default with { Threads = 1 }, mostKept: 0);
        Assert.Equal(listed.Centres.ToArray(), searched.Centres.ToArray());
        Assert.Equal(listed.Lower, searched.Lower);
        Assert.InRange(listed.Lower, 1, listed.Upper);
        int[] centres = listed.Centres.ToArray();
        for (int i = 0; i < data.Count; i += 5)
            Assert.True(centres.Contains(i) || centres.Any(centre => IsIn(data.Points, centre, i, nearest.SquaredDistances[centre])),
                $"row {i} is in no ball");
    }

    [Fact]
    public void The_order_of_rows_and_the_scale_change_nothing() =>
        (from count in Gen.Int[4, 40]
         from values in Gen.Byte[0, 12].Array[2 * count]
         from seed in Gen.ULong
         select (count, values, seed)).Sample(c =>
        {
            int[] labels = [.. Enumerable.Range(0, c.count).Select(i => c.values[2 * i] / 5 % 2)];
            if (labels.Distinct().Count() < 2) return;
            var data = new Dataset(new SampleMatrix<byte>(c.values, c.count, 2), labels, ClassList.FromIntegers([0, 1]), "here");
            NearbySet Of(Dataset some) => NearbySet.Of(some, NearestOther.Of(some));
            NearbySet plain = Of(data), shuffled = Of(data.Shuffle(c.seed));
            var scaled = new Dataset(new SampleMatrix<double>([.. c.values.Select(value => value * 0.375)], c.count, 2), labels,
                data.Classes, "scaled");
            Assert.Equal((plain.Lower, plain.Upper), (shuffled.Lower, shuffled.Upper));
            Assert.Equal((plain.Lower, plain.Upper), (Of(scaled).Lower, Of(scaled).Upper));
        }, iter: 200);

    /// <summary>
    /// Theorem 7.3: samples drawn with replacement from a finite population, whose least cover exhaustive search finds: of many
    /// draws at most the share delta has a network whose accuracy on the population is below 1 - epsilon.
    /// </summary>
    [Theory]
    [InlineData(0.2, 0.1, 51, 100)]
    [InlineData(0.1, 0.2, 21, 41)]
    public void The_guarantee_holds(double epsilon, double delta, int lambdaNumerator, int lambdaDenominator)
    {
        const int draws = 200;
        Dataset population = Population();
        int leastCover = LeastCover(population);
        Assert.InRange(leastCover, 4, 12);
        int samples = (int)SampleComplexity.SamplesRequired(leastCover, epsilon, delta);
        var lambda = new Ratio(lambdaNumerator, lambdaDenominator);
        int failures = 0;
        double worst = 1;
        for (int draw = 0; draw < draws; draw++)
        {
            var random = new SeededRandom((ulong)draw);
            int[] rows = [.. Enumerable.Range(0, samples).Select(_ => (int)random.NextBelow((ulong)population.Count))];
            Dataset training = population.SelectSamples(rows);
            double accuracy = 0;
            if (training.Labels.ToArray().Distinct().Count() > 1)
                using (CellNetwork network = Cells.Build(training, lambda)) accuracy = Evaluation.Of(network, population).Accuracy;
            if (accuracy < 1 - epsilon) failures++;
            worst = Math.Min(worst, accuracy);
        }
        Assert.True(failures <= delta * draws, $"{failures} of {draws} draws of {samples} samples failed, the worst at {worst}");
    }

    // Clusters of unlike sizes on a line, classes in turn: rare ones are what a sample may miss.
    private static Dataset Population()
    {
        (int At, int Count)[] clusters = [(10, 6), (50, 5), (95, 4), (130, 3), (170, 2), (215, 1)];
        var (values, labels) = (new List<byte>(), new List<int>());
        for (int k = 0; k < clusters.Length; k++)
            for (int i = 0; i < clusters[k].Count; i++)
            {
                values.Add((byte)(clusters[k].At + 2 * i));
                labels.Add(k % 2);
            }
        return new Dataset(new SampleMatrix<byte>([.. values], values.Count, 1), [.. labels], ClassList.FromIntegers([0, 1]), "population");
    }

    private static void Check<T>(Gen<T> value) where T : unmanaged, INumber<T> =>
        (from count in Gen.Int[2, 12]
         from dimension in Gen.Int[1, 3]
         from values in value.Array[count * dimension]
         from labels in Gen.Int[0, 2].Array[count]
         from threads in Gen.Int[1, 3]
         select (count, dimension, values, labels, threads)).Sample(c =>
    {
        var data = new Dataset(new SampleMatrix<T>(c.values, c.count, c.dimension), c.labels, ClassList.FromIntegers([0, 1, 2]), "here");
        if (c.labels.Distinct().Count() < 2) return;
        var nearest = NearestOther.Of(data);
        foreach (Dyadic squared in nearest.SquaredDistances)
            if (squared.Sign == 0) return;
        RunOptions run = RunOptions.Default with { Threads = c.threads };
        NearbySet found = NearbySet.Of(data, nearest, run);
        int least = LeastCover(data);
        Assert.InRange(least, found.Lower, found.Upper);
        NearbySet searched = NearbySet.Of(data, nearest, run, mostKept: 0);
        Assert.Equal((found.Lower, found.Upper), (searched.Lower, searched.Upper));
    }, iter: 300);

    private static bool IsIn(SampleMatrix points, int centre, int point, Dyadic squaredDistance)
    {
        var squared = Dyadic.Zero;
        for (int k = 0; k < points.Columns; k++)
        {
            Dyadic difference = Dyadic.FromDouble(points[centre, k]) - Dyadic.FromDouble(points[point, k]);
            squared += difference * difference;
        }
        return new Dyadic(961) * squared <= new Dyadic(100) * squaredDistance;
    }

    // Definition 7.1 by brute force: all sets of balls, fewest first.
    private static int LeastCover(Dataset data)
    {
        int count = data.Count;
        var balls = new HashSet<uint>();
        for (int i = 0; i < count; i++)
        {
            Dyadic? other = null;
            for (int j = 0; j < count; j++)
            {
                if (data.Labels[j] == data.Labels[i]) continue;
                var squared = Dyadic.Zero;
                for (int k = 0; k < data.Dimension; k++)
                {
                    Dyadic difference = Dyadic.FromDouble(data.Points[i, k]) - Dyadic.FromDouble(data.Points[j, k]);
                    squared += difference * difference;
                }
                if (other is not { } least || squared < least) other = squared;
            }
            uint members = 0;
            for (int j = 0; j < count; j++)
                if (IsIn(data.Points, i, j, other!.Value)) members |= 1u << j;
            balls.Add(members);
        }
        uint[] sets = [.. balls.Where(set => !balls.Any(larger => larger != set && (larger & set) == set))];
        uint all = count == 32 ? uint.MaxValue : (1u << count) - 1;
        for (int size = 1; ; size++)
            if (CanCover(sets, 0, all, size)) return size;
    }

    private static bool CanCover(uint[] sets, uint covered, uint all, int left)
    {
        if (covered == all) return true;
        if (left == 0) return false;
        uint first = ~covered & all & (0u - (~covered & all)); // some ball holds the lowest uncovered point
        return sets.Any(set => (set & first) != 0 && CanCover(sets, covered | set, all, left - 1));
    }
}
