using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Memo.Kernels.ByteProducts;

internal static unsafe partial class VnniBytes
{
    private const int Chunk = 32; // coordinates transposed at a time: a register of each of 8 points

    public static void PackPanel(byte** points, int dimension, byte* panel)
    {
        byte* tail = stackalloc byte[8 * Chunk]; // the last coordinates of 8 points, padded with zeros
        byte** rows = stackalloc byte*[8];
        for (int lane = 0; lane < BytePanel.Lanes; lane += 8)
        {
            Vector256<int> shifted = default, sums = default; // of z (z - 128) and of z, a lane each
            byte* packed = panel + BytePanel.PanelHeader + 4 * lane;
            int k = 0;
            for (; k <= dimension - Chunk; k += Chunk, packed += Chunk / 4 * Step)
                PackChunk(points + lane, k, packed, Chunk / 4, ref shifted, ref sums);
            if (k < dimension)
            {
                for (int i = 0; i < 8; i++)
                {
                    rows[i] = tail + i * Chunk;
                    new Span<byte>(rows[i], Chunk).Clear();
                    new ReadOnlySpan<byte>(points[lane + i] + k, dimension - k).CopyTo(new Span<byte>(rows[i], Chunk));
                }
                PackChunk(rows, 0, packed, BytePanel.Quads(dimension - k), ref shifted, ref sums);
            }
            Vector256.StoreAligned(shifted + (sums << 7), (int*)panel + lane);
        }
    }

    private static void PackChunk(byte** points, int k, byte* packed, int steps, ref Vector256<int> shifted,
        ref Vector256<int> sums)
    {
        Vector256<int>* rows = stackalloc Vector256<int>[8];
        for (int i = 0; i < 8; i++) rows[i] = Vector256.Load(points[i] + k).AsInt32();
        Transposition.Transpose8(rows);
        for (int step = 0; step < steps; step++, packed += Step)
        {
            Vector256<byte> z = rows[step].AsByte();
            Vector256<sbyte> signed = (z ^ Vector256.Create((byte)128)).AsSByte();
            shifted = AvxVnni.MultiplyWideningAndAdd(shifted, z, signed);
            sums = AvxVnni.MultiplyWideningAndAdd(sums, z, Vector256<sbyte>.One);
            Vector256.StoreAligned(signed, (sbyte*)packed);
        }
    }

    public static void PackQuery(ReadOnlySpan<byte> query, byte* packed)
    {
        byte* coordinates = packed + BytePanel.QueryHeader;
        int padded = (query.Length + 63) & ~63;
        query.CopyTo(new Span<byte>(coordinates, padded));
        new Span<byte>(coordinates + query.Length, padded - query.Length).Clear();
        Vector256<int> shifted = default, sums = default;
        for (int k = 0; k < padded; k += 32)
        {
            Vector256<byte> x = Vector256.LoadAligned(coordinates + k);
            shifted = AvxVnni.MultiplyWideningAndAdd(shifted, x, (x ^ Vector256.Create((byte)128)).AsSByte());
            sums = AvxVnni.MultiplyWideningAndAdd(sums, x, Vector256<sbyte>.One);
        }
        int sum = Vector256.Sum(sums);
        // |x|^2 = sum x (x - 128) + 128 sum x.
        new Span<int>(packed, BytePanel.QueryHeader / sizeof(int)).Clear();
        ((int*)packed)[0] = Vector256.Sum(shifted) - 128 * sum;
        ((int*)packed)[1] = 128 * sum;
    }
}
