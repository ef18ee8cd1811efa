using System.Numerics;
using Memo.Data;
using Memo.Kernels;
using Memo.Kernels.SquaredDistance;
using Memo.Neighbors;
using Memo.Numerics;

namespace Memo.Constructions;

/// <summary>
/// The greedy cover in the proof of Theorem 4.3: in the order of the data, every sample that lies within the radius of no
/// point picked before is picked. So every sample is within the radius of a picked point, and picked points are farther
/// apart. Decided exactly, by distances to all picked points: O(N |D_s| n), memory O(|D_s| n).
/// </summary>
internal sealed unsafe class BallCover<TElement, TDistance, TKernel> : IDisposable
    where TElement : unmanaged, INumber<TElement>
    where TDistance : unmanaged, INumber<TDistance>, IMinMaxValue<TDistance>
    where TKernel : struct, IDistanceKernel<TElement, TDistance>
{
    private const double Ulp = 1.0 / (1L << 52);
    private const int BlockSize = 256; // samples, which the points picked among them cost up to 256 / 2 short sums each
    private const int TurnSize = 32;   // samples that a thread compares with all panels at a time

    private readonly SampleMatrix<TElement> _samples;
    private readonly Dyadic _squaredRadius, _squaredDenominator; // the former times the latter
    private readonly int _scale;
    private readonly ErrorBound _bound;
    private readonly double _surely;       // exact values up to this are within the radius
    private readonly TDistance _possibly;  // no computed value above this is
    private readonly List<int> _picked = [];
    private readonly List<AlignedBuffer> _panels = [];

    /// <param name="samples">The samples.</param>
    /// <param name="squaredRadius">The square of the radius, times that of the denominator.</param>
    /// <param name="denominator">A positive integer.</param>
    public BallCover(SampleMatrix<TElement> samples, Dyadic squaredRadius, int denominator)
    {
        (_samples, _squaredRadius, _squaredDenominator) = (samples, squaredRadius, (long)denominator * denominator);
        using (var points = new PackedPoints<TElement, TDistance, TKernel>(samples, new int[samples.Rows], 1))
            (_scale, _bound) = (points.Scale, points.Precision(samples).Bound);
        if (typeof(TDistance) == typeof(int)) // integers: the limit is one too, and decides
        {
            BigInteger limit = squaredRadius.MantissaAt(0) / _squaredDenominator.Mantissa;
            _surely = (double)BigInteger.Min(limit, int.MaxValue);
            _possibly = TDistance.CreateTruncating(_surely);
            return;
        }
        Dyadic scaled = new(squaredRadius.Mantissa, squaredRadius.Exponent + 2 * _scale);
        double square = (double)denominator * denominator;
        _surely = scaled.RoundDown() / square * (1 - 4 * Ulp);
        double most = scaled.RoundUp() / square * (1 + 4 * Ulp) + 2 * double.Epsilon;
        _possibly = TDistance.CreateTruncating((most + 2 * _bound.Absolute) * (1 + 4 * _bound.Relative));
    }

    /// <summary>The samples picked, ascending.</summary>
    public IReadOnlyList<int> Find(RunOptions run)
    {
        var covered = new bool[BlockSize];
        for (int first = 0; first < _samples.Rows; first += BlockSize)
        {
            run.Cancellation.ThrowIfCancellationRequested();
            int count = Math.Min(BlockSize, _samples.Rows - first), before = _picked.Count;
            Array.Clear(covered);
            if (_panels.Count > 0)
                Turns.Take((count + TurnSize - 1) / TurnSize, run.Threads, () => new Workspace(_samples.Columns),
                    (turn, memory) => Compare(first + turn * TurnSize, Math.Min(TurnSize, count - turn * TurnSize),
                        covered.AsSpan(turn * TurnSize), memory),
                    static memory => memory.Dispose(), run.Cancellation);
            for (int i = 0; i < count; i++)
                if (!covered[i] && !IsCoveredBy(first + i, before)) _picked.Add(first + i);
            PackFrom(before);
            run.Progress?.Report((double)(first + count) / _samples.Rows);
        }
        return _picked;
    }

    // What a thread needs for its samples.
    private sealed class Workspace(int dimension) : IDisposable
    {
        public AlignedBuffer Queries { get; } = new(TurnSize * TKernel.QueryBytes(dimension));
        public AlignedBuffer Distances { get; } = new((nuint)(TurnSize * TKernel.PanelWidth * sizeof(TDistance)));
        public AlignedBuffer Limits { get; } = new((nuint)(TurnSize * sizeof(TDistance)));
        public AlignedBuffer Lanes { get; } = new(TurnSize * sizeof(uint));

        public void Dispose()
        {
            Queries.Dispose();
            Distances.Dispose();
            Limits.Dispose();
            Lanes.Dispose();
        }
    }

    // Samples against all packed points.
    private void Compare(int first, int count, Span<bool> covered, Workspace memory)
    {
        nuint queryBytes = TKernel.QueryBytes(_samples.Columns);
        for (int q = 0; q < count; q++)
            TKernel.PackQuery(_samples.Row(first + q), memory.Queries.Pointer + (nuint)q * queryBytes, _scale);
        new Span<TDistance>(memory.Limits.Pointer, TurnSize).Fill(_possibly);
        int left = count, padded = (count + TKernel.QueryGroup - 1) / TKernel.QueryGroup * TKernel.QueryGroup;
        uint* lanes = (uint*)memory.Lanes.Pointer;
        var distances = (TDistance*)memory.Distances.Pointer;
        for (int panel = 0; panel < _panels.Count && left > 0; panel++)
        {
            TKernel.Within(memory.Queries.Pointer, padded, _panels[panel].Pointer, _samples.Columns,
                (TDistance*)memory.Limits.Pointer, lanes, distances);
            int firstPoint = panel * TKernel.PanelWidth, points = Math.Min(TKernel.PanelWidth, _picked.Count - firstPoint);
            uint occupied = uint.MaxValue >> (32 - points);
            for (int q = 0; q < count; q++)
                for (uint near = covered[q] ? 0 : lanes[q] & occupied; near != 0; near &= near - 1)
                {
                    int lane = BitOperations.TrailingZeroCount(near);
                    if (!IsWithin(first + q, _picked[firstPoint + lane],
                        double.CreateTruncating(distances[q * TKernel.PanelWidth + lane]))) continue;
                    covered[q] = true;
                    left--;
                    break;
                }
        }
    }

    // A sample against the points picked since the last packing.
    private bool IsCoveredBy(int sample, int from)
    {
        for (int p = from; p < _picked.Count; p++)
        {
            double distance = TKernel.Pair(_samples.Row(sample), _samples.Row(_picked[p]), _scale);
            if (distance <= double.CreateTruncating(_possibly) && IsWithin(sample, _picked[p], distance)) return true;
        }
        return false;
    }

    private bool IsWithin(int i, int j, double computed) =>
        typeof(TDistance) == typeof(int) || _bound.Upper(computed) <= _surely ||
        _squaredDenominator * ExactDistance.Squared(_samples.Row(i), _samples.Row(j)) <= _squaredRadius;

    // Panels are full but for the last, which is packed anew.
    private void PackFrom(int point)
    {
        if (point == _picked.Count) return;
        int[] picked = [.. _picked];
        for (int panel = point / TKernel.PanelWidth; panel * TKernel.PanelWidth < picked.Length; panel++)
        {
            int first = panel * TKernel.PanelWidth;
            var packed = new AlignedBuffer(TKernel.PanelBytes(_samples.Columns));
            TKernel.PackPanel(_samples.Values, _samples.Columns,
                picked.AsSpan(first, Math.Min(TKernel.PanelWidth, picked.Length - first)), packed.Pointer, _scale);
            if (panel < _panels.Count)
            {
                _panels[panel].Dispose();
                _panels[panel] = packed;
            }
            else
                _panels.Add(packed);
        }
    }

    public void Dispose()
    {
        foreach (AlignedBuffer panel in _panels) panel.Dispose();
    }
}
