using Memo.Kernels.ByteProducts;

namespace Memo.Kernels.SquaredDistance;

/// <summary>
/// Exact squared distances of vectors of 16-bit integers in int32: |x|^2 + |z|^2 - 2 x.z, where x.z is summed as products
/// of pairs (vpmaddwd and its kin). The caller sees to it that distances fit int32; intermediate sums may wrap, which
/// two's complement undoes.
/// <para>Panel: 32 squared norms (int32), then for each pair of coordinates 32 times two int16. Query: its squared norm
/// in the first of 16 int32, then the coordinates as int16, padded with a zero to an even number.</para>
/// <para>What becomes of the 32 distances of a query is an epilogue: all are stored, or only the least.</para>
/// </summary>
internal static unsafe partial class Int16Panel
{
    /// <summary>Points in a panel.</summary>
    public const int Lanes = 32;

    /// <summary>Queries are computed in groups of this many.</summary>
    public const int QueryGroup = 4;

    /// <summary>Bytes before the coordinates of a panel.</summary>
    public const int PanelHeader = Lanes * sizeof(int);

    /// <summary>Bytes before the coordinates of a query.</summary>
    public const int QueryHeader = 64;

    /// <summary>Bytes of a panel of points of n coordinates, a multiple of 64.</summary>
    public static nuint PanelBytes(int dimension) => PanelHeader + (nuint)Pairs(dimension) * Lanes * 2 * sizeof(short);

    /// <summary>Bytes of a query of n coordinates, a multiple of 64.</summary>
    public static nuint QueryBytes(int dimension) =>
        QueryHeader + (((nuint)Pairs(dimension) * 2 * sizeof(short) + 63) & ~(nuint)63);

    /// <summary>Epilogue: store the 32 distances.</summary>
    internal readonly struct All;

    /// <summary>Epilogue: store the least of them.</summary>
    internal readonly struct Least;

    private static int Pairs(int dimension) => (dimension + 1) / 2;

    /// <summary>Writes a point into a lane of a panel.</summary>
    public static void PackPoint(ReadOnlySpan<short> point, int lane, byte* panel)
    {
        ((int*)panel)[lane] = SquaredNorm(point);
        short* coordinates = (short*)(panel + PanelHeader) + 2 * lane;
        for (int k = 0; k < point.Length; k++) coordinates[k / 2 * (2 * Lanes) + k % 2] = point[k];
    }

    /// <summary>Writes a query.</summary>
    public static void PackQuery(ReadOnlySpan<short> query, byte* packed)
    {
        *(int*)packed = SquaredNorm(query);
        short* coordinates = (short*)(packed + QueryHeader);
        query.CopyTo(new Span<short>(coordinates, query.Length));
        if (query.Length % 2 == 1) coordinates[query.Length] = 0;
    }

    /// <summary>Writes a query of bytes.</summary>
    public static void PackQuery(ReadOnlySpan<byte> query, byte* packed) =>
        Int16Bytes.PackQuery(query, packed, vectorized: Isa.Active >= InstructionSet.Avx2);

    /// <summary>The squared distance of one pair of vectors.</summary>
    public static int Pair(ReadOnlySpan<short> a, ReadOnlySpan<short> b)
    {
        int sum = 0;
        for (int k = 0; k < a.Length; k++) sum += (a[k] - b[k]) * (a[k] - b[k]);
        return sum;
    }

    private static int SquaredNorm(ReadOnlySpan<short> values)
    {
        int sum = 0;
        foreach (short value in values) sum += value * value;
        return sum;
    }

    /// <summary>
    /// Distances of a multiple of <see cref="QueryGroup"/> queries, stored one behind the other, to the points of a panel:
    /// row-major queryCount x Lanes, aligned to 64 bytes.
    /// </summary>
    public static void Distances(byte* queries, int queryCount, byte* panel, int dimension, int* distances)
    {
        switch (Isa.Active)
        {
            case InstructionSet.Avx512: RunAvx512<All>(queries, queryCount, panel, dimension, distances, Lanes); break;
            case InstructionSet.Avx2: RunAvx2<All>(queries, queryCount, panel, dimension, distances, Lanes); break;
            default: RunVector128<All>(queries, queryCount, panel, dimension, distances, Lanes); break;
        }
    }

    /// <summary>
    /// The least distance of each query to a point of the panel: minima[q * stride]. Lanes that hold no point take part,
    /// so they carry a norm above every limit.
    /// </summary>
    public static void Minima(byte* queries, int queryCount, byte* panel, int dimension, int* minima, nint stride)
    {
        switch (Isa.Active)
        {
            case InstructionSet.Avx512: RunAvx512<Least>(queries, queryCount, panel, dimension, minima, stride); break;
            case InstructionSet.Avx2: RunAvx2<Least>(queries, queryCount, panel, dimension, minima, stride); break;
            default: RunVector128<Least>(queries, queryCount, panel, dimension, minima, stride); break;
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
}
