using Memo.Kernels.ByteProducts;

namespace Memo.Kernels;

/// <summary>
/// The rows of a byte matrix, packed once as the second operand of any number of products (<see cref="ByteGemm"/>): panels
/// of 32 rows in the layout of the technique that this process chose, count * k bytes or twice that. Immutable, for any
/// number of threads at once; the memory is released by <see cref="Dispose"/>, after which it must not be used.
/// </summary>
public sealed unsafe class PackedBytes : IDisposable
{
    private readonly AlignedBuffer _panels;
    private readonly nuint _panelBytes;

    /// <summary>Packs <paramref name="rows"/> rows of <paramref name="columns"/> bytes. O(rows * columns).</summary>
    /// <param name="values">Row r starts at r * stride; (rows - 1) * stride + columns values are read.</param>
    /// <param name="rows">Number of rows, n of the product; 0 or more.</param>
    /// <param name="columns">Length of a row, k of the product; 0 to 33,025, so that products fit int32.</param>
    /// <param name="stride">Distance of the starts of two rows, at least <paramref name="columns"/>.</param>
    /// <param name="threads">Most threads to use, at least 1.</param>
    /// <exception cref="ArgumentException">A size is out of range, or <paramref name="values"/> is too short.</exception>
    public PackedBytes(ReadOnlySpan<byte> values, int rows, int columns, int stride, int threads = 1)
    {
        ByteGemm.RequireMatrix(values.Length, rows, columns, stride, nameof(values));
        ByteGemm.RequireDepth(columns);
        ArgumentOutOfRangeException.ThrowIfLessThan(threads, 1);
        (Rows, Columns, Technique) = (rows, columns, BytePanel.Chosen);
        PanelCount = (rows + BytePanel.Lanes - 1) / BytePanel.Lanes;
        _panelBytes = BytePanel.PanelBytes(Technique, columns);
        _panels = new AlignedBuffer((nuint)PanelCount * _panelBytes, cleared: false);
        fixed (byte* first = values)
        {
            nint start = (nint)first;
            // 8 panels at a time: tens of microseconds.
            Turns.Take((PanelCount + 7) / 8, threads, static () => 0, (turn, _) =>
            {
                byte** points = stackalloc byte*[BytePanel.Lanes];
                for (int panel = 8 * turn; panel < Math.Min(8 * turn + 8, PanelCount); panel++)
                {
                    int row = panel * BytePanel.Lanes, count = Math.Min(BytePanel.Lanes, Rows - row);
                    for (int lane = 0; lane < count; lane++) points[lane] = (byte*)start + (nint)(row + lane) * stride;
                    BytePanel.PackPanel(Technique, points, count, Columns, Panel(panel));
                }
            }, static _ => { });
        }
    }

    /// <summary>Number of rows.</summary>
    public int Rows { get; }

    /// <summary>Length of a row.</summary>
    public int Columns { get; }

    internal bool IsDisposed => _panels.Pointer == null;

    internal ByteTechnique Technique { get; }

    internal int PanelCount { get; }

    internal byte* Panel(int panel) => _panels.Pointer + (nuint)panel * _panelBytes;

    /// <summary>Releases the memory.</summary>
    public void Dispose() => _panels.Dispose();
}
