using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Memo.Kernels.SquaredDistance;

/// <summary>
/// Exact squared distances of byte vectors in int32: |x|^2 + |z|^2 - 2 x.z, where x.z is summed as products of pairs of
/// 16-bit integers (vpmaddwd and its kin). For n &lt;= 33025 the distance is at most 33025 * 255^2 = 2,147,450,625 &lt; 2^31;
/// the intermediate sums may wrap, which two's complement undoes.
/// <para>Panel: 32 squared norms (int32), then for each pair of features 32 times two int16. Query: its squared norm in
/// the first of 16 int32, then the features as int16.</para>
/// </summary>
internal readonly unsafe partial struct ByteDistance : IDistanceKernel<byte, int>
{
    /// <summary>The largest n for which distances fit int32; wider data takes the floating-point kernel, exactly.</summary>
    public const int MaximumDimension = 33025;

    private const int Lanes = 32;
    private const int PanelHeader = Lanes * sizeof(int);
    private const int QueryHeader = 64;

    public static int PanelWidth => Lanes;

    public static int QueryGroup => 4;

    public static nuint PanelBytes(int dimension) => PanelHeader + (nuint)Pairs(dimension) * Lanes * 2 * sizeof(short);

    public static nuint QueryBytes(int dimension) =>
        QueryHeader + (((nuint)Pairs(dimension) * 2 * sizeof(short) + 63) & ~(nuint)63);

    private static int Pairs(int dimension) => (dimension + 1) / 2;

    public static void PackPanel(ReadOnlySpan<byte> values, int dimension, ReadOnlySpan<int> rows, byte* panel, int scale)
    {
        fixed (byte* first = values)
        {
            byte** points = stackalloc byte*[Lanes];
            for (int lane = 0; lane < rows.Length; lane++)
            {
                points[lane] = first + (nint)rows[lane] * dimension;
                ((int*)panel)[lane] = SquaredNorm(new ReadOnlySpan<byte>(points[lane], dimension));
            }
            uint* packed = (uint*)(panel + PanelHeader); // two int16 at a time
            for (int k = 0; k < dimension; k += 2, packed += Lanes)
                for (int lane = 0; lane < rows.Length; lane++)
                    packed[lane] = points[lane][k] | (k + 1 < dimension ? (uint)points[lane][k + 1] << 16 : 0);
        }
    }

    public static void PackQuery(ReadOnlySpan<byte> query, byte* packed, int scale)
    {
        *(int*)packed = SquaredNorm(query);
        short* features = (short*)(packed + QueryHeader);
        for (int k = 0; k < query.Length; k++) features[k] = query[k];
        if (query.Length % 2 == 1) features[query.Length] = 0;
    }

    private static int SquaredNorm(ReadOnlySpan<byte> values)
    {
        int sum = 0;
        foreach (byte value in values) sum += value * value;
        return sum;
    }

    public static void Distances(byte* queries, int queryCount, byte* panel, int dimension, int* distances)
    {
        switch (Isa.Active)
        {
            case InstructionSet.Avx512: DistancesAvx512(queries, queryCount, panel, dimension, distances); break;
            case InstructionSet.Avx2: DistancesAvx2(queries, queryCount, panel, dimension, distances); break;
            default: DistancesVector128(queries, queryCount, panel, dimension, distances); break;
        }
    }

    /// <summary>The scalar reference of <see cref="Distances"/>.</summary>
    public static void DistancesReference(byte* queries, int queryCount, byte* panel, int dimension, int* distances)
    {
        nuint queryBytes = QueryBytes(dimension);
        for (int q = 0; q < queryCount; q++, queries += queryBytes, distances += Lanes)
            for (int lane = 0; lane < Lanes; lane++)
            {
                short* query = (short*)(queries + QueryHeader);
                short* point = (short*)(panel + PanelHeader) + 2 * lane;
                int sum = 0;
                for (int pair = 0; pair < Pairs(dimension); pair++, query += 2, point += 2 * Lanes)
                {
                    int first = query[0] - point[0], second = query[1] - point[1];
                    sum += first * first + second * second;
                }
                distances[lane] = sum;
            }
    }

    public static double Pair(ReadOnlySpan<byte> a, ReadOnlySpan<byte> b, int scale)
    {
        int sum = 0, k = 0;
        if (Avx2.IsSupported)
        {
            Vector256<int> sums = default;
            fixed (byte* x = a, z = b)
                for (; k <= a.Length - 16; k += 16)
                {
                    Vector256<short> difference =
                        Avx2.Subtract(Avx2.ConvertToVector256Int16(x + k), Avx2.ConvertToVector256Int16(z + k));
                    sums = Avx2.Add(sums, Avx2.MultiplyAddAdjacent(difference, difference));
                }
            sum = Vector256.Sum(sums);
        }
        for (; k < a.Length; k++)
        {
            int difference = a[k] - b[k];
            sum += difference * difference;
        }
        return sum;
    }

    public static double RelativeError(int dimension) => 0;

    public static double AbsoluteError(int dimension) => 0;
}
