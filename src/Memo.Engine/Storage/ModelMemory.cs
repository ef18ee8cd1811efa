using Memo.Features;
using Memo.Networks;

namespace Memo.Storage;

/// <summary>
/// What an exported ONNX model takes in a runtime, beside the file's own bytes: everything is computed in doubles.
/// </summary>
/// <param name="Constants">Bytes of the constants as doubles: the training points, or all weights of the dense form.</param>
/// <param name="PerSample">Bytes for each sample of a batch: its distances to all points, or the widest layer.</param>
internal readonly record struct ModelMemory(long Constants, long PerSample)
{
    /// <summary>The memory of a network's model. O(1).</summary>
    public static ModelMemory Of(INetwork network, bool dense)
    {
        ArgumentNullException.ThrowIfNull(network);
        return network.Cells() is { } cells && !dense
            ? new(sizeof(double) * (long)cells.Count * cells.Dimension, sizeof(double) * (long)cells.Count)
            : new((long)(sizeof(double) * network.Size.Parameters), (long)(sizeof(double) * network.Size.Width));
    }
}
