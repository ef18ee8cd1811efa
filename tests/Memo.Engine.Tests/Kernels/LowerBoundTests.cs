using CsCheck;
using Memo.Kernels;
using Memo.Kernels.LowerBound;
using Memo.Kernels.SquaredDistance;
using Memo.Numerics;

namespace Memo.Tests.Kernels;

/// <summary>The looks at a panel give the numbers of the definition in every version, and write nothing beyond.</summary>
public sealed unsafe class LowerBoundTests
{
    private const int Lanes = PanelFilter.Lanes, Group = PanelFilter.Group;

    // Coordinates as large as squared norms below 2^29 allow in so few pairs, and small ones.
    private static readonly Gen<short> Coordinate = Gen.OneOf(Gen.Short[-2000, 2000], Gen.Short[-3, 3]);

    public static TheoryData<string> Sets() => [.. Isa.UpTo(Isa.Best).Select(Isa.Name)];

    private static InstructionSet Set(string name) => Isa.Parse(name, name, Isa.UpTo(Isa.Best))!.Value;

    [Theory]
    [MemberData(nameof(Sets))]
    public void The_first_look_finds_the_greatest_value_of_each_query_and_panel(string name) =>
        (from pairs in Gen.Int[1, 40]
         from count in Gen.Int[1, 35]
         from panels in Gen.Int[0, 3]
         from extra in Gen.Int[0, 2]
         from norms in Gen.Int[-1_400_000_000, 0].Array[panels * Lanes]
         from points in Coordinate.Array[panels * Lanes * 2 * pairs]
         from queries in Coordinate.Array[(count + Group - 1) / Group * Group * 2 * pairs]
         select (pairs, count, panels, extra, norms, points, queries)).Sample(c =>
    {
        int padded = (c.count + Group - 1) / Group * Group, stride = padded + c.extra * Group;
        nint panelBytes = PanelFilter.PanelBytes(c.pairs);
        using var panels = new Guarded((nuint)(c.panels * panelBytes));
        using var queries = new Guarded((nuint)(padded * c.pairs * sizeof(int)));
        using var maxima = new Guarded((nuint)(c.panels * stride * sizeof(int)));
        for (int p = 0; p < c.panels; p++)
        {
            c.norms.AsSpan(p * Lanes, Lanes).CopyTo(new Span<int>(panels.Pointer + p * panelBytes, Lanes));
            c.points.AsSpan(p * Lanes * 2 * c.pairs, Lanes * 2 * c.pairs)
                .CopyTo(new Span<short>(panels.Pointer + p * panelBytes + PanelFilter.HeaderBytes, Lanes * 2 * c.pairs));
        }
        c.queries.CopyTo(new Span<short>(queries.Pointer, c.queries.Length));
        var expected = new int[Math.Max(c.panels * stride, 1)];
        fixed (int* reference = expected)
            PanelFilter.MaximaReference((int*)queries.Pointer, c.count, panels.Pointer, c.panels, c.pairs, reference, stride);
        PanelFilter.Maxima(Set(name), (int*)queries.Pointer, c.count, panels.Pointer, c.panels, c.pairs, (int*)maxima.Pointer, stride);
        for (int p = 0; p < c.panels; p++)
            for (int q = 0; q < stride; q++)
                if (q < c.count) Assert.Equal(expected[p * stride + q], ((int*)maxima.Pointer)[p * stride + q]);
                else if (q >= padded) Assert.Equal(Guarded.Int, ((int*)maxima.Pointer)[p * stride + q]);
        maxima.Verify();
        queries.Verify();
        panels.Verify();
    }, iter: 150);

