using Memo.Constructions;
using Memo.Data;
using Memo.Devices;
using Memo.Gpu.Devices;
using Memo.Networks;
using Memo.Numerics;

namespace Memo.Gpu.Tests;

/// <summary>With a device the answers are those without, to the last bit: labels, values, nearest points, radii, min P.</summary>
public sealed class SearchTests
{
    private const Outputs Everything = Outputs.Values | Outputs.Radii | Outputs.Nearest;

    private static RunOptions On(GpuDevice device, List<string>? log = null) =>
        new() { Device = new DeviceChoice(new GpuDistanceDevice(device, log is null ? null : log.Add)) };

    private static SampleMatrix Samples(SeededRandom random, Type type, int rows, int columns, int spread)
    {
        var values = new double[rows * columns];
        // Around a few centres, so that distances differ.
        for (int i = 0; i < rows; i++)
        {
            int centre = (int)random.NextBelow(5) * 40;
            for (int k = 0; k < columns; k++) values[i * columns + k] = Math.Min(255, centre + (int)random.NextBelow((ulong)spread));
        }
        if (type == typeof(byte)) return new SampleMatrix<byte>(Array.ConvertAll(values, v => (byte)v), rows, columns);
        if (type == typeof(float)) return new SampleMatrix<float>(Array.ConvertAll(values, v => (float)(v / 255)), rows, columns);
        return new SampleMatrix<double>(Array.ConvertAll(values, v => v * 1e-30 + 1e-29), rows, columns);
    }

    private static Dataset Data(SeededRandom random, Type type, int count, int dimension, int classes, int spread)
    {
        SampleMatrix samples = Samples(random, type, count, dimension, spread);
        var labels = new int[count];
        for (int i = 0; i < count; i++) labels[i] = i < classes ? i : (int)random.NextBelow((ulong)classes);
        var data = new Dataset(samples, labels, ClassList.FromIntegers([.. Enumerable.Range(0, classes)]), "random");
        return LabelConflicts.Resolve(data, OnConflict.Drop, out _);
    }

    private static void RequireEqual(Predictions expected, Predictions actual)
    {
        Assert.Equal(expected.Labels, actual.Labels);
        Assert.Equal(expected.Nearest, actual.Nearest);
        Assert.Equal(expected.Values, actual.Values);
        Assert.Equal(expected.Radii, actual.Radii);
    }

    private static void Compare(string word, Dataset data, SampleMatrix queries, Ratio lambda)
    {
        using GpuDevice device = TestDevices.Open(word);
        RunOptions run = On(device);
        using CellNetwork expected = Cells.Build(data, lambda), actual = Cells.Build(data, lambda, run);
        Assert.Equal(expected.MinimumSquaredDistance, actual.MinimumSquaredDistance);
        RequireEqual(expected.Predict(queries, Everything), actual.Predict(queries, Everything, run));
        Assert.Equal(data.Labels, actual.Predict(data.Points, Outputs.Labels, run).Labels);
        Assert.NotNull(run.Device!.Device);
    }

    [DeviceTheory]
    [OnDevice(1, 2, 1, 2)]
    [OnDevice(2, 5, 3, 2)]
    [OnDevice(3, 64, 64, 2)]
    [OnDevice(4, 65, 15, 3)]
    [OnDevice(5, 300, 16, 10)]
    [OnDevice(6, 500, 17, 40)]
    [OnDevice(7, 700, 100, 3)]
    [OnDevice(8, 200, 1024, 2)]
    [OnDevice(9, 200, 1025, 4)]
    [OnDevice(10, 150, 3072, 2)]
    public void Bytes(string word, int seed, int count, int dimension, int classes)
    {
        var random = new SeededRandom((ulong)seed);
        Dataset data = Data(random, typeof(byte), count, dimension, classes, spread: 90);
        Compare(word, data, Samples(random, typeof(byte), 150, dimension, 100), CellNetwork.DefaultLambda);
        Compare(word, data, Samples(random, typeof(byte), 1, dimension, 100), new Ratio(3, 4));
    }

    [DeviceTheory]
    [OnDevice(1, 5, 1, 2)]
    [OnDevice(2, 400, 2, 3)]
    [OnDevice(3, 300, 33, 5)]
    [OnDevice(4, 200, 784, 2)]
    public void Floats(string word, int seed, int count, int dimension, int classes)
    {
        var random = new SeededRandom((ulong)seed);
        foreach (Type type in new[] { typeof(float), typeof(double) })
        {
            Dataset data = Data(random, type, count, dimension, classes, spread: 200);
            Compare(word, data, Samples(random, type, 100, dimension, 220), CellNetwork.DefaultLambda);
        }
    }

    // Images that compress, so that the search goes through the pruning basis.
    [DeviceTheory]
    [OnDevice(1, 2100, 400, 3)]
    [OnDevice(2, 2600, 600, 11)]
    public void Bytes_that_are_projected(string word, int seed, int count, int dimension, int classes)
    {
        var random = new SeededRandom((ulong)seed);
        Dataset data = Smooth(random, count, dimension, classes);
        SampleMatrix queries = Smooth(random, 200, dimension, classes).Points;
        var log = new List<string>();
        using GpuDevice device = TestDevices.Open(word);
        RunOptions run = On(device, log);
        using CellNetwork expected = Cells.Build(data), actual = Cells.Build(data, run: run);
        Assert.Equal(expected.MinimumSquaredDistance, actual.MinimumSquaredDistance);
        RequireEqual(expected.Predict(queries, Everything), actual.Predict(queries, Everything, run));
        Assert.Contains(log, line => line.Contains("projected", StringComparison.Ordinal));
    }

    // A few slow waves of random strength in each sample, a little noise.
    private static Dataset Smooth(SeededRandom random, int count, int dimension, int classes)
    {
        var values = new byte[count * dimension];
        var labels = new int[count];
        for (int i = 0; i < count; i++)
        {
            var strengths = new double[6];
            for (int w = 0; w < strengths.Length; w++) strengths[w] = (double)random.NextBelow(1000) / 1000 - 0.5;
            for (int k = 0; k < dimension; k++)
            {
                double value = 128 + (double)random.NextBelow(5);
                for (int w = 0; w < strengths.Length; w++) value += 60 * strengths[w] * Math.Sin((w + 1) * 0.02 * k);
                values[i * dimension + k] = (byte)Math.Clamp(value, 0, 255);
            }
            labels[i] = i < classes ? i : (int)random.NextBelow((ulong)classes);
        }
        return new Dataset(new SampleMatrix<byte>(values, count, dimension), labels, ClassList.FromIntegers([.. Enumerable.Range(0, classes)]), "waves");
    }
}
