using System.Numerics;

namespace Memo.Numerics;

/// <summary>
/// Linear algebra in double with the same bits on every machine, for any number of threads: every sum runs over its terms in
/// ascending order, a product and a sum are two roundings, and vectors hold different sums side by side, never parts of one.
/// Matrices are row-major.
/// </summary>
internal static class PortableAlgebra
{
    private const int TileRows = 4, TileVectors = 3;
    private const int Panel = 32; // rows of a triangle that are factored before the rest
    private const double JacobiTolerance = 1e-30; // of the squared off-diagonal against the squared diagonal

    /// <summary>y += factor * x, element by element.</summary>
    public static void AddMultiple(double factor, ReadOnlySpan<double> x, Span<double> y)
    {
        var factors = new Vector<double>(factor);
        int k = 0;
        for (; k <= x.Length - Vector<double>.Count; k += Vector<double>.Count)
            (new Vector<double>(y[k..]) + factors * new Vector<double>(x[k..])).CopyTo(y[k..]);
        for (; k < x.Length; k++) y[k] += factor * x[k];
    }

    /// <summary>
    /// X' X, n by n, of m rows of n values: the upper triangle, and its mirror image. O(m n^2 / 2), by threads that take rows of the
    /// result.
    /// </summary>
    public static double[] Gram(ReadOnlyMemory<double> x, int m, int n, RunOptions run)
    {
        var gram = new double[checked(n * n)];
        int tiles = (n + TileRows - 1) / TileRows;
        Turns.Take(tiles, run.Threads, static () => 0, (tile, _) => GramRows(x.Span, m, n, n, tile * TileRows, gram, 1),
            static _ => { }, run.Cancellation);
        for (int i = 0; i < n; i++)
            for (int j = 0; j < i; j++) gram[i * n + j] = gram[j * n + i];
        return gram;
    }

    // Adds sign X' X to rows first to first + TileRows - 1 of an upper triangle, n by n with the stride of X; a few vectors of columns
    // at a time.
    private static void GramRows(ReadOnlySpan<double> x, int m, int n, int stride, int first, Span<double> gram, double sign)
    {
        int width = Vector<double>.Count, step = TileVectors * width, j = first;
        if (first + TileRows <= n)
            for (; j + step <= n; j += step)
            {
                Vector<double> a0 = default, a1 = default, a2 = default, b0 = default, b1 = default, b2 = default;
                Vector<double> c0 = default, c1 = default, c2 = default, d0 = default, d1 = default, d2 = default;
                for (int k = 0; k < m; k++)
                {
                    ReadOnlySpan<double> row = x.Slice(k * stride, n);
                    var (v0, v1, v2) = (new Vector<double>(row[j..]), new Vector<double>(row[(j + width)..]), new Vector<double>(row[(j + 2 * width)..]));
                    var f = new Vector<double>(row[first]);
                    (a0, a1, a2) = (a0 + f * v0, a1 + f * v1, a2 + f * v2);
                    f = new Vector<double>(row[first + 1]);
                    (b0, b1, b2) = (b0 + f * v0, b1 + f * v1, b2 + f * v2);
                    f = new Vector<double>(row[first + 2]);
                    (c0, c1, c2) = (c0 + f * v0, c1 + f * v1, c2 + f * v2);
                    f = new Vector<double>(row[first + 3]);
                    (d0, d1, d2) = (d0 + f * v0, d1 + f * v1, d2 + f * v2);
                }
                AddMultiples(gram[(first * stride + j)..], a0, a1, a2);
                AddMultiples(gram[((first + 1) * stride + j)..], b0, b1, b2);
                AddMultiples(gram[((first + 2) * stride + j)..], c0, c1, c2);
                AddMultiples(gram[((first + 3) * stride + j)..], d0, d1, d2);
            }
        for (int i = first; i < Math.Min(first + TileRows, n); i++)
            for (int column = Math.Max(j, i); column < n; column++)
            {
                double sum = 0;
                for (int k = 0; k < m; k++) sum += x[k * stride + i] * x[k * stride + column];
                gram[i * stride + column] += sign * sum;
            }

        void AddMultiples(Span<double> to, Vector<double> v0, Vector<double> v1, Vector<double> v2)
        {
            var factor = new Vector<double>(sign);
            (new Vector<double>(to) + factor * v0).CopyTo(to);
            (new Vector<double>(to[width..]) + factor * v1).CopyTo(to[width..]);
            (new Vector<double>(to[(2 * width)..]) + factor * v2).CopyTo(to[(2 * width)..]);
        }
    }

