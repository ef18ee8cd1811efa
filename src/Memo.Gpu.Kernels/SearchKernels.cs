using ILGPU;

namespace Memo.Gpu.Kernels;

/// <summary>
/// Distances of queries from points, tile by tile, with what is wanted of them taken at once: the distances themselves are
/// never stored. A group handles one panel of queries (grid x) and one panel of points (grid y); all points of a panel are of
/// one class. Distances here are a filter's: integers that are off by at most a known error.
/// </summary>
public static class SearchKernels
{
    /// <summary>
    /// For each query the least distance of each class, and on the way every point that may lie within the band of Lemma B
    /// around the second-least of these: the limit falls as panels are done, and each panel's points are held against it as it
    /// stands then. What is found holds all points within the last limit, and others that earlier limits let in.
    /// </summary>
    /// <param name="queries">Packed queries.</param>
    /// <param name="queryNorms">Their squared norms; -1 for padding.</param>
    /// <param name="points">Packed points.</param>
    /// <param name="pointNorms">Their squared norms; -1 for padding.</param>
    /// <param name="panelClasses">Class of each panel of points.</param>
    /// <param name="minima">Queries by classes: the least distances so far, at first <see cref="Candidate.Absent"/>.</param>
    /// <param name="found">The list of pairs.</param>
    /// <param name="count">One value: pairs found, also those that found no place.</param>
    /// <param name="depth">Features of a packed vector.</param>
    /// <param name="classes">K.</param>
    /// <param name="firstPosition">Position of the first point here among all points.</param>
    /// <param name="squaredBand">(lambda / (1 - lambda))^2 or slightly more.</param>
    /// <param name="error">How far distances may be off.</param>
    public static void Rivals<TShape>(ArrayView<Float4> queries, ArrayView<int> queryNorms, ArrayView<Float4> points,
        ArrayView<int> pointNorms, ArrayView<int> panelClasses, ArrayView<int> minima, ArrayView<Candidate> found, ArrayView<int> count,
        int depth, int classes, int firstPosition, float squaredBand, float error) where TShape : struct, ITileShape
    {
        int width = GroupSizes.Register * TShape.Side, thread = Group.IdxY * TShape.Side + Group.IdxX;
        ArrayView<int> least = SharedMemory.Allocate1D<int>(GroupSizes.Register * TShape.Side * TShape.Side);
        ArrayView<int> limits = SharedMemory.Allocate1D<int>(GroupSizes.Register * TShape.Side);
        DistanceTile tile = Distances<TShape>(queries, queryNorms, points, pointNorms, depth);
        tile.WriteLeast<TShape>(least);
        Group.Barrier();
        int pointClass = panelClasses[Grid.IdxY];
        for (int row = thread; row < width; row += TShape.Side * TShape.Side)
        {
            int query = Grid.IdxX * width + row, own = LeastOf<TShape>(least, row);
            int at = query * classes;
            if (own < minima[at + pointClass]) Atomic.Min(ref minima[at + pointClass], own);
            // What other groups have written since may be missed: that leaves the limit larger, never too small.
            int first = Candidate.Absent, second = Candidate.Absent;
            for (int k = 0; k < classes; k++)
            {
                int minimum = minima[at + k];
                if (k == pointClass) minimum = IntrinsicMath.Min(minimum, own);
                second = IntrinsicMath.Min(second, IntrinsicMath.Max(first, minimum));
                first = IntrinsicMath.Min(first, minimum);
            }
            limits[row] = Limit(second, squaredBand, error);
        }
        Group.Barrier();
        tile.Collect<TShape>(found, count, limits, Grid.IdxX * width, firstPosition + Grid.IdxY * width);
    }

