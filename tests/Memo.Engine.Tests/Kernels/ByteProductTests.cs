using System.Runtime.InteropServices;
using CsCheck;
using Memo.Kernels.ByteProducts;

namespace Memo.Tests.Kernels;

/// <summary>
/// Every technique that this processor has gives the inner products and distances of the definition, through every
/// epilogue, for any number of queries and points, and writes nothing beyond its outputs.
/// </summary>
public sealed unsafe class ByteProductTests
{
    private const int Lanes = BytePanel.Lanes;

    private static readonly Gen<int> Dimensions = Gen.OneOf(Gen.Int[0, 70], Gen.OneOf(127, 128, 129, 784, 1023));

    // The least value of a case: 0 for any bytes, 255 for nothing but the largest.
    private static readonly Gen<byte> Least = Gen.OneOf(Gen.Const((byte)0), Gen.Byte, Gen.Const((byte)255));

    private sealed record Case(int Dimension, int Points, byte[] Panel, int Queries, byte[] Query, int Offset);

    private static readonly Gen<Case> Cases =
        from dimension in Dimensions
        from points in Gen.Int[1, Lanes]
        from queries in Gen.Int[0, 19]
        from offset in Gen.Int[0, 3]
        from least in Least
        from panel in Gen.Byte[least, 255].Array[offset + points * dimension]
        from query in Gen.Byte[least, 255].Array[offset + queries * dimension]
        select new Case(dimension, points, panel, queries, query, offset);

    public static TheoryData<string> Techniques() =>
        [.. Enum.GetValues<ByteTechnique>().Where(BytePanel.IsSupported).Select(t => t.ToString())];

    [Theory]
    [MemberData(nameof(Techniques))]
    public void Every_epilogue_matches_the_definition(string name) => Cases.Sample(c => Check(Enum.Parse<ByteTechnique>(name), c), iter: 60);

    [Theory]
    [MemberData(nameof(Techniques))]
    public void The_widest_bytes_fit(string name)
    {
        const int n = BytePanel.MaximumDimension;
        byte[] rows = new byte[3 * n];
        rows.AsSpan(n, n).Fill(255);
        for (int k = 2 * n; k < 3 * n; k++) rows[k] = (byte)(k % 2 * 255);
        Check(Enum.Parse<ByteTechnique>(name), new Case(n, 3, rows, 3, rows, 0));
    }

    [Fact]
    public void The_technique_of_this_process_is_one_that_it_supports() => Assert.True(BytePanel.IsSupported(BytePanel.Chosen));

    private static void Check(ByteTechnique technique, Case c)
    {
        (int n, int count) = (c.Dimension, c.Queries);
        nuint queryBytes = BytePanel.QueryBytes(technique, n), panelBytes = BytePanel.PanelBytes(technique, n);
        // One more query and 64 more bytes than are written, all of the memory dirty before.
        using var panel = new Guarded(panelBytes);
        using var queries = new Guarded((nuint)count * queryBytes);
        using var output = new Guarded((nuint)(count * Lanes * sizeof(int)));
        int[] products = new int[count * Lanes], distances = new int[count * Lanes];
        for (int q = 0; q < count; q++)
            for (int i = 0; i < c.Points; i++)
            {
                ReadOnlySpan<byte> x = c.Query.AsSpan(c.Offset + q * n, n), z = c.Panel.AsSpan(c.Offset + i * n, n);
                for (int k = 0; k < n; k++)
                {
                    products[q * Lanes + i] = checked(products[q * Lanes + i] + x[k] * z[k]);
                    distances[q * Lanes + i] = checked(distances[q * Lanes + i] + (x[k] - z[k]) * (x[k] - z[k]));
                }
            }

        fixed (byte* points = c.Panel)
        {
            byte** rows = stackalloc byte*[Lanes];
            for (int i = 0; i < c.Points; i++) rows[i] = points + c.Offset + i * n;
            BytePanel.PackPanel(technique, rows, c.Points, n, panel.Pointer);
        }
        panel.Verify();
        for (int q = 0; q < count; q++)
            BytePanel.PackQuery(technique, c.Query.AsSpan(c.Offset + q * n, n), queries.Pointer + (nuint)q * queryBytes);
        queries.Verify();

        int* rowsOut = (int*)output.Pointer;
        var storeProducts = new StoreProducts(rowsOut, Lanes, c.Points);
        BytePanel.Run(technique, queries.Pointer, count, panel.Pointer, n, ref storeProducts);
        for (int i = 0; i < count * Lanes; i++)
            Assert.Equal(i % Lanes < c.Points ? products[i] : Guarded.Int, rowsOut[i]);

        var storeDistances = new StoreDistances(rowsOut);
        BytePanel.Run(technique, queries.Pointer, count, panel.Pointer, n, ref storeDistances);
        for (int i = 0; i < count * Lanes; i++)
            Assert.Equal(distances[i / Lanes * Lanes + (i % Lanes < c.Points ? i % Lanes : 0)], rowsOut[i]);

        int[] limits = [.. Enumerable.Range(0, count).Select(q => distances[q * Lanes + q % c.Points] - q % 2)];
        uint[] lanes = new uint[count + 1];
        output.Soil();
        fixed (int* l = limits)
        fixed (uint* set = lanes)
        {
            var collect = new CollectWithin(l, set, rowsOut);
            BytePanel.Run(technique, queries.Pointer, count, panel.Pointer, n, ref collect);
        }
        Assert.Equal(0u, lanes[count]);
        for (int q = 0; q < count; q++)
            for (int i = 0; i < c.Points; i++)
            {
                bool within = distances[q * Lanes + i] <= limits[q];
                Assert.Equal(within, (lanes[q] >> i & 1) == 1);
                if (within) Assert.Equal(distances[q * Lanes + i], rowsOut[q * Lanes + i]);
            }
        output.Verify();

        // Two panels in turn, the same one: the first of equals stays.
        int[] nearest = [.. Enumerable.Repeat(int.MaxValue, count)], indices = new int[count];
        fixed (int* d = nearest, at = indices)
            for (int first = 100; first <= 200; first += 100)
            {
                var keep = new KeepNearest(d, at, first);
                BytePanel.Run(technique, queries.Pointer, count, panel.Pointer, n, ref keep);
            }
        for (int q = 0; q < count; q++)
        {
            int[] row = distances[(q * Lanes)..(q * Lanes + c.Points)];
            Assert.Equal((row.Min(), 100 + Array.IndexOf(row, row.Min())), (nearest[q], indices[q]));
        }
    }

    // Memory between guards, dirty at first.
    private sealed class Guarded : IDisposable
    {
        public const int Int = unchecked((int)0xA5A5A5A5);
        private const byte Dirt = 0xA5;
        private readonly byte* _memory;
        private readonly nuint _bytes;

        public Guarded(nuint bytes)
        {
            _bytes = bytes;
            _memory = (byte*)NativeMemory.AlignedAlloc(bytes + 128, 64);
            Soil();
        }

        public byte* Pointer => _memory + 64;

        public void Soil() => NativeMemory.Fill(_memory, _bytes + 128, Dirt);

        public void Verify()
        {
            for (nuint i = 0; i < 64; i++) Assert.Equal((Dirt, Dirt), (_memory[i], _memory[64 + _bytes + i]));
        }

        public void Dispose() => NativeMemory.AlignedFree(_memory);
    }
}
