using ILGPU;

namespace Memo.Gpu.Kernels;

/// <summary>The 8 x 8 sums of one thread: row i is Ai (columns 4 x .. 4 x + 3 of the tile) and Bi (the same in its right half).</summary>
public struct Sums
{
    public Float4 A0, A1, A2, A3, A4, A5, A6, A7;
    public Float4 B0, B1, B2, B3, B4, B5, B6, B7;

    /// <summary>Adds the products of 8 rows' and 8 columns' values at one feature.</summary>
    public static Sums Add(Sums c, Float4 upper, Float4 lower, Float4 left, Float4 right) => new()
    {
        A0 = Float4.AddProduct(c.A0, upper.X, left),
        A1 = Float4.AddProduct(c.A1, upper.Y, left),
        A2 = Float4.AddProduct(c.A2, upper.Z, left),
        A3 = Float4.AddProduct(c.A3, upper.W, left),
        A4 = Float4.AddProduct(c.A4, lower.X, left),
        A5 = Float4.AddProduct(c.A5, lower.Y, left),
        A6 = Float4.AddProduct(c.A6, lower.Z, left),
        A7 = Float4.AddProduct(c.A7, lower.W, left),
        B0 = Float4.AddProduct(c.B0, upper.X, right),
        B1 = Float4.AddProduct(c.B1, upper.Y, right),
        B2 = Float4.AddProduct(c.B2, upper.Z, right),
        B3 = Float4.AddProduct(c.B3, upper.W, right),
        B4 = Float4.AddProduct(c.B4, lower.X, right),
        B5 = Float4.AddProduct(c.B5, lower.Y, right),
        B6 = Float4.AddProduct(c.B6, lower.Z, right),
        B7 = Float4.AddProduct(c.B7, lower.W, right),
    };
}

/// <summary>
/// The heart of all dense kernels: a tile of products of two packed matrices. Both lie in panels of 8 Side vectors, feature by
/// feature (panel, feature, vector), so that a step of a tile is one contiguous piece that threads copy to shared memory as it
/// lies. Two steps are in flight: while one is multiplied, the next is on its way into registers and then into the other half
/// of shared memory, so that one barrier a step suffices.
/// </summary>
public static class Tile
{
    /// <summary>
    /// The sums over all features for this thread: rows 4 y .. 4 y + 3 and 4 (Side + y) .. of the row panel against columns
    /// 4 x .. and 4 (Side + x) .. of the column panel, for thread (x, y).
    /// </summary>
    /// <param name="rows">The row panel, from its first value.</param>
    /// <param name="columns">The column panel, from its first value.</param>
    /// <param name="depth">Features, a multiple of Depth.</param>
    public static Sums Multiply<TShape>(ArrayView<Float4> rows, ArrayView<Float4> columns, int depth) where TShape : struct, ITileShape
    {
        int threads = TShape.Side * TShape.Side, quads = 2 * TShape.Side, step = TShape.Depth * quads;
        ArrayView<Float4> shared = SharedMemory.Allocate1D<Float4>(4 * TShape.Depth * 2 * TShape.Side);
        int x = Group.IdxX, y = Group.IdxY, thread = y * TShape.Side + x;
        int from = thread, half = 0;
        Float4 row = rows[from], column = columns[from], secondRow = default, secondColumn = default;
        if (step > threads) (secondRow, secondColumn) = (rows[from + threads], columns[from + threads]);
        Sums sums = default;
        for (int k = 0; k < depth; k += TShape.Depth)
        {
            shared[half + thread] = row;
            shared[half + step + thread] = column;
            if (step > threads)
            {
                shared[half + threads + thread] = secondRow;
                shared[half + step + threads + thread] = secondColumn;
            }
            Group.Barrier();
            from += step;
            if (k + TShape.Depth < depth)
            {
                (row, column) = (rows[from], columns[from]);
                if (step > threads) (secondRow, secondColumn) = (rows[from + threads], columns[from + threads]);
            }
            // Views that begin where this thread reads, so that all else in an address is a constant of the instruction.
            ArrayView<Float4> rowsHere = shared.SubView(half + y, step - y), columnsHere = shared.SubView(half + step + x, step - x);
            sums = Eight<TShape>(sums, rowsHere, columnsHere, 0);
            if (TShape.Depth > 8) sums = Eight<TShape>(sums, rowsHere, columnsHere, 8);
            half = 2 * step - half;
        }
        return sums;
    }

    // Eight features, written out: the generator of the kernels' texts unrolls nothing.
    private static Sums Eight<TShape>(Sums c, ArrayView<Float4> rows, ArrayView<Float4> columns, int k) where TShape : struct, ITileShape
    {
        c = One<TShape>(c, rows, columns, k);
        c = One<TShape>(c, rows, columns, k + 1);
        c = One<TShape>(c, rows, columns, k + 2);
        c = One<TShape>(c, rows, columns, k + 3);
        c = One<TShape>(c, rows, columns, k + 4);
        c = One<TShape>(c, rows, columns, k + 5);
        c = One<TShape>(c, rows, columns, k + 6);
        return One<TShape>(c, rows, columns, k + 7);
    }

    private static Sums One<TShape>(Sums c, ArrayView<Float4> rows, ArrayView<Float4> columns, int k) where TShape : struct, ITileShape
    {
        int at = k * 2 * TShape.Side;
        return Sums.Add(c, rows[at], rows[at + TShape.Side], columns[at], columns[at + TShape.Side]);
    }
}
