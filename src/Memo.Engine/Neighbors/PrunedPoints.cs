using Memo.Data;
using Memo.Kernels;
using Memo.Kernels.LowerBound;

namespace Memo.Neighbors;

/// <summary>
/// Labelled byte points mapped by a <see cref="PruningBasis"/> and packed twice: for the first look, which takes in a few
/// coordinates of every panel (<see cref="PanelFilter"/>), and for the second, which goes on to more
/// (<see cref="PanelVisit"/>). The points of a class lie one behind the other, neighbours together (<see cref="PointOrder"/>),
/// so that a bound seldom admits one point of a panel and excludes the others.
/// </summary>
internal sealed unsafe class PrunedPoints : IDisposable
{
    public const int Lanes = PanelFilter.Lanes;

    // -h of a lane without a point: no threshold is so low.
    private const int EmptyLane = -1_400_000_000;

    private readonly AlignedBuffer _filter, _visit, _values;
    private readonly nint _filterBytes, _visitBytes;
    private readonly int[] _rows;       // point of each lane, panel after panel; -1 for none
    private readonly int[] _laneCounts; // lanes of each panel that hold a point

    /// <param name="points">The points, N by n.</param>
    /// <param name="labels">Class index of each.</param>
    /// <param name="classCount">Number of classes.</param>
    /// <param name="basis">The map.</param>
    /// <param name="run">Threads.</param>
    public PrunedPoints(SampleMatrix<byte> points, ReadOnlySpan<int> labels, int classCount, PruningBasis basis, RunOptions run)
    {
        (Points, Basis) = (points, basis);
        var parallel = new ParallelOptions { MaxDegreeOfParallelism = run.Threads };
        MappedVectors mapped = MapAll(points, basis, parallel);
        (_rows, ClassStarts) = PointOrder.Panels(mapped, labels, classCount, parallel);
        PanelCount = ClassStarts[classCount];
        _laneCounts = new int[PanelCount];
        for (int p = 0; p < PanelCount; p++)
            while (_laneCounts[p] < Lanes && _rows[p * Lanes + _laneCounts[p]] >= 0) _laneCounts[p]++;
        Levels = PruningLevels.Choose(mapped, labels, this);

        (_filterBytes, _visitBytes) =
            (PanelFilter.PanelBytes(Levels.FilterPairs), PanelVisit.PanelBytes(Levels.Visits.Length, Levels.Pairs));
        _filter = new AlignedBuffer((nuint)(PanelCount * _filterBytes));
        _visit = new AlignedBuffer((nuint)(PanelCount * _visitBytes));
        _values = new AlignedBuffer((nuint)PanelCount * Lanes * (nuint)Stride);
        Parallel.For(0, PanelCount, parallel, p =>
        {
            Pack(mapped, p);
            ReadOnlySpan<int> rows = Rows(p);
            for (int lane = 0; lane < rows.Length; lane++)
                points.Row(rows[lane]).CopyTo(new Span<byte>(Values(p, lane), points.Columns));
        });
    }

    private static MappedVectors MapAll(SampleMatrix<byte> points, PruningBasis basis, ParallelOptions parallel)
    {
        const int block = 128;
        var mapped = new MappedVectors(points.Rows, basis.Directions);
        Parallel.For(0, (points.Rows + block - 1) / block, parallel,
            () => (Workspace: new AlignedBuffer(basis.WorkspaceBytes), Rows: new int[block]),
            (b, _, scratch) =>
            {
                int first = b * block, count = Math.Min(block, points.Rows - first);
                for (int i = 0; i < count; i++) scratch.Rows[i] = first + i;
                basis.Map(points, scratch.Rows.AsSpan(0, count), scratch.Workspace.Pointer, mapped, first);
                return scratch;
            },
            scratch => scratch.Workspace.Dispose());
        return mapped;
    }

    private void Pack(MappedVectors mapped, int panel)
    {
        ReadOnlySpan<int> rows = Rows(panel);
        byte* filter = FilterPanel(panel), visit = VisitPanel(panel);
        int* filterPairs = (int*)(filter + PanelFilter.HeaderBytes);
        int* visitPairs = (int*)(visit + Levels.Visits.Length * PanelVisit.LevelBytes);
        for (int lane = 0; lane < Lanes; lane++)
        {
            if (lane >= rows.Length)
            {
                ((int*)filter)[lane] = EmptyLane;
                for (int s = 0; s < Levels.Visits.Length; s++) ((int*)(visit + s * PanelVisit.LevelBytes))[lane] = EmptyLane;
                continue;
            }
            int row = rows[lane];
            ReadOnlySpan<short> coordinates = mapped.Coordinates(row);
            for (int pair = 0; pair < Levels.Filter / 2; pair++)
                filterPairs[pair * Lanes + lane] = Pair(coordinates[2 * pair], coordinates[2 * pair + 1]);
            PackLevel(mapped, row, Levels.Filter, lane, (int*)filter, filterPairs + Levels.Filter / 2 * Lanes);
            for (int pair = 0; pair < Levels.Pairs; pair++)
                visitPairs[pair * Lanes + lane] = Pair(coordinates[2 * pair], coordinates[2 * pair + 1]);
            for (int s = 0; s < Levels.Visits.Length; s++)
            {
                byte* header = visit + s * PanelVisit.LevelBytes;
                PackLevel(mapped, row, Levels.Visits[s], lane, (int*)header, (int*)(header + PanelFilter.HeaderBytes));
            }
        }
    }

    private static void PackLevel(MappedVectors mapped, int row, int end, int lane, int* header, int* last)
    {
        header[lane] = -(mapped.SquaredNorm(row, end) >> 1);
        (short near, short far) = mapped.Rest(row, end);
        last[lane] = Pair(near, far);
    }

    /// <summary>Two coordinates as the kernels read them.</summary>
    public static int Pair(short first, short second) => (ushort)first | second << 16;

    public SampleMatrix<byte> Points { get; }

    public PruningBasis Basis { get; }

    /// <summary>How far each look goes.</summary>
    public PruningLevels Levels { get; }

    public int PanelCount { get; }

    public int ClassCount => ClassStarts.Length - 1;

    /// <summary>The panels of class k are ClassStarts[k] to ClassStarts[k + 1] - 1.</summary>
    public int[] ClassStarts { get; }

    /// <summary>The points in a panel, at most 32.</summary>
    public ReadOnlySpan<int> Rows(int panel) => _rows.AsSpan(panel * Lanes, _laneCounts[panel]);

    /// <summary>A panel for the first look.</summary>
    public byte* FilterPanel(int panel) => _filter.Pointer + panel * _filterBytes;

    /// <summary>A panel for the second look.</summary>
    public byte* VisitPanel(int panel) => _visit.Pointer + panel * _visitBytes;

    /// <summary>Bytes from point to point in <see cref="Values"/>, a multiple of 64; what a point does not fill is zero.</summary>
    public int Stride => (Points.Columns + 63) / 64 * 64;

    /// <summary>The point of a lane as it came, neighbours side by side.</summary>
    public byte* Values(int panel, int lane) => _values.Pointer + ((nint)panel * Lanes + lane) * Stride;

    public void Dispose()
    {
        _values.Dispose();
        _filter.Dispose();
        _visit.Dispose();
    }
}
