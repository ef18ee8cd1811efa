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

    // Nearly every point is as near as any other, so that lists run over and blocks of queries are halved.
    [DeviceTheory, OnDevice]
    public void Data_in_which_nothing_can_be_told_apart(string word)
    {
        var random = new SeededRandom(3);
        const int count = 1500, dimension = 20;
        var bits = new byte[count * dimension];
        for (int i = 0; i < bits.Length; i++) bits[i] = (byte)random.NextBelow(2);
        var labels = new int[count];
        for (int i = 0; i < count; i++) labels[i] = (int)random.NextBelow(2);
        var data = LabelConflicts.Resolve(new Dataset(new SampleMatrix<byte>(bits, count, dimension), labels, ClassList.FromIntegers([0, 1]), "bits"),
            OnConflict.Drop, out _);
        Compare(word, data, data.Points, new Ratio(9, 10));
        var floats = new Dataset(data.Points.ConvertExactly(ElementType.Float32), data.Labels.ToArray(), data.Classes, "bits as floats");
        Compare(word, floats, floats.Points, new Ratio(9, 10));
    }

    // A query far outside is beyond the range of the filter, which then leaves all points to the processor.
    [DeviceTheory, OnDevice]
    public void Queries_far_outside(string word)
    {
        var random = new SeededRandom(4);
        Dataset data = Data(random, typeof(double), 100, 3, 3, spread: 100);
        var queries = new SampleMatrix<double>([0, 0, 0, 1e-20, 0, 0, -3, 5e10, 1, 1e300, -1e300, 1e300, 1e-29, 1e-29, 1e-29], 5, 3);
        Compare(word, data, queries, CellNetwork.DefaultLambda);
    }

    // Queries on another scale altogether, and so many that the device would return everything.
    [DeviceTheory, OnDevice]
    public void Queries_that_are_all_far_outside_are_left_to_the_processor(string word)
    {
        var random = new SeededRandom(6);
        Dataset data = Data(random, typeof(float), 20_000, 4, 2, spread: 200);
        var values = new float[4000 * 4];
        for (int i = 0; i < values.Length; i++) values[i] = 1e6f + random.NextBelow(1000);
        var queries = new SampleMatrix<float>(values, 4000, 4);
        var log = new List<string>();
        using GpuDevice device = TestDevices.Open(word);
        RunOptions run = On(device, log);
        using CellNetwork network = Cells.Build(data);
        Assert.Equal(network.Predict(queries).Labels, network.Predict(queries, Outputs.Labels, run).Labels);
        Assert.Contains(log, line => line.Contains("left to the processor", StringComparison.Ordinal));
    }

    [DeviceTheory, OnDevice]
    public void Points_that_are_equal_but_for_the_last_bits(string word)
    {
        double[] values = [1, 2, 1, Math.BitIncrement(2), Math.BitIncrement(1), 2, 1, 3, 1, Math.BitDecrement(3), 4, 4];
        var data = new Dataset(new SampleMatrix<double>(values, 6, 2), [0, 1, 0, 1, 0, 1], ClassList.FromIntegers([0, 1]), "near ties");
        Compare(word, data, new SampleMatrix<double>([1, 2, 1, 2.5, 0, 0, 4, 4], 4, 2), CellNetwork.DefaultLambda);
    }

    // Less memory than the points take: blocks pass through two buffers, and the plan says so.
    [DeviceTheory]
    [OnDevice(600_000)]
    [OnDevice(1_500_000)]
    public void Points_that_do_not_fit_are_streamed(string word, int memory)
    {
        var random = new SeededRandom(9);
        Dataset data = Data(random, typeof(byte), 3000, 100, 4, spread: 90);
        SampleMatrix queries = Samples(random, typeof(byte), 300, 100, 100);
        var log = new List<string>();
        using GpuDevice device = TestDevices.Open(word);
        var limited = new GpuDistanceDevice(device, log.Add) { Limit = memory };
        var run = new RunOptions { Device = new DeviceChoice(limited) };
        using CellNetwork expected = Cells.Build(data), actual = Cells.Build(data, run: run);
        Assert.Equal(expected.MinimumSquaredDistance, actual.MinimumSquaredDistance);
        RequireEqual(expected.Predict(queries, Everything), actual.Predict(queries, Everything, run));
        Assert.Contains(log, line => line.Contains("streamed through 2 buffers", StringComparison.Ordinal));
    }

    [DeviceTheory, OnDevice]
    public void Too_little_memory_is_said_with_the_amounts(string word)
    {
        Dataset data = Data(new SeededRandom(1), typeof(byte), 500, 50, 2, spread: 90);
        using GpuDevice device = TestDevices.Open(word);
        var limited = new GpuDistanceDevice(device, null) { Limit = 10_000 };
        var problem = Assert.Throws<GpuException>(() => Cells.Build(data, run: new RunOptions { Device = new DeviceChoice(limited) }));
        Assert.Equal(GpuProblem.OutOfMemory, problem.Problem);
        Assert.Contains("MB", problem.Message, StringComparison.Ordinal);

        // Where one may fall back, the processor goes on, and it is said once.
        var said = new List<string>();
        var run = new RunOptions { Device = new DeviceChoice(limited, said.Add) };
        using CellNetwork network = Cells.Build(data, run: run);
        Assert.Equal(data.Labels, network.Predict(data.Points, Outputs.Labels, run).Labels);
        Assert.Equal(problem.Message, Assert.Single(said));
    }

    [DeviceTheory, OnDevice]
    public void Work_that_is_cancelled_ends_and_the_device_can_be_used_again(string word)
    {
        Dataset data = Data(new SeededRandom(2), typeof(byte), 400, 30, 2, spread: 90);
        using GpuDevice device = TestDevices.Open(word);
        RunOptions run = On(device);
        using CellNetwork network = Cells.Build(data, run: run);
        using var stop = new CancellationTokenSource();
        stop.Cancel();
        Assert.ThrowsAny<OperationCanceledException>(() => network.Predict(data.Points, Outputs.Labels, run with { Cancellation = stop.Token }));
        Assert.Equal(data.Labels, network.Predict(data.Points, Outputs.Labels, run).Labels);
    }

    // One network, several threads at once: calls take turns on the device.
    [DeviceTheory, OnDevice]
    public void Several_threads_share_a_device(string word)
    {
        var random = new SeededRandom(5);
        Dataset data = Data(random, typeof(byte), 300, 20, 3, spread: 90), other = Data(random, typeof(float), 200, 10, 2, spread: 200);
        using GpuDevice device = TestDevices.Open(word);
        RunOptions run = On(device) with { Threads = 2 };
        using CellNetwork first = Cells.Build(data, run: run), second = Cells.Build(other, run: run);
        Parallel.For(0, 16, i =>
        {
            (CellNetwork network, Dataset samples) = i % 2 == 0 ? (first, data) : (second, other);
            Assert.Equal(samples.Labels, network.Predict(samples.Points, Outputs.Labels, run).Labels);
        });
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
