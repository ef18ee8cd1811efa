using CsCheck;
using Memo.Data;
using Memo.Kernels;
using Memo.Kernels.SquaredDistance;
using Memo.Neighbors;
using Memo.Networks;
using Memo.Numerics;

namespace Memo.Tests.Neighbors;

/// <summary>Pruning is exact: it never excludes a point that counts, whatever the data and however bad the basis.</summary>
public sealed class PruningTests
{
    // Data made to mislead a basis: what it was fitted to has little to do with the points and the queries.
    private static readonly Gen<(string Name, int Dimension, byte[] Points)> Fields =
        from dimension in Gen.Int[2, 60]
        from count in Gen.Int[10, 300]
        from kind in Gen.Int[0, 6]
        from noise in Gen.Byte.Array[count * dimension]
        from seed in Gen.Byte.Array[dimension]
        select (kind switch
        {
            0 => ("uniform", dimension, noise),
            1 => ("many equal distances", dimension, [.. noise.Select(v => (byte)(v < 128 ? 0 : 255))]),
            2 => ("duplicates", dimension, [.. noise.Select((v, i) => noise[i % dimension + i / dimension % 4 * dimension])]),
            3 => ("one huge outlier", dimension, [.. noise.Select((v, i) => i < dimension ? (byte)255 : (byte)(v % 4))]),
            4 => ("constant features", dimension, [.. noise.Select((v, i) => i % dimension % 3 == 0 ? v : seed[i % dimension])]),
            5 => ("rank one", dimension, [.. noise.Select((v, i) => (byte)(seed[i % dimension] * noise[i / dimension] / 255))]),
            _ => ("all black but a pixel", dimension, [.. noise.Select((v, i) => (byte)(i % dimension == 0 ? v : 0))]),
        });

    private static readonly Gen<int> Directions = Gen.OneOf(16, 32, 48, 64);

    [Fact]
    public unsafe void Mapped_distances_never_exceed_the_limit_of_the_true_one() =>
        (from fitted in Fields
         from directions in Directions
         from vectors in Gen.OneOf(Gen.Byte, Gen.OneOf<byte>(0, 255)).Array[fitted.Dimension * 12]
         select (fitted, directions, vectors)).Sample(c =>
    {
        int n = c.fitted.Dimension;
        var basis = PrincipalDirections.Basis(Matrix(c.fitted.Points, n), c.directions, RunOptions.Default);
        SampleMatrix<byte> vectors = Matrix(c.vectors, n);
        var mapped = new MappedVectors(vectors.Rows, c.directions);
        using var workspace = new AlignedBuffer(basis.WorkspaceBytes);
        basis.Map(vectors, [.. Enumerable.Range(0, vectors.Rows)], workspace.Pointer, mapped, 0);
        for (int i = 0; i < vectors.Rows; i++)
            for (int j = 0; j < vectors.Rows; j++)
                for (int end = MappedVectors.Step; end <= c.directions; end += MappedVectors.Step)
                {
                    (short near, short far) = mapped.Rest(i, end);
                    (short near2, short far2) = mapped.Rest(j, end);
                    int bound = Int16Panel.Pair(mapped.Coordinates(i)[..end], mapped.Coordinates(j)[..end]) +
                        (near - near2) * (near - near2) + (far - far2) * (far - far2);
                    Assert.True(bound <= basis.Limit(ExactDistance.SquaredBytes(vectors.Row(i), vectors.Row(j))));
                }
    }, iter: 300);

    private sealed class Recorder : IPanelVisitor
    {
        public List<int> Points { get; } = [];

        public void Measured(int query, int point, int distance) => Points.Add(point);
    }

    [Fact]
    public void A_walk_measures_every_point_within_the_bar_and_few_more_where_the_basis_fits()
    {
        // Points of a plane: with a few directions nothing is lost but the rounding.
        var random = new SeededRandom(5);
        byte[] points = new byte[200 * 64];
        for (int i = 0; i < 200; i++)
            for (int k = 0, u = (int)random.NextBelow(100), v = (int)random.NextBelow(100); k < 64; k++)
                points[i * 64 + k] = (byte)(k < 32 ? u : v);
        SampleMatrix<byte> matrix = Matrix(points, 64);
        var basis = PrincipalDirections.Basis(matrix, 16, RunOptions.Default);
        using var pruned = new PrunedPoints(matrix, new int[200], 1, basis, RunOptions.Default);
        using var walk = new PanelWalk(pruned, 4);
        walk.Block.Load(matrix, [0]);
        walk.Block.Filter(0, pruned.PanelCount);
        walk.SetBar(0, basis.Limit(1000));
        var measured = new Recorder();
        walk.Run(measured, 0, pruned.PanelCount);
        int[] near = [.. Enumerable.Range(0, 200).Where(i => ExactDistance.SquaredBytes(matrix.Row(0), matrix.Row(i)) <= 1000)];
        Assert.Subset(measured.Points.ToHashSet(), near.ToHashSet());
        Assert.InRange(measured.Points.Count, near.Length, near.Length + 20);
    }

