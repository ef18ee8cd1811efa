using System.Runtime.InteropServices;

namespace Memo.Kernels;

/// <summary>
/// The factor B of C = A B^T, packed once for many products: n x k floats in the order in which the kernel of this process
/// reads them (<see cref="Isa.Active"/> at the time of packing). A copy: the source may change afterwards. Safe for
/// concurrent use, except <see cref="Dispose"/>.
/// </summary>
public sealed unsafe class PackedMatrix : IDisposable
{
    private readonly AlignedBuffer _panels;

    /// <summary>n: rows of B, columns of C.</summary>
    public int Rows { get; }

    /// <summary>k: columns of B and of A.</summary>
    public int Columns { get; }

    /// <summary>The kernel whose panels these are.</summary>
    internal InstructionSet Kernel { get; }

    /// <summary>The panels: for each block of k, the panels of all rows, one behind the other.</summary>
    internal float* Panels => (float*)_panels.Pointer;

    /// <summary>Packs n x k values; O(n k), memory 4 n k bytes with n rounded up to a panel.</summary>
    /// <param name="values">Row-major, at least (n - 1) <paramref name="stride"/> + k of them.</param>
    /// <param name="rows">n, from 0 to 2^30.</param>
    /// <param name="columns">k, from 0 to 2^30.</param>
    /// <param name="stride">Floats from a row to the next, at least k.</param>
    /// <exception cref="ArgumentException">A size is negative or too large, the stride or the span too short.</exception>
    /// <exception cref="MemoException">There is not enough memory.</exception>
    public PackedMatrix(ReadOnlySpan<float> values, int rows, int columns, int stride)
        : this(Isa.Active, values, rows, columns, stride) { }

    internal PackedMatrix(InstructionSet kernel, ReadOnlySpan<float> values, int rows, int columns, int stride)
    {
        Gemm.CheckMatrix(rows, columns, values.Length, stride, nameof(rows), nameof(columns), nameof(values), nameof(stride));
        (Rows, Columns, Kernel) = (rows, columns, kernel);
        (int n, int k) = (rows, columns);
        int width = Gemm.PanelWidth(kernel);
        _panels = new AlignedBuffer((nuint)PanelOffset(n, width, k, 0, 0) * sizeof(float));
        int block = GemmBlocking.Depth(k);
        fixed (float* source = &MemoryMarshal.GetReference(values))
            for (int k0 = 0; k0 < k; k0 += block)
                for (int row = 0; row < n; row += width)
                {
                    int depth = Math.Min(block, k - k0);
                    GemmPacking.Panel(source + row * (nint)stride + k0, stride, Math.Min(width, n - row), depth,
                        Panels + PanelOffset(n, width, k0, depth, row), width);
                }
    }

    /// <summary>Where the panel of rows from a multiple of the width on lies, in the block of k from k0 on.</summary>
    internal static nint PanelOffset(int n, int width, int k0, int depth, int row) =>
        ((nint)n + width - 1) / width * width * k0 + (nint)row * depth;

    /// <summary>Frees the memory; the matrix is of no use afterwards.</summary>
    public void Dispose() => _panels.Dispose();
}
