using System.Numerics;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Memo.Kernels.SquaredDistance;

/// <summary>
/// Squared distances of float or double vectors, filtered in double: the sum of (x_k - z_k)^2 by definition, whose terms
/// are not negative, so the error is relative to the result.
/// <para>Bound. With u = 2^-53, each difference is exact or within a factor (1 + u), squaring and adding n terms in any
/// order, fused or not, contributes at most n + 3 further factors: |computed - exact| &lt;= gamma_(n+3) exact with
/// gamma_m = m u / (1 - m u) (N. Higham, "Accuracy and Stability of Numerical Algorithms", 2002, section 3.1). The bound
/// given, (n + 8) 2^-52 of the computed value, is more than twice that for n &lt; 2^31. Values of type double are first
/// scaled by the caller so that training points lie in (-2, 2); underflow then adds less than n 2^-1060, for queries far
/// outside too: a difference d wrong by 2^-1074 changes its square by 2 |d| 2^-1074, within u d^2 unless |d| &lt; 2^-1020.</para>
/// <para>Panel: for each feature the values of 16 points. Query: the features as double.</para>
/// </summary>
internal readonly unsafe partial struct FloatDistance<T> : IDistanceKernel<T, double>
    where T : unmanaged, INumber<T>
{
    private const int Lanes = 16;

    public static int PanelWidth => Lanes;

    public static int QueryGroup => 4;

    public static nuint PanelBytes(int dimension) => (nuint)dimension * Lanes * (nuint)sizeof(T);

    public static nuint QueryBytes(int dimension) => ((nuint)dimension * sizeof(double) + 63) & ~(nuint)63;

    public static void PackPanel(ReadOnlySpan<T> values, int dimension, ReadOnlySpan<int> rows, byte* panel, int scale)
    {
        T* packed = (T*)panel;
        fixed (T* first = values)
            for (int lane = 0; lane < rows.Length; lane++)
            {
                T* point = first + (nint)rows[lane] * dimension;
                for (int k = 0; k < dimension; k++)
                    packed[(nint)k * Lanes + lane] = scale == 0 ? point[k] : T.CreateChecked(Scaled(point[k], scale));
            }
    }

    public static void PackQuery(ReadOnlySpan<T> query, byte* packed, int scale)
    {
        for (int k = 0; k < query.Length; k++) ((double*)packed)[k] = Scaled(query[k], scale);
    }

    private static double Scaled(T value, int scale) =>
        scale == 0 ? double.CreateChecked(value) : Math.ScaleB(double.CreateChecked(value), scale);

    public static void Distances(byte* queries, int queryCount, byte* panel, int dimension, double* distances)
    {
        switch (Isa.Active)
        {
            case InstructionSet.Avx512: DistancesAvx512(queries, queryCount, panel, dimension, distances); break;
            case InstructionSet.Avx2: DistancesAvx2(queries, queryCount, panel, dimension, distances); break;
            default: DistancesVector128(queries, queryCount, panel, dimension, distances); break;
        }
    }

    public static void Within(byte* queries, int queryCount, byte* panel, int dimension, double* limits, uint* lanes,
        double* distances)
    {
        Distances(queries, queryCount, panel, dimension, distances);
        for (int q = 0; q < queryCount; q++, distances += Lanes)
        {
            lanes[q] = 0;
            for (int lane = 0; (lane = Threshold.FirstAtMost(distances, lane, Lanes, limits[q])) < Lanes; lane++)
                lanes[q] |= 1u << lane;
        }
    }

    /// <summary>The scalar reference of <see cref="Distances"/>; equal within the error bound.</summary>
    public static void DistancesReference(byte* queries, int queryCount, byte* panel, int dimension, double* distances)
    {
        nuint queryBytes = QueryBytes(dimension);
        for (int q = 0; q < queryCount; q++, queries += queryBytes, distances += Lanes)
            for (int lane = 0; lane < Lanes; lane++)
            {
                double sum = 0;
                for (int k = 0; k < dimension; k++)
                {
                    double difference = ((double*)queries)[k] - double.CreateChecked(((T*)panel)[(nint)k * Lanes + lane]);
                    sum += difference * difference;
                }
                distances[lane] = sum;
            }
    }

    // 4 queries x 16 points: 8 accumulators of 8 doubles.
    internal static void DistancesAvx512(byte* queries, int queryCount, byte* panel, int dimension, double* distances)
    {
        nint stride = (nint)QueryBytes(dimension) / sizeof(double);
        double* group = (double*)queries;
        for (int q = 0; q < queryCount; q += 4, group += 4 * stride, distances += 4 * Lanes)
        {
            Vector512<double> c00 = default, c01 = default, c10 = default, c11 = default;
            Vector512<double> c20 = default, c21 = default, c30 = default, c31 = default;
            double* a = group;
            T* b = (T*)panel;
            for (int k = 0; k < dimension; k++, a++, b += Lanes)
            {
                Vector512<double> b0 = Load512(b), b1 = Load512(b + 8);
                Accumulate(ref c00, ref c01, a[0]);
                Accumulate(ref c10, ref c11, a[stride]);
                Accumulate(ref c20, ref c21, a[2 * stride]);
                Accumulate(ref c30, ref c31, a[3 * stride]);

                void Accumulate(ref Vector512<double> sum0, ref Vector512<double> sum1, double query)
                {
                    Vector512<double> x = Vector512.Create(query), d0 = x - b0, d1 = x - b1;
                    sum0 = Avx512F.FusedMultiplyAdd(d0, d0, sum0);
                    sum1 = Avx512F.FusedMultiplyAdd(d1, d1, sum1);
                }
            }
            Vector512.StoreAligned(c00, distances);
            Vector512.StoreAligned(c01, distances + 8);
            Vector512.StoreAligned(c10, distances + 16);
            Vector512.StoreAligned(c11, distances + 24);
            Vector512.StoreAligned(c20, distances + 32);
            Vector512.StoreAligned(c21, distances + 40);
            Vector512.StoreAligned(c30, distances + 48);
            Vector512.StoreAligned(c31, distances + 56);
        }
    }

    // 2 queries x 16 points: 8 accumulators of 4 doubles.
    internal static void DistancesAvx2(byte* queries, int queryCount, byte* panel, int dimension, double* distances)
    {
        nint stride = (nint)QueryBytes(dimension) / sizeof(double);
        double* group = (double*)queries;
        for (int q = 0; q < queryCount; q += 2, group += 2 * stride, distances += 2 * Lanes)
        {
            Vector256<double> c00 = default, c01 = default, c02 = default, c03 = default;
            Vector256<double> c10 = default, c11 = default, c12 = default, c13 = default;
            double* a = group;
            T* b = (T*)panel;
            for (int k = 0; k < dimension; k++, a++, b += Lanes)
            {
                Vector256<double> x = Vector256.Create(a[0]), y = Vector256.Create(a[stride]);
                Accumulate(ref c00, ref c10, Load256(b));
                Accumulate(ref c01, ref c11, Load256(b + 4));
                Accumulate(ref c02, ref c12, Load256(b + 8));
                Accumulate(ref c03, ref c13, Load256(b + 12));

                void Accumulate(ref Vector256<double> sumX, ref Vector256<double> sumY, Vector256<double> points)
                {
                    Vector256<double> dx = x - points, dy = y - points;
                    sumX = Fma.MultiplyAdd(dx, dx, sumX);
                    sumY = Fma.MultiplyAdd(dy, dy, sumY);
                }
            }
            Vector256.StoreAligned(c00, distances);
            Vector256.StoreAligned(c01, distances + 4);
            Vector256.StoreAligned(c02, distances + 8);
            Vector256.StoreAligned(c03, distances + 12);
            Vector256.StoreAligned(c10, distances + 16);
            Vector256.StoreAligned(c11, distances + 20);
            Vector256.StoreAligned(c12, distances + 24);
            Vector256.StoreAligned(c13, distances + 28);
        }
    }

    // The portable path: 1 query x 16 points in accumulators that live in the output row.
    internal static void DistancesVector128(byte* queries, int queryCount, byte* panel, int dimension, double* distances)
    {
        nint stride = (nint)QueryBytes(dimension) / sizeof(double);
        double* a = (double*)queries;
        for (int q = 0; q < queryCount; q++, a += stride, distances += Lanes)
            for (int lane = 0; lane < Lanes; lane += 8)
            {
                Vector128<double> c0 = default, c1 = default, c2 = default, c3 = default;
                T* b = (T*)panel + lane;
                for (int k = 0; k < dimension; k++, b += Lanes)
                {
                    Vector128<double> x = Vector128.Create(a[k]);
                    Vector128<double> d0 = x - Load128(b), d1 = x - Load128(b + 2);
                    Vector128<double> d2 = x - Load128(b + 4), d3 = x - Load128(b + 6);
                    c0 += d0 * d0;
                    c1 += d1 * d1;
                    c2 += d2 * d2;
                    c3 += d3 * d3;
                }
                Vector128.StoreAligned(c0, distances + lane);
                Vector128.StoreAligned(c1, distances + lane + 2);
                Vector128.StoreAligned(c2, distances + lane + 4);
                Vector128.StoreAligned(c3, distances + lane + 6);
            }
    }

    private static Vector512<double> Load512(T* values) => typeof(T) == typeof(float)
        ? Avx512F.ConvertToVector512Double(Vector256.Load((float*)values))
        : Vector512.Load((double*)values);

    private static Vector256<double> Load256(T* values) => typeof(T) == typeof(float)
        ? Avx.ConvertToVector256Double(Vector128.Load((float*)values))
        : Vector256.Load((double*)values);

    private static Vector128<double> Load128(T* values) => typeof(T) == typeof(float)
        ? Vector128.WidenLower(Vector128.CreateScalarUnsafe(*(double*)values).AsSingle())
        : Vector128.Load((double*)values);

    public static double Pair(ReadOnlySpan<T> a, ReadOnlySpan<T> b, int scale)
    {
        double sum = 0;
        for (int k = 0; k < a.Length; k++)
        {
            double difference = Scaled(a[k], scale) - Scaled(b[k], scale);
            sum += difference * difference;
        }
        return sum;
    }

    public static double RelativeError(int dimension) => (dimension + 8.0) / (1L << 52);

    public static double AbsoluteError(int dimension) => typeof(T) == typeof(float) ? 0 : dimension * Math.ScaleB(1, -1060);
}
