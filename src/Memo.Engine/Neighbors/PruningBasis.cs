using System.Diagnostics.CodeAnalysis;
using Memo.Data;
using Memo.Kernels;
using Memo.Kernels.SquaredDistance;
using Memo.Numerics;

namespace Memo.Neighbors;

/// <summary>
/// A map of byte vectors to a few 16-bit integers under which distances never grow by more than a known error, for
/// passing over far points without computing their distance.
/// <para>For any matrix B with spectral norm at most sigma, C with C'C = I - B'B / sigma^2 exists and
/// phi(x) = (B(x - m) / sigma, C(x - m)) keeps distances exactly. Replacing any part by its length alone can only shrink
/// them: |x - z|^2 >= |B(x - z)|^2 / sigma^2 + (rho_x - rho_z)^2 with rho_x^2 = |x - m|^2 - |B(x - m)|^2 / sigma^2, and the
/// same with the first rows of B for B. So B need not be orthogonal; it is only good when it nearly is, and when its rows
/// catch most of the data's variance. Here B holds integers (leading principal directions times 2^14, rounded), m bytes,
/// and sigma^2 the largest absolute row sum of B B', all exact, so the bound owes nothing to floating point but the last
/// rounding of each coordinate.</para>
/// </summary>
[SuppressMessage("Design", "CA1001", Justification = "Shared by networks that come and go; freed by its finalizer.")]
internal sealed unsafe class PruningBasis
{
    private const int FewestPoints = 2048;   // below, a basis costs more than it saves
    private const int FewestFeatures = 96;
    private const double BandRatio = 1.09;   // squared, about that of lambda = 51/100

    // |a|^2 and |b|^2 stay below 2^29, so |a - b|^2 < 2^31.
    private const double LargestNorm = 23100;

    // Each coordinate is rounded to the nearest integer; its computation in double errs by far less than the rest: a length
    // is the root of a difference of sums of at most 300 terms, off by 300 * 2^-53 of LargestNorm^2, whose root is 0.0043.
    private const double RoundingError = 0.51;

    private readonly AlignedBuffer _panels; // the rows of B as points, in panels; freed with the last user
    private readonly short[] _rows;
    private readonly int[] _rowNorms;
    private readonly int[] _meanProducts;  // B m
    private readonly byte[] _mean;
    private readonly double _norm2;        // sigma^2

    /// <param name="rows">B, Directions by n, row-major.</param>
    /// <param name="directions">Rows of B, a multiple of <see cref="MappedVectors.Step"/>.</param>
    /// <param name="mean">m, length n.</param>
    public PruningBasis(short[] rows, int directions, byte[] mean)
    {
        (Directions, Dimension, _mean, _rows) = (directions, mean.Length, mean, rows);
        PanelCount = (directions + Int16Panel.Lanes - 1) / Int16Panel.Lanes;
        _panels = new AlignedBuffer((nuint)PanelCount * Int16Panel.PanelBytes(Dimension));
        (_rowNorms, _meanProducts) = (new int[directions], new int[directions]);
        long largest = 0;
        for (int r = 0; r < directions; r++)
        {
            ReadOnlySpan<short> row = rows.AsSpan(r * Dimension, Dimension);
            Int16Panel.PackPoint(row, r % Int16Panel.Lanes,
                _panels.Pointer + (nuint)(r / Int16Panel.Lanes) * Int16Panel.PanelBytes(Dimension));
            long sum = 0;
            for (int t = 0; t < directions; t++) sum += Math.Abs(Product(row, rows.AsSpan(t * Dimension, Dimension)));
            largest = Math.Max(largest, sum);
            _rowNorms[r] = (int)Product(row, row);
            for (int k = 0; k < Dimension; k++) _meanProducts[r] += row[k] * mean[k];
        }
        _norm2 = Math.Max(largest, 1); // a basis of zeros, which constant data gives, excludes nothing
        double farthest = 0; // the largest |x - m|^2 of any byte vector
        foreach (byte value in mean) farthest += Math.Max(value * value, (255 - value) * (255 - value));
        Scale = LargestNorm / Math.Sqrt(farthest);
        PairError = 2 * RoundingError * Math.Sqrt(directions + 2);
    }

    /// <summary>Rows of B: coordinates of a mapped vector.</summary>
    public int Directions { get; }

    public int Dimension { get; }

    private int PanelCount { get; }

    /// <summary>B, Directions by n, row-major.</summary>
    public ReadOnlySpan<short> Rows => _rows;

    /// <summary>m, length n.</summary>
    public ReadOnlySpan<byte> Mean => _mean;

    /// <summary>B m, length Directions.</summary>
    public ReadOnlySpan<int> MeanProducts => _meanProducts;

    /// <summary>sigma^2, an integer.</summary>
    public double SquaredNorm => _norm2;

    /// <summary>Mapped lengths are true lengths times this.</summary>
    public double Scale { get; }

    /// <summary>A mapped distance exceeds the true one times <see cref="Scale"/> by at most this.</summary>
    public double PairError { get; }

