using System.Numerics;
using CsCheck;
using Memo.Data;
using Memo.Kernels;
using Memo.Measures;
using Memo.Numerics;

namespace Memo.Tests.Measures;

/// <summary>The nearest row is that of the definition, the lowest of equally near ones, for every type of data.</summary>
public sealed class NearestRowsTests
{
    [Fact]
    public void Bytes() => Check(Gen.OneOf(Gen.Byte, Gen.OneOf<byte>(0, 1, 255)));

    [Fact]
    public void Floats() => Check(Gen.OneOf(Gen.Float[-1, 1], Gen.OneOf(0f, -0f, 1f, 1.0000001f, 1e-40f, 3e38f)));

    [Fact]
    public void Doubles() => Check(Gen.OneOf(Gen.Double[-1, 1], Gen.OneOf(0, 1, 1 + 1e-15, 1e-300, 5e-324, 1e300)));

    // Points on both sides of a query, whose distances differ by less than any double can say, or not at all.
    [Fact]
    public void Near_ties_are_decided_exactly() => Gen.Select(Gen.Double[1, 2], Gen.Int[1, 30], Gen.Int[0, 2], Gen.Int[2, 40]).Sample(
        (radius, dimension, difference, count) =>
    {
        var random = new SeededRandom((ulong)count);
        var values = new double[count * dimension];
        for (int i = 0; i < count; i++)
        {
            int k = (int)random.NextBelow((ulong)dimension);
            double reach = i == count - 1 ? radius : Enumerable.Repeat(0, difference).Aggregate(radius, (value, _) => Math.BitIncrement(value));
            values[i * dimension + k] = random.NextBelow(2) == 0 ? reach : -reach;
            // A coordinate whose square is far below the last place of the distance.
            values[i * dimension + (k + 1) % dimension] += dimension == 1 ? 0 : i * 1e-20;
        }
        RequireNearest(new SampleMatrix<double>(values, count, dimension), new SampleMatrix<double>(new double[2 * dimension], 2, dimension), 2);
    });

    [Fact]
    public void Rows_that_lie_apart_are_read_where_they_lie()
    {
        float[] values = [0, 0, float.NaN, 3, 4, float.NaN, 1, 1];
        var points = new SampleMatrix<float>(values.AsMemory(), 3, 2, 3);
        var queries = new SampleMatrix<float>(values.AsMemory(3), 2, 2, 3);
        var found = NearestRows.Of(points, queries);
        Assert.Equal([1, 2], found.Rows.ToArray());
        Assert.Equal([Dyadic.Zero, Dyadic.Zero], found.SquaredDistances.ToArray());
    }

    // 255^2 (33025 + 1) exceeds what the integer kernel's sums hold.
    [Fact]
    public void Long_rows_of_bytes_are_compared_exactly()
    {
        const int n = ByteGemm.MaximumDepth + 1;
        var values = new byte[3 * n];
        values.AsSpan(0, n).Fill(255);
        values.AsSpan(n, n - 1).Fill(255);
        var points = new SampleMatrix<byte>(values, 3, n);
        var queries = new SampleMatrix<byte>([.. values.AsSpan(2 * n - 1, 1), .. values.AsSpan(0, n - 1)], 1, n);
        RequireNearest(points, queries, 1);
        RequireNearest((SampleMatrix<byte>)points.SelectRows([2]), queries, 1);
    }

    [Fact]
    public void Takes_no_queries() => Assert.True(NearestRows.Of(new SampleMatrix<byte>([7], 1, 1), new SampleMatrix<byte>([], 0, 1)).Rows.IsEmpty);

    [Fact]
    public void Refuses_what_does_not_fit()
    {
        var one = new SampleMatrix<byte>([1, 2], 1, 2);
        Refused("no point", () => NearestRows.Of(new SampleMatrix<byte>([], 0, 2), one));
        Refused("features", () => NearestRows.Of(new SampleMatrix<byte>([1], 1, 1), one));
        Refused("type", () => NearestRows.Of(new SampleMatrix<float>([1, 2], 1, 2), one));

        static void Refused(string part, Action call) =>
            Assert.Contains(part, Assert.Throws<MemoException>(call).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Ends_when_it_is_told_to()
    {
        using var stop = new CancellationTokenSource();
        stop.Cancel();
        var one = new SampleMatrix<byte>([1, 2], 1, 2);
        var run = new RunOptions { Cancellation = stop.Token };
        Assert.ThrowsAny<OperationCanceledException>(() => NearestRows.Of(one, one, run));
        SampleMatrix floats = one.ConvertExactly(ElementType.Float32);
        Assert.ThrowsAny<OperationCanceledException>(() => NearestRows.Of(floats, floats, run));
    }

    private static void Check<T>(Gen<T> value) where T : unmanaged, INumber<T> =>
        (from count in Gen.Int[1, 90]
         from asked in Gen.Int[0, 20]
         from dimension in Gen.Int[1, 12]
         from values in value.Array[count * dimension]
         from queries in value.Array[asked * dimension]
         from threads in Gen.Int[1, 3]
         select (count, asked, dimension, values, queries, threads)).Sample(c =>
            RequireNearest(new SampleMatrix<T>(c.values, c.count, c.dimension), new SampleMatrix<T>(c.queries, c.asked, c.dimension), c.threads),
            iter: 150);

    private static void RequireNearest<T>(SampleMatrix<T> points, SampleMatrix<T> queries, int threads) where T : unmanaged, INumber<T>
    {
        var found = NearestRows.Of(points, queries, RunOptions.Default with { Threads = threads });
        Assert.Equal(queries.Rows, found.Rows.Length);
        for (int q = 0; q < queries.Rows; q++)
        {
            (int nearest, Dyadic least) = (-1, default);
            for (int i = 0; i < points.Rows; i++)
                if (Squared(queries.Row(q), points.Row(i)) is var distance && (nearest < 0 || distance < least))
                    (nearest, least) = (i, distance);
            Assert.Equal((nearest, least), (found.Rows[q], found.SquaredDistances[q]));
        }
    }

    // By the definition, in exact arithmetic and nothing else.
    private static Dyadic Squared<T>(ReadOnlySpan<T> a, ReadOnlySpan<T> b) where T : unmanaged, INumber<T>
    {
        Dyadic sum = Dyadic.Zero;
        for (int k = 0; k < a.Length; k++)
        {
            Dyadic difference = Dyadic.FromDouble(double.CreateChecked(a[k])) - Dyadic.FromDouble(double.CreateChecked(b[k]));
            sum += difference * difference;
        }
        return sum;
    }
}
