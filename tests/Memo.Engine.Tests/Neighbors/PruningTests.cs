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

    [Fact]
    public unsafe void Mapped_distances_never_exceed_the_limit_of_the_true_one() =>
        (from fitted in Fields
         from count in Gen.Int[1, 70]
         from vectors in Gen.OneOf(Gen.Byte, Gen.OneOf<byte>(0, 255)).Array[fitted.Dimension * 12]
         select (fitted, count, vectors)).Sample(c =>
    {
        int n = c.fitted.Dimension;
        var basis = PruningBasis.Build(Matrix(c.fitted.Points, n), c.count, RunOptions.Default);
        SampleMatrix<byte> vectors = Matrix(c.vectors, n);
        var mapped = new short[vectors.Rows * basis.Coordinates];
        using var workspace = new AlignedBuffer(basis.WorkspaceBytes);
        basis.Map(vectors, [.. Enumerable.Range(0, vectors.Rows)], workspace.Pointer, mapped);
        for (int i = 0; i < vectors.Rows; i++)
            for (int j = 0; j < vectors.Rows; j++)
                Assert.True(Int16Panel.Pair(mapped.AsSpan(i * basis.Coordinates, basis.Coordinates),
                    mapped.AsSpan(j * basis.Coordinates, basis.Coordinates)) <=
                    basis.Limit(ExactDistance.SquaredBytes(vectors.Row(i), vectors.Row(j))));
    }, iter: 300);

    [Fact]
    public void The_bound_is_worth_having_where_the_basis_fits()
    {
        // Points of a plane: with two rows nothing is lost but the rounding.
        var random = new SeededRandom(5);
        byte[] points = new byte[200 * 64];
        for (int i = 0; i < 200; i++)
            for (int k = 0, u = (int)random.NextBelow(100), v = (int)random.NextBelow(100); k < 64; k++)
                points[i * 64 + k] = (byte)(k < 32 ? u : v);
        SampleMatrix<byte> matrix = Matrix(points, 64);
        var basis = PruningBasis.Build(matrix, 2, RunOptions.Default);
        var scan = new MappedScan(new PrunedPoints(new PackedPoints<byte, int, ByteDistance>(matrix, new int[200], 1), basis,
            RunOptions.Default), 4);
        scan.Run(matrix, [0]);
        scan.Admit(0, 0, basis.Limit(1000));
        int near = Enumerable.Range(0, 200).Count(i => ExactDistance.SquaredBytes(matrix.Row(0), matrix.Row(i)) <= 1000);
        Assert.InRange(scan.Admitted.Count, near, near + 20);
    }

    [Fact]
    public void Pruned_and_brute_answers_are_the_same_bits() =>
        (from field in Fields
         from classes in Gen.Int[2, 4]
         from labels in Gen.Int[0, classes - 1].Array[field.Points.Length / field.Dimension]
         from strangers in Gen.Byte.Array[field.Dimension * 20]
         from rows in Gen.Int[1, 40]
         from lambda in Gen.OneOf(new Ratio(51, 100), new Ratio(501, 1000), new Ratio(3, 4))
         select (field, classes, labels, strangers, rows, lambda)).Sample(c =>
    {
        int n = c.field.Dimension;
        var all = new Dataset(Matrix(c.field.Points, n), c.labels, ClassList.FromIntegers(Enumerable.Range(0, c.classes)), c.field.Name);
        Dataset data;
        try { data = LabelConflicts.Resolve(all, OnConflict.Majority, out _); }
        catch (MemoException) { return; }
        if (data.Labels.Distinct().Count() < 2) return;
        var points = (SampleMatrix<byte>)data.Points;
        RunOptions run = RunOptions.Default;
        var brute = new ByteCellEvaluator(points, data.Labels, c.classes, basis: null, run);
        var pruned = new ByteCellEvaluator(points, data.Labels, c.classes, PruningBasis.Build(Matrix(c.strangers, n), c.rows, run), run);
        Dyadic separation = brute.MinimumSquaredDistance(run);
        Assert.Equal(separation, pruned.MinimumSquaredDistance(run));

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

    private static SampleMatrix<byte> Matrix(byte[] values, int n) => new(values, values.Length / n, n);
}
