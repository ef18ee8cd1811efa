using Memo.Devices;

namespace Memo;

/// <summary>How long work runs: never what it computes. Answers have the same bits for every choice.</summary>
public sealed record RunOptions
{
    /// <summary>Worker threads, at least 1; default: all cores.</summary>
    public int Threads { get; init; } = Environment.ProcessorCount;

    /// <summary>Receives the share of the work done, in [0, 1], from any thread; null for silence.</summary>
    public IProgress<double>? Progress { get; init; }

    /// <summary>Ends the work early with <see cref="OperationCanceledException"/>.</summary>
    public CancellationToken Cancellation { get; init; }

    // What searches in the processor's place, where there is one.
    internal DeviceChoice? Device { get; init; }

    /// <summary>All cores, silent.</summary>
    public static RunOptions Default { get; } = new();
}
