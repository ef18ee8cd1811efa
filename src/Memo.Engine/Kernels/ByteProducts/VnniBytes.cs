using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Memo.Kernels.ByteProducts;

/// <summary>
/// Inner products by vpdpbusd in its 256-bit VEX form: 32 products of an unsigned with a signed byte, summed by fours into
/// 8 int32. The layout takes half the memory of 16-bit integers.
/// </summary>
internal static unsafe partial class VnniBytes
{
    private const int Step = 4 * BytePanel.Lanes; // bytes of a panel for 4 coordinates

    public static void Run<TEpilogue>(byte* queries, int queryCount, byte* panel, int dimension, ref TEpilogue epilogue)
        where TEpilogue : struct, IByteEpilogue
    {
        nint stride = (nint)BytePanel.QueryBytes(ByteTechnique.Vnni, dimension);
        int steps = BytePanel.Quads(dimension), q = 0;
        for (; q <= queryCount - 3; q += 3) Run3(q, queries + q * stride, stride, panel, steps, ref epilogue);
        if (q <= queryCount - 2) Run2(q, queries + q * stride, stride, panel, steps, ref epilogue);
        else if (q < queryCount) Run1(q, queries + q * stride, panel, steps, ref epilogue);
    }

    // 3 queries x 32 points: 12 accumulators, 3 registers for the queries and 1 for the points fill the 16 that VEX has.
    // 7 loads feed 12 vpdpbusd, of which the processor starts 2 a cycle, each 4 cycles long.
    private static void Run3<TEpilogue>(int q, byte* query, nint stride, byte* panel, int steps, ref TEpilogue epilogue)
        where TEpilogue : struct, IByteEpilogue
    {
        Vector256<int> c00 = default, c01 = default, c02 = default, c03 = default;
        Vector256<int> c10 = default, c11 = default, c12 = default, c13 = default;
        Vector256<int> c20 = default, c21 = default, c22 = default, c23 = default;
        byte* a = query + BytePanel.QueryHeader;
        sbyte* b = (sbyte*)panel + BytePanel.PanelHeader;
        for (; steps > 0; steps--, a += 4, b += Step)
        {
            Vector256<byte> x0 = Vector256.Create(*(int*)a).AsByte();
            Vector256<byte> x1 = Vector256.Create(*(int*)(a + stride)).AsByte();
            Vector256<byte> x2 = Vector256.Create(*(int*)(a + 2 * stride)).AsByte();
            Vector256<sbyte> z = Vector256.LoadAligned(b);
            c00 = AvxVnni.MultiplyWideningAndAdd(c00, x0, z);
            c10 = AvxVnni.MultiplyWideningAndAdd(c10, x1, z);
            c20 = AvxVnni.MultiplyWideningAndAdd(c20, x2, z);
            z = Vector256.LoadAligned(b + 32);
            c01 = AvxVnni.MultiplyWideningAndAdd(c01, x0, z);
            c11 = AvxVnni.MultiplyWideningAndAdd(c11, x1, z);
            c21 = AvxVnni.MultiplyWideningAndAdd(c21, x2, z);
            z = Vector256.LoadAligned(b + 64);
            c02 = AvxVnni.MultiplyWideningAndAdd(c02, x0, z);
            c12 = AvxVnni.MultiplyWideningAndAdd(c12, x1, z);
            c22 = AvxVnni.MultiplyWideningAndAdd(c22, x2, z);
            z = Vector256.LoadAligned(b + 96);
            c03 = AvxVnni.MultiplyWideningAndAdd(c03, x0, z);
            c13 = AvxVnni.MultiplyWideningAndAdd(c13, x1, z);
            c23 = AvxVnni.MultiplyWideningAndAdd(c23, x2, z);
        }
        epilogue.Finish(q, query, panel, c00, c01, c02, c03);
        epilogue.Finish(q + 1, query + stride, panel, c10, c11, c12, c13);
        epilogue.Finish(q + 2, query + 2 * stride, panel, c20, c21, c22, c23);
    }

