using Memo.Constructions;
using Memo.Data;
using Memo.Devices;
using Memo.Neighbors;
using Memo.Networks;
using Memo.Numerics;

namespace Memo.Tests.Networks;

/// <summary>A device that finds everything for some blocks and then gives up: nothing of what it left may be in the answers.</summary>
public sealed class DeviceFallbackTests
{
    private const Outputs Everything = Outputs.Values | Outputs.Radii | Outputs.Nearest;

    private sealed class FailingDevice(int blocks, bool throws) : IDistanceDevice
    {
        public string Name => "a device that fails";

        public int Calls { get; set; }

        public IPointSearch? Load(SampleMatrix points, int[] labels, int classCount, PruningBasis? basis) => new Search(this, points.Rows);

        private sealed class Search(FailingDevice device, int points) : IPointSearch
        {
            public int BlockSize => 7;

            public bool FindRivals(SampleMatrix queries, int first, int count, double squaredBandRatio, NearbyPoints nearby)
            {
                if (device.Calls++ == device.Blocks)
                    return device.Throws ? throw new DeviceException("a device that fails: lost") : false;
                nearby.Reserve(count, count * points);
                for (int q = 0; q <= count; q++) nearby.Starts[q] = q * points;
                for (int i = 0; i < count * points; i++) nearby.Points[i] = i % points;
                return true;
            }

            public Dyadic? MinimumSquaredDistance(RunOptions run) => null;

            public void Dispose()
            {
            }
        }

        private int Blocks => blocks;

        private bool Throws => throws;
    }

    [Theory]
    [InlineData(0, true)]
    [InlineData(2, true)]
    [InlineData(2, false)]
    [InlineData(1000, true)]
    public void Answers_are_those_without_a_device(int blocks, bool throws)
    {
        var random = new SeededRandom(1);
        double[] points = Values(40 * 3), queries = Values(30 * 3);
        var data = new Dataset(new SampleMatrix<double>(points, 40, 3), [.. Enumerable.Range(0, 40).Select(i => i % 3)],
            ClassList.FromIntegers([0, 1, 2]), "random");
        var samples = new SampleMatrix<double>(queries, 30, 3);
        using CellNetwork network = Cells.Build(data);
        Predictions expected = network.Predict(samples, Everything);
        var device = new FailingDevice(blocks, throws);
        var said = new List<string>();
        Predictions actual = network.Predict(samples, Everything, new RunOptions { Device = new DeviceChoice(device, said.Add) });
        Assert.Equal(expected.Labels, actual.Labels);
        Assert.Equal(expected.Nearest, actual.Nearest);
        Assert.Equal(expected.Values, actual.Values);
        Assert.Equal(expected.Radii, actual.Radii);
        Assert.Equal(Math.Min(blocks + 1, 5), device.Calls);
        Assert.Equal(throws && blocks < 5 ? 1 : 0, said.Count);

        double[] Values(int length) => [.. Enumerable.Range(0, length).Select(_ => random.NextBelow(1000) / 700.0)];
    }
}
