// Data sets made of what lies in the caller's memory.
using CsCheck;
using Memo.Constructions;
using Memo.Data;
using Memo.Measures;
using Memo.Networks;

namespace Memo.Tests.Data;

public sealed class DatasetTests
{
    [Fact]
    public void Classes_are_the_labels_that_occur_ascending() =>
        Gen.Int[-5, 5].Array[1, 30].Sample(labels =>
        {
            Dataset data = Dataset.Create(new byte[3 * labels.Length], columns: 3, labels);
            Assert.Equal(labels.Distinct().Order().Select(label => $"{label}"), data.Classes);
            Assert.Equal(labels, data.LabelArray.Select(data.Classes.ExternalValue));
            Assert.Equal(Enumerable.Range(0, labels.Length), data.FileRows.ToArray());
            Assert.Equal(3, data.Dimension);
        });

    [Fact]
    public void Samples_are_read_where_they_lie_and_labels_are_copied()
    {
        double[] points = [1, 2, 3, 4];
        int[] labels = [7, 1];
        Dataset data = Dataset.Create(points, columns: 2, labels);
        (points[3], labels[0]) = (5, 1);
        Assert.Equal(5, data.Points[1, 1]);
        Assert.Equal([1, 0], data.Labels.ToArray());
    }

    [Fact]
    public void Classes_may_have_names()
    {
        var points = new SampleMatrix<float>([1, 2, 3, 4], 4, 1);
        Dataset data = Dataset.Create(points, ["cat", "ant", "bee", "ant"], "animals");
        Assert.Equal(["ant", "bee", "cat"], data.Classes);
        Assert.Equal([2, 0, 1, 0], data.Labels.ToArray());
        Assert.Equal(["-1", "2", "10"], Dataset.Create(points, ["10", "2", "+2", "-1"]).Classes); // integers: by value
    }

    [Fact]
    public void What_cannot_be_memorized_is_refused()
    {
        Assert.Contains("row 1, column 0: NaN", Refusal(() => Dataset.Create(new float[] { 1, 2, float.NaN, 4 }, 2, [0, 1])));
        Assert.Contains("some: row 0, column 1: infinity", Refusal(() => Dataset.Create(new[] { 1, double.NegativeInfinity }, 2, [0], "some")));
        Assert.Contains("sample 1", Refusal(() => Dataset.Create(new byte[2], 1, [0, int.MinValue])));
        Assert.Contains("2 samples but 1 labels", Refusal(() => Dataset.Create(new SampleMatrix<byte>(new byte[2], 2, 1), [0])));
        Assert.Contains("label index 2 of sample 1", Refusal(() =>
            new Dataset(new SampleMatrix<byte>(new byte[2], 2, 1), [0, 2], ClassList.FromIntegers([5, 6]), "two")));
        Assert.Throws<ArgumentException>(() => Dataset.Create(new byte[5], columns: 2, [0, 1]));

        static string Refusal(Func<Dataset> create) => Assert.Throws<MemoException>(create).Message;
    }

    [Fact]
    public void Verification_and_evaluation_compare_classes_by_name()
    {
        Dataset data = Dataset.Create(new byte[] { 10, 20, 90, 80 }, 1, [3, 3, 8, 8]);
        using INetwork network = Construction.Build("cells", data.SelectClasses(["8", "3"]));
        Assert.Equal(["8", "3"], network.Classes);
        Assert.True(Verification.Of(network, data).Memorized);
        Assert.False(Verification.Of(network, Dataset.Create(new byte[] { 10, 90 }, 1, [3, 3])).Memorized);
        var evaluation = Evaluation.Of(network, Dataset.Create(new byte[] { 11, 81, 12 }, 1, [3, 3, 3]));
        Assert.Equal((2, 1, 0), (evaluation.Right, evaluation.Wrong, evaluation.Abstained));
        MemoException stranger = Assert.Throws<MemoException>(() => Evaluation.Of(network, Dataset.Create(new byte[] { 11 }, 1, [5])));
        Assert.Equal(nameof(DataReference.SelectedClasses), stranger.Setting);
    }
}
