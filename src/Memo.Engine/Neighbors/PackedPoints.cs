using System.Numerics;
using System.Runtime.Intrinsics.X86;
using Memo.Data;
using Memo.Kernels;
using Memo.Kernels.SquaredDistance;
using Memo.Numerics;

namespace Memo.Neighbors;

/// <summary>
/// Labelled points packed into the panels of a distance kernel. A panel holds points of one class, and panels of the
/// classes take turns, so that a scan from the front meets every class early and its thresholds tighten at once.
/// </summary>
internal sealed unsafe class PackedPoints<TElement, TDistance, TKernel> : IDisposable
    where TElement : unmanaged, INumber<TElement>
    where TDistance : unmanaged, INumber<TDistance>, IMinMaxValue<TDistance>
    where TKernel : struct, IDistanceKernel<TElement, TDistance>
{
    private readonly Lock _lock = new();
    private AlignedBuffer? _memory;
    private readonly nuint _panelBytes;
    private readonly int[] _rows;       // point of each lane, panel after panel
    private readonly int[] _laneCounts; // lanes of each panel that hold a point
    private readonly int[] _classes;    // class of each panel
    private readonly int[] _labels;     // class of each point
    private readonly Lattice _lattice;

    public PackedPoints(SampleMatrix<TElement> points, ReadOnlySpan<int> labels, int classCount)
    {
        (Points, ClassCount, _labels) = (points, classCount, labels.ToArray());
        var byClass = new List<int>[classCount];
        for (int k = 0; k < classCount; k++) byClass[k] = [];
        for (int i = 0; i < labels.Length; i++) byClass[labels[i]].Add(i);

        int width = TKernel.PanelWidth;
        PanelCount = byClass.Sum(rows => (rows.Count + width - 1) / width);
        (_rows, _laneCounts, _classes) = (new int[PanelCount * width], new int[PanelCount], new int[PanelCount]);
        for (int panel = 0, turn = 0; panel < PanelCount; turn++)
            for (int k = 0; k < classCount; k++)
            {
                int first = turn * width, count = Math.Min(width, byClass[k].Count - first);
                if (count <= 0) continue;
                byClass[k].CopyTo(first, _rows, panel * width, count);
                (_laneCounts[panel], _classes[panel]) = (count, k);
                panel++;
            }

        if (typeof(TElement) != typeof(byte))
        {
            _lattice = LatticeOf(points);
            // Doubles are brought into (-2, 2) so that squares neither overflow nor underflow; floats cannot do either.
            if (typeof(TElement) == typeof(double)) Scale = -_lattice.Highest;
        }
        _panelBytes = TKernel.PanelBytes(Dimension);
    }

    /// <summary>Packs the panels, once; before the first use of <see cref="Panel"/>. O(N n).</summary>
    public void Pack(RunOptions run)
    {
        lock (_lock)
        {
            if (_memory is not null) return;
            var memory = new AlignedBuffer((nuint)PanelCount * _panelBytes);
            Parallel.For(0, PanelCount, new ParallelOptions { MaxDegreeOfParallelism = run.Threads }, panel => TKernel.PackPanel(
                Points.Values, Dimension, Rows(panel), memory.Pointer + (nuint)panel * _panelBytes, Scale));
            _memory = memory;
        }
    }

    /// <summary>The points as they came.</summary>
    public SampleMatrix<TElement> Points { get; }

    public int Dimension => Points.Columns;

    public int ClassCount { get; }

    public int PanelCount { get; }

    /// <summary>Values are multiplied by 2^Scale when packed, so distances come out multiplied by 4^Scale.</summary>
    public int Scale { get; }

    /// <summary>The points in a panel, at most PanelWidth of them.</summary>
    public ReadOnlySpan<int> Rows(int panel) => _rows.AsSpan(panel * TKernel.PanelWidth, _laneCounts[panel]);

    /// <summary>The class that all points of a panel share.</summary>
    public int ClassOf(int panel) => _classes[panel];

    /// <summary>The class of each point.</summary>
    public ReadOnlySpan<int> Labels => _labels;

    /// <summary>A packed panel.</summary>
    public byte* Panel(int panel) => _memory!.Pointer + (nuint)panel * _panelBytes;

    /// <summary>Asks for a point's values, which come from memory in the meantime.</summary>
    public void Prefetch(int point)
    {
        if (!Sse.IsSupported) return;
        fixed (TElement* row = Points.Row(point))
            for (int k = 0; k < Dimension * sizeof(TElement); k += 64) Sse.Prefetch0((byte*)row + k);
    }

    public double PairDistance(int i, int j) => TKernel.Pair(Points.Row(i), Points.Row(j), Scale);

    /// <summary>
    /// The error of computed distances between these points and the queries, and the bits of the largest distance where
    /// it is exact. Where all values lie on a lattice coarse enough, double arithmetic commits no error at all.
    /// </summary>
    public (ErrorBound Bound, int DistanceBits) Precision(SampleMatrix<TElement> queries)
    {
        if (typeof(TElement) == typeof(byte)) return (ErrorBound.Exact, 31);
        Lattice lattice = ReferenceEquals(queries, Points) ? _lattice : LatticeOf(queries);
        lattice.Include(Math.ScaleB(1, _lattice.Lowest));
        lattice.Include(Math.ScaleB(1, _lattice.Highest));
        int bits = lattice.SquaredDistanceBits(Dimension);
        bool exact = bits <= 53 && Math.Abs(lattice.Lowest + Scale) < 400 && Math.Abs(lattice.Highest + Scale) < 400;
        return exact
            ? (ErrorBound.Exact, bits)
            : (new ErrorBound(TKernel.RelativeError(Dimension), TKernel.AbsoluteError(Dimension)), bits);
    }

    // For floats, whose range is not asked for, the walk ends once the lattice is known to be too fine to be of use.
    private static Lattice LatticeOf(SampleMatrix<TElement> values)
    {
        var lattice = new Lattice();
        for (int i = 0; i < values.Rows; i++)
            foreach (TElement value in values.Row(i))
            {
                lattice.Include(double.CreateChecked(value));
                if (typeof(TElement) == typeof(float) && lattice.Bits > 26) return lattice;
            }
        return lattice;
    }

    public void Dispose() => _memory?.Dispose();
}
