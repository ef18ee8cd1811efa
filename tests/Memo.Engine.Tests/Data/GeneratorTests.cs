using System.Security.Cryptography;
using CsCheck;
using Memo.Data;
using static Memo.Tests.Data.Bytes;

namespace Memo.Tests.Data;

public sealed class GeneratorTests
{
    private static Dataset Make(string reference, ulong seed = 0) =>
        DataReference.Parse(reference).Load(DataPart.Default, new LoadOptions { Seed = seed });

    private static double DistanceFromCentre(SampleMatrix points, int i) =>
        Math.Sqrt(Enumerable.Range(0, points.Columns).Sum(k => Math.Pow(points[i, k] - 0.5, 2)));

    private static double Distance(SampleMatrix points, int i, int j) =>
        Math.Sqrt(Enumerable.Range(0, points.Columns).Sum(k => Math.Pow(points[i, k] - points[j, k], 2)));

    [Fact]
    public void Same_seed_gives_the_same_data_and_another_seed_other_data()
    {
        foreach (DataGenerator generator in DataGenerator.All)
        {
            Dataset data = generator.Generate("", 5), again = generator.Generate("", 5);
            Assert.Equal(Values(data.Points), Values(again.Points));
            Assert.Equal(data.Labels, again.Labels);
            Assert.Equal(Enumerable.Range(0, data.Count), data.FileRows.ToArray());
            if (generator.Name is not ("xor" or "parity")) // whose defaults are all points there are
                Assert.NotEqual(Values(data.Points), Values(generator.Generate("", 6).Points));
            Assert.Equal(Values(generator.Generate("seed=6", 5).Points), Values(generator.Generate("", 6).Points));
        }
    }

    /// <summary>
    /// The bytes of each generator's samples and labels, hashed. A change here changes what users have published: it
    /// belongs into the change log.
    /// </summary>
    [Theory]
    [InlineData("moons", "2eb3df294da42745")]
    [InlineData("circles?count=77&noise=0.2&factor=0.3&dtype=float32", "d15f2711219bf820")]
    [InlineData("blobs?n=7&classes=5", "2c14b7e6ab59aaf4")]
    [InlineData("xor?n=3&count=50", "79f6f854edac6bfd")]
    [InlineData("xor?noise=0.1&count=50", "f941fd0910a263b6")]
    [InlineData("blobs?n=2&classes=4&truncate=1.5", "f826255b7273b04a")]
    [InlineData("parity?n=12&count=99&k=5", "ce49b593d35324d2")]
    [InlineData("ball-shell", "2f94d5629eee5962")]
    [InlineData("ball-shell?n=1", "751780d3418410cb")]
    [InlineData("ball-shell?n=784&count=20&dtype=float32", "9ea49071569c1ce9")]
    [InlineData("hypercube?n=40&c=1.5&count=200", "1915b23d801e2d7c")]
    public void The_data_never_changes(string reference, string digest)
    {
        Dataset data = Make(reference, seed: 5);
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (double value in Values(data.Points)) hash.AppendData(BitConverter.GetBytes(value));
        foreach (int label in data.Labels) hash.AppendData(BitConverter.GetBytes(label));
        Assert.Equal(digest, Convert.ToHexStringLower(hash.GetHashAndReset())[..16]);
    }

    [Fact]
    public void Moons_without_noise_lie_on_their_half_circles()
    {
        Dataset data = Make("moons?noise=0&count=501");
        for (int i = 0; i < data.Count; i++)
        {
            (double x, double y) = (data.Points[i, 0], data.Points[i, 1]);
            if (data.Labels[i] == 1) (x, y) = (1 - x, 0.5 - y);
            Assert.InRange(x * x + y * y, 1 - 1e-12, 1 + 1e-12);
            Assert.True(y >= 0);
        }
        Assert.Equal(251, data.LabelArray.Count(label => label == 0));
    }

    [Fact]
    public void Circles_without_noise_have_their_radii()
    {
        Dataset data = Make("circles?noise=0&factor=0.25");
        for (int i = 0; i < data.Count; i++)
            Assert.Equal(data.Labels[i] == 0 ? 1 : 0.25,
                Math.Sqrt(Math.Pow(data.Points[i, 0], 2) + Math.Pow(data.Points[i, 1], 2)), 12);
    }

    [Fact]
    public void Blobs_are_clouds_around_as_many_centres_as_classes()
    {
        Dataset data = Make("blobs?n=5&classes=4&count=400&spread=0.01&dtype=float32", 3);
        Assert.Equal(ElementType.Float32, data.Points.ElementType);
        Assert.Equal(["0", "1", "2", "3"], data.Classes);
        for (int i = 4; i < data.Count; i++) Assert.InRange(Distance(data.Points, i, i % 4), 0, 0.2);
        Assert.Equal(Values(Make("blobs?spread=0&count=9").Points)[..6],
            Values(Make("blobs?spread=0&count=9").Points)[6..12]);
    }

    // A sample that lies near enough is the one that it was without the limit.
    [Fact]
    public void Truncated_blobs_stay_within_their_distance()
    {
        Dataset all = Make("blobs?n=3&classes=2&count=2&spread=0"), blobs = Make("blobs?n=3&classes=2&count=3000&truncate=1.5");
        double[] distances = [.. Enumerable.Range(0, blobs.Count).Select(i => Math.Sqrt(Enumerable.Range(0, 3).Sum(k =>
            Math.Pow(blobs.Points[i, k] - all.Points[i % 2, k], 2))))];
        Assert.InRange(distances.Max(), 1.45, 1.5 + 1e-12);
        Assert.True(distances.Min() < 0.3);
        Assert.Equal(Values(Make("blobs?n=3").Points), Values(Make("blobs?n=3&truncate=1000").Points));
    }

