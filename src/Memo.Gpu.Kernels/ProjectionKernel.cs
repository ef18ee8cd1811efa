using ILGPU;

namespace Memo.Gpu.Kernels;

/// <summary>
/// The map of the pruning basis, phi(x) = (B (x - m) / sigma, rho): distances under it never grow by more than the rounding of
/// its coordinates. Products are sums of integers and exact; only the last step, to a rounded coordinate, is floating point.
/// </summary>
public static class ProjectionKernel
{
    /// <summary>
    /// Projects <see cref="GroupSizes.ProjectedVectors"/> rows of bytes a group, into panels. Each thread takes every
    /// <see cref="GroupSizes.Project"/>-th direction.
    /// <para>Errors: a coordinate is an integer below 2^30 times a factor. Three roundings to 24 bits, of at most 23100, are
    /// 0.0042; with the rounding to an integer a coordinate is off by less than 0.505. The rest's square is an exact integer
    /// below 2^62; its root, which OpenCL grants 3 units in the last place, is off by less than 0.02 before it is rounded.</para>
    /// </summary>
    /// <param name="rows">Rows of bytes, sixteen to an element.</param>
    /// <param name="basis">B transposed: features by directions, integers.</param>
    /// <param name="means">m, one integer a feature.</param>
    /// <param name="meanProducts">B m.</param>
    /// <param name="valid">For each row -1 where it is padding within the data, or an empty view where none is.</param>
    /// <param name="panels">The panels: directions, then the rest's length, then zeros up to depth.</param>
    /// <param name="norms">The squared norm of each packed row, exact; -1 for padding.</param>
    /// <param name="count">Rows that there are.</param>
    /// <param name="packed">Rows to pack, padding included.</param>
    /// <param name="dimension">Features.</param>
    /// <param name="quads">Elements a row.</param>
    /// <param name="directions">Rows of B, at most <see cref="GroupSizes.LargestDirections"/>.</param>
    /// <param name="depth">Features of a packed row, more than directions.</param>
    /// <param name="width">Vectors of a panel.</param>
    /// <param name="squaredSigma">sigma^2.</param>
    /// <param name="factor">Scale / sigma.</param>
    public static void Project(ArrayView<Int4> rows, ArrayView<int> basis, ArrayView<int> means, ArrayView<int> meanProducts,
        ArrayView<int> valid, ArrayView<float> panels, ArrayView<int> norms, int count, int packed, int dimension, int quads,
        int directions, int depth, int width, long squaredSigma, float factor)
    {
        const int vectors = GroupSizes.ProjectedVectors, threads = GroupSizes.Project;
        ArrayView<Int4> values = SharedMemory.Allocate1D<Int4>(vectors * threads); // 1024 features of each
        ArrayView<long> heads = SharedMemory.Allocate1D<long>(vectors * threads);
        ArrayView<int> squares = SharedMemory.Allocate1D<int>(vectors * threads);
        int first = Grid.IdxX * vectors, thread = Group.IdxX;
        for (int v = 0; v < vectors; v++)
        {
            heads[v * threads + thread] = 0;
            squares[v * threads + thread] = 0;
        }
        for (int start = 0; start < directions; start += threads)
        {
            // Threads beyond the last direction compute along with the others, for the barriers, and write nothing.
            int direction = start + thread;
            bool own = direction < directions;
            int s0 = 0, s1 = 0, s2 = 0, s3 = 0, s4 = 0, s5 = 0, s6 = 0, s7 = 0;
            for (int piece = 0; piece < quads; piece += threads)
            {
                Group.Barrier();
                for (int v = 0; v < vectors; v++)
                {
                    Int4 bytes = default;
                    if (first + v < count && piece + thread < quads) bytes = rows[(long)(first + v) * quads + piece + thread];
                    values[v * threads + thread] = bytes;
                }
                Group.Barrier();
                int end = IntrinsicMath.Min(threads, quads - piece);
                for (int quad = 0; quad < end; quad++)
                    for (int part = 0; part < 4; part++)
                    {
                        int b0 = Part(values[quad], part), b1 = Part(values[threads + quad], part);
                        int b2 = Part(values[2 * threads + quad], part), b3 = Part(values[3 * threads + quad], part);
                        int b4 = Part(values[4 * threads + quad], part), b5 = Part(values[5 * threads + quad], part);
                        int b6 = Part(values[6 * threads + quad], part), b7 = Part(values[7 * threads + quad], part);
                        int feature = 16 * (piece + quad) + 4 * part;
                        for (int k = 0; k < 4; k++)
                        {
                            int weight = 0;
                            if (own && feature + k < dimension) weight = basis[(long)(feature + k) * directions + direction];
                            s0 += weight * (b0 & 255);
                            s1 += weight * (b1 & 255);
                            s2 += weight * (b2 & 255);
                            s3 += weight * (b3 & 255);
                            s4 += weight * (b4 & 255);
                            s5 += weight * (b5 & 255);
                            s6 += weight * (b6 & 255);
                            s7 += weight * (b7 & 255);
                            b0 >>= 8;
                            b1 >>= 8;
                            b2 >>= 8;
                            b3 >>= 8;
                            b4 >>= 8;
                            b5 >>= 8;
                            b6 >>= 8;
                            b7 >>= 8;
                        }
                    }
            }
            if (own)
            {
                int shift = meanProducts[direction];
                Finish(s0 - shift, 0, first, direction, panels, heads, squares, packed, depth, width, factor);
                Finish(s1 - shift, 1, first, direction, panels, heads, squares, packed, depth, width, factor);
                Finish(s2 - shift, 2, first, direction, panels, heads, squares, packed, depth, width, factor);
                Finish(s3 - shift, 3, first, direction, panels, heads, squares, packed, depth, width, factor);
                Finish(s4 - shift, 4, first, direction, panels, heads, squares, packed, depth, width, factor);
                Finish(s5 - shift, 5, first, direction, panels, heads, squares, packed, depth, width, factor);
                Finish(s6 - shift, 6, first, direction, panels, heads, squares, packed, depth, width, factor);
                Finish(s7 - shift, 7, first, direction, panels, heads, squares, packed, depth, width, factor);
            }
        }
        Group.Barrier();
        if (thread < vectors && first + thread < packed)
            WriteRest(rows, means, valid, panels, norms, heads, squares, thread, first + thread, count, dimension, quads, directions, depth,
                width, squaredSigma, factor);
    }

