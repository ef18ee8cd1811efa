using Memo.Data;
using Memo.Gpu.Devices;
using Memo.Gpu.Kernels;
using Memo.Neighbors;

namespace Memo.Gpu.Search;

/// <summary>
/// Bytes under the map of a pruning basis: a few coordinates and the length of the rest, under which distances hardly grow and
/// far points stay far (<see cref="PruningBasis"/>). The device computes the map with its own roundings, hence its own bound.
/// </summary>
internal sealed class ProjectedEncoding : SampleEncoding, IDisposable
{
    // ProjectionKernel: a coordinate is off by less than 0.505, the rest's length by less than 0.52.
    private const double CoordinateError = 0.52;

    // |a|^2 of a mapped vector: PruningBasis.LargestNorm, and what rounding adds to 193 coordinates.
    private const double LargestSquaredNorm = (23100 + 8) * (23100.0 + 8);

    private readonly PruningBasis _basis;
    private readonly GpuBuffer _directions, _means, _meanProducts;
    private readonly double _pairError;

    public unsafe ProjectedEncoding(PruningBasis basis, GpuDevice device, GpuQueue queue)
        : base(basis.Dimension, PaddedTo(basis.Directions + 1, GroupSizes.DepthUnit))
    {
        _basis = basis;
        RowBytes = PaddedTo(basis.Dimension, 16);
        _pairError = 2 * CoordinateError * Math.Sqrt(basis.Directions + 1);
        // A product of Depth terms is off by at most gamma |a| |b|, and is then cut to an integer.
        double unit = Math.ScaleB(1, -24), gamma = (Depth + 1) * unit / (1 - (Depth + 1) * unit);
        Error = Math.Ceiling(2 * (gamma * LargestSquaredNorm + 1));
        var transposed = new int[basis.Dimension * basis.Directions];
        for (int r = 0; r < basis.Directions; r++)
            for (int k = 0; k < basis.Dimension; k++) transposed[k * basis.Directions + r] = basis.Rows[r * basis.Dimension + k];
        int[] means = Array.ConvertAll(basis.Mean.ToArray(), value => (int)value);
        _directions = Upload(transposed);
        _means = Upload(means);
        _meanProducts = Upload(basis.MeanProducts.ToArray());

        GpuBuffer Upload(int[] values)
        {
            GpuBuffer buffer = device.Allocate(Math.Max(4L, 4L * values.Length));
            fixed (int* from = values) queue.Write(buffer, 0, from, 4L * values.Length);
            queue.Synchronize();
            return buffer;
        }
    }

    /// <summary>Whether a device gains from this basis: two looks at it against one at all features.</summary>
    public static bool Pays(PruningBasis basis) => basis.Directions <= GroupSizes.LargestDirections &&
        3 * basis.Directions < basis.Dimension && basis.Dimension <= ByteEncoding.LargestDimension && basis.SquaredNorm < 1L << 30;

    public override int RowBytes { get; }

    public override double Error { get; }

    public override string Description => $"bytes, projected to {_basis.Directions} directions";

    /// <summary>The largest computed distance of two samples whose squared distance is at most <paramref name="squared"/>.</summary>
    public int Limit(double squared)
    {
        double mapped = _basis.Scale * Math.Sqrt(squared) + _pairError;
        return (int)Math.Min(mapped * mapped * (1 + 1e-9) + 1 + Error, int.MaxValue - 1);
    }

    protected override int Encode(SampleMatrix samples, int row, Span<byte> encoded) => EncodeBytes(samples, row, encoded);

    public override void Pack(GpuKernels kernels, GpuQueue queue, Vectors vectors, int count)
    {
        int packed = kernels.Padded(count), directions = _basis.Directions;
        kernels.Launch(queue, KernelNames.Project, (packed + GroupSizes.ProjectedVectors - 1) / GroupSizes.ProjectedVectors,
            (GroupSizes.Project, 1),
            new GpuArguments().View(vectors.Raw, 0, (long)count * RowBytes / 16, 16).View(_directions, 0, (long)Dimension * directions, 4)
                .View(_means, 0, Dimension, 4).View(_meanProducts, 0, directions, 4).View(vectors.Marks, 0, count, 4)
                .View(vectors.Panels, 0, (long)packed * Depth, 4).View(vectors.Norms, 0, packed, 4).Int(count).Int(packed).Int(Dimension)
                .Int(RowBytes / 16).Int(directions).Int(Depth).Int(kernels.Width).Long((long)_basis.SquaredNorm)
                .Float((float)(_basis.Scale / Math.Sqrt(_basis.SquaredNorm))));
    }

    public void Dispose()
    {
        _directions.Dispose();
        _means.Dispose();
        _meanProducts.Dispose();
    }
}
