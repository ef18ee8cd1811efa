using System.Diagnostics.CodeAnalysis;
using System.Numerics;
using Memo.Data;
using Memo.Kernels;
using Memo.Kernels.SquaredDistance;
using Memo.Numerics;

namespace Memo.Neighbors;

/// <summary>
/// A map of byte vectors to a few 16-bit integers under which distances never grow by more than a known error, for
/// passing over far points without computing their distance.
/// <para>For any matrix B with spectral norm at most sigma, C with C'C = I - B'B / sigma^2 exists and
/// phi(x) = (B(x - m) / sigma, C(x - m)) keeps distances exactly. Replacing the second part by its length alone can only
/// shrink them: |x - z|^2 >= |B(x - z)|^2 / sigma^2 + (rho_x - rho_z)^2 with rho_x^2 = |x - m|^2 - |B(x - m)|^2 / sigma^2.
/// So B need not be orthogonal; it is only good when it nearly is, and when its rows catch most of the data's variance.
/// Here B holds integers (leading principal directions times 2^14, rounded), m bytes, and sigma^2 the largest absolute row
/// sum of B B', all exact, so the bound owes nothing to floating point but the last rounding of each coordinate.</para>
/// </summary>
[SuppressMessage("Design", "CA1001", Justification = "Shared by networks that come and go; freed by its finalizer.")]
internal sealed unsafe class PruningBasis
{
    private const double RowScale = 1 << 14;
    private const int SampleSize = 2048;
    private const int Iterations = 3;
    private const int FewestPoints = 2048;   // below, a basis costs more than it saves
    private const int FewestFeatures = 96;
    private const double BandRatio = 1.09;   // squared, about that of lambda = 51/100

    // |a|^2 and |b|^2 stay below 2^29, so |a - b|^2 < 2^31.
    private const double LargestNorm = 23100;

    // Each coordinate is rounded to the nearest integer; its computation in double errs by far less than the rest.
    private const double RoundingError = 0.51;

    private readonly AlignedBuffer _panels; // the rows of B as points, in panels; freed with the last user
    private readonly int[] _rowNorms;
    private readonly int[] _meanProducts;  // B m
    private readonly byte[] _mean;
    private readonly double _norm2;        // sigma^2

    private PruningBasis(short[] rows, int count, int dimension, byte[] mean)
    {
        (Count, Dimension, _mean) = (count, dimension, mean);
        PanelCount = (count + Int16Panel.Lanes - 1) / Int16Panel.Lanes;
        _panels = new AlignedBuffer((nuint)PanelCount * Int16Panel.PanelBytes(dimension));
        (_rowNorms, _meanProducts) = (new int[count], new int[count]);
        long largest = 0;
        for (int r = 0; r < count; r++)
        {
            ReadOnlySpan<short> row = rows.AsSpan(r * dimension, dimension);
            Int16Panel.PackPoint(row, r % Int16Panel.Lanes,
                _panels.Pointer + (nuint)(r / Int16Panel.Lanes) * Int16Panel.PanelBytes(dimension));
            long sum = 0;
            for (int t = 0; t < count; t++) sum += Math.Abs(Product(row, rows.AsSpan(t * dimension, dimension)));
            largest = Math.Max(largest, sum);
            _rowNorms[r] = (int)Product(row, row);
            for (int k = 0; k < dimension; k++) _meanProducts[r] += row[k] * mean[k];
        }
        _norm2 = Math.Max(largest, 1); // a basis of zeros, which constant data gives, excludes nothing
        double farthest = 0; // the largest |x - m|^2 of any byte vector
        foreach (byte value in mean) farthest += Math.Max(value * value, (255 - value) * (255 - value));
        Scale = LargestNorm / Math.Sqrt(farthest);
        PairError = 2 * RoundingError * Math.Sqrt(count + 1);
    }

    /// <summary>Rows of B.</summary>
    public int Count { get; }

    /// <summary>Coordinates of a mapped vector: one for each row, and the length of the rest.</summary>
    public int Coordinates => Count + 1;

    public int Dimension { get; }

