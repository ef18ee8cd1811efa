using Memo.Data;
using Memo.Gpu.Devices;

namespace Memo.Gpu.Search;

/// <summary>
/// How samples become the vectors that the kernels compare: d, the integer squared distance that a kernel computes for two of
/// them, and D, the true one, satisfy |d - scale^2 D| at most <see cref="Error"/>, or d is no more than that above it.
/// </summary>
internal abstract class SampleEncoding
{
    protected SampleEncoding(int dimension, int depth) => (Dimension, Depth) = (dimension, depth);

    /// <summary>n.</summary>
    public int Dimension { get; }

    /// <summary>Features of a packed vector, a multiple of <see cref="Kernels.GroupSizes.DepthUnit"/>.</summary>
    public int Depth { get; }

    /// <summary>Bytes of a sample as it travels to the device.</summary>
    public abstract int RowBytes { get; }

    /// <summary>How far a computed distance may be off.</summary>
    public abstract double Error { get; }

    /// <summary>Whether samples are bytes, whose exact distances the device can compute as well.</summary>
    public virtual bool IsBytes => true;

    /// <summary>What the plan calls it.</summary>
    public abstract string Description { get; }

    /// <summary>
    /// Writes samples as they travel, and a mark for each: -1 for padding, or a sample that does not fit; else what
    /// <see cref="Pack"/> needs to know.
    /// </summary>
    /// <param name="samples">The samples.</param>
    /// <param name="rows">Which, -1 for padding.</param>
    /// <param name="staged">rows.Length times <see cref="RowBytes"/>.</param>
    /// <param name="marks">rows.Length.</param>
    public unsafe void Stage(SampleMatrix samples, ReadOnlyMemory<int> rows, byte* staged, int* marks) =>
        Parallel.For(0, (rows.Length + 255) / 256, block =>
        {
            for (int i = 256 * block; i < Math.Min(rows.Length, 256 * (block + 1)); i++)
            {
                var row = new Span<byte>(staged + (long)i * RowBytes, RowBytes);
                int from = rows.Span[i];
                if (from < 0) row.Clear();
                marks[i] = from < 0 ? -1 : Encode(samples, from, row);
            }
        });

    /// <summary>Encodes one sample and returns its mark.</summary>
    protected abstract int Encode(SampleMatrix samples, int row, Span<byte> encoded);

    /// <summary>Packs what has travelled into panels.</summary>
    public abstract void Pack(GpuKernels kernels, GpuQueue queue, Vectors vectors, int count);

    /// <summary>Encodes bytes as they are, zero behind the last feature.</summary>
    protected int EncodeBytes(SampleMatrix samples, int row, Span<byte> encoded)
    {
        ((SampleMatrix<byte>)samples).Row(row).CopyTo(encoded);
        encoded[Dimension..].Clear();
        return 0;
    }

    protected static int PaddedTo(int value, int unit) => (value + unit - 1) / unit * unit;
}
