using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Memo.Kernels.ByteProducts;

// No epilogue may call anything: a call would have the accumulators of the kernel's loop live in memory.

/// <summary>Stores true inner products: row q of a matrix of int32.</summary>
internal unsafe struct StoreProducts(int* rows, nint stride, int columns) : IByteEpilogue
{
    private readonly int* _rows = rows;
    private readonly nint _stride = stride;
    private readonly int _columns = columns; // of the panel's 32, the rest is not written
    private fixed int _all[BytePanel.Lanes];

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Finish(int query, byte* packedQuery, byte* panel, Vector256<int> p0, Vector256<int> p1, Vector256<int> p2,
        Vector256<int> p3)
    {
        int* row = _rows + query * _stride;
        Vector256<int> offset = Vector256.Create(((int*)packedQuery)[1]);
        (p0, p1, p2, p3) = (p0 + offset, p1 + offset, p2 + offset, p3 + offset);
        if (_columns == BytePanel.Lanes)
        {
            p0.Store(row);
            p1.Store(row + 8);
            p2.Store(row + 16);
            p3.Store(row + 24);
            return;
        }
        p0.StoreUnsafe(ref _all[0]);
        p1.StoreUnsafe(ref _all[8]);
        p2.StoreUnsafe(ref _all[16]);
        p3.StoreUnsafe(ref _all[24]);
        for (int i = 0; i < _columns; i++) row[i] = _all[i];
    }
}

/// <summary>The step from products to squared distances that the epilogues below share.</summary>
internal static unsafe class Distance
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void FromProducts(byte* query, byte* panel, ref Vector256<int> p0, ref Vector256<int> p1,
        ref Vector256<int> p2, ref Vector256<int> p3)
    {
        Vector256<int> term = Vector256.Create(*(int*)query);
        int* terms = (int*)panel;
        p0 = term + Vector256.LoadAligned(terms) - (p0 + p0);
        p1 = term + Vector256.LoadAligned(terms + 8) - (p1 + p1);
        p2 = term + Vector256.LoadAligned(terms + 16) - (p2 + p2);
        p3 = term + Vector256.LoadAligned(terms + 24) - (p3 + p3);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(int* row, Vector256<int> d0, Vector256<int> d1, Vector256<int> d2, Vector256<int> d3)
    {
        d0.StoreAligned(row);
        d1.StoreAligned(row + 8);
        d2.StoreAligned(row + 16);
        d3.StoreAligned(row + 24);
    }
}

/// <summary>Stores squared distances: 32 a query, one query behind the other, aligned to 64 bytes.</summary>
internal unsafe struct StoreDistances(int* rows) : IByteEpilogue
{
    private readonly int* _rows = rows;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly void Finish(int query, byte* packedQuery, byte* panel, Vector256<int> p0, Vector256<int> p1,
        Vector256<int> p2, Vector256<int> p3)
    {
        Distance.FromProducts(packedQuery, panel, ref p0, ref p1, ref p2, ref p3);
        Distance.Store(_rows + (nint)query * BytePanel.Lanes, p0, p1, p2, p3);
    }
}

/// <summary>
/// Threshold collect: a bit for each lane whose squared distance is at most the query's limit; where there is any, the
/// 32 distances as well.
/// </summary>
internal unsafe struct CollectWithin(int* limits, uint* lanes, int* rows) : IByteEpilogue
{
    private readonly int* _limits = limits;
    private readonly uint* _lanes = lanes;
    private readonly int* _rows = rows;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly void Finish(int query, byte* packedQuery, byte* panel, Vector256<int> p0, Vector256<int> p1,
        Vector256<int> p2, Vector256<int> p3)
    {
        Distance.FromProducts(packedQuery, panel, ref p0, ref p1, ref p2, ref p3);
        Vector256<int> limit = Vector256.Create(_limits[query]);
        Vector256<int> least = Vector256.Min(Vector256.Min(p0, p1), Vector256.Min(p2, p3));
        uint lanes = 0;
        if (Vector256.LessThanOrEqualAny(least, limit))
        {
            lanes = Vector256.LessThanOrEqual(p0, limit).ExtractMostSignificantBits() |
                Vector256.LessThanOrEqual(p1, limit).ExtractMostSignificantBits() << 8 |
                Vector256.LessThanOrEqual(p2, limit).ExtractMostSignificantBits() << 16 |
                Vector256.LessThanOrEqual(p3, limit).ExtractMostSignificantBits() << 24;
            Distance.Store(_rows + (nint)query * BytePanel.Lanes, p0, p1, p2, p3);
        }
        _lanes[query] = lanes;
    }
}

/// <summary>
/// Row minimum: the least squared distance of each query so far, and the index of its point. Panels come in ascending
/// order, so of equally near points the first one stays.
/// </summary>
internal unsafe struct KeepNearest(int* distances, int* indices, int firstIndex) : IByteEpilogue
{
    private readonly int* _distances = distances;
    private readonly int* _indices = indices;
    private readonly int _firstIndex = firstIndex; // of the panel's first point

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly void Finish(int query, byte* packedQuery, byte* panel, Vector256<int> p0, Vector256<int> p1,
        Vector256<int> p2, Vector256<int> p3)
    {
        Distance.FromProducts(packedQuery, panel, ref p0, ref p1, ref p2, ref p3);
        Vector256<int> least = Vector256.Min(Vector256.Min(p0, p1), Vector256.Min(p2, p3));
        if (!Vector256.LessThanAny(least, Vector256.Create(_distances[query]))) return;
        Vector128<int> four = Vector128.Min(least.GetLower(), least.GetUpper());
        four = Vector128.Min(four, Vector128.Shuffle(four, Vector128.Create(2, 3, 0, 1)));
        four = Vector128.Min(four, Vector128.Shuffle(four, Vector128.Create(1, 0, 3, 2)));
        Vector256<int> bar = Vector256.Create(four.ToScalar());
        uint lanes = Vector256.Equals(p0, bar).ExtractMostSignificantBits() |
            Vector256.Equals(p1, bar).ExtractMostSignificantBits() << 8 |
            Vector256.Equals(p2, bar).ExtractMostSignificantBits() << 16 |
            Vector256.Equals(p3, bar).ExtractMostSignificantBits() << 24;
        _distances[query] = four.ToScalar();
        // A lane that holds no point repeats the first of the panel, which comes before it.
        _indices[query] = _firstIndex + BitOperations.TrailingZeroCount(lanes);
    }
}
