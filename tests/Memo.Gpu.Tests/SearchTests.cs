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
}
