using Memo.Kernels.ByteProducts;

namespace Memo.Kernels.SquaredDistance;

/// <summary>
/// Exact squared distances of byte vectors in int32: |x|^2 + |z|^2 - 2 x.z on the inner products of <see cref="BytePanel"/>,
/// by the technique that this process chose.
/// </summary>
internal readonly unsafe struct ByteDistance : IDistanceKernel<byte, int>
{
    /// <summary>The largest n for which distances fit int32; wider data takes the floating-point kernel, exactly.</summary>
    public const int MaximumDimension = BytePanel.MaximumDimension;

    public static int PanelWidth => BytePanel.Lanes;

    /// <summary>Any number of queries will do.</summary>
    public static int QueryGroup => 1;

    public static nuint PanelBytes(int dimension) => BytePanel.PanelBytes(BytePanel.Chosen, dimension);

    public static nuint QueryBytes(int dimension) => BytePanel.QueryBytes(BytePanel.Chosen, dimension);

    public static void PackPanel(ReadOnlySpan<byte> values, int dimension, ReadOnlySpan<int> rows, byte* panel, int scale)
    {
        fixed (byte* first = values)
        {
            byte** points = stackalloc byte*[BytePanel.Lanes];
            for (int lane = 0; lane < rows.Length; lane++) points[lane] = first + (nint)rows[lane] * dimension;
            BytePanel.PackPanel(BytePanel.Chosen, points, rows.Length, dimension, panel);
        }
    }

    public static void PackQuery(ReadOnlySpan<byte> query, byte* packed, int scale) =>
        BytePanel.PackQuery(BytePanel.Chosen, query, packed);

    public static void Distances(byte* queries, int queryCount, byte* panel, int dimension, int* distances)
    {
        var epilogue = new StoreDistances(distances);
        BytePanel.Run(BytePanel.Chosen, queries, queryCount, panel, dimension, ref epilogue);
    }

    public static void Within(byte* queries, int queryCount, byte* panel, int dimension, int* limits, uint* lanes,
        int* distances)
    {
        var epilogue = new CollectWithin(limits, lanes, distances);
        BytePanel.Run(BytePanel.Chosen, queries, queryCount, panel, dimension, ref epilogue);
    }

    public static double Pair(ReadOnlySpan<byte> a, ReadOnlySpan<byte> b, int scale) => BytePair.SquaredDistance(a, b);

    public static double RelativeError(int dimension) => 0;

    public static double AbsoluteError(int dimension) => 0;
}
