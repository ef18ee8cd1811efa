using System.Globalization;
using Memo.Data;
using Memo.Devices;
using Memo.Gpu.Devices;
using Memo.Gpu.Search;
using Memo.Neighbors;

namespace Memo.Gpu;

/// <summary>
/// A GPU as the engine's device. What it may take of the device's memory: nine tenths of what is free, or what the environment
/// variable MEMO_DEVICE_MEMORY says, in bytes.
/// </summary>
internal sealed class GpuDistanceDevice(GpuDevice device, Action<string>? log) : IDistanceDevice
{
    /// <summary>Held by whoever submits work.</summary>
    public Lock Lock { get; } = new();

    public GpuDevice Device { get; } = device;

    /// <summary>Told plans, a line each; may be null.</summary>
    public Action<string>? Log { get; } = log;

    public GpuKernels Kernels { get; } = new(device);

    /// <inheritdoc/>
    public string Name => Device.Name;

    /// <inheritdoc/>
    public IPointSearch? Load(SampleMatrix points, int[] labels, int classCount, PruningBasis? basis)
    {
        lock (Lock)
        {
            long most = PointSearch.LargestPointCount(Kernels.Width), padded = points.Rows + (long)classCount * Kernels.Width;
            if (padded > most) return Decline($"{padded} points with their padding, more than {most}");
            if (points is SampleMatrix<byte>)
            {
                if (points.Columns > ByteEncoding.LargestDimension)
                    return Decline($"bytes of {points.Columns} features, more than {ByteEncoding.LargestDimension}");
                return new PointSearch(this, points, labels, classCount, new ByteEncoding(points.Columns),
                    basis is not null && ProjectedEncoding.Pays(basis) ? basis : null);
            }
            return FloatEncoding.For(points) is { } floats
                ? new PointSearch(this, points, labels, classCount, floats, null)
                : Decline("values too large or too small for single precision");
        }
    }

    /// <summary>The most bytes of the device that may be taken; null for nine tenths of what is free.</summary>
    public long? Limit { get; init; } =
        long.TryParse(Environment.GetEnvironmentVariable("MEMO_DEVICE_MEMORY"), NumberStyles.None, CultureInfo.InvariantCulture, out long bytes) ? bytes : null;

    /// <summary>Bytes of the device that may be taken now.</summary>
    public long Budget() => Limit is { } limit ? Math.Min(limit, Device.FreeBytes()) : Device.FreeBytes() / 10 * 9;

    private PointSearch? Decline(string reason)
    {
        Log?.Invoke($"left to the processor: {reason}");
        return null;
    }
}