    private static int Part(Int4 bytes, int part) => part == 0 ? bytes.X : part == 1 ? bytes.Y : part == 2 ? bytes.Z : bytes.W;

    private static void Finish(int product, int v, int first, int direction, ArrayView<float> panels, ArrayView<long> heads,
        ArrayView<int> squares, int packed, int depth, int width, float factor)
    {
        int row = first + v, at = v * GroupSizes.Project + Group.IdxX;
        if (row >= packed) return;
        int coordinate = Rounded(product * factor);
        panels[((long)(row / width) * depth + direction) * width + row % width] = coordinate;
        heads[at] += (long)product * product;
        squares[at] += coordinate * coordinate;
    }

    // To the nearest integer; which of two equally near ones does not matter.
    private static int Rounded(float value) => (int)(value < 0 ? value - 0.5f : value + 0.5f);

    private static void WriteRest(ArrayView<Int4> rows, ArrayView<int> means, ArrayView<int> valid, ArrayView<float> panels,
        ArrayView<int> norms, ArrayView<long> heads, ArrayView<int> squares, int v, int row, int count, int dimension, int quads,
        int directions, int depth, int width, long squaredSigma, float factor)
    {
        bool present = row < count && (valid.IntLength == 0 || valid[row] >= 0);
        long head = 0, whole = 0;
        int norm = 0;
        for (int t = 0; t < GroupSizes.Project; t++)
        {
            head += heads[v * GroupSizes.Project + t];
            norm += squares[v * GroupSizes.Project + t];
        }
        for (int k = 0; present && k < dimension; k++)
        {
            int difference = ((Part(rows[(long)row * quads + k / 16], k / 4 % 4) >> (8 * (k % 4))) & 255) - means[k];
            whole += difference * difference;
        }
        long rest = whole * squaredSigma - head; // (|x - m|^2 - |B (x - m)|^2 / sigma^2) sigma^2, not negative
        int length = rest > 0 ? Rounded(MathF.Sqrt((float)rest) * factor) : 0;
        long at = ((long)(row / width) * depth + directions) * width + row % width;
        panels[at] = length;
        for (int k = directions + 1; k < depth; k++) panels[at + (long)(k - directions) * width] = 0;
        norms[row] = present ? norm + length * length : -1;
    }
}
