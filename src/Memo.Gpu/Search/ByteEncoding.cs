using Memo.Data;
using Memo.Gpu.Devices;
using Memo.Gpu.Kernels;

namespace Memo.Gpu.Search;

/// <summary>
/// Bytes as value - 128. A sum of 1024 products is an integer of at most 2^24, exact in single precision in any order; beyond,
/// each addition rounds to a multiple of 2, 4, ...
/// </summary>
internal sealed class ByteEncoding : SampleEncoding
{
    /// <summary>Squared distances of more features need not fit an int32 with their error.</summary>
    public const int LargestDimension = 16384;

    public ByteEncoding(int dimension) : base(dimension, PaddedTo(Math.Max(dimension, 1), GroupSizes.DepthUnit))
    {
        RowBytes = Depth;
        // What the k-th addition may be off by: half a unit in the last place of a sum of at most 2^14 k and what is lost already.
        double error = 0;
        for (int k = 1; k <= dimension; k++)
        {
            double largest = 16384.0 * k + error;
            if (largest > 1 << 24) error += Math.ScaleB(1, Math.ILogB(largest) - 24);
        }
        Error = 2 * error;
    }

    public override int RowBytes { get; }

    public override double Error { get; }

    public override string Description => "bytes";

    protected override int Encode(SampleMatrix samples, int row, Span<byte> encoded) => EncodeBytes(samples, row, encoded);

    public override void Pack(GpuKernels kernels, GpuQueue queue, Vectors vectors, int count)
    {
        int packed = kernels.Padded(count);
        kernels.Launch(queue, KernelNames.PackBytes, (packed + GroupSizes.Pack - 1) / GroupSizes.Pack, (GroupSizes.Pack, 1),
            new GpuArguments().View(vectors.Raw, 0, (long)count * RowBytes / 16, 16).View(vectors.Panels, 0, (long)packed * Depth, 4)
                .View(vectors.Norms, 0, packed, 4).View(vectors.Marks, 0, count, 4).Int(count).Int(packed).Int(Dimension).Int(RowBytes / 16)
                .Int(Depth).Int(kernels.Width));
    }
}
