using ILGPU;

namespace Memo.Gpu.Kernels;

/// <summary>
/// Rows of samples brought into the panels that <see cref="Tile"/> multiplies: (panel, feature, vector) floats. One thread
/// packs one row, <see cref="GroupSizes.Pack"/> threads a group.
/// </summary>
public static class PackKernels
{
    /// <summary>
    /// Bytes as value - 128, so that products and their sums over 1024 features are integers below 2^24, which floats hold exactly.
    /// </summary>
    /// <param name="rows">Rows of bytes, sixteen to an element, zero behind the last feature.</param>
    /// <param name="panels">The panels.</param>
    /// <param name="norms">The squared norm of each packed row; -1 for padding.</param>
    /// <param name="count">Rows that there are.</param>
    /// <param name="packed">Rows to pack, padding included.</param>
    /// <param name="dimension">Features.</param>
    /// <param name="quads">Elements a row: bytes a row over 16.</param>
    /// <param name="depth">Features of a packed row; those behind the last are zero.</param>
    /// <param name="width">Vectors of a panel.</param>
    /// <param name="valid">For each row -1 where it is padding within the data, or an empty view where none is.</param>
    public static void PackBytes(ArrayView<Int4> rows, ArrayView<float> panels, ArrayView<int> norms, ArrayView<int> valid, int count,
        int packed, int dimension, int quads, int depth, int width)
    {
        int row = Grid.IdxX * GroupSizes.Pack + Group.IdxX;
        if (row >= packed) return;
        long to = (long)(row / width) * depth * width + row % width;
        bool present = row < count && (valid.IntLength == 0 || valid[row] >= 0);
        int norm = 0;
        for (int quad = 0; quad < depth / 16; quad++)
        {
            Int4 bytes = default;
            if (present && quad < quads) bytes = rows[(long)row * quads + quad];
            int left = present ? dimension - 16 * quad : 0;
            norm += Four(bytes.X, panels, to, width, left);
            norm += Four(bytes.Y, panels, to + 4L * width, width, left - 4);
            norm += Four(bytes.Z, panels, to + 8L * width, width, left - 8);
            norm += Four(bytes.W, panels, to + 12L * width, width, left - 12);
            to += 16L * width;
        }
        norms[row] = present ? norm : -1;
    }

    private static int Four(int bytes, ArrayView<float> panels, long to, int width, int left)
    {
        int a = left > 0 ? (bytes & 255) - 128 : 0, b = left > 1 ? ((bytes >> 8) & 255) - 128 : 0;
        int c = left > 2 ? ((bytes >> 16) & 255) - 128 : 0, d = left > 3 ? ((bytes >> 24) & 255) - 128 : 0;
        panels[to] = a;
        panels[to + width] = b;
        panels[to + 2 * width] = c;
        panels[to + 3 * width] = d;
        return a * a + b * b + c * c + d * d;
    }

    /// <summary>Floats as they are; their norms are the host's.</summary>
    /// <param name="rows">Rows of floats, depth to a row, zero behind the last feature.</param>
    /// <param name="panels">The panels.</param>
    /// <param name="count">Rows that there are.</param>
    /// <param name="packed">Rows to pack, padding included, which is zero.</param>
    /// <param name="depth">Features of a packed row.</param>
    /// <param name="width">Vectors of a panel.</param>
    public static void PackFloats(ArrayView<float> rows, ArrayView<float> panels, int count, int packed, int depth, int width)
    {
        int row = Grid.IdxX * GroupSizes.Pack + Group.IdxX;
        if (row >= packed) return;
        long to = (long)(row / width) * depth * width + row % width, from = (long)row * depth;
        for (int k = 0; k < depth; k++)
        {
            float value = 0;
            if (row < count) value = rows[from + k];
            panels[to + (long)k * width] = value;
        }
    }
}
