using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Memo.Kernels.ByteProducts;

/// <summary>
/// Inner products of bytes widened to 16-bit integers: pairs of products, summed into int32 (vpmaddwd and its kin), for
/// processors without vpdpbusd.
/// </summary>
internal static unsafe partial class Int16Bytes
{
    private const int Step = 2 * BytePanel.Lanes; // int16 of a panel for 2 coordinates

    public static void PackPanel(byte** points, int dimension, byte* panel, bool vectorized)
    {
        short* packed = (short*)(panel + BytePanel.PanelHeader);
        int first = 0;
        int* norms = (int*)panel;
        new Span<int>(norms, BytePanel.Lanes).Clear();
        if (vectorized)
            for (; first <= dimension - 16; first += 16, packed += 8 * Step)
                for (int lane = 0; lane < BytePanel.Lanes; lane += 8)
                    PackChunk(points + lane, first, packed + 2 * lane, norms + lane);
        for (int lane = 0; lane < BytePanel.Lanes; lane++)
        {
            byte* point = points[lane];
            short* pairs = packed + 2 * lane;
            for (int k = first; k < dimension; k += 2, pairs += Step)
            {
                short second = k + 1 < dimension ? point[k + 1] : (short)0;
                (pairs[0], pairs[1]) = (point[k], second);
                norms[lane] += point[k] * point[k] + second * second;
            }
        }
    }

    private static void PackChunk(byte** points, int k, short* packed, int* norms)
    {
        Vector256<int>* rows = stackalloc Vector256<int>[8];
        for (int i = 0; i < 8; i++) rows[i] = Avx2.ConvertToVector256Int16(points[i] + k).AsInt32();
        Transposition.Transpose8(rows);
        Vector256<int> sums = Vector256.Load(norms);
        for (int step = 0; step < 8; step++, packed += Step)
        {
            sums += Avx2.MultiplyAddAdjacent(rows[step].AsInt16(), rows[step].AsInt16());
            Vector256.StoreAligned(rows[step].AsInt16(), packed);
        }
        Vector256.Store(sums, norms);
    }

    public static void PackQuery(ReadOnlySpan<byte> query, byte* packed, bool vectorized)
    {
        short* coordinates = (short*)(packed + BytePanel.QueryHeader);
        int n = query.Length, k = 0, norm = 0;
        if (vectorized)
            fixed (byte* x = query)
            {
                Vector256<int> sums = default;
                for (; k <= n - 16; k += 16)
                {
                    Vector256<short> wide = Avx2.ConvertToVector256Int16(x + k);
                    sums += Avx2.MultiplyAddAdjacent(wide, wide);
                    Vector256.StoreAligned(wide, coordinates + k);
                }
                norm = Vector256.Sum(sums);
            }
        for (; k < n; k++)
        {
            coordinates[k] = query[k];
            norm += query[k] * query[k];
        }
        new Span<short>(coordinates + n, ((n + 31) & ~31) - n).Clear();
        new Span<int>(packed, BytePanel.QueryHeader / sizeof(int)).Clear();
        *(int*)packed = norm;
    }
}
