using Memo.Data;
using Memo.Neighbors;
using Memo.Numerics;

namespace Memo.Devices;

/// <summary>
/// What can look for near points in the processor's place. It only filters: what it finds holds every point that matters, and
/// integers or exact arithmetic on the processor decide, so that answers have the same bits as without it. The engine knows
/// devices by this interface alone.
/// </summary>
internal interface IDistanceDevice
{
    /// <summary>What messages call it: "cuda device 0, NVIDIA H100".</summary>
    string Name { get; }

    /// <summary>
    /// Gets ready to search among labelled points, or returns null for points that it cannot take.
    /// </summary>
    /// <param name="points">N points; they stay as they are as long as the search lives.</param>
    /// <param name="labels">Class index of each.</param>
    /// <param name="classCount">Number of classes.</param>
    /// <param name="basis">What to prune with where that pays (bytes only), or null.</param>
    /// <exception cref="DeviceException">Too little memory, or the device is at fault.</exception>
    IPointSearch? Load(SampleMatrix points, int[] labels, int classCount, PruningBasis? basis);
}

/// <summary>Searches among the points that a device has loaded. Any thread may call; one call runs at a time.</summary>
internal interface IPointSearch : IDisposable
{
    /// <summary>The most queries that one call of <see cref="FindRivals"/> takes.</summary>
    int BlockSize { get; }

    /// <summary>
    /// For each query, with m the least squared distance of any class but the nearest point's, all points within
    /// squaredBandRatio * m, and perhaps others (Lemmas A and B need no more). O(N n) a query.
    /// </summary>
    /// <param name="queries">Queries of the points' type and dimension.</param>
    /// <param name="first">First query.</param>
    /// <param name="count">Queries, 1 to <see cref="BlockSize"/>.</param>
    /// <param name="squaredBandRatio">(lambda / (1 - lambda))^2 or slightly more, above 1.</param>
    /// <param name="nearby">Receives the points.</param>
    /// <returns>False where so many are near that the processor had better do it alone.</returns>
    /// <exception cref="DeviceException">The device is at fault.</exception>
    bool FindRivals(SampleMatrix queries, int first, int count, double squaredBandRatio, NearbyPoints nearby);

    /// <summary>
    /// The least squared distance of two points of different class, exactly; null where too many pairs are so nearly equal that
    /// the processor has to decide. O(N^2 n).
    /// </summary>
    /// <param name="run">Progress, cancellation.</param>
    /// <exception cref="DeviceException">The device is at fault.</exception>
    Dyadic? MinimumSquaredDistance(RunOptions run);
}

/// <summary>What a device found near each of some queries.</summary>
internal sealed class NearbyPoints
{
    /// <summary>The points of query q are Starts[q] to Starts[q + 1] - 1 of <see cref="Points"/>.</summary>
    public int[] Starts { get; set; } = [];

    /// <summary>Rows of points, in no particular order.</summary>
    public int[] Points { get; set; } = [];

    /// <summary>The exact squared distance of each, for bytes; unused for floating point.</summary>
    public int[] SquaredDistances { get; set; } = [];

    /// <summary>Makes room for so many points.</summary>
    public void Reserve(int queries, int points)
    {
        if (Starts.Length < queries + 1) Starts = new int[queries + 1];
        if (Points.Length >= points) return;
        int length = (int)Math.Min(Array.MaxLength, points + (long)points / 2);
        (Points, SquaredDistances) = (new int[length], new int[length]);
    }
}

/// <summary>A device that cannot do what it was asked for: none there, too little memory, lost. The message names it and has
/// its driver's words.</summary>
internal class DeviceException : MemoException
{
    public DeviceException(string message, Exception? inner = null) : base(message, inner) { }
}