    [Fact]
    public void Neighbours_stand_together_and_none_is_lost() =>
        (from counts in Gen.Int[0, 200].Array[1, 4]
         from values in Gen.Byte.Array[Math.Max(counts.Sum(), 1) * 20]
         select (counts, values)).Sample(c =>
    {
        int[] labels = [.. c.counts.SelectMany((count, k) => Enumerable.Repeat(k, count))];
        if (labels.Length == 0) return;
        new SeededRandom(1).Shuffle(labels);
        SampleMatrix<byte> points = Matrix(c.values, 20);
        var basis = PrincipalDirections.Basis(points, 16, RunOptions.Default);
        using var pruned = new PrunedPoints(points, labels, c.counts.Length, basis, RunOptions.Default);
        var seen = new List<int>();
        for (int k = 0; k < c.counts.Length; k++)
            for (int panel = pruned.ClassStarts[k]; panel < pruned.ClassStarts[k + 1]; panel++)
                foreach (int row in pruned.Rows(panel))
                {
                    Assert.Equal(k, labels[row]);
                    seen.Add(row);
                }
        seen.Sort();
        Assert.Equal(Enumerable.Range(0, labels.Length), seen);
    }, iter: 100);

    [Fact]
    public void Pruned_and_brute_answers_are_the_same_bits() =>
        (from field in Fields
         from classes in Gen.Int[2, 4]
         from labels in Gen.Int[0, classes - 1].Array[field.Points.Length / field.Dimension]
         from strangers in Gen.Byte.Array[field.Dimension * 20]
         from directions in Directions
         from levels in Gen.Int[1, directions / MappedVectors.Step].Array[2, 4]
         from lambda in Gen.OneOf(new Ratio(51, 100), new Ratio(501, 1000), new Ratio(3, 4))
         select (field, classes, labels, strangers, directions, levels, lambda)).Sample(c =>
    {
        int n = c.field.Dimension;
        var all = new Dataset(Matrix(c.field.Points, n), c.labels, ClassList.FromIntegers(Enumerable.Range(0, c.classes)), c.field.Name);
        Dataset data;
        try { data = LabelConflicts.Resolve(all, OnConflict.Majority, out _); }
        catch (MemoException) { return; }
        if (data.LabelArray.Distinct().Count() < 2) return;
        var points = (SampleMatrix<byte>)data.Points;
        RunOptions run = RunOptions.Default;
        var brute = new ByteCellEvaluator(points, data.Labels, c.classes, basis: null, run);
        int[] ends = [.. c.levels.Distinct().Order().Select(step => step * MappedVectors.Step)];
        var levels = new PruningLevels(ends[0], ends.Length > 1 ? ends[1..] : ends);
        var pruned = new ByteCellEvaluator(points, data.Labels, c.classes,
            PrincipalDirections.Basis(Matrix(c.strangers, n), c.directions, run), run, levels);
        Dyadic separation = brute.MinimumSquaredDistance(run);
        Assert.Equal(separation, pruned.MinimumSquaredDistance(run));
        (int[] Points, Dyadic[] SquaredDistances) others = NearestOthers(points, data.LabelArray);
        AssertSame(others, brute.NearestOther(run));
        AssertSame(others, pruned.NearestOther(run));

        using CellNetwork first = new CellNetwork(points, data.Labels, data.Classes, c.lambda, separation).WithEvaluator(brute);
        using CellNetwork second = new CellNetwork(points, data.Labels, data.Classes, c.lambda, separation).WithEvaluator(pruned);
        SampleMatrix<byte> queries = Matrix([.. c.strangers, .. points.Values], n);
        foreach (Outputs outputs in new[] { Outputs.Labels, Outputs.Nearest, Outputs.Values, Outputs.Radii | Outputs.Nearest })
        {
            Predictions expected = first.Predict(queries, outputs), actual = second.Predict(queries, outputs);
            Assert.Equal(expected.Labels, actual.Labels);
            Assert.Equal(expected.Nearest, actual.Nearest);
            Assert.Equal(expected.Values, actual.Values);
            Assert.Equal(expected.Radii, actual.Radii);
        }
    }, iter: 300, threads: 1);

