using System.Numerics;
using CsCheck;
using Memo.Data;
using Memo.Kernels.SquaredDistance;
using Memo.Neighbors;
using Memo.Numerics;

namespace Memo.Tests.Neighbors;

/// <summary>Rows hold the distances of the definition, whether they are kept, loaded together or computed again.</summary>
public sealed class DistanceRowsTests
{
    [Fact]
    public void Rows_of_bytes_are_exact() => AgreeWithTheDefinition<byte, int, ByteDistance>(Gen.Byte);

    [Fact]
    public void Rows_of_floats_are_within_their_bound() =>
        AgreeWithTheDefinition<float, double, FloatDistance<float>>(Gen.Float[-1, 1]);

    [Fact]
    public void Rows_of_doubles_are_within_their_bound() =>
        AgreeWithTheDefinition<double, double, FloatDistance<double>>(Gen.Double[-1e200, 1e200]);

    private static void AgreeWithTheDefinition<TElement, TDistance, TKernel>(Gen<TElement> value)
        where TElement : unmanaged, INumber<TElement>
        where TDistance : unmanaged, INumber<TDistance>, IMinMaxValue<TDistance>
        where TKernel : struct, IDistanceKernel<TElement, TDistance> =>
        Gen.Select(Gen.Int[1, 90], Gen.Int[1, 9], Gen.Int[0, 60], Gen.Int[1, 3]).SelectMany((count, n, kept, threads) =>
            Gen.Select(value.Array[count * n], Gen.Int[0, count - 1].HashSet[0, count].Array[3])
                .Select((values, loads) => (count, n, kept, threads, values, loads))).Sample(c =>
        {
            var samples = new SampleMatrix<TElement>(c.values, c.count, c.n);
            var run = new RunOptions { Threads = c.threads };
            using DistanceRows<TDistance> rows =
                DistanceRows<TElement, TDistance, TKernel>.Of(samples, c.kept * 8L * c.count, run);
            foreach (HashSet<int> load in c.loads)
            {
                rows.Load([.. load], run);
                foreach (int i in load)
                    for (int j = 0; j < c.count; j++)
                    {
                        TDistance computed = rows.Row(i)[j];
                        Dyadic exact = ExactDistance.Squared(samples.Row(i), samples.Row(j)) * new Dyadic(1, 2 * rows.Scale);
                        Assert.True(Dyadic.FromDouble(rows.Bound.Lower(double.CreateChecked(computed))) <= exact);
                        Assert.True(exact <= Dyadic.FromDouble(rows.Bound.Upper(double.CreateChecked(computed))));
                        Assert.True(rows.Exact(i, j, computed) * new Dyadic(1, 2 * rows.Scale) == exact);
                    }
            }
        }, iter: 30, threads: 1);

    [Fact]
    public void A_row_is_kept_while_there_is_room_and_given_up_for_others()
    {
        var samples = new SampleMatrix<byte>([1, 2, 3, 4], 4, 1);
        using DistanceRows<int> rows =
            DistanceRows<byte, int, ByteDistance>.Of(samples, keptBytes: 2 * 4 * sizeof(int), RunOptions.Default);
        int[] first = rows.Row(0);
        Assert.Same(first, rows.Row(0));
        rows.Load([1], RunOptions.Default);
        Assert.Same(first, rows.Row(0));
        Assert.NotSame(rows.Row(2), rows.Row(2)); // no room
        rows.Load([2, 3], RunOptions.Default);
        Assert.Same(rows.Row(2), rows.Row(2));
        Assert.NotSame(first, rows.Row(0));
        Assert.Equal([1, 0, 1, 4], rows.Row(1));
    }
}