    [Fact]
    public void Xor_and_parity_label_by_their_bits()
    {
        Assert.Equal([0.0, 0, 0, 1, 1, 0, 1, 1], Values(Make("xor").Points));
        Assert.Equal(["0", "1", "1", "0"], Names(Make("xor")));
        Assert.Equal(ElementType.UInt8, Make("xor?n=9&count=50").Points.ElementType);
        Assert.Equal(ElementType.Float64, Make("xor?noise=0.1").Points.ElementType);
        Gen.Select(Gen.Int[1, 12], Gen.Int[1, 300], Gen.ULong).Sample((n, count, seed) =>
        {
            int k = 1 + (int)(seed % (ulong)n);
            Dataset data = Make($"parity?n={n}&count={count}&k={k}", seed);
            for (int i = 0; i < count; i++)
                Assert.Equal((int)Enumerable.Range(0, k).Sum(c => data.Points[i, c]) % 2, data.Labels[i]);
        });
        Dataset all = Make("parity?n=6&count=64");
        Assert.Equal(64, Enumerable.Range(0, 64).Select(i =>
            string.Concat(Enumerable.Range(0, 6).Select(c => all.Points[i, c]))).Distinct().Count());
    }

    [Fact]
    public void Ball_and_shell_have_the_radii_of_the_theorem()
    {
        foreach (int n in (int[])[1, 2, 20, 300])
        {
            Dataset data = Make($"ball-shell?n={n}&count=600", (ulong)n);
            double r3 = 0.5, r2 = r3 * Math.Pow(2.0 / 3, 1.0 / n), r1 = r3 * Math.Pow(1.0 / 3, 1.0 / n);
            Assert.Equal(["-1", "1"], data.Classes);
            for (int i = 0; i < data.Count; i++)
            {
                double radius = DistanceFromCentre(data.Points, i);
                if (Names(data)[i] == "1") Assert.InRange(radius, 0, r1 + 1e-12);
                else Assert.InRange(radius, r2 - 1e-12, r3 + 1e-12);
            }
            Assert.Equal(300, data.LabelArray.Count(label => label == 1));
        }
        // Uniform in the ball: the share of the volume inside a point's radius is uniform, so its mean is 1/2.
        Dataset ball = Make("ball-shell?n=3&count=20000:1");
        double r = 0.5 * Math.Pow(1.0 / 3, 1.0 / 3);
        Assert.InRange(Enumerable.Range(0, ball.Count).Average(i =>
            Math.Pow(DistanceFromCentre(ball.Points, i) / r, 3)), 0.48, 0.52);
    }

    [Fact]
    public void Hypercube_points_are_at_least_c_apart() =>
        (from c in Gen.Double[0.1, 2.5]
         from words in Gen.Int[1, 6]
         from extra in Gen.Int[0, 2]
         from seed in Gen.ULong[0, 1000]
         from all in Gen.Bool
         select (c, words, extra, seed, all)).Sample(x =>
        {
            int n = (int)Math.Ceiling(x.c * x.c) * x.words + Math.Min(x.extra, (int)Math.Ceiling(x.c * x.c) - 1);
            string c = x.c.ToString("R", System.Globalization.CultureInfo.InvariantCulture);
            int count = x.all ? 1 << x.words : 1 + (int)(x.seed % (ulong)(1 << x.words));
            Dataset data = Make($"hypercube?n={n}&c={c}&count={count}", x.seed);
            Assert.Equal((count, n), (data.Count, data.Dimension));
            for (int i = 0; i < count; i++)
                for (int j = 0; j < i; j++) Assert.True(Distance(data.Points, i, j) >= x.c);
            Assert.Equal(count / 2, data.LabelArray.Count(label => label == 1));
            Assert.Throws<MemoException>(() => Make($"hypercube?n={n}&c={c}&count={(1 << x.words) + 1}"));
        });

    [Fact]
    public void A_hypercube_of_many_dimensions_needs_no_enumeration() =>
        Assert.Equal(500, Make("hypercube?n=400&count=500").Count);

    [Theory]
    [InlineData("moons?n=3", "no parameter 'n'; the parameters are count=1000, noise=0.1")]
    [InlineData("moons?count", "no value")]
    [InlineData("moons?count=1&count=2", "twice")]
    [InlineData("moons?count=0", "from 1")]
    [InlineData("moons?count=many", "whole number")]
    [InlineData("moons?noise=nan", "number from 0")]
    [InlineData("moons?noise=-1", "number from 0")]
    [InlineData("moons?dtype=uint8", "float32 or float64")]
    [InlineData("moons?seed=-1", "whole number")]
    [InlineData("hypercube?n=3&c=2", "one point only")]
    [InlineData("parity?n=4&k=5", "from 1 to 4")]
    [InlineData("xor?dtype=float32", "noise")]
    [InlineData("blobs?truncate=0", "number from")]
    [InlineData("blobs?n=50&truncate=1", "of its centre")]
    [InlineData("blobs?n=2000000000&count=2000000000", "GB")]
    public void Faulty_parameters_are_refused(string reference, string piece) =>
        Assert.Contains(piece, Assert.Throws<MemoException>(() => Make(reference)).Message, StringComparison.Ordinal);
}