    private static void Run2<TEpilogue>(int q, byte* query, nint stride, byte* panel, int steps, ref TEpilogue epilogue)
        where TEpilogue : struct, IByteEpilogue
    {
        Vector256<int> c00 = default, c01 = default, c02 = default, c03 = default;
        Vector256<int> c10 = default, c11 = default, c12 = default, c13 = default;
        byte* a = query + BytePanel.QueryHeader;
        sbyte* b = (sbyte*)panel + BytePanel.PanelHeader;
        for (; steps > 0; steps--, a += 4, b += Step)
        {
            Vector256<byte> x0 = Vector256.Create(*(int*)a).AsByte();
            Vector256<byte> x1 = Vector256.Create(*(int*)(a + stride)).AsByte();
            Vector256<sbyte> z0 = Vector256.LoadAligned(b), z1 = Vector256.LoadAligned(b + 32);
            Vector256<sbyte> z2 = Vector256.LoadAligned(b + 64), z3 = Vector256.LoadAligned(b + 96);
            c00 = AvxVnni.MultiplyWideningAndAdd(c00, x0, z0);
            c01 = AvxVnni.MultiplyWideningAndAdd(c01, x0, z1);
            c02 = AvxVnni.MultiplyWideningAndAdd(c02, x0, z2);
            c03 = AvxVnni.MultiplyWideningAndAdd(c03, x0, z3);
            c10 = AvxVnni.MultiplyWideningAndAdd(c10, x1, z0);
            c11 = AvxVnni.MultiplyWideningAndAdd(c11, x1, z1);
            c12 = AvxVnni.MultiplyWideningAndAdd(c12, x1, z2);
            c13 = AvxVnni.MultiplyWideningAndAdd(c13, x1, z3);
        }
        epilogue.Finish(q, query, panel, c00, c01, c02, c03);
        epilogue.Finish(q + 1, query + stride, panel, c10, c11, c12, c13);
    }

    // One query: even and odd steps apart, so that 8 chains of 4 cycles keep up with 2 starts a cycle.
    private static void Run1<TEpilogue>(int q, byte* query, byte* panel, int steps, ref TEpilogue epilogue)
        where TEpilogue : struct, IByteEpilogue
    {
        Vector256<int> c0 = default, c1 = default, c2 = default, c3 = default;
        Vector256<int> d0 = default, d1 = default, d2 = default, d3 = default;
        byte* a = query + BytePanel.QueryHeader;
        sbyte* b = (sbyte*)panel + BytePanel.PanelHeader;
        for (; steps > 1; steps -= 2, a += 8, b += 2 * Step)
        {
            Vector256<byte> x = Vector256.Create(*(int*)a).AsByte(), y = Vector256.Create(*(int*)(a + 4)).AsByte();
            c0 = AvxVnni.MultiplyWideningAndAdd(c0, x, Vector256.LoadAligned(b));
            c1 = AvxVnni.MultiplyWideningAndAdd(c1, x, Vector256.LoadAligned(b + 32));
            c2 = AvxVnni.MultiplyWideningAndAdd(c2, x, Vector256.LoadAligned(b + 64));
            c3 = AvxVnni.MultiplyWideningAndAdd(c3, x, Vector256.LoadAligned(b + 96));
            d0 = AvxVnni.MultiplyWideningAndAdd(d0, y, Vector256.LoadAligned(b + 128));
            d1 = AvxVnni.MultiplyWideningAndAdd(d1, y, Vector256.LoadAligned(b + 160));
            d2 = AvxVnni.MultiplyWideningAndAdd(d2, y, Vector256.LoadAligned(b + 192));
            d3 = AvxVnni.MultiplyWideningAndAdd(d3, y, Vector256.LoadAligned(b + 224));
        }
        if (steps > 0)
        {
            Vector256<byte> x = Vector256.Create(*(int*)a).AsByte();
            c0 = AvxVnni.MultiplyWideningAndAdd(c0, x, Vector256.LoadAligned(b));
            c1 = AvxVnni.MultiplyWideningAndAdd(c1, x, Vector256.LoadAligned(b + 32));
            c2 = AvxVnni.MultiplyWideningAndAdd(c2, x, Vector256.LoadAligned(b + 64));
            c3 = AvxVnni.MultiplyWideningAndAdd(c3, x, Vector256.LoadAligned(b + 96));
        }
        epilogue.Finish(q, query, panel, c0 + d0, c1 + d1, c2 + d2, c3 + d3);
    }
}
