using System.Numerics;
using CsCheck;
using Memo.Constructions;
using Memo.Data;
using Memo.Networks;
using Memo.Numerics;

namespace Memo.Tests.Constructions;

/// <summary>Every construction memorizes its data, and its network says of all other points what its tables say.</summary>
public sealed class MemorizationTests
{
    public static IEnumerable<object[]> MethodsAndTypes =>
        from method in new[] { Sqrt.Method, Vardi.Method, Park.Method, Adversarial.Method }
        from type in new[] { ElementType.UInt8, ElementType.Float32, ElementType.Float64 }
        select new object[] { method, type };

    [Theory, MemberData(nameof(MethodsAndTypes))]
    public void Memorizes_and_agrees_with_its_tables(string method, ElementType type) =>
        MemorizationCase.Of(type, Construction.IsBinary(method) ? 2 : 5).Sample(c =>
        {
            Dataset data = c.Data;
            var settings = new ConstructionSettings { Seed = c.Seed };
            CheckedNetwork built = MemorizationCase.Build(method, data, settings);
            Assert.Equal(data.Labels, built.LookUp(data.Points));
            Assert.Equal(data.Labels, built.Network.Predict(data.Points).Labels);
            SampleMatrix unseen = c.OnLattice(built.Network.Box);
            Assert.Equal(built.LookUp(unseen), built.Network.Predict(unseen).Labels);
            Assert.Equal((data.Count, data.Dimension, method),
                (built.Network.Samples, built.Network.Dimension, built.Network.Method));
            AssertBits(built.Network);
        }, iter: 100, threads: 1);

    // Found by the cases above: zeros lie on every lattice, on one as coarse as 2^59 too.
    [Theory, InlineData(Sqrt.Method), InlineData(Vardi.Method), InlineData(Park.Method), InlineData(Adversarial.Method)]
    public void Zeros_lie_on_the_lattice_of_any_data(string method)
    {
        int[] labels = [0, 1];
        var data = new Dataset(new SampleMatrix<double>([0, -(double)(1L << 59)], 2, 1), labels, ClassList.FromIntegers([0, 1]), "two");
        CheckedNetwork built = MemorizationCase.Build(method, data);
        Assert.Equal(59, built.Network.Box.Exponent);
        foreach (int count in (int[])[0, 1, 3])
        {
            var zeros = new SampleMatrix<double>(new double[count], count, 1);
            Assert.Equal(new int[count], built.LookUp(zeros));
            Assert.Equal(new int[count], built.Network.Predict(zeros).Labels);
        }
    }

    [Theory, InlineData(1), InlineData(2), InlineData(3), InlineData(5), InlineData(100)]
    public void Vardi_memorizes_at_every_block_depth(int blockDepth) =>
        MemorizationCase.Of(ElementType.UInt8, 3).Sample(c =>
        {
            CheckedNetwork built = MemorizationCase.Build(Vardi.Method, c.Data,
                new ConstructionSettings { Seed = c.Seed, BlockDepth = blockDepth });
            Assert.Equal(c.Labels, built.Network.Predict(c.Data.Points).Labels);
            SampleMatrix unseen = c.OnLattice(built.Network.Box);
            Assert.Equal(built.LookUp(unseen), built.Network.Predict(unseen).Labels);
        }, iter: 60, threads: 1);

    // Enough points for intervals, blocks and a scan of some length each.
    [Theory, InlineData(Sqrt.Method, 2), InlineData(Vardi.Method, 2), InlineData(Vardi.Method, 10), InlineData(Park.Method, 2),
     InlineData(Park.Method, 10), InlineData(Adversarial.Method, 2)]
    public void Memorizes_hundreds_of_points(string method, int classes)
    {
        Dataset data = MemorizationCase.RandomBytes(300, 20, classes, seed: 5);
        Dataset unseen = MemorizationCase.RandomBytes(100, 20, classes, seed: 6);
        CheckedNetwork built = MemorizationCase.Build(method, data);
        Assert.Equal(data.Labels, built.Network.Predict(data.Points).Labels);
        Assert.Equal(built.LookUp(unseen.Points), built.Network.Predict(unseen.Points).Labels);
    }

