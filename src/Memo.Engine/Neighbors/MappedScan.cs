using System.Runtime.Intrinsics.X86;
using Memo.Data;
using Memo.Kernels;
using Memo.Kernels.SquaredDistance;

namespace Memo.Neighbors;

/// <summary>
/// Lower bounds on the distances from a block of queries to mapped points, and the points that a bound does not exclude:
/// what exact pruning is made of. One object serves one thread.
/// </summary>
internal sealed unsafe class MappedScan : IDisposable
{
    private const int Ahead = 4; // points whose values are on their way from memory while one is compared

    private readonly PrunedPoints _points;
    private readonly AlignedBuffer _queries, _bounds, _lanes, _workspace;
    private readonly short[] _coordinates;

    /// <param name="points">The points.</param>
    /// <param name="blockSize">The most queries in a block.</param>
    public MappedScan(PrunedPoints points, int blockSize)
    {
        _points = points;
        PruningBasis basis = points.Basis;
        int capacity = Padded(blockSize);
        // Single queries are computed as a group, so there are some rows to spare behind the last.
        _queries = new AlignedBuffer((nuint)(capacity + Int16Panel.QueryGroup) * Int16Panel.QueryBytes(basis.Coordinates));
        _bounds = new AlignedBuffer((nuint)capacity * (nuint)points.Count * sizeof(int));
        _lanes = new AlignedBuffer(Int16Panel.QueryGroup * Int16Panel.Lanes * sizeof(int));
        _workspace = new AlignedBuffer(basis.WorkspaceBytes);
        _coordinates = new short[blockSize * basis.Coordinates];
    }

    /// <summary>Points that the bar admitted, with their mapped distances.</summary>
    public List<(int Point, int Mapped)> Admitted { get; } = [];

    private static int Padded(int count) => (count + Int16Panel.QueryGroup - 1) / Int16Panel.QueryGroup * Int16Panel.QueryGroup;

    /// <summary>Bounds the distances from the given rows to the points of classes firstClass and up. O(N d') a row.</summary>
    public void Run(SampleMatrix<byte> queries, ReadOnlySpan<int> rows, int firstClass = 0)
    {
        PruningBasis basis = _points.Basis;
        basis.Map(queries, rows, _workspace.Pointer, _coordinates);
        for (int q = 0; q < rows.Length; q++)
            Int16Panel.PackQuery(_coordinates.AsSpan(q * basis.Coordinates, basis.Coordinates), Query(q));
        for (int position = _points.ClassStarts[firstClass]; position < _points.Count; position++)
            Int16Panel.Minima(_queries.Pointer, Padded(rows.Length), _points.Panel(position), basis.Coordinates,
                (int*)_bounds.Pointer + position, _points.Count);
    }

    /// <summary>The panel of a class with the least bound for a query, and the bound; (-1, int.MaxValue) without a panel.</summary>
    public (int Position, int Bound) LeastPanel(int query, int pointClass)
    {
        int start = _points.ClassStarts[pointClass], count = _points.ClassStarts[pointClass + 1] - start;
        if (count == 0) return (-1, int.MaxValue);
        int* bounds = Bounds(query) + start;
        int least = Threshold.IndexOfLeast(bounds, count);
        return (start + least, bounds[least]);
    }

    /// <summary>The point of a panel with the least mapped distance from a query.</summary>
    public int BestPoint(int query, int position)
    {
        int* lanes = MappedDistances(query, position);
        ReadOnlySpan<int> rows = _points.Rows(position);
        return rows[Threshold.IndexOfLeast(lanes, rows.Length)];
    }

    /// <summary>Adds the points of a class whose mapped distance is at most the bar to <see cref="Admitted"/>.</summary>
    public void Admit(int query, int pointClass, int bar)
    {
        int end = _points.ClassStarts[pointClass + 1];
        int* bounds = Bounds(query);
        for (int position = _points.ClassStarts[pointClass]; ; position++)
        {
            position = Threshold.FirstAtMost(bounds, position, end, bar);
            if (position >= end) return;
            int* lanes = MappedDistances(query, position);
            ReadOnlySpan<int> rows = _points.Rows(position);
            for (int lane = Threshold.FirstAtMost(lanes, 0, rows.Length, bar); lane < rows.Length;
                 lane = Threshold.FirstAtMost(lanes, lane + 1, rows.Length, bar))
                Admitted.Add((rows[lane], lanes[lane]));
        }
    }

    /// <summary>The exact squared distance to the admitted point at an index, fetching ahead those behind it.</summary>
    public int Distance(ReadOnlySpan<byte> query, int index)
    {
        if (Sse.IsSupported && index + Ahead < Admitted.Count)
            fixed (byte* row = _points.Points.Points.Row(Admitted[index + Ahead].Point))
                for (int k = 0; k < query.Length; k += 64) Sse.Prefetch0(row + k);
        return DistanceTo(query, Admitted[index].Point);
    }

    /// <summary>The exact squared distance to a point.</summary>
    public int DistanceTo(ReadOnlySpan<byte> query, int point) =>
        (int)ByteDistance.Pair(query, _points.Points.Points.Row(point), 0);

    private int* Bounds(int query) => (int*)_bounds.Pointer + (nint)query * _points.Count;

    private byte* Query(int q) => _queries.Pointer + (nuint)q * Int16Panel.QueryBytes(_points.Basis.Coordinates);

    private int* MappedDistances(int query, int position)
    {
        Int16Panel.Distances(Query(query), Int16Panel.QueryGroup, _points.Panel(position), _points.Basis.Coordinates, (int*)_lanes.Pointer);
        return (int*)_lanes.Pointer;
    }

    public void Dispose()
    {
        _queries.Dispose();
        _bounds.Dispose();
        _lanes.Dispose();
        _workspace.Dispose();
    }
}