    /// <summary>
    /// A = U' U for a symmetric positive definite A, n by n: its upper triangle is overwritten by U, what is below is left alone
    /// (Cholesky, by panels of rows). False where A is not positive definite to the last bit of double. O(n^3 / 3).
    /// </summary>
    public static bool TryFactorPositive(double[] a, int n, RunOptions run)
    {
        for (int begin = 0; begin < n; begin += Panel)
        {
            int end = Math.Min(begin + Panel, n);
            for (int k = begin; k < end; k++)
            {
                double pivot = a[k * n + k];
                if (!(pivot > 0) || double.IsInfinity(pivot)) return false;
                double root = Math.Sqrt(pivot);
                Span<double> row = a.AsSpan(k * n + k, n - k);
                for (int j = 0; j < row.Length; j++) row[j] /= root;
                for (int i = k + 1; i < end; i++) AddMultiple(-row[i - k], row[(i - k)..], a.AsSpan(i * n + i, n - i));
            }
            int rest = n - end;
            if (rest == 0) break;
            // The panel's rows and the rest of the triangle lie apart, both with the matrix's stride.
            Memory<double> panel = a.AsMemory(begin * n + end, (end - begin - 1) * n + rest), triangle = a.AsMemory(end * n + end);
            Turns.Take((rest + TileRows - 1) / TileRows, run.Threads, static () => 0,
                (tile, _) => GramRows(panel.Span, end - begin, rest, n, tile * TileRows, triangle.Span, -1), static _ => { }, run.Cancellation);
        }
        return true;
    }

    /// <summary>Solves U' y = b in place, U an upper triangle as <see cref="TryFactorPositive"/> leaves it.</summary>
    /// <param name="u">U, n by n.</param>
    /// <param name="n">Rows.</param>
    /// <param name="b">b, then y.</param>
    /// <param name="first">Elements of b before this one are 0.</param>
    public static void SolveLower(double[] u, int n, Span<double> b, int first = 0)
    {
        for (int i = first; i < n; i++)
        {
            b[i] /= u[i * n + i];
            AddMultiple(-b[i], u.AsSpan(i * n + i + 1, n - i - 1), b[(i + 1)..n]);
        }
    }

    /// <summary>Solves A x = b in place for A = U' U.</summary>
    public static void SolveFactored(double[] u, int n, Span<double> b)
    {
        SolveLower(u, n, b);
        for (int i = n - 1; i >= 0; i--)
        {
            double sum = b[i];
            ReadOnlySpan<double> row = u.AsSpan(i * n, n);
            for (int j = i + 1; j < n; j++) sum -= row[j] * b[j];
            b[i] = sum / row[i];
        }
    }

    /// <summary>
    /// Eigenvalues, descending, and eigenvectors (row k that of eigenvalue k, of length 1) of a symmetric matrix, n by n, by cyclic
    /// Jacobi rotations (G. Golub, C. Van Loan, "Matrix Computations", section 8.5). The sign of a vector is that of its largest
    /// entry, positive. O(n^3) a sweep, about ten sweeps.
    /// </summary>
    public static (double[] Values, double[] Vectors) SymmetricEigen(ReadOnlySpan<double> matrix, int n,
        CancellationToken cancellation = default)
    {
        double[] a = matrix[..(n * n)].ToArray(), v = new double[n * n];
        for (int i = 0; i < n; i++) v[i * n + i] = 1;
        for (int sweep = 0; sweep < 60; sweep++)
        {
            double off = 0, diagonal = 0;
            for (int i = 0; i < n; i++)
            {
                diagonal += a[i * n + i] * a[i * n + i];
                for (int j = i + 1; j < n; j++) off += a[i * n + j] * a[i * n + j];
            }
            if (off <= JacobiTolerance * diagonal) break;
            for (int p = 0; p < n - 1; p++, cancellation.ThrowIfCancellationRequested())
                for (int q = p + 1; q < n; q++) Rotate(a, v, n, p, q);
        }
        int[] order = [.. Enumerable.Range(0, n)];
        Array.Sort(order, (i, j) => a[i * n + i] != a[j * n + j] ? a[j * n + j].CompareTo(a[i * n + i]) : i.CompareTo(j));
        var (values, vectors) = (new double[n], new double[n * n]);
        for (int k = 0; k < n; k++)
        {
            values[k] = a[order[k] * n + order[k]];
            ReadOnlySpan<double> row = v.AsSpan(order[k] * n, n);
            int largest = 0;
            for (int j = 1; j < n; j++)
                if (Math.Abs(row[j]) > Math.Abs(row[largest])) largest = j;
            double sign = row[largest] < 0 ? -1 : 1;
            for (int j = 0; j < n; j++) vectors[k * n + j] = sign * row[j];
        }
        return (values, vectors);
    }

    // Makes a[p, q] zero. The rows of v are the eigenvectors to be.
    private static void Rotate(double[] a, double[] v, int n, int p, int q)
    {
        double apq = a[p * n + q];
        if (apq == 0) return;
        double theta = (a[q * n + q] - a[p * n + p]) / (2 * apq);
        double t = (theta >= 0 ? 1 : -1) / (Math.Abs(theta) + Math.Sqrt(theta * theta + 1));
        double c = 1 / Math.Sqrt(t * t + 1), s = t * c;
        RotateRows(a.AsSpan(p * n, n), a.AsSpan(q * n, n), c, s);
        for (int k = 0; k < n; k++)
        {
            (double x, double y) = (a[k * n + p], a[k * n + q]);
            (a[k * n + p], a[k * n + q]) = (c * x - s * y, s * x + c * y);
        }
        a[p * n + q] = a[q * n + p] = 0;
        RotateRows(v.AsSpan(p * n, n), v.AsSpan(q * n, n), c, s);
    }

    private static void RotateRows(Span<double> x, Span<double> y, double c, double s)
    {
        for (int k = 0; k < x.Length; k++) (x[k], y[k]) = (c * x[k] - s * y[k], s * x[k] + c * y[k]);
    }
}