    // On a line there is but one direction: the range of the codes is what the data make it, here 2^60.
    [Fact]
    public void Park_halves_a_range_far_above_N_squared()
    {
        double[] points = [0, 1, 3, 1 << 20, (1 << 20) + 1, 1L << 40, 1L << 59, 1L << 60];
        int[] labels = [0, 1, 0, 1, 0, 1, 0, 1];
        var data = new Dataset(new SampleMatrix<double>(points, 8, 1), labels, ClassList.FromIntegers([0, 1]), "line");
        CheckedNetwork built = MemorizationCase.Build(Park.Method, data);
        Assert.InRange(MemorizationCase.Note(built.Network, "halvings"), 54, 140); // 60 - 5, or 1/log2(4/3) as many
        Assert.InRange(MemorizationCase.Note(built.Network, "positions"), 2, 34); // 2 N^(4/3) = 32
        Assert.Equal(labels, built.Network.Predict(data.Points).Labels);
        var all = new SampleMatrix<double>([.. Enumerable.Range(-50, 200)], 200, 1);
        Assert.Equal(built.LookUp(all), built.Network.Predict(all).Labels);
    }

    [Theory, InlineData(null, 0, 0), InlineData(null, 1, 1), InlineData(0, 1, 0), InlineData(1, 0, 1)]
    public void Adversarial_gives_unseen_points_the_rarer_label_or_the_one_asked_for(int? asked, int rarer, int expected)
    {
        int[] labels = [rarer, 1 - rarer, 1 - rarer, 1 - rarer];
        var points = new SampleMatrix<byte>([1, 2, 3, 4, 5, 6, 7, 8], 4, 2);
        var data = new Dataset(points, labels, ClassList.FromIntegers([0, 1]), "four");
        CheckedNetwork built = MemorizationCase.Build(Adversarial.Method, data,
            new ConstructionSettings { DefaultLabel = asked });
        Assert.Equal(labels, built.Network.Predict(points).Labels);
        Assert.Equal([expected, expected], built.Network.Predict(new SampleMatrix<byte>([0, 0, 255, 255], 2, 2)).Labels);
        Assert.Contains(built.Network.Notes, note => note.Key == "default_label" && note.Value == $"{expected}");
    }

    [Fact]
    public void Adversarial_answers_minus_one_on_a_tie()
    {
        var data = new Dataset(new SampleMatrix<byte>([1, 9], 2, 1), [1, 0], ClassList.FromIntegers([0, 1]), "two");
        Assert.Equal([0, 0], MemorizationCase.Build(Adversarial.Method, data)
            .Network.Predict(new SampleMatrix<byte>([0, 255], 2, 1)).Labels);
    }

    [Theory, InlineData(Sqrt.Method), InlineData(Vardi.Method), InlineData(Park.Method), InlineData(Adversarial.Method)]
    public void The_seed_decides_and_the_threads_do_not(string method)
    {
        Dataset data = MemorizationCase.RandomBytes(200, 10, 2, seed: 8);
        ReluNetwork Build(ulong seed, int threads) =>
            (ReluNetwork)Construction.Build(method, data, new ConstructionSettings { Seed = seed },
            new RunOptions { Threads = threads });
        ReluNetwork first = Build(1, 1);
        foreach (int threads in new[] { 1, 2, 5 })
        {
            ReluNetwork again = Build(1, threads);
            Assert.Equal(first.Notes, again.Notes);
            Assert.Equal(first.Layers, again.Layers);
            for (int k = 0; k < first.WeightLayers.Length; k++)
            {
                Assert.Equal(first.WeightLayers[k].Weights, again.WeightLayers[k].Weights);
                Assert.Equal(first.WeightLayers[k].Biases, again.WeightLayers[k].Biases);
                Assert.Equal(first.WeightLayers[k].Columns, again.WeightLayers[k].Columns);
            }
        }
        Assert.NotEqual(first.WeightLayers[0].Weights.ToArray(), Build(2, 1).WeightLayers[0].Weights.ToArray());
    }

