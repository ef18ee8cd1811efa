using System.Numerics;

namespace Memo.Kernels.SquaredDistance;

/// <summary>
/// Squared Euclidean distances from a block of queries to a panel of points, the one operation that exact prediction
/// spends its time in. Both sides are packed once: a panel holds <see cref="PanelWidth"/> points with the same
/// coordinate of all points side by side, so that a vector register holds one coordinate of many points and nothing is
/// summed across lanes. Implementations: bytes (exact, int32) and floating point (double, with a proved error bound).
/// </summary>
/// <typeparam name="TElement">Type of a coordinate: byte, float or double.</typeparam>
/// <typeparam name="TDistance">Type of a squared distance: int or double.</typeparam>
internal unsafe interface IDistanceKernel<TElement, TDistance>
    where TElement : unmanaged, INumber<TElement>
    where TDistance : unmanaged, INumber<TDistance>, IMinMaxValue<TDistance>
{
    /// <summary>Points in a panel.</summary>
    static abstract int PanelWidth { get; }

    /// <summary>Queries are computed in groups of this many; blocks hold a multiple of it.</summary>
    static abstract int QueryGroup { get; }

    /// <summary>Bytes of a packed panel of points of n features, a multiple of 64.</summary>
    static abstract nuint PanelBytes(int dimension);

    /// <summary>Bytes of a packed query of n features, a multiple of 64.</summary>
    static abstract nuint QueryBytes(int dimension);

    /// <summary>
    /// Fills a zeroed panel with 1 to <see cref="PanelWidth"/> points: the given rows of the row-major
    /// <paramref name="values"/> (stride <paramref name="dimension"/>), multiplied by 2^scale.
    /// </summary>
    static abstract void PackPanel(ReadOnlySpan<TElement> values, int dimension, ReadOnlySpan<int> rows, byte* panel,
        int scale);

    /// <summary>Writes a query, overwriting all of its bytes. Values are multiplied by 2^scale.</summary>
    static abstract void PackQuery(ReadOnlySpan<TElement> query, byte* packed, int scale);

    /// <summary>
    /// The distances of <paramref name="queryCount"/> packed queries (a multiple of <see cref="QueryGroup"/>, stored
    /// one behind the other) to all points of a panel: row-major queryCount x PanelWidth, aligned to 64 bytes. What
    /// lanes that hold no point give means nothing.
    /// </summary>
    static abstract void Distances(byte* queries, int queryCount, byte* panel, int dimension, TDistance* distances);

    /// <summary>
    /// Threshold collect: for each query the lanes (bit i for lane i) whose distance is at most its limit, and where there
    /// are any, its row of <paramref name="distances"/>; other rows keep what they had or not. Sizes as for
    /// <see cref="Distances"/>, one limit and one set of lanes a query. Lanes that hold no point may be among the set.
    /// </summary>
    static abstract void Within(byte* queries, int queryCount, byte* panel, int dimension, TDistance* limits, uint* lanes,
        TDistance* distances);

    /// <summary>|a - b|^2 * 4^scale for one pair of unpacked vectors, within the same error bound.</summary>
    static abstract double Pair(ReadOnlySpan<TElement> a, ReadOnlySpan<TElement> b, int scale);

    /// <summary>
    /// A bound e with |computed - exact| &lt;= e * computed + <see cref="AbsoluteError"/> for every finite result; an
    /// result is infinite only where rounding passed the largest double. 0 for bytes.
    /// </summary>
    static abstract double RelativeError(int dimension);

    /// <summary>What underflow can add to the error; 0 for bytes.</summary>
    static abstract double AbsoluteError(int dimension);
}