    [Fact]
    public void Uniform_data_is_left_to_brute_force_and_smooth_data_is_not()
    {
        const int N = 3000, Side = 16;
        var random = new SeededRandom(3);
        byte[] uniform = new byte[N * Side * Side], smooth = new byte[N * Side * Side];
        for (int i = 0; i < N; i++)
        {
            double a = random.NextDouble(), b = random.NextDouble(), c = random.NextDouble();
            for (int k = 0; k < Side * Side; k++)
            {
                uniform[i * Side * Side + k] = (byte)random.NextBelow(256);
                smooth[i * Side * Side + k] = (byte)(255 * (a * (k % Side) + b * (k / Side) + c * Side) / (3.0 * Side));
            }
        }
        Assert.Null(PruningBasis.Choose(Matrix(uniform, Side * Side), RunOptions.Default));
        Assert.NotNull(PruningBasis.Choose(Matrix(smooth, Side * Side), RunOptions.Default));
    }

    // The definition: the nearest point of another class, the first of equals.
    private static (int[] Points, Dyadic[] SquaredDistances) NearestOthers(SampleMatrix<byte> points, int[] labels)
    {
        var (nearest, squared) = (new int[labels.Length], new Dyadic[labels.Length]);
        for (int i = 0; i < labels.Length; i++)
        {
            nearest[i] = Enumerable.Range(0, labels.Length).Where(j => labels[j] != labels[i])
                .MinBy(j => ExactDistance.SquaredBytes(points.Row(i), points.Row(j)));
            squared[i] = new Dyadic(ExactDistance.SquaredBytes(points.Row(i), points.Row(nearest[i])));
        }
        return (nearest, squared);
    }

    private static void AssertSame((int[] Points, Dyadic[] SquaredDistances) expected, (int[] Points, Dyadic[] SquaredDistances) actual)
    {
        Assert.Equal(expected.Points, actual.Points);
        Assert.Equal(expected.SquaredDistances, actual.SquaredDistances);
    }

    [DataFact("mnist")]
    public void Images_give_the_same_answers_pruned_and_by_brute_force() => CheckImages("mnist", 500, 300);

    [DataFact("cifar-10")]
    public void Colour_images_give_the_same_answers_pruned_and_by_brute_force() => CheckImages("cifar-10", 300, 100);

    private static void CheckImages(string name, int perClass, int queryCount)
    {
        Dataset data = DataReference.Parse(name).Load(DataPart.Train, new LoadOptions { PerClass = perClass });
        Dataset test = DataReference.Parse(name).Load(DataPart.Test, new LoadOptions());
        var points = (SampleMatrix<byte>)data.Points;
        SampleMatrix queries = test.SelectSamples([.. Enumerable.Range(0, queryCount)]).Points;
        PruningBasis basis = PruningBasis.Choose(points, RunOptions.Default)!;
        Assert.NotNull(basis);
        var brute = new ByteCellEvaluator(points, data.Labels, 10, basis: null, RunOptions.Default);
        var pruned = new ByteCellEvaluator(points, data.Labels, 10, basis, RunOptions.Default);
        Dyadic separation = brute.MinimumSquaredDistance(RunOptions.Default);
        Assert.Equal(separation, pruned.MinimumSquaredDistance(RunOptions.Default));
        AssertSame(brute.NearestOther(RunOptions.Default), pruned.NearestOther(RunOptions.Default));
        using CellNetwork first = new CellNetwork(points, data.Labels, data.Classes, CellNetwork.DefaultLambda, separation).WithEvaluator(brute);
        using CellNetwork second = new CellNetwork(points, data.Labels, data.Classes, CellNetwork.DefaultLambda, separation).WithEvaluator(pruned);
        foreach (int threads in new[] { 1, 3 })
            foreach (Outputs outputs in new[] { Outputs.Labels, Outputs.Nearest, Outputs.Values })
            {
                Predictions expected = first.Predict(queries, outputs, RunOptions.Default with { Threads = threads });
                Predictions actual = second.Predict(queries, outputs, RunOptions.Default with { Threads = threads });
                Assert.Equal(expected.Labels, actual.Labels);
                Assert.Equal(expected.Nearest, actual.Nearest);
                Assert.Equal(expected.Values, actual.Values);
            }
    }

    private static SampleMatrix<byte> Matrix(byte[] values, int n) => new(values, values.Length / n, n);
}