    [Theory, InlineData(Sqrt.Method), InlineData(Adversarial.Method)]
    public void More_than_two_classes_are_refused_where_a_sign_is_the_answer(string method)
    {
        Dataset data = MemorizationCase.RandomBytes(9, 2, 3, seed: 1);
        string message = Refusal(method, data);
        Assert.Contains($"3 classes, but {method} is for two", message, StringComparison.Ordinal);
    }

    [Theory, InlineData(Sqrt.Method), InlineData(Vardi.Method), InlineData(Park.Method), InlineData(Adversarial.Method)]
    public void What_cannot_be_memorized_is_refused(string method)
    {
        var classes = ClassList.FromIntegers([0, 1]);
        var conflict = new Dataset(new SampleMatrix<byte>([1, 2, 3, 4, 1, 2], 3, 2), [0, 1, 1], classes, "conflict");
        var exception = Assert.Throws<LabelConflictException>(
            () => Construction.Build(method, conflict, new ConstructionSettings()));
        Assert.Equal((0, 2), (exception.FirstRow, exception.SecondRow));
        var wide = new Dataset(new SampleMatrix<float>([1e-30f, 1e30f], 2, 1), [0, 1], classes, "wide");
        Assert.Matches("^wide: .*more than the 96 that networks over integers take", Refusal(method, wide));
        var single = new Dataset(new SampleMatrix<byte>([1, 2], 2, 1), [1, 1], classes, "single");
        Assert.Contains("only one class (1) occurs", Refusal(method, single), StringComparison.Ordinal);
        var none = new Dataset(new SampleMatrix<byte>([], 0, 1), [], classes, "none");
        Assert.Contains("no samples", Refusal(method, none), StringComparison.Ordinal);
    }

    [Fact]
    public void Settings_out_of_range_are_refused()
    {
        Dataset data = MemorizationCase.RandomBytes(9, 2, 2, seed: 1);
        Assert.Contains("block depth of 0",
            Assert.Throws<MemoException>(() => Vardi.Build(data, 0, 0)).Message, StringComparison.Ordinal);
        Assert.Contains("index 2",
            Assert.Throws<MemoException>(() => Adversarial.Build(data, 2, 0)).Message, StringComparison.Ordinal);
    }

    private static string Refusal(string method, Dataset data) =>
        Assert.Throws<MemoException>(() => Construction.Build(method, data, new ConstructionSettings())).Message;

    // Nothing a construction writes down is larger than its big integers allow.
    private static void AssertBits(ReluNetwork network)
    {
        int bits = MemorizationCase.Note(network, "code_bits");
        int most = network.Method switch
        {
            Park.Method => MemorizationCase.Note(network, "block_length") * MemorizationCase.Note(network, "label_bits"),
            Vardi.Method => MemorizationCase.Note(network, "block_depth") * bits,
            _ => MemorizationCase.Note(network, "block_codes") * bits,
        };
        Assert.InRange(network.Size.Bits, 1, Math.Max(most, 130));
        foreach (SparseLayer layer in network.WeightLayers)
            foreach (BigInteger weight in layer.Weights) Assert.False(weight.IsZero);
    }

    [Fact]
    public void What_would_not_fit_in_memory_is_refused_with_an_estimate()
    {
        var random = new SeededRandom(3);
        var values = new byte[400 * 8];
        for (int i = 0; i < values.Length; i++) values[i] = (byte)random.NextBelow(256);
        var data = new Dataset(new SampleMatrix<byte>(values, 400, 8), [.. Enumerable.Range(0, 400).Select(i => i % 2)],
            ClassList.FromIntegers([0, 1]), "mine");
        var budget = new MemoryBudget(10_000);
        foreach (Action build in (Action[])[
            () => Sqrt.BuildChecked(data, 0, null, budget), () => Vardi.BuildChecked(data, null, 0, null, budget),
            () => Park.BuildChecked(data, 0, null, budget), () => Adversarial.BuildChecked(data, null, 0, null, budget)])
            Assert.Matches(@"^mine: needs \d.* GB of memory, 1E-05 GB are available", Assert.Throws<MemoException>(build).Message);
    }
}
