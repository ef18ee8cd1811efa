using Memo.Data;
using Memo.Features;
using Memo.Numerics;

namespace Memo.Tests.Features;

/// <summary>Random images that have something to see: a bright bar for each class, and noise.</summary>
internal static class TestImages
{
    public static readonly RunOptions OneThread = RunOptions.Default with { Threads = 1 };

    public static Dataset Create(ImageShape shape, int count, int classes, ulong seed)
    {
        var random = new SeededRandom(seed);
        var values = new byte[count * shape.Dimension];
        int[] labels = [.. Enumerable.Range(0, count).Select(i => i % classes)];
        for (int i = 0; i < count; i++)
        {
            int bar = (labels[i] + 1) * shape.Width / (classes + 1);
            for (int c = 0; c < shape.Channels; c++)
                for (int y = 0; y < shape.Height; y++)
                    for (int u = 0; u < shape.Width; u++)
                        values[i * shape.Dimension + shape.Feature(y, u, c)] =
                            (byte)((u == bar ? 90 : 0) + (c * 20) + (int)random.NextBelow(110));
        }
        return new Dataset(new SampleMatrix<byte>(values, count, shape.Dimension), labels,
            ClassList.FromIntegers(Enumerable.Range(0, classes)), "images");
    }

    public static SampleMatrix<byte> Mirrored(SampleMatrix<byte> images, ImageShape shape)
    {
        var values = new byte[images.Rows * images.Columns];
        for (int i = 0; i < images.Rows; i++)
            for (int c = 0; c < shape.Channels; c++)
                for (int y = 0; y < shape.Height; y++)
                    for (int u = 0; u < shape.Width; u++)
                        values[i * images.Columns + shape.Feature(y, shape.Width - 1 - u, c)] =
                            images.Row(i)[shape.Feature(y, u, c)];
        return new SampleMatrix<byte>(values, images.Rows, images.Columns);
    }

    public static FeatureSettings Conv(ImageShape shape, FeatureGrade grade = FeatureGrade.Pure, bool mirror = false) => new()
    {
        Kind = FeatureKind.Conv, Grade = grade, Image = shape, Patch = 3, Filters = 11, Mirror = mirror, Seed = 5,
    };
}