    /// <summary>
    /// The largest mapped squared distance of two vectors whose squared distance is at most <paramref name="squared"/>.
    /// </summary>
    public int Limit(double squared)
    {
        double mapped = Scale * Math.Sqrt(squared) + PairError;
        return int.CreateSaturating(mapped * mapped * (1 + 1e-9) + 1);
    }

    /// <summary>
    /// Maps the given rows of <paramref name="vectors"/> into <paramref name="mapped"/> from a position on. O(n d') a row.
    /// <paramref name="workspace"/> holds at least <see cref="WorkspaceBytes"/>.
    /// </summary>
    public void Map(SampleMatrix<byte> vectors, ReadOnlySpan<int> rows, byte* workspace, MappedVectors mapped, int position)
    {
        const int group = Int16Panel.QueryGroup;
        nuint queryBytes = Int16Panel.QueryBytes(Dimension);
        int* distances = (int*)(workspace + group * queryBytes);
        for (int first = 0; first < rows.Length; first += group)
        {
            int count = Math.Min(group, rows.Length - first);
            for (int q = 0; q < count; q++)
                Int16Panel.PackQuery(vectors.Row(rows[first + q]), workspace + (nuint)q * queryBytes);
            for (int panel = 0; panel < PanelCount; panel++)
                Int16Panel.Distances(workspace, group, _panels.Pointer + (nuint)panel * Int16Panel.PanelBytes(Dimension),
                    Dimension, distances + panel * group * Int16Panel.Lanes);
            for (int q = 0; q < count; q++)
                Finish(vectors.Row(rows[first + q]), *(int*)(workspace + (nuint)q * queryBytes), distances + q * Int16Panel.Lanes,
                    mapped.Coordinates(position + first + q), mapped.Rests(position + first + q));
        }
    }

    public nuint WorkspaceBytes => Int16Panel.QueryGroup *
        (Int16Panel.QueryBytes(Dimension) + (nuint)PanelCount * Int16Panel.Lanes * sizeof(int));

    private void Finish(ReadOnlySpan<byte> vector, int norm, int* distances, Span<short> coordinates, Span<double> rests)
    {
        double head = 0, factor = Scale / Math.Sqrt(_norm2), squaredFactor = Scale * Scale / _norm2;
        double whole = Scale * Scale * BytePair.SquaredDistance(vector, _mean);
        for (int r = 0; r < coordinates.Length; r++)
        {
            // |x|^2 + |b|^2 - 2 x.b = distance, modulo 2^32; |x.b| < 2^30, so twice it is an int32.
            int distance = distances[r / Int16Panel.Lanes * Int16Panel.QueryGroup * Int16Panel.Lanes + r % Int16Panel.Lanes];
            double product = unchecked(norm + _rowNorms[r] - distance) / 2 - _meanProducts[r];
            head += product * product;
            coordinates[r] = (short)Math.Round(product * factor);
            if (r % MappedVectors.Step == MappedVectors.Step - 1)
                rests[r / MappedVectors.Step] = Math.Max(0, whole - head * squaredFactor);
        }
    }

    private static long Product(ReadOnlySpan<short> a, ReadOnlySpan<short> b)
    {
        long sum = 0;
        for (int k = 0; k < a.Length; k++) sum += a[k] * b[k];
        return sum;
    }

    /// <summary>
    /// A basis for these points where pruning with it pays, else null. Decided on a sample, by operations and not by time,
    /// so that it is the same everywhere: a mapped distance costs d' + 2, a survivor about six times its n (it comes from
    /// memory, alone), a distance by brute force n.
    /// </summary>
    public static PruningBasis? Choose(SampleMatrix<byte> points, RunOptions run)
    {
        if (points.Rows < FewestPoints || points.Columns < FewestFeatures) return null;
        int directions = points.Columns < 192 ? 32 : points.Columns < 384 ? 64 : points.Columns < 1536 ? 128 : 192;
        PruningBasis basis = PrincipalDirections.Basis(points, directions, run);
        return basis.ShareOfWork(points) < 0.7 ? basis : null;
    }

    // What pruned search costs of brute force, estimated on a sample: for each of some points, the share of the others
    // whose bound does not exclude them from the band around its nearest neighbour in the sample.
    private double ShareOfWork(SampleMatrix<byte> points)
    {
        const int queries = 32, others = 512;
        var rows = new int[queries + others];
        for (int i = 0; i < rows.Length; i++) rows[i] = (int)((long)i * points.Rows / rows.Length);
        new SeededRandom(1).Shuffle(rows);
        var mapped = new MappedVectors(rows.Length, Directions);
        using var workspace = new AlignedBuffer(WorkspaceBytes);
        Map(points, rows, workspace.Pointer, mapped, 0);
        int survivors = 0;
        for (int q = 0; q < queries; q++)
        {
            int nearest = int.MaxValue;
            for (int i = queries; i < rows.Length; i++)
                nearest = Math.Min(nearest, BytePair.SquaredDistance(points.Row(rows[q]), points.Row(rows[i])));
            int bar = Limit(nearest * BandRatio);
            for (int i = queries; i < rows.Length; i++)
                if (Int16Panel.Pair(mapped.Coordinates(q), mapped.Coordinates(i)) <= bar) survivors++;
        }
        return (Directions + 2.0) / Dimension + 6.0 * survivors / (queries * others);
    }
}
