using System.Buffers;
using System.Runtime.InteropServices;
using Memo.Data;
using Memo.Gpu.Devices;
using Memo.Gpu.Kernels;

namespace Memo.Gpu.Search;

/// <summary>
/// Floating-point samples moved by their mean, scaled by a power of two so that squared norms are at most 2^28, and rounded to
/// single precision. With S = |a| + |b| at most 2^15 and u = 2^-24: rounding the coordinates moves a distance by at most 2 u S^2
/// (and u^2 S^2), the product of n terms by (n + 1) u S^2 / 2, and integers by 4.
/// </summary>
internal sealed class FloatEncoding : SampleEncoding
{
    private const double LargestSquaredNorm = 1 << 28;

    private readonly double[] _centre;
    private readonly double _scale;

    private FloatEncoding(double[] centre, double scale) : base(centre.Length, PaddedTo(Math.Max(centre.Length, 1), GroupSizes.DepthUnit))
    {
        (_centre, _scale) = (centre, scale);
        double unit = Math.ScaleB(1, -24), squares = 4 * LargestSquaredNorm;
        Error = Math.Ceiling(squares * unit * (2 + (Depth + 1) / 2.0) * 1.01) + 4;
    }

    /// <summary>The encoding that suits these points; null where their values are so large or small that none does.</summary>
    public static FloatEncoding? For(SampleMatrix points)
    {
        var centre = new double[points.Columns];
        var values = new double[points.Columns];
        for (int i = 0; i < points.Rows; i++)
        {
            Widen(points, i, values);
            for (int k = 0; k < centre.Length; k++) centre[k] += values[k] / points.Rows;
        }
        double largest = 0;
        for (int i = 0; i < points.Rows; i++)
        {
            double squared = 0;
            Widen(points, i, values);
            for (int k = 0; k < centre.Length; k++) squared += (values[k] - centre[k]) * (values[k] - centre[k]);
            largest = Math.Max(largest, squared);
        }
        if (!double.IsFinite(largest) || largest is > 1e290 or (> 0 and < 1e-290)) return null;
        // largest * 4^exponent is below 2^27, so that no point can be rounded beyond 2^28.
        int exponent = largest == 0 ? 0 : (26 - Math.ILogB(largest)) >> 1;
        return new FloatEncoding(centre, Math.ScaleB(1, exponent));
    }

    public override int RowBytes => Depth * sizeof(float);

    public override double Error { get; }

    public override bool IsBytes => false;

    public override string Description => "floats";

    // The mark is the squared norm, the nearest integer; a query too far out for the scale does not fit.
    protected override int Encode(SampleMatrix samples, int row, Span<byte> encoded)
    {
        Span<float> values = MemoryMarshal.Cast<byte, float>(encoded);
        double[] wide = ArrayPool<double>.Shared.Rent(Dimension);
        Widen(samples, row, wide.AsSpan(0, Dimension));
        double squared = 0;
        for (int k = 0; k < Dimension; k++)
        {
            double value = values[k] = (float)((wide[k] - _centre[k]) * _scale);
            squared += value * value;
        }
        ArrayPool<double>.Shared.Return(wide);
        values[Dimension..].Clear();
        return squared <= LargestSquaredNorm ? (int)Math.Round(squared) : -1;
    }

    private static void Widen(SampleMatrix samples, int row, Span<double> values)
    {
        switch (samples)
        {
            case SampleMatrix<float> floats:
                ReadOnlySpan<float> narrow = floats.Row(row);
                for (int k = 0; k < narrow.Length; k++) values[k] = narrow[k];
                break;
            case SampleMatrix<double> doubles:
                doubles.Row(row).CopyTo(values);
                break;
            default:
                throw new NotSupportedException($"samples of type {samples.ElementType}");
        }
    }

    public override void Pack(GpuKernels kernels, GpuQueue queue, Vectors vectors, int count)
    {
        int packed = kernels.Padded(count);
        kernels.Launch(queue, KernelNames.PackFloats, (packed + GroupSizes.Pack - 1) / GroupSizes.Pack, (GroupSizes.Pack, 1),
            new GpuArguments().View(vectors.Raw, 0, (long)count * Depth, 4).View(vectors.Panels, 0, (long)packed * Depth, 4).Int(count)
                .Int(packed).Int(Depth).Int(kernels.Width));
    }
}
