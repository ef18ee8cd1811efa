using System.Numerics;
using Memo.Data;
using Memo.Kernels;

namespace Memo.Features;

/// <summary>
/// A layer of features over the integers: every patch of an image is filtered, and ReLU(f - threshold) and ReLU(-f - threshold) are
/// summed over the cells of a grid: 2 K features for each cell, of the first kind and then of the second. Without contrast that is
/// a ReLU network: convolution, ReLU, sum pooling. Exact, hence the same everywhere: products in single precision that are whole
/// numbers below 2^24 (<see cref="PatchFilters"/>), and sums below 2^31 by <see cref="LargestPartialSum"/>.
/// </summary>
internal sealed class PooledConvolution
{
    private readonly int[] _offsets;
    private readonly float[] _biases;
    private readonly double[] _largestSums; // bounds, by filter
    private readonly Lazy<PackedMatrix> _packed; // its finalizer frees it

    /// <param name="filters">The filters.</param>
    /// <param name="shape">The images' shape, of as many channels, no smaller than a patch.</param>
    /// <param name="grid">Cells of the grid's side.</param>
    /// <param name="mirror">Whether the features of the mirror image are added, so that an image and its mirror image have the
    /// same.</param>
    /// <exception cref="MemoException">The filters do not fit the images, or sums could pass 2^31.</exception>
    public PooledConvolution(PatchFilters filters, ImageShape shape, int grid, bool mirror)
    {
        (Filters, Shape, Grid, Mirror) = (filters, shape, grid, mirror);
        RequireFit(shape, filters.Size, grid);
        if (shape.Channels != filters.Channels)
            throw new MemoException($"filters of {filters.Channels} channels for images of {shape.Channels}");
        if (filters.Dimension > PatchFilters.MostValues)
            throw new MemoException($"patches of {filters.Dimension} values, more than {PatchFilters.MostValues}");
        if (2L * filters.Count * grid * grid > Array.MaxLength)
            throw new MemoException($"{filters.Count} filters in {grid} x {grid} cells are more features than an array can hold");
        int limit = LargestPartialSum(shape, filters.Size, grid, mirror);
        _largestSums = [.. Enumerable.Range(0, filters.Count).Select(filters.LargestSum)];
        if (Array.FindIndex(_largestSums, sum => sum >= limit) is >= 0 and var k)
            throw new MemoException($"filter {k} can reach {_largestSums[k]:F0}, and its sums over a cell 2^31");
        _biases = Array.ConvertAll(filters.Biases, bias => (float)bias);
        _packed = new Lazy<PackedMatrix>(() =>
            new PackedMatrix(Array.ConvertAll(filters.Weights, weight => (float)weight), filters.Count,
            filters.Dimension, filters.Dimension));
        _offsets = [.. from c in Enumerable.Range(0, filters.Channels)
            from y in Enumerable.Range(0, filters.Size)
            from u in Enumerable.Range(0, filters.Size)
            select shape.Feature(y, u, c)];
    }

    /// <summary>The filters.</summary>
    public PatchFilters Filters { get; }

    /// <summary>The images' shape.</summary>
    public ImageShape Shape { get; }

    /// <summary>Cells of the grid's side.</summary>
    public int Grid { get; }

    /// <summary>Whether an image and its mirror image have the same features.</summary>
    public bool Mirror { get; }

    /// <summary>Rows of patches.</summary>
    public int Rows => Shape.Height - Filters.Size + 1;

    /// <summary>Patches of a row.</summary>
    public int Columns => Shape.Width - Filters.Size + 1;

    /// <summary>Features of an image, F.</summary>
    public int Dimension => 2 * Filters.Count * Grid * Grid;

    /// <summary>The cell of the grid that a patch is summed in.</summary>
    public int Cell(int row, int column) => row * Grid / Rows * Grid + column * Grid / Columns;

    /// <summary>Patches of the largest cell; of the image and of its mirror image.</summary>
    public int LargestCell => LargestCellOf(Shape, Filters.Size, Grid, Mirror);

    /// <summary>A bound on every feature of a filter.</summary>
    public double LargestFeature(int filter) => LargestCell * Math.Max(0, _largestSums[filter] + 1 - Filters.Threshold);

    /// <summary>Throws unless a grid of patches fits the images.</summary>
    /// <exception cref="MemoException">It does not.</exception>
    public static void RequireFit(ImageShape shape, int size, int grid)
    {
        int side = Math.Min(shape.Height, shape.Width);
        if (size < 1 || size > side)
            throw new MemoException($"patches of {size} x {size} do not fit images of {shape.Height} x {shape.Width}")
                { Setting = nameof(FeatureSettings.Patch) };
        if (grid < 1 || grid > side - size + 1)
            throw new MemoException($"a pooling grid of {grid} x {grid} is finer than the {shape.Height - size + 1} x {shape.Width - size + 1} patches " +
                                    "of an image") { Setting = nameof(FeatureSettings.Pooling) };
        if (LargestCellOf(shape, size, grid, mirror: true) > 1 << 13)
            throw new MemoException($"cells of {LargestCellOf(shape, size, grid, false)} patches are too large for exact sums; " +
                                    "take a finer pooling grid") { Setting = nameof(FeatureSettings.Pooling) };
    }

