using ILGPU;

namespace Memo.Gpu.Kernels;

/// <summary>The squared distances of listed pairs of byte vectors, exactly, in integers.</summary>
public static class ExactDistanceKernel
{
    /// <summary>
    /// Replaces the distance of every pair whose point lies here by the exact one. <see cref="GroupSizes.ExactLanes"/> threads
    /// share a pair; groups of <see cref="GroupSizes.ExactLanes"/> by <see cref="GroupSizes.ExactPairs"/> threads take turns.
    /// At most 33024 features, so that sums fit an int32.
    /// </summary>
    /// <param name="queries">Rows of bytes, sixteen to an element, zero behind the last feature.</param>
    /// <param name="points">The points that are here, likewise.</param>
    /// <param name="pairs">The pairs.</param>
    /// <param name="count">One value: how many pairs; more than the list holds means all of it.</param>
    /// <param name="quads">Elements a row.</param>
    /// <param name="firstPosition">Position of the first point here among all points.</param>
    /// <param name="endPosition">Position behind the last.</param>
    public static void ExactDistances(ArrayView<Int4> queries, ArrayView<Int4> points, ArrayView<Candidate> pairs, ArrayView<int> count,
        int quads, int firstPosition, int endPosition)
    {
        const int lanes = GroupSizes.ExactLanes, together = GroupSizes.ExactPairs;
        ArrayView<int> sums = SharedMemory.Allocate1D<int>(lanes * together);
        int lane = Group.IdxX, slot = Group.IdxY, total = IntrinsicMath.Min(count[0], pairs.IntLength);
        for (int first = Grid.IdxX * together; first < total; first += Grid.DimX * together)
        {
            int at = first + slot, sum = 0;
            bool here = false;
            if (at < total)
            {
                Candidate pair = pairs[at];
                here = pair.Point >= firstPosition && pair.Point < endPosition;
                if (here)
                {
                    long query = (long)pair.Query * quads, point = (long)(pair.Point - firstPosition) * quads;
                    for (int quad = lane; quad < quads; quad += lanes)
                    {
                        Int4 a = queries[query + quad], b = points[point + quad];
                        sum += Squares(a.X, b.X) + Squares(a.Y, b.Y) + Squares(a.Z, b.Z) + Squares(a.W, b.W);
                    }
                }
            }
            sums[slot * lanes + lane] = sum;
            Group.Barrier();
            if (here && lane == 0)
            {
                int distance = 0;
                for (int t = 0; t < lanes; t++) distance += sums[slot * lanes + t];
                pairs[at].Distance = distance;
            }
            Group.Barrier();
        }
    }

    private static int Squares(int a, int b)
    {
        int first = (a & 255) - (b & 255), second = ((a >> 8) & 255) - ((b >> 8) & 255);
        int third = ((a >> 16) & 255) - ((b >> 16) & 255), fourth = ((a >> 24) & 255) - ((b >> 24) & 255);
        return first * first + second * second + third * third + fourth * fourth;
    }
}
