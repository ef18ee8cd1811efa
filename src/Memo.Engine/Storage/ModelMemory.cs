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
    /// <summary>The memory of a network's model: constants, and the largest of what a sample is at a time. O(1).</summary>
    public static ModelMemory Of(INetwork network, bool dense)
    {
        ArgumentNullException.ThrowIfNull(network);
        INetwork inner = network.Innermost();
        ModelMemory own = inner is CellNetwork cells && !dense
            ? new(sizeof(double) * (long)cells.Count * cells.Dimension, sizeof(double) * (long)cells.Count)
            : new((long)(sizeof(double) * inner.Size.Parameters), (long)(sizeof(double) * inner.Size.Width));
        if (network is not FeatureNetwork { Map: var map }) return own;
        // The filtered patches as doubles are the widest of the layers, and patches themselves where their contrast is normalized.
        long patches = map.Layer is { } layer ? (long)layer.Rows * layer.Columns : 0;
        long values = map.Layer is null ? map.Projection.Inputs
            : patches * Math.Max(map.Layer.Filters.Count, map.Layer.Filters.Contrast is null ? 0 : map.Layer.Filters.Dimension);
        return new(own.Constants +
            sizeof(double) * (map.Parameters + (map.Layer is null ? 0 : patches * map.Layer.Grid * map.Layer.Grid)),
            Math.Max(own.PerSample, sizeof(double) * values));
    }
}
