// Classes of queries that lie in spans: the answers of Predict, in the labels' own numbers.
using Memo.Constructions;
using Memo.Data;
using Memo.Networks;
using Memo.Numerics;

namespace Memo.Tests.Networks;

public sealed class ClassificationTests
{
    private const int Columns = 3, Queries = 50;
    private static readonly int[] s_classes = [-40, 2, 30];

    [Theory]
    [InlineData("cells")]
    [InlineData("constant")]
    [InlineData("vardi")]
    [InlineData("park")]
    public void Spans_are_classified_as_matrices_are_predicted(string method)
    {
        var random = new SeededRandom(5);
        byte[] points = Draw(30), queries = [.. points.AsSpan(0, Columns), .. Draw(Queries - 1)];
        int[] labels = [.. Enumerable.Range(0, 30).Select(i => s_classes[i % 3])];
        using INetwork bytes = Construction.Build(method, Dataset.Create(points, Columns, labels));
        using INetwork floats = Construction.Build(method, Dataset.Create(Array.ConvertAll(points, value => value / 8f), Columns, labels));
        using INetwork doubles = Construction.Build(method, Dataset.Create(Array.ConvertAll(points, value => value / 8.0), Columns, labels));

        Compare(bytes, queries, network => network.Classify(queries), (network, classes) => network.Classify(queries, classes));
        float[] singles = Array.ConvertAll(queries, value => value / 8f);
        Compare(floats, singles, network => network.Classify(singles), (network, classes) => network.Classify(singles, classes));
        double[] wide = Array.ConvertAll(queries, value => value / 8.0);
        Compare(doubles, wide, network => network.Classify(wide), (network, classes) => network.Classify(wide, classes));
        Assert.Equal(labels, bytes.Classify(points));

        byte[] Draw(int rows) => [.. Enumerable.Range(0, rows * Columns).Select(_ => (byte)random.NextBelow(256))];
    }

    private static void Compare<T>(INetwork network, T[] queries, Func<INetwork, int[]> classify, Action<INetwork, int[]> fill)
        where T : unmanaged, System.Numerics.INumber<T>
    {
        int[] labels = network.Predict(new SampleMatrix<T>(queries, Queries, Columns)).Labels;
        int[] expected = [.. labels.Select(label => label == Predictions.Abstention ? Classification.Abstention : s_classes[label])];
        int[] filled = new int[Queries];
        fill(network, filled);
        Assert.Equal(expected, filled);
        Assert.Equal(expected, classify(network));
    }

    [Fact]
    public void An_abstention_is_no_class()
    {
        using INetwork network = Construction.Build("cells", Dataset.Create(new byte[] { 0, 10 }, 1, [-1, 1]));
        Assert.Equal([-1, Classification.Abstention, 1], network.Classify([(byte)0, 5, 10]));
    }

    [Fact]
    public void Classes_by_name_are_given_as_indices()
    {
        using INetwork network = Construction.Build("cells", Dataset.Create(new SampleMatrix<byte>([0, 10], 2, 1), ["yes", "no"]));
        Assert.Equal([1, 0], network.Classify([(byte)1, 9]));
    }

    [Fact]
    public void No_query_has_no_class()
    {
        using INetwork network = Construction.Build("cells", Dataset.Create(new byte[] { 0, 10 }, 1, [-1, 1]));
        Assert.Empty(network.Classify(ReadOnlySpan<byte>.Empty));
    }

    [Fact]
    public void What_does_not_fit_is_refused()
    {
        using INetwork network = Construction.Build("cells", Dataset.Create(new float[] { 0, 0, 1, 1 }, 2, [0, 1]));
        int[] classes = [9, 9];
        Assert.Throws<ArgumentException>(() => network.Classify([0f, 0f, 1f]));
        Assert.Throws<ArgumentException>(() => network.Classify([0f, 0f, 1f], classes));
        Assert.Contains("row 1, column 1: NaN",
            Assert.Throws<MemoException>(() => network.Classify([0f, 0f, 1f, float.NaN], classes)).Message, StringComparison.Ordinal);
        Assert.Throws<MemoException>(() => network.Classify([0.1, 0.1])); // no float32
        Assert.Equal([9, 9], classes);
    }
}
