using System.Numerics;
using Memo.Data;
using Memo.Kernels;

namespace Memo.Features;

/// <summary>
/// A layer of features over the integers: every patch of an image is filtered, ReLU(f - threshold) and ReLU(-f - threshold) are
/// summed over the cells of a grid: 2 K features for each cell, of the first kind and then of the second. A ReLU network: convolution,
/// ReLU, sum pooling. Exact, hence the same everywhere: products in single precision that are whole numbers below 2^24
/// (<see cref="PatchFilters"/>), sums in 64 bits where 32 could overflow.
/// </summary>
internal sealed class PooledConvolution
{
    private readonly PatchFilters _filters;
    private readonly ImageShape _shape;
    private readonly int _grid;
    private readonly float[] _weights, _biases;

    /// <param name="filters">The filters.</param>
    /// <param name="shape">The images' shape, of as many channels, no smaller than a patch.</param>
    /// <param name="grid">Cells of the grid's side.</param>
    public PooledConvolution(PatchFilters filters, ImageShape shape, int grid)
    {
        (_filters, _shape, _grid) = (filters, shape, grid);
        if (shape.Channels != filters.Channels || Math.Min(shape.Height, shape.Width) < filters.Size || grid < 1 || grid > Math.Min(Rows, Columns))
            throw new ArgumentException($"patches of {filters.Size} x {filters.Size} x {filters.Channels} in a grid of {grid} for images of " +
                                        $"{shape.Height} x {shape.Width} x {shape.Channels}");
        (_weights, _biases) = (Array.ConvertAll(filters.Weights, weight => (float)weight), Array.ConvertAll(filters.Biases, bias => (float)bias));
    }

    private int Rows => _shape.Height - _filters.Size + 1;

    private int Columns => _shape.Width - _filters.Size + 1;

    /// <summary>Features of an image.</summary>
    public int Dimension => 2 * _filters.Count * _grid * _grid;

    /// <summary>The features of every image, Q by <see cref="Dimension"/>. 2 K d operations a patch.</summary>
    /// <exception cref="MemoException">A sum passes 2^31: pool over smaller cells.</exception>
    public int[] Apply(SampleMatrix<byte> images, RunOptions run)
    {
        var features = new int[checked(images.Rows * Dimension)];
        using var packed = new PackedMatrix(_weights, _filters.Count, _filters.Dimension, _filters.Dimension);
        int done = 0;
        Turns.Take(images.Rows, run.Threads, () => new Workspace(this), (i, memory) =>
        {
            Filter(images.Row(i), packed, memory, features.AsSpan(i * Dimension, Dimension));
            run.Progress?.Report((double)Interlocked.Increment(ref done) / images.Rows);
        }, static _ => { }, run.Cancellation);
        return features;
    }

    private sealed class Workspace(PooledConvolution layer)
    {
        public float[] Patches { get; } = new float[layer.Columns * layer._filters.Dimension];
        public float[] Products { get; } = new float[layer.Columns * layer._filters.Count];
        public long[] Sums { get; } = new long[layer.Dimension];
        public int[] RowSums { get; } = new int[2 * layer._filters.Count * layer._grid];
    }

    // A row of patches at a time: their products stay in the first caches.
    private void Filter(ReadOnlySpan<byte> image, PackedMatrix packed, Workspace memory, Span<int> features)
    {
        int size = _filters.Size, d = _filters.Dimension, count = _filters.Count;
        Array.Clear(memory.Sums);
        for (int top = 0; top < Rows; top++)
        {
            for (int left = 0; left < Columns; left++)
            {
                Span<float> patch = memory.Patches.AsSpan(left * d, d);
                for (int c = 0, k = 0; c < _filters.Channels; c++)
                    for (int y = 0; y < size; y++)
                        for (int u = 0; u < size; u++, k++) patch[k] = image[_shape.Feature(top + y, left + u, c)] - PatchFilters.Centre;
            }
            Gemm.MultiplyTransposed(Columns, memory.Patches, d, packed, memory.Products, count, _biases);
            Array.Clear(memory.RowSums);
            for (int left = 0; left < Columns; left++)
            {
                Span<int> sums = memory.RowSums.AsSpan(left * _grid / Columns * 2 * count, 2 * count);
                Accumulate(memory.Products.AsSpan(left * count, count), sums[..count], sums[count..]);
            }
            Span<long> cells = memory.Sums.AsSpan(top * _grid / Rows * _grid * 2 * count, memory.RowSums.Length);
            for (int k = 0; k < cells.Length; k++) cells[k] += memory.RowSums[k];
        }
        for (int k = 0; k < features.Length; k++)
        {
            if (memory.Sums[k] > int.MaxValue)
                throw new MemoException("a feature, summed over a cell, passes 2^31; pool over smaller cells");
            features[k] = (int)memory.Sums[k];
        }
    }

    // Whole numbers below 2^24, of which a row of an image has fewer than 128 of one cell.
    private void Accumulate(ReadOnlySpan<float> products, Span<int> above, Span<int> below)
    {
        var threshold = new Vector<int>(_filters.Threshold);
        int k = 0;
        for (; k <= products.Length - Vector<int>.Count; k += Vector<int>.Count)
        {
            Vector<int> f = Vector.ConvertToInt32(new Vector<float>(products[k..]));
            (new Vector<int>(above[k..]) + Vector.Max(f - threshold, Vector<int>.Zero)).CopyTo(above[k..]);
            (new Vector<int>(below[k..]) + Vector.Max(-f - threshold, Vector<int>.Zero)).CopyTo(below[k..]);
        }
        for (; k < products.Length; k++)
        {
            int f = (int)products[k];
            above[k] += Math.Max(f - _filters.Threshold, 0);
            below[k] += Math.Max(-f - _filters.Threshold, 0);
        }
    }
}