    /// <summary>
    /// For each query and class the least distance, and a point that had it when it was entered: with another group at work on
    /// the same entry, perhaps one that no longer has it. Arguments as in <see cref="Rivals"/>.
    /// </summary>
    /// <param name="queries">Packed queries.</param>
    /// <param name="queryNorms">Their squared norms; -1 for padding.</param>
    /// <param name="points">Packed points.</param>
    /// <param name="pointNorms">Their squared norms; -1 for padding.</param>
    /// <param name="panelClasses">Class of each panel of points.</param>
    /// <param name="minima">Queries by classes: the least distances so far.</param>
    /// <param name="nearest">Queries by classes: the pairs of query and point.</param>
    /// <param name="depth">Features of a packed vector.</param>
    /// <param name="classes">K.</param>
    /// <param name="firstPosition">Position of the first point here among all points.</param>
    public static void ClassMinima<TShape>(ArrayView<Float4> queries, ArrayView<int> queryNorms, ArrayView<Float4> points,
        ArrayView<int> pointNorms, ArrayView<int> panelClasses, ArrayView<int> minima, ArrayView<Candidate> nearest, int depth, int classes,
        int firstPosition) where TShape : struct, ITileShape
    {
        int width = GroupSizes.Register * TShape.Side, thread = Group.IdxY * TShape.Side + Group.IdxX;
        ArrayView<int> least = SharedMemory.Allocate1D<int>(GroupSizes.Register * TShape.Side * TShape.Side);
        ArrayView<int> positions = SharedMemory.Allocate1D<int>(GroupSizes.Register * TShape.Side * TShape.Side);
        DistanceTile tile = Distances<TShape>(queries, queryNorms, points, pointNorms, depth);
        tile.WriteLeast<TShape>(least);
        tile.WriteLeastPosition<TShape>(positions, firstPosition + Grid.IdxY * width);
        Group.Barrier();
        int pointClass = panelClasses[Grid.IdxY];
        for (int row = thread; row < width; row += TShape.Side * TShape.Side)
        {
            int best = least[row * TShape.Side], position = positions[row * TShape.Side];
            for (int x = 1; x < TShape.Side; x++)
            {
                int other = least[row * TShape.Side + x];
                if (other < best) (best, position) = (other, positions[row * TShape.Side + x]);
            }
            int query = Grid.IdxX * width + row, entry = query * classes + pointClass;
            if (best >= minima[entry] || Atomic.Min(ref minima[entry], best) <= best) continue;
            nearest[entry].Query = query;
            nearest[entry].Point = position;
        }
    }

    /// <summary>All pairs within fixed limits, one for each query. Arguments as in <see cref="Rivals"/>.</summary>
    /// <param name="queries">Packed queries.</param>
    /// <param name="queryNorms">Their squared norms; -1 for padding.</param>
    /// <param name="points">Packed points.</param>
    /// <param name="pointNorms">Their squared norms; -1 for padding.</param>
    /// <param name="limits">The largest distance that counts for each query, padding included.</param>
    /// <param name="found">The list of pairs.</param>
    /// <param name="count">One value: pairs found, also those that found no place.</param>
    /// <param name="depth">Features of a packed vector.</param>
    /// <param name="firstPosition">Position of the first point here among all points.</param>
    public static void Survivors<TShape>(ArrayView<Float4> queries, ArrayView<int> queryNorms, ArrayView<Float4> points,
        ArrayView<int> pointNorms, ArrayView<int> limits, ArrayView<Candidate> found, ArrayView<int> count, int depth, int firstPosition)
        where TShape : struct, ITileShape
    {
        int width = GroupSizes.Register * TShape.Side, queryStart = Grid.IdxX * width;
        DistanceTile tile = Distances<TShape>(queries, queryNorms, points, pointNorms, depth);
        tile.Collect<TShape>(found, count, limits.SubView(queryStart, width), queryStart, firstPosition + Grid.IdxY * width);
    }

