using Memo.Data;
using Memo.Gpu.Devices;
using Memo.Gpu.Kernels;
using Memo.Gpu.Search;

namespace Memo.Gpu.Benchmarks;

/// <summary>The distance kernel by itself: points and queries packed before, everything in the device's memory.</summary>
internal sealed class DistanceTimer : IDisposable
{
    private const int Classes = 2;

    private readonly GpuKernels _kernels;
    private readonly SampleEncoding _encoding;
    private readonly GpuQueue _queue;
    private readonly QueryBlock _queries;
    private readonly PointBlocks _points;
    private readonly int _padded;

    public DistanceTimer(GpuDistanceDevice device, SampleEncoding encoding, SampleMatrix points, SampleMatrix queries)
    {
        (_kernels, _encoding) = (device.Kernels, encoding);
        _queue = device.Device.CreateQueue();
        _padded = _kernels.Padded(queries.Rows);
        var layout = new PointLayout([.. Enumerable.Range(0, points.Rows).Select(i => i % Classes)], Classes, _kernels.Width);
        _queries = new QueryBlock(_kernels, encoding, _padded, Classes, listCapacity: 1 << 20);
        _points = new PointBlocks(_kernels, encoding, points, layout, _queue, device.Budget(), device.Log);
        _queries.Staging.Send(queries, Enumerable.Range(0, queries.Rows).ToArray(), _queries.Vectors, _queue);
        _encoding.Pack(_kernels, _queue, _queries.Vectors, queries.Rows);
    }

    /// <summary>All distances once, from least distances that are not yet known.</summary>
    public void Run()
    {
        _queue.Fill(_queries.Minima, 0, Candidate.Absent, (long)_padded * Classes);
        _queue.Fill(_queries.Count, 0, 0, 1);
        _points.ForEach(block => _kernels.LaunchTiles(_queue, KernelNames.Rivals, _padded / _kernels.Width, block.PanelCount, _encoding.Depth,
            (panel, panels) => SearchArguments.Of(_kernels, _queries, block, _padded, _encoding.Depth, panel, panels)
                .View(block.Classes, 4L * panel, panels, 4).View(_queries.Minima, 0, (long)_padded * Classes, 4)
                .View(_queries.List, 0, _queries.ListCapacity, 12).View(_queries.Count, 0, 1, 4).Int(_encoding.Depth).Int(Classes)
                .Int((block.FirstPanel + panel) * _kernels.Width).Float(1.083f).Float(0)));
        _queue.Synchronize();
    }

    public void Dispose()
    {
        _points.Dispose();
        _queries.Dispose();
        _queue.Dispose();
    }
}
