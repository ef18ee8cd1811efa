using Memo.Data;
using Memo.Networks;

namespace Memo.Measures;

/// <summary>
/// The separation bound c of a network's training points (Definition 3.1): the least distance (L2) of two points of
/// different classes.
/// </summary>
/// <param name="Raw">c in the data's own units, rounded to double.</param>
/// <param name="OnUnitScale">c with bytes taken as numbers in [0, 1]; the same as <see cref="Raw"/> for other
/// types.</param>
public readonly record struct SeparationBound(double Raw, double OnUnitScale)
{
    /// <summary>The bound of a network, from the exact square that it holds. O(1).</summary>
    public static SeparationBound Of(CellNetwork network)
    {
        ArgumentNullException.ThrowIfNull(network);
        double raw = Math.Sqrt(network.MinimumSquaredDistance.RoundDown());
        return new SeparationBound(raw, network.TrainingPoints.ElementType == ElementType.UInt8 ? raw / 255 : raw);
    }
}
