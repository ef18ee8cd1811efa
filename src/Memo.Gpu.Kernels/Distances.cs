using ILGPU;

namespace Memo.Gpu.Kernels;

/// <summary>Squared distances of one query from the 8 points of a thread; <see cref="Candidate.Absent"/> where there is no point or no query.</summary>
public struct DistanceRow
{
    public Int4 Left, Right;

    /// <summary>|a|^2 + |b|^2 - 2 a.b for eight b. Padding has the norm -1.</summary>
    public static DistanceRow From(int queryNorm, Float4 left, Float4 right, Int4 leftNorms, Int4 rightNorms) => new()
    {
        Left = Four(queryNorm, left, leftNorms),
        Right = Four(queryNorm, right, rightNorms),
    };

    private static Int4 Four(int queryNorm, Float4 products, Int4 norms) => new()
    {
        X = One(queryNorm, products.X, norms.X),
        Y = One(queryNorm, products.Y, norms.Y),
        Z = One(queryNorm, products.Z, norms.Z),
        W = One(queryNorm, products.W, norms.W),
    };

    private static int One(int queryNorm, float product, int norm) =>
        (queryNorm | norm) < 0 ? Candidate.Absent : queryNorm + norm - 2 * (int)product;

    /// <summary>The least of the eight.</summary>
    public readonly int Least() => IntrinsicMath.Min(Least(Left), Least(Right));

    private static int Least(Int4 four) =>
        IntrinsicMath.Min(IntrinsicMath.Min(four.X, four.Y), IntrinsicMath.Min(four.Z, four.W));

    /// <summary>The position of the least, for the points from <paramref name="first"/> and, in the right half of the tile, from <paramref name="second"/>.</summary>
    public readonly int LeastPosition(int first, int second)
    {
        int least = Least(), position = second + 3;
        if (Right.Z == least) position = second + 2;
        if (Right.Y == least) position = second + 1;
        if (Right.X == least) position = second;
        if (Left.W == least) position = first + 3;
        if (Left.Z == least) position = first + 2;
        if (Left.Y == least) position = first + 1;
        if (Left.X == least) position = first;
        return position;
    }

    /// <summary>Appends those within the limit. Whoever comes when the list is full is counted all the same.</summary>
    public readonly void Collect(ArrayView<Candidate> found, ArrayView<int> count, int limit, int query, int first, int second)
    {
        if (Least() > limit) return;
        Offer(found, count, Left.X, limit, query, first);
        Offer(found, count, Left.Y, limit, query, first + 1);
        Offer(found, count, Left.Z, limit, query, first + 2);
        Offer(found, count, Left.W, limit, query, first + 3);
        Offer(found, count, Right.X, limit, query, second);
        Offer(found, count, Right.Y, limit, query, second + 1);
        Offer(found, count, Right.Z, limit, query, second + 2);
        Offer(found, count, Right.W, limit, query, second + 3);
    }

    private static void Offer(ArrayView<Candidate> found, ArrayView<int> count, int distance, int limit, int query, int point)
    {
        if (distance > limit) return;
        int slot = Atomic.Add(ref count[0], 1);
        if (slot < found.IntLength) found[slot] = new Candidate { Query = query, Point = point, Distance = distance };
    }
}

/// <summary>The squared distances of a thread's 8 queries from its 8 points.</summary>
public struct DistanceTile
{
    public DistanceRow R0, R1, R2, R3, R4, R5, R6, R7;

    /// <summary>From the products of <see cref="Tile.Multiply"/>.</summary>
    /// <param name="sums">The products.</param>
    /// <param name="queryNorms">Squared norms of the query panel; -1 for padding.</param>
    /// <param name="pointNorms">Squared norms of the point panel; -1 for padding.</param>
    public static DistanceTile From<TShape>(Sums sums, ArrayView<int> queryNorms, ArrayView<int> pointNorms) where TShape : struct, ITileShape
    {
        int row = 4 * Group.IdxY, lower = row + 4 * TShape.Side, column = 4 * Group.IdxX;
        Int4 left = Four(pointNorms, column), right = Four(pointNorms, column + 4 * TShape.Side);
        return new DistanceTile
        {
            R0 = DistanceRow.From(queryNorms[row], sums.A0, sums.B0, left, right),
            R1 = DistanceRow.From(queryNorms[row + 1], sums.A1, sums.B1, left, right),
            R2 = DistanceRow.From(queryNorms[row + 2], sums.A2, sums.B2, left, right),
            R3 = DistanceRow.From(queryNorms[row + 3], sums.A3, sums.B3, left, right),
            R4 = DistanceRow.From(queryNorms[lower], sums.A4, sums.B4, left, right),
            R5 = DistanceRow.From(queryNorms[lower + 1], sums.A5, sums.B5, left, right),
            R6 = DistanceRow.From(queryNorms[lower + 2], sums.A6, sums.B6, left, right),
            R7 = DistanceRow.From(queryNorms[lower + 3], sums.A7, sums.B7, left, right),
        };
    }

