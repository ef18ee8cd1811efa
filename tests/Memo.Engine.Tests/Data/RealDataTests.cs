// Facts about the published sets, counted from the files with another program (Python's gzip and sum).

using Memo.Data;

namespace Memo.Tests.Data;

public sealed class RealDataTests
{
    private static long PixelSum(Dataset data, int first, int count)
    {
        long sum = 0;
        foreach (byte pixel in ((SampleMatrix<byte>)data.Points)
            .Values.Slice(first * data.Dimension, count * data.Dimension)) sum += pixel;
        return sum;
    }

    private static void AssertPart(
        Dataset data, int count, int dimension, long pixelSum, int[] firstLabels, int[] classCounts)
    {
        Assert.Equal((count, dimension), (data.Count, data.Dimension));
        Assert.Equal(["0", "1", "2", "3", "4", "5", "6", "7", "8", "9"], data.Classes);
        Assert.Equal(firstLabels, data.Labels[..firstLabels.Length]);
        Assert.Equal(classCounts, Enumerable.Range(0, 10).Select(k => data.LabelArray.Count(label => label == k)));
        Assert.Equal(pixelSum, PixelSum(data, 0, count));
    }

    [DataFact("mnist")]
    public void Mnist()
    {
        var mnist = DataReference.Parse("mnist");
        AssertPart(mnist.Load(DataPart.Train), 60_000, 784, 1_567_298_545, [5, 0, 4, 1, 9, 2, 1, 3, 1, 4],
            [5923, 6742, 5958, 6131, 5842, 5421, 5918, 6265, 5851, 5949]);
        AssertPart(mnist.Load(DataPart.Test), 10_000, 784, 264_923_200, [7, 2, 1, 0, 4, 1, 4, 9, 5, 9],
            [980, 1135, 1032, 1010, 982, 892, 958, 1028, 974, 1009]);
        Dataset pair = DataReference.Parse("mnist:7,1").Load(DataPart.Test);
        Assert.Equal((1028 + 1135, 0), (pair.Count, pair.Labels[0]));
        Assert.Equal([0, 2, 5], pair.FileRows[..3]);
    }

    [DataFact("fashion-mnist")]
    public void Fashion_mnist()
    {
        var fashion = DataReference.Parse("fashion-mnist");
        AssertPart(fashion.Load(DataPart.Train), 60_000, 784, 3_431_114_169, [9, 0, 0, 3, 0, 2, 7, 2, 5, 5],
            [.. Enumerable.Repeat(6000, 10)]);
        AssertPart(fashion.Load(DataPart.Test), 10_000, 784, 573_469_082, [9, 2, 1, 1, 6, 1, 4, 6, 5, 7],
            [.. Enumerable.Repeat(1000, 10)]);
    }

    // Batches may be absent from a copy of the set; those that are there have the published content.
    [DataFact("cifar-10")]
    public void Cifar_10()
    {
        var cifar = DataReference.Parse("cifar-10");
        Dataset train = cifar.Load(DataPart.Train);
        Assert.Equal((0, 3072), (train.Count % 10_000, train.Dimension));
        (long PixelSum, int[] FirstLabels)[] batches =
        [
            (3_718_380_578, [6, 9, 9, 4, 1]), (3_712_041_194, [1, 6, 6, 8, 8]), (3_690_028_756, [8, 5, 0, 6, 9]),
            (3_708_459_093, [0, 6, 0, 2, 7]),
        ];
        for (int k = 0; k < Math.Min(batches.Length, train.Count / 10_000); k++)
        {
            Assert.Equal(batches[k].PixelSum, PixelSum(train, 10_000 * k, 10_000));
            Assert.Equal(batches[k].FirstLabels, train.Labels.Slice(10_000 * k, 5).ToArray());
        }
        Dataset test = cifar.Load(DataPart.Test);
        Assert.Equal(374_560_331, PixelSum(test, 0, 1000));
        Assert.Equal([3, 8, 8, 0, 6], test.Labels[..5]);
    }
}