    private int PanelCount { get; }

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
    /// Maps the given rows of <paramref name="vectors"/> to <see cref="Coordinates"/> integers each, row-major, O(n d') a row.
    /// <paramref name="workspace"/> holds at least <see cref="WorkspaceBytes"/>.
    /// </summary>
    public void Map(SampleMatrix<byte> vectors, ReadOnlySpan<int> rows, byte* workspace, Span<short> coordinates)
    {
        const int group = Int16Panel.QueryGroup;
        nuint queryBytes = Int16Panel.QueryBytes(Dimension);
        int* distances = (int*)(workspace + group * queryBytes);
        for (int first = 0; first < rows.Length; first += group)
        {
            int count = Math.Min(group, rows.Length - first);
            for (int q = 0; q < count; q++)
                ByteDistance.PackQuery(vectors.Row(rows[first + q]), workspace + (nuint)q * queryBytes, 0);
            for (int panel = 0; panel < PanelCount; panel++)
                Int16Panel.Distances(workspace, group, _panels.Pointer + (nuint)panel * Int16Panel.PanelBytes(Dimension),
                    Dimension, distances + panel * group * Int16Panel.Lanes);
            for (int q = 0; q < count; q++)
                Finish(vectors.Row(rows[first + q]), *(int*)(workspace + (nuint)q * queryBytes), distances + q * Int16Panel.Lanes,
                    coordinates.Slice((first + q) * Coordinates, Coordinates));
        }
    }

    public nuint WorkspaceBytes => Int16Panel.QueryGroup *
        (Int16Panel.QueryBytes(Dimension) + (nuint)PanelCount * Int16Panel.Lanes * sizeof(int));

    private void Finish(ReadOnlySpan<byte> vector, int norm, int* distances, Span<short> coordinates)
    {
        double head = 0, factor = Scale / Math.Sqrt(_norm2);
        for (int r = 0; r < Count; r++)
        {
            // |x|^2 + |b|^2 - 2 x.b = distance, modulo 2^32; |x.b| < 2^30, so twice it is an int32.
            int distance = distances[r / Int16Panel.Lanes * Int16Panel.QueryGroup * Int16Panel.Lanes + r % Int16Panel.Lanes];
            double product = unchecked(norm + _rowNorms[r] - distance) / 2 - _meanProducts[r];
            head += product * product;
            coordinates[r] = (short)Math.Round(product * factor);
        }
        long centred = 0;
        for (int k = 0; k < vector.Length; k++)
        {
            int difference = vector[k] - _mean[k];
            centred += difference * difference;
        }
        coordinates[Count] = (short)Math.Round(Scale * Math.Sqrt(Math.Max(0, centred - head / _norm2)));
    }

    private static long Product(ReadOnlySpan<short> a, ReadOnlySpan<short> b)
    {
        long sum = 0;
        for (int k = 0; k < a.Length; k++) sum += a[k] * b[k];
        return sum;
    }

    /// <summary>
    /// A basis for these points where pruning with it pays, else null. Decided on a sample, by operations and not by time,
    /// so that it is the same everywhere: a mapped distance costs d' + 1, a survivor about six times its n (it comes from
    /// memory, alone), a distance by brute force n.
    /// </summary>
    public static PruningBasis? Choose(SampleMatrix<byte> points, RunOptions run)
    {
        if (points.Rows < FewestPoints || points.Columns < FewestFeatures) return null;
        PruningBasis basis = Build(points, points.Columns < 384 ? 31 : 63, run);
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
        var mapped = new short[rows.Length * Coordinates];
        using var workspace = new AlignedBuffer(WorkspaceBytes);
        Map(points, rows, workspace.Pointer, mapped);
        int survivors = 0;
        for (int q = 0; q < queries; q++)
        {
            int nearest = int.MaxValue;
            for (int i = queries; i < rows.Length; i++)
                nearest = Math.Min(nearest, (int)ByteDistance.Pair(points.Row(rows[q]), points.Row(rows[i]), 0));
            int bar = Limit(nearest * BandRatio);
            for (int i = queries; i < rows.Length; i++)
                if (Int16Panel.Pair(mapped.AsSpan(q * Coordinates, Coordinates), mapped.AsSpan(i * Coordinates, Coordinates)) <= bar)
                    survivors++;
        }
        return (double)Coordinates / Dimension + 6.0 * survivors / (queries * others);
    }

