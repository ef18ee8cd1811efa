namespace Memo.Kernels.SquaredDistance;

/// <summary>
/// Exact squared distances of byte vectors in int32, as 16-bit integers (<see cref="Int16Panel"/>). For n &lt;= 33025 a
/// distance is at most 33025 * 255^2 = 2,147,450,625 &lt; 2^31.
/// </summary>
internal readonly unsafe struct ByteDistance : IDistanceKernel<byte, int>
{
    /// <summary>The largest n for which distances fit int32; wider data takes the floating-point kernel, exactly.</summary>
    public const int MaximumDimension = 33025;

    public static int PanelWidth => Int16Panel.Lanes;

    public static int QueryGroup => Int16Panel.QueryGroup;

    public static nuint PanelBytes(int dimension) => Int16Panel.PanelBytes(dimension);

    public static nuint QueryBytes(int dimension) => Int16Panel.QueryBytes(dimension);

    public static void PackPanel(ReadOnlySpan<byte> values, int dimension, ReadOnlySpan<int> rows, byte* panel, int scale)
    {
        fixed (byte* first = values)
        {
            byte** points = stackalloc byte*[Int16Panel.Lanes];
            for (int lane = 0; lane < rows.Length; lane++)
            {
                points[lane] = first + (nint)rows[lane] * dimension;
                ((int*)panel)[lane] = SquaredNorm(new ReadOnlySpan<byte>(points[lane], dimension));
            }
            uint* packed = (uint*)(panel + Int16Panel.PanelHeader); // two int16 at a time
            for (int k = 0; k < dimension; k += 2, packed += Int16Panel.Lanes)
                for (int lane = 0; lane < rows.Length; lane++)
                    packed[lane] = points[lane][k] | (k + 1 < dimension ? (uint)points[lane][k + 1] << 16 : 0);
        }
    }

    public static void PackQuery(ReadOnlySpan<byte> query, byte* packed, int scale)
    {
        *(int*)packed = SquaredNorm(query);
        short* features = (short*)(packed + Int16Panel.QueryHeader);
        for (int k = 0; k < query.Length; k++) features[k] = query[k];
        if (query.Length % 2 == 1) features[query.Length] = 0;
    }

    private static int SquaredNorm(ReadOnlySpan<byte> values)
    {
        int sum = 0;
        foreach (byte value in values) sum += value * value;
        return sum;
    }

    public static void Distances(byte* queries, int queryCount, byte* panel, int dimension, int* distances) =>
        Int16Panel.Distances(queries, queryCount, panel, dimension, distances);

    public static double Pair(ReadOnlySpan<byte> a, ReadOnlySpan<byte> b, int scale) => BytePair.SquaredDistance(a, b);

    public static double RelativeError(int dimension) => 0;

    public static double AbsoluteError(int dimension) => 0;
}