    /// <summary>
    /// The separation: pairs of points of different class that may be the closest of all. The queries are panels of the points
    /// themselves; pairs of panels whose classes do not ascend are left out, so that each pair of classes comes once.
    /// </summary>
    /// <param name="queries">Packed points that take the part of queries.</param>
    /// <param name="queryNorms">Their squared norms; -1 for padding.</param>
    /// <param name="queryClasses">Class of each of their panels.</param>
    /// <param name="points">Packed points.</param>
    /// <param name="pointNorms">Their squared norms; -1 for padding.</param>
    /// <param name="panelClasses">Class of each panel of points.</param>
    /// <param name="minimum">One value: the least distance so far, at first <see cref="Candidate.Absent"/>.</param>
    /// <param name="found">The list of pairs; where distances are exact none is needed and none is written.</param>
    /// <param name="count">One value: pairs found, also those that found no place.</param>
    /// <param name="depth">Features of a packed vector.</param>
    /// <param name="firstQuery">Position of the first query among all points.</param>
    /// <param name="firstPosition">Position of the first point here among all points.</param>
    /// <param name="error">How far distances may be off.</param>
    public static void ClosestPairs<TShape>(ArrayView<Float4> queries, ArrayView<int> queryNorms, ArrayView<int> queryClasses,
        ArrayView<Float4> points, ArrayView<int> pointNorms, ArrayView<int> panelClasses, ArrayView<int> minimum, ArrayView<Candidate> found,
        ArrayView<int> count, int depth, int firstQuery, int firstPosition, float error) where TShape : struct, ITileShape
    {
        if (queryClasses[Grid.IdxX] >= panelClasses[Grid.IdxY]) return;
        int width = GroupSizes.Register * TShape.Side, thread = Group.IdxY * TShape.Side + Group.IdxX;
        ArrayView<int> least = SharedMemory.Allocate1D<int>(GroupSizes.Register * TShape.Side * TShape.Side);
        ArrayView<int> limits = SharedMemory.Allocate1D<int>(GroupSizes.Register * TShape.Side);
        DistanceTile tile = Distances<TShape>(queries, queryNorms, points, pointNorms, depth);
        tile.WriteLeast<TShape>(least);
        Group.Barrier();
        for (int row = thread; row < width; row += TShape.Side * TShape.Side)
        {
            int own = LeastOf<TShape>(least, row);
            if (own < minimum[0]) Atomic.Min(ref minimum[0], own);
            limits[row] = error > 0 ? Limit(IntrinsicMath.Min(own, minimum[0]), 1, error) : -1;
        }
        Group.Barrier();
        tile.Collect<TShape>(found, count, limits, firstQuery + Grid.IdxX * width, firstPosition + Grid.IdxY * width);
    }

    private static DistanceTile Distances<TShape>(ArrayView<Float4> queries, ArrayView<int> queryNorms, ArrayView<Float4> points,
        ArrayView<int> pointNorms, int depth) where TShape : struct, ITileShape
    {
        int width = GroupSizes.Register * TShape.Side;
        long panel = (long)depth * (2 * TShape.Side);
        Sums products = Tile.Multiply<TShape>(queries.SubView(Grid.IdxX * panel, panel), points.SubView(Grid.IdxY * panel, panel), depth);
        return DistanceTile.From<TShape>(products, queryNorms.SubView(Grid.IdxX * width, width), pointNorms.SubView(Grid.IdxY * width, width));
    }

    private static int LeastOf<TShape>(ArrayView<int> table, int row) where TShape : struct, ITileShape
    {
        int least = table[row * TShape.Side];
        for (int x = 1; x < TShape.Side; x++) least = IntrinsicMath.Min(least, table[row * TShape.Side + x]);
        return least;
    }

    // The largest filtered distance that a point can have whose exact distance is at most `band` times an exact distance that
    // the filter saw as `minimum`: band (minimum + error) + error. The host's band and error have room for three roundings.
    private static int Limit(int minimum, float band, float error)
    {
        float limit = (minimum + error) * band + error;
        return limit < 2.1e9f ? (int)limit + 1 : Candidate.Absent - 1;
    }
}