    /// <summary>What partial sums of filters must stay below, so that they are exact and their sums over a cell are below
    /// 2^31.</summary>
    public static int LargestPartialSum(ImageShape shape, int size, int grid, bool mirror) =>
        Math.Min(PatchFilters.Limit, int.MaxValue / LargestCellOf(shape, size, grid, mirror));

    private static int LargestCellOf(ImageShape shape, int size, int grid, bool mirror) => (mirror ? 2 : 1) *
        ((shape.Height - size + grid) / grid) * ((shape.Width - size + grid) / grid);

    /// <summary>The features of every image, Q by <see cref="Dimension"/>. 2 K d operations a patch.</summary>
    public int[] Apply(SampleMatrix<byte> images, RunOptions run)
    {
        if ((long)images.Rows * Dimension > Array.MaxLength)
            throw new MemoException($"{images.Rows} images of {Dimension} features are more than one array can hold ({Array.MaxLength}); " +
                                    "take fewer images, or fewer filters") { Setting = nameof(FeatureSettings.Filters) };
        var features = new int[images.Rows * Dimension];
        int done = 0;
        Turns.Take(images.Rows, run.Threads, () => new Workspace(this), (i, memory) =>
        {
            Span<int> sums = features.AsSpan(i * Dimension, Dimension);
            ReadOnlySpan<byte> image = images.Row(i);
            for (int k = 0; k < image.Length; k++) memory.Image[k] = image[k];
            Filter(_packed.Value, memory, sums);
            if (Mirror)
            {
                Reflect(image, memory.Image);
                Filter(_packed.Value, memory, sums);
            }
            run.Progress?.Report((double)Interlocked.Increment(ref done) / images.Rows);
        }, static _ => { }, run.Cancellation);
        return features;
    }

    /// <summary>The definition, patch by patch, in 64-bit integers: the oracle of the kernel.</summary>
    public long[] ApplyByReference(ReadOnlySpan<byte> image)
    {
        var (features, mirrored) = (new long[Dimension], new float[image.Length]);
        var patch = new float[Filters.Dimension];
        for (int pass = 0; pass < (Mirror ? 2 : 1); pass++)
        {
            if (pass == 0) for (int k = 0; k < image.Length; k++) mirrored[k] = image[k];
            else Reflect(image, mirrored);
            for (int row = 0; row < Rows; row++)
                for (int column = 0; column < Columns; column++)
                {
                    for (int k = 0; k < patch.Length; k++) patch[k] = mirrored[Shape.Feature(row, column, 0) + _offsets[k]];
                    Filters.Centred(patch);
                    for (int k = 0; k < Filters.Count; k++)
                    {
                        long f = Filters.Biases[k];
                        for (int i = 0; i < patch.Length; i++) f += (long)Filters.Weights[k * patch.Length + i] * (long)patch[i];
                        features[Cell(row, column) * 2 * Filters.Count + k] += Math.Max(f - Filters.Threshold, 0);
                        features[(Cell(row, column) * 2 + 1) * Filters.Count + k] += Math.Max(-f - Filters.Threshold, 0);
                    }
                }
        }
        return features;
    }

    private void Reflect(ReadOnlySpan<byte> image, Span<float> mirrored)
    {
        for (int c = 0; c < Shape.Channels; c++)
            for (int y = 0; y < Shape.Height; y++)
                for (int u = 0; u < Shape.Width; u++) mirrored[Shape.Feature(y, Shape.Width - 1 - u, c)] =
                    image[Shape.Feature(y, u, c)];
    }

    private sealed class Workspace(PooledConvolution layer)
    {
        public float[] Image { get; } = new float[layer.Shape.Dimension];
        public float[] Patches { get; } = new float[layer.Columns * layer.Filters.Dimension];
        public float[] Products { get; } = new float[layer.Columns * layer.Filters.Count];
    }

    // A row of patches at a time: their products stay in the first caches.
    private void Filter(PackedMatrix packed, Workspace memory, Span<int> features)
    {
        int d = Filters.Dimension, count = Filters.Count;
        for (int row = 0; row < Rows; row++)
        {
            for (int column = 0; column < Columns; column++)
            {
                Span<float> patch = memory.Patches.AsSpan(column * d, d);
                ReadOnlySpan<float> corner = memory.Image.AsSpan(Shape.Feature(row, column, 0));
                for (int k = 0; k < patch.Length; k++) patch[k] = corner[_offsets[k]];
                Filters.Centred(patch);
            }
            Gemm.MultiplyTransposed(Columns, memory.Patches, d, packed, memory.Products, count, _biases);
            for (int column = 0; column < Columns; column++)
            {
                Span<int> sums = features.Slice(Cell(row, column) * 2 * count, 2 * count);
                Accumulate(memory.Products.AsSpan(column * count, count), sums[..count], sums[count..]);
            }
        }
    }

    private void Accumulate(ReadOnlySpan<float> products, Span<int> above, Span<int> below)
    {
        var threshold = new Vector<int>(Filters.Threshold);
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
            above[k] += Math.Max(f - Filters.Threshold, 0);
            below[k] += Math.Max(-f - Filters.Threshold, 0);
        }
    }
}