    private static Int4 Four(ArrayView<int> values, int at) => new()
    {
        X = values[at], Y = values[at + 1], Z = values[at + 2], W = values[at + 3],
    };

    /// <summary>Writes the least distance of each of the 8 queries into a table of 8 Side rows of Side columns.</summary>
    public readonly void WriteLeast<TShape>(ArrayView<int> table) where TShape : struct, ITileShape
    {
        int row = 4 * Group.IdxY, lower = row + 4 * TShape.Side, x = Group.IdxX;
        table[row * TShape.Side + x] = R0.Least();
        table[(row + 1) * TShape.Side + x] = R1.Least();
        table[(row + 2) * TShape.Side + x] = R2.Least();
        table[(row + 3) * TShape.Side + x] = R3.Least();
        table[lower * TShape.Side + x] = R4.Least();
        table[(lower + 1) * TShape.Side + x] = R5.Least();
        table[(lower + 2) * TShape.Side + x] = R6.Least();
        table[(lower + 3) * TShape.Side + x] = R7.Least();
    }

    /// <summary>Writes where each query's least distance is, likewise.</summary>
    public readonly void WriteLeastPosition<TShape>(ArrayView<int> table, int panelStart) where TShape : struct, ITileShape
    {
        int row = 4 * Group.IdxY, lower = row + 4 * TShape.Side, x = Group.IdxX;
        int first = panelStart + 4 * x, second = first + 4 * TShape.Side;
        table[row * TShape.Side + x] = R0.LeastPosition(first, second);
        table[(row + 1) * TShape.Side + x] = R1.LeastPosition(first, second);
        table[(row + 2) * TShape.Side + x] = R2.LeastPosition(first, second);
        table[(row + 3) * TShape.Side + x] = R3.LeastPosition(first, second);
        table[lower * TShape.Side + x] = R4.LeastPosition(first, second);
        table[(lower + 1) * TShape.Side + x] = R5.LeastPosition(first, second);
        table[(lower + 2) * TShape.Side + x] = R6.LeastPosition(first, second);
        table[(lower + 3) * TShape.Side + x] = R7.LeastPosition(first, second);
    }

    /// <summary>Appends all pairs within the limits of their queries.</summary>
    /// <param name="found">The list.</param>
    /// <param name="count">Its length so far, one value.</param>
    /// <param name="limits">For each query of the tile the largest distance that counts.</param>
    /// <param name="queryStart">Number of the tile's first query.</param>
    /// <param name="panelStart">Position of the tile's first point.</param>
    public readonly void Collect<TShape>(ArrayView<Candidate> found, ArrayView<int> count, ArrayView<int> limits, int queryStart,
        int panelStart) where TShape : struct, ITileShape
    {
        int row = 4 * Group.IdxY, lower = row + 4 * TShape.Side;
        int first = panelStart + 4 * Group.IdxX, second = first + 4 * TShape.Side;
        R0.Collect(found, count, limits[row], queryStart + row, first, second);
        R1.Collect(found, count, limits[row + 1], queryStart + row + 1, first, second);
        R2.Collect(found, count, limits[row + 2], queryStart + row + 2, first, second);
        R3.Collect(found, count, limits[row + 3], queryStart + row + 3, first, second);
        R4.Collect(found, count, limits[lower], queryStart + lower, first, second);
        R5.Collect(found, count, limits[lower + 1], queryStart + lower + 1, first, second);
        R6.Collect(found, count, limits[lower + 2], queryStart + lower + 2, first, second);
        R7.Collect(found, count, limits[lower + 3], queryStart + lower + 3, first, second);
    }
}