    /// <summary>
    /// The leading <paramref name="count"/> principal directions of the points, by block subspace iteration on a sample
    /// (G. Golub, C. Van Loan, "Matrix Computations", section 8.2.4). O(sample * n * count) an iteration.
    /// </summary>
    public static PruningBasis Build(SampleMatrix<byte> points, int count, RunOptions run)
    {
        int n = points.Columns, sample = Math.Min(points.Rows, SampleSize);
        count = Math.Min(count, n);
        var rows = new int[sample];
        for (int i = 0; i < sample; i++) rows[i] = (int)((long)i * points.Rows / sample);

        var sums = new int[n];
        foreach (int row in rows)
        {
            ReadOnlySpan<byte> point = points.Row(row);
            for (int k = 0; k < n; k++) sums[k] += point[k];
        }
        byte[] mean = [.. sums.Select(sum => (byte)((sum + sample / 2) / sample))];
        var centred = new float[sample * n];
        for (int i = 0; i < sample; i++)
        {
            ReadOnlySpan<byte> point = points.Row(rows[i]);
            for (int k = 0; k < n; k++) centred[i * n + k] = point[k] - mean[k];
        }

        var random = new SeededRandom(0);
        var directions = new float[n * count]; // n by count, row-major
        for (int i = 0; i < directions.Length; i++) directions[i] = (float)random.NextGaussian();
        var products = new float[sample * count];
        var parallel = new ParallelOptions { MaxDegreeOfParallelism = run.Threads };
        for (int iteration = 0; iteration < Iterations; iteration++)
        {
            Parallel.For(0, sample, parallel, i =>
            {
                Span<float> product = products.AsSpan(i * count, count);
                product.Clear();
                for (int k = 0; k < n; k++)
                    if (centred[i * n + k] is not 0 and var x)
                        AddMultiple(x, directions.AsSpan(k * count, count), product);
            });
            const int band = 64; // features per task
            Parallel.For(0, (n + band - 1) / band, parallel, b =>
            {
                int end = Math.Min(n, (b + 1) * band);
                directions.AsSpan(b * band * count, (end - b * band) * count).Clear();
                for (int i = 0; i < sample; i++)
                    for (int k = b * band; k < end; k++)
                        if (centred[i * n + k] is not 0 and var x)
                            AddMultiple(x, products.AsSpan(i * count, count), directions.AsSpan(k * count, count));
            });
            Orthonormalize(directions, n, count);
        }

        var quantized = new short[count * n];
        for (int r = 0; r < count; r++)
            for (int k = 0; k < n; k++)
                quantized[r * n + k] = (short)MathF.Round(directions[k * count + r] * (float)RowScale);
        return new PruningBasis(quantized, count, n, mean);
    }

    private static void AddMultiple<T>(T factor, ReadOnlySpan<T> values, Span<T> sums) where T : unmanaged, INumber<T>
    {
        int k = 0;
        var factors = new Vector<T>(factor);
        for (; k <= values.Length - Vector<T>.Count; k += Vector<T>.Count)
            (new Vector<T>(sums[k..]) + factors * new Vector<T>(values[k..])).CopyTo(sums[k..]);
        for (; k < values.Length; k++) sums[k] += factor * values[k];
    }

    // Modified Gram-Schmidt on the columns of an n by count matrix, twice; a column that vanishes stays zero.
    private static void Orthonormalize(float[] matrix, int n, int count)
    {
        var columns = new double[count][];
        for (int c = 0; c < count; c++)
        {
            columns[c] = new double[n];
            for (int k = 0; k < n; k++) columns[c][k] = matrix[k * count + c];
            double before = Length(columns[c]);
            for (int pass = 0; pass < 2; pass++)
                for (int d = 0; d < c; d++)
                    AddMultiple(-Product(columns[c], columns[d]), columns[d], columns[c]);
            double length = Length(columns[c]);
            double factor = length > 1e-6 * before ? 1 / length : 0;
            for (int k = 0; k < n; k++)
            {
                columns[c][k] *= factor;
                matrix[k * count + c] = (float)columns[c][k];
            }
        }

        static double Length(double[] column) => Math.Sqrt(Product(column, column));

        static double Product(double[] a, double[] b)
        {
            var sums = Vector<double>.Zero;
            int k = 0;
            for (; k <= a.Length - Vector<double>.Count; k += Vector<double>.Count)
                sums += new Vector<double>(a, k) * new Vector<double>(b, k);
            double sum = Vector.Sum(sums);
            for (; k < a.Length; k++) sum += a[k] * b[k];
            return sum;
        }
    }
}
