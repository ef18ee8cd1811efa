using Memo.Data;
using Memo.Features;
using Memo.Numerics;

namespace Memo.Tests.Features;

/// <summary>The kernel against the definition in integers; bounds hold; what is invariant by construction is.</summary>
public sealed class PooledConvolutionTests
{
    public static TheoryData<string, bool, bool, int> Cases()
    {
        var cases = new TheoryData<string, bool, bool, int>();
        foreach (string shape in (string[])["8x8", "7x11", "9x8x3", "3x10x9"])
            foreach (bool normalized in (bool[])[false, true])
                foreach (bool mirror in (bool[])[false, true]) cases.Add(shape, normalized, mirror, mirror ? 3 : 2);
        return cases;
    }

    private static (PooledConvolution Layer, SampleMatrix<byte> Images, ImageShape Shape) Learn(string text, bool normalized,
        bool mirror, int grid)
    {
        var shape = ImageShape.Parse(text);
        var images = (SampleMatrix<byte>)TestImages.Create(shape, 30, 3, 1).Points;
        int limit = PooledConvolution.LargestPartialSum(shape, 3, grid, mirror);
        PatchFilters filters =
            PatchFilterLearning.Learn(images, shape, 3, 11, normalized ? FeatureGrade.Normalized : FeatureGrade.Pure, limit, 7,
            RunOptions.Default);
        return (new PooledConvolution(filters, shape, grid, mirror), images, shape);
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void The_kernel_computes_the_definition(string text, bool normalized, bool mirror, int grid)
    {
        (PooledConvolution layer, SampleMatrix<byte> images, ImageShape shape) = Learn(text, normalized, mirror, grid);
        int[] features = layer.Apply(images, RunOptions.Default);
        Assert.Equal(features, layer.Apply(images, TestImages.OneThread));
        for (int i = 0; i < images.Rows; i++)
        {
            int[] row = features[(i * layer.Dimension)..((i + 1) * layer.Dimension)];
            Assert.Equal(layer.ApplyByReference(images.Row(i)), row.Select(value => (long)value));
            for (int k = 0; k < row.Length; k++) Assert.InRange(row[k], 0, layer.LargestFeature(k % layer.Filters.Count));
        }
        Assert.Equal(layer.Dimension, features[..layer.Dimension].Length);
        Assert.Contains(features, value => value > 1000);
        int[] mirrored = layer.Apply(TestImages.Mirrored(images, shape), RunOptions.Default);
        Assert.Equal(mirror, features.AsSpan().SequenceEqual(mirrored));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Every_partial_sum_is_exact_in_single_precision_at_the_ends_of_bytes(bool normalized)
    {
        (PooledConvolution layer, _, _) = Learn("3x10x9", normalized, false, 2);
        PatchFilters filters = layer.Filters;
        var random = new SeededRandom(3);
        for (int k = 0; k < filters.Count; k++)
        {
            Assert.InRange(filters.LargestSum(k), 1, PooledConvolution.LargestPartialSum(layer.Shape, 3, 2, false));
            for (int draw = 0; draw < 20; draw++)
            {
                // The worst patches: bytes at the ends, as the signs of the weights ask for or at random.
                float[] patch = [.. Enumerable.Range(0, filters.Dimension).Select(i =>
                    draw == 0 ? filters.Weights[k * filters.Dimension + i] > 0 ? 255f : 0f : 255f * random.NextBelow(2))];
                filters.Centred(patch);
                double sum = Math.Abs((double)filters.Biases[k]);
                for (int i = 0; i < patch.Length; i++) sum += Math.Abs((double)patch[i] * filters.Weights[k * filters.Dimension +
                    i]);
                Assert.InRange(sum, 0, filters.LargestSum(k));
            }
        }
    }

    [Fact]
    public void Contrast_is_the_patch_less_its_mean_by_its_deviation_to_the_nearest_integer()
    {
        var contrast = new PatchContrast(400, 2500);
        var random = new SeededRandom(9);
        for (int draw = 0; draw < 200; draw++)
        {
            int d = 1 + (int)random.NextBelow(60);
            int[] bytes = [.. Enumerable.Range(0, d).Select(_ => (int)random.NextBelow(draw % 2 == 0 ? 256u : 3u))];
            float[] patch = [.. bytes.Select(value => (float)value)];
            contrast.Apply(patch);
            double length = 0;
            for (int i = 0; i < d; i++)
            {
                // |q - t| <= 1/2 for t = scale (d p - S) / sqrt(V + offset), all but the root in integers.
                decimal spread = d * bytes.Sum(value => (long)value * value) - (long)bytes.Sum() * bytes.Sum() + 2500;
                double exact = 400.0 * (d * bytes[i] - bytes.Sum()) / Math.Sqrt((double)spread);
                Assert.InRange(Math.Abs(patch[i] - exact), 0, 0.5 + 1e-9);
                length += patch[i] * patch[i];
            }
            Assert.InRange(Math.Sqrt(length), 0, contrast.LargestLength(d));
        }
    }

    [Fact]
    public void Filters_do_not_depend_on_threads_and_do_on_the_seed()
    {
        var shape = new ImageShape(8, 8);
        var images = (SampleMatrix<byte>)TestImages.Create(shape, 40, 2, 4).Points;
        PatchFilters Learn(ulong seed, RunOptions run) =>
            PatchFilterLearning.Learn(images, shape, 4, 6, FeatureGrade.Pure, 1 << 22, seed, run);
        PatchFilters one = Learn(1, RunOptions.Default), two = Learn(1, TestImages.OneThread);
        Assert.Equal(one.Weights, two.Weights);
        Assert.Equal(one.Biases, two.Biases);
        Assert.Equal(one.Threshold, two.Threshold);
        Assert.NotEqual(one.Weights, Learn(2, RunOptions.Default).Weights);
        Assert.All(Enumerable.Range(0, 6), k => Assert.NotEqual(0, one.Weights.AsSpan(k * 16, 16).ToArray().Sum(Math.Abs)));
    }

    [Fact]
    public void Constant_images_have_filters_and_no_features()
    {
        var shape = new ImageShape(6, 6);
        var images = new SampleMatrix<byte>(new byte[36 * 4], 4, 36);
        PatchFilters filters =
            PatchFilterLearning.Learn(images, shape, 3, 4, FeatureGrade.Normalized, 1 << 22, 1, RunOptions.Default);
        Assert.All(new PooledConvolution(filters, shape, 2, true).Apply(images, RunOptions.Default), value =>
            Assert.Equal(0, value));
    }

    [Theory]
    [InlineData(9, 2, "patches of 9 x 9 do not fit images of 8 x 8")]
    [InlineData(3, 7, "a pooling grid of 7 x 7 is finer than the 6 x 6 patches")]
    public void What_does_not_fit_is_refused(int size, int grid, string message) => Assert.Contains(message,
        Assert.Throws<MemoException>(() => PooledConvolution.RequireFit(new ImageShape(8, 8), size, grid)).Message,
            StringComparison.Ordinal);

    // Found in review: numbers that only a file can hold. Counts wrapped around, and a bound below 0 hid sums beyond 2^53.
    [Fact]
    public void Features_are_counted_without_wrapping_and_bounds_are_never_negative()
    {
        var many = new PatchFilters(1, 1, new int[3622], new int[3622], 0, null);
        Assert.Contains("more features than an array can hold", Assert.Throws<MemoException>(() =>
            new PooledConvolution(many, new ImageShape(770, 770), 770, false)).Message, StringComparison.Ordinal);
        Assert.Contains("patches of 1024 values", Assert.Throws<MemoException>(() => new PooledConvolution(
            new PatchFilters(32, 1, new int[1024], new int[1], 0, null), new ImageShape(40, 40), 1, false)).Message,
                StringComparison.Ordinal);

        var layer = new PooledConvolution(new PatchFilters(1, 1, [131_000, 0], [0, 0], 10_000_000, null), new ImageShape(2, 2), 1,
            false);
        Assert.Equal(0, layer.LargestFeature(1));
        Assert.Contains("beyond 2^53", Assert.Throws<MemoException>(() => new FeatureMap(layer, 0,
            new RoundedProjection(4, [1e12, 1e12, 1e12, 1e12], [0], 0), FeatureProjection.Discriminant, ElementType.UInt8)).Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public void Centres_are_directions_that_no_point_would_leave()
    {
        var random = new SeededRandom(1);
        double[] points = [.. Enumerable.Range(0, 300).SelectMany(i => Enumerable.Range(0, 5)
            .Select(k => (k == i % 3 ? i % 2 == 0 ? 8 : -8 : 0) + random.NextGaussian()))];
        double[] centres = SphericalKMeans.Find(points, 300, 5, 3, 20, new SeededRandom(2), RunOptions.Default);
        Assert.Equal(centres, SphericalKMeans.Find(points, 300, 5, 3, 20, new SeededRandom(2), TestImages.OneThread));
        int[] axes = [.. Enumerable.Range(0, 3)
            .Select(c => Array.FindIndex(centres[(c * 5)..(c * 5 + 5)], value => Math.Abs(value) > 0.95))];
        Assert.Equal([0, 1, 2], axes.Order());
        Assert.All(Enumerable.Range(0, 3), c => Assert.Equal(1, centres[(c * 5)..(c * 5 + 5)].Sum(value => value * value), 1e-12));
    }
}
