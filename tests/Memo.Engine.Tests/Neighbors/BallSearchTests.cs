using Memo.Data;
using Memo.Kernels.SquaredDistance;
using Memo.Neighbors;
using Memo.Numerics;

namespace Memo.Tests.Neighbors;

/// <summary>Points in balls and balls around points, by the pruned and the plain search, are those of the definition.</summary>
public sealed class BallSearchTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void All_ways_find_the_same_points(int threads)
    {
        Dataset data = DataReference.Parse("digits").Load(DataPart.Train).TakePerClass(60);
        var points = (SampleMatrix<byte>)data.Points;
        var random = new SeededRandom(5);
        Dyadic[] squared = [.. Enumerable.Range(0, data.Count).Select(_ => new Dyadic((long)random.NextBelow(3000)))];
        RunOptions run = RunOptions.Default with { Threads = threads };
        PruningBasis basis = PrincipalDirections.Basis(points, 32, run);
        int[] labels = [.. data.Labels], all = [.. Enumerable.Range(0, data.Count)];
        using var pruned = new BallSearch<byte, int, ByteDistance>(points, labels, 10, squared, 2, 3, basis, run);
        using var plain = new BallSearch<byte, int, ByteDistance>(points, labels, 10, squared, 2, 3, null, run);

        var (byPruning, byAll, inverse) = (new int[data.Count][], new int[data.Count][], new int[data.Count][]);
        pruned.FindAll((i, found) => byPruning[i] = [.. found.Order()], run);
        plain.FindAll((i, found) => byAll[i] = [.. found.Order()], run);
        plain.Find(all, inverse: true, (i, found) => inverse[i] = [.. found.Order()], run);
        for (int i = 0; i < data.Count; i++)
        {
            int[] Members(int ball) =>
            [
                .. all.Where(j => labels[j] == labels[ball] &&
                    new Dyadic(3) * ExactDistance.Squared(points.Row(ball), points.Row(j)) <= new Dyadic(2) * squared[ball]),
            ];
            int[] expected = Members(i);
            Assert.Contains(i, expected);
            Assert.Equal(expected, byPruning[i]);
            Assert.Equal(expected, byAll[i]);
        }
        for (int i = 0; i < data.Count; i++)
            Assert.Equal([.. all.Where(ball => byAll[ball].Contains(i))], inverse[i]);
    }
}