    [Theory]
    [MemberData(nameof(Sets))]
    public void The_second_look_stops_where_no_point_reaches_the_threshold(string name) =>
        (from steps in Gen.Int[1, 12].Array[1, 4]
         from visitors in Gen.Int[1, 9]
         from pairs in Gen.Const(steps.Sum())
         from norms in Gen.Int[-20_000_000, 0].Array[steps.Length * Lanes]
         from points in Coordinate.Array[Lanes * 2 * pairs]
         from lasts in Gen.Short[0, 3000].Array[steps.Length * Lanes * 2]
         from queries in Coordinate.Array[visitors * 2 * pairs]
         from rests in Gen.Short[0, 3000].Array[visitors * steps.Length * 2]
         from thresholds in Gen.OneOf(Gen.Int[-40_000_000, 20_000_000], Gen.OneOf(int.MinValue, int.MaxValue)).Array[visitors * steps.Length]
         from seed in Gen.Int[0, 1000]
         select (steps, visitors, pairs, norms, points, lasts, queries, rests, thresholds, seed)).Sample(c =>
    {
        int levels = c.steps.Length;
        int[] ends = [.. c.steps.Select((_, s) => c.steps[..(s + 1)].Sum())];
        using var panel = new Guarded((nuint)PanelVisit.PanelBytes(levels, c.pairs));
        using var sums = new Guarded((nuint)(c.visitors * Lanes * sizeof(int)));
        using var values = new Guarded((nuint)(c.visitors * Lanes * sizeof(int)));
        using var masks = new Guarded((nuint)(c.visitors * sizeof(uint)));
        for (int s = 0; s < levels; s++)
        {
            c.norms.AsSpan(s * Lanes, Lanes).CopyTo(new Span<int>(panel.Pointer + s * PanelVisit.LevelBytes, Lanes));
            c.lasts.AsSpan(s * Lanes * 2, Lanes * 2)
                .CopyTo(new Span<short>(panel.Pointer + s * PanelVisit.LevelBytes + PanelFilter.HeaderBytes, Lanes * 2));
        }
        c.points.CopyTo(new Span<short>(panel.Pointer + levels * PanelVisit.LevelBytes, c.points.Length));
        int[] which = [.. Enumerable.Range(0, c.visitors)];
        new SeededRandom((ulong)c.seed).Shuffle(which);
        fixed (short* queries = c.queries, rests = c.rests)
        fixed (int* thresholds = c.thresholds, order = which, levelEnds = ends)
        {
            var all = stackalloc PanelVisit.Query[c.visitors];
            for (int q = 0; q < c.visitors; q++)
                all[q] = new((nint)(queries + q * 2 * c.pairs), (nint)(rests + q * 2 * levels), (nint)(thresholds + q * levels));
            PanelVisit.First(Set(name), all, order, c.visitors, panel.Pointer, ends[0], levels, (int*)sums.Pointer, (int*)values.Pointer,
                (uint*)masks.Pointer);
            int* expected = stackalloc int[Lanes];
            for (int i = 0; i < c.visitors; i++)
            {
                PanelVisit.Query query = all[which[i]];
                uint mask = ((uint*)masks.Pointer)[i];
                int* found = (int*)values.Pointer + i * Lanes;
                int level = 0;
                Assert.Equal(PanelVisit.LevelReference(query, panel.Pointer, levelEnds, levels, level, expected), mask);
                if (mask != 0 && levels > 1)
                {
                    uint reference = mask;
                    while (reference != 0 && level < levels - 1)
                        reference = PanelVisit.LevelReference(query, panel.Pointer, levelEnds, levels, ++level, expected);
                    mask = PanelVisit.Continue(Set(name), query, panel.Pointer, levelEnds, levels, (int*)sums.Pointer + i * Lanes, found);
                    Assert.Equal(reference, mask);
                }
                if (mask != 0) Assert.Equal(new Span<int>(expected, Lanes).ToArray(), new Span<int>(found, Lanes).ToArray());
            }
        }
        foreach (Guarded memory in new[] { panel, sums, values, masks }) memory.Verify();
    }, iter: 150);

    [Fact]
    public void The_distance_of_a_pair_matches_the_definition() =>
        (from n in Gen.OneOf(Gen.Int[0, 200], Gen.OneOf(783, 784, 3072, 33025))
         from offset in Gen.Int[0, 3]
         from kind in Gen.Int[0, 2]
         from a in Gen.Byte.Array[n + offset]
         from b in Gen.Byte.Array[n + offset]
         select (n, offset, kind, a, b)).Sample(c =>
    {
        byte[] a = c.kind == 1 ? [.. c.a.Select(_ => (byte)255)] : c.a, b = c.kind == 1 ? new byte[c.b.Length] : c.b;
        fixed (byte* x = a, z = b)
        {
            long expected = 0;
            for (int k = c.offset; k < c.n + c.offset; k++) expected += (a[k] - b[k]) * (a[k] - b[k]);
            foreach (InstructionSet set in Isa.UpTo(Isa.Best))
                Assert.Equal(expected, set switch
                {
                    InstructionSet.Avx512 => BytePair.SquaredDistanceAvx512(x + c.offset, z + c.offset, c.n),
                    InstructionSet.Avx2 => BytePair.SquaredDistanceAvx2(x + c.offset, z + c.offset, c.n),
                    _ => BytePair.SquaredDistanceReference(x + c.offset, z + c.offset, 0, c.n),
                });
            Assert.Equal(expected, BytePair.SquaredDistance(a.AsSpan(c.offset), b.AsSpan(c.offset)));
        }
    }, iter: 300);
}
