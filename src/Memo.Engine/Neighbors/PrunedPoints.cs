using Memo.Kernels;
using Memo.Kernels.SquaredDistance;

namespace Memo.Neighbors;

/// <summary>
/// Byte points mapped by a <see cref="PruningBasis"/>: a small image, panel for panel, in which distances are cheap and
/// never too large. The panels of a class lie one behind the other.
/// </summary>
internal sealed unsafe class PrunedPoints : IDisposable
{
    // The squared norm of a lane without a point: no mapped distance of a point comes near it.
    private const int EmptyNorm = 1_400_000_000;

    private readonly AlignedBuffer _memory;
    private readonly nuint _panelBytes;
    private readonly int[] _panels; // the panel of the packed points at each position

    public PrunedPoints(PackedPoints<byte, int, ByteDistance> points, PruningBasis basis, RunOptions run)
    {
        (Points, Basis) = (points, basis);
        _panels = [.. Enumerable.Range(0, points.PanelCount).OrderBy(points.ClassOf)];
        ClassStarts = new int[points.ClassCount + 1];
        foreach (int panel in _panels) ClassStarts[points.ClassOf(panel) + 1]++;
        for (int k = 0; k < points.ClassCount; k++) ClassStarts[k + 1] += ClassStarts[k];

        _panelBytes = Int16Panel.PanelBytes(basis.Coordinates);
        _memory = new AlignedBuffer((nuint)Count * _panelBytes);
        Parallel.For(0, Count, new ParallelOptions { MaxDegreeOfParallelism = run.Threads },
            () => (Workspace: new AlignedBuffer(basis.WorkspaceBytes), Coordinates: new short[Int16Panel.Lanes * basis.Coordinates]),
            (position, _, scratch) =>
            {
                ReadOnlySpan<int> rows = Rows(position);
                basis.Map(points.Points, rows, scratch.Workspace.Pointer, scratch.Coordinates);
                for (int lane = 0; lane < rows.Length; lane++)
                    Int16Panel.PackPoint(scratch.Coordinates.AsSpan(lane * basis.Coordinates, basis.Coordinates), lane, Panel(position));
                for (int lane = rows.Length; lane < Int16Panel.Lanes; lane++) ((int*)Panel(position))[lane] = EmptyNorm;
                return scratch;
            },
            scratch => scratch.Workspace.Dispose());
    }

    public PackedPoints<byte, int, ByteDistance> Points { get; }

    public PruningBasis Basis { get; }

    /// <summary>Number of panels.</summary>
    public int Count => _panels.Length;

    /// <summary>The panels of class k are at positions ClassStarts[k] to ClassStarts[k + 1] - 1.</summary>
    public int[] ClassStarts { get; }

    /// <summary>The mapped points of a panel.</summary>
    public byte* Panel(int position) => _memory.Pointer + (nuint)position * _panelBytes;

    /// <summary>The points in a panel.</summary>
    public ReadOnlySpan<int> Rows(int position) => Points.Rows(_panels[position]);

    public void Dispose() => _memory.Dispose();
}
