using Memo.Constructions;
using Memo.Data;
using Memo.Features;
using Memo.Measures;
using Memo.Networks;
using Memo.Numerics;
using Memo.Storage;
using Memo.Tests.Storage.Onnx;

namespace Memo.Tests.Features;

/// <summary>Networks with feature layers memorize, come back from files and models with the same answers, and keep their
/// radii.</summary>
public sealed class FeatureNetworkTests
{
    private static INetwork Build(Dataset data, FeatureSettings settings, string method = "cells", int threads = 2) =>
        Construction.Build(method, data,
        new ConstructionSettings { Features = settings, Seed = 3 }, RunOptions.Default with { Threads = threads });

    public static TheoryData<string, string, bool, bool> Cases() => new()
    {
        { "cells", "8x8", false, false },
        { "cells", "3x9x10", true, true },
        { "constant", "8x9x3", false, true },
        { "condense", "8x8", true, false },
        { "vardi", "8x8", false, false },
        { "park", "9x7x3", false, false },
    };

    [Theory]
    [MemberData(nameof(Cases))]
    public void Images_are_memorized_and_answers_survive_the_file(string method, string text, bool normalized, bool mirror)
    {
        var shape = ImageShape.Parse(text);
        for (ulong seed = 0; seed < 4; seed++)
        {
            Dataset data = TestImages.Create(shape, 20 + (int)seed * 7, 3, seed), queries =
                TestImages.Create(shape, 40, 3, seed + 100);
            using INetwork network =
                Build(data, TestImages.Conv(shape, normalized ? FeatureGrade.Normalized : FeatureGrade.Pure, mirror), method);
            Assert.True(Verification.Of(network, data).Memorized);
            Assert.True(Verification.Of(network, data, reference: true).Memorized);
            Predictions answers = network.Predict(queries.Points, Outputs.Values), plain =
                network.PredictByReference(queries.Points, Outputs.Values);
            Assert.Equal(plain.Labels, answers.Labels);
            Assert.Equal(plain.Values, answers.Values);

            using var folder = new TemporaryFolder();
            NetworkFile.Save(folder["a.memo"], network, 3);
            using INetwork loaded = NetworkFile.Load(folder["a.memo"]).Network;
            NetworkFile.Save(folder["b.memo"], loaded, 3);
            Assert.Equal(File.ReadAllBytes(folder["a.memo"]), File.ReadAllBytes(folder["b.memo"]));
            Assert.Equal(answers.Values, loaded.Predict(queries.Points, Outputs.Values, TestImages.OneThread).Values);
            Assert.Equal((network.Size, network.Layers.Count), (loaded.Size, loaded.Layers.Count));
            Assert.Equal(network.Layers.Aggregate(System.Numerics.BigInteger.Zero, (sum, layer) => sum + layer.Parameters),
                network.Size.Parameters);
            Assert.Equal(network.Size.Depth, network.Layers.Count);

            using INetwork alone =
                Build(data, TestImages.Conv(shape, normalized ? FeatureGrade.Normalized : FeatureGrade.Pure, mirror), method,
                threads: 1);
            NetworkFile.Save(folder["c.memo"], alone, 3);
            Assert.Equal(File.ReadAllBytes(folder["a.memo"]), File.ReadAllBytes(folder["c.memo"]));
        }
    }

    [Theory]
    [InlineData("Discriminant")]
    [InlineData("Whitening")]
    [InlineData("None")]
    public void Vectors_of_every_type_are_memorized_behind_an_affine_map(string projection)
    {
        var random = new SeededRandom(2);
        double[] values = [.. Enumerable.Range(0, 60 * 7).Select(_ => Math.Round(100 * random.NextGaussian() + 100))];
        int[] labels = [.. Enumerable.Range(0, 60).Select(i => i % 3)];
        foreach (SampleMatrix points in (SampleMatrix[])
        [
            new SampleMatrix<double>([.. values.Select(value => value / 3)], 60, 7),
                new SampleMatrix<float>([.. values.Select(value => (float)value / 3)], 60, 7),
            new SampleMatrix<byte>([.. values.Select(value => (byte)Math.Clamp(value, 0, 255))], 60, 7),
        ])
        {
            var data = new Dataset(points, labels, ClassList.FromIntegers([4, 5, 6]), "vectors");
            using INetwork network =
                Build(data, new FeatureSettings { Kind = FeatureKind.Linear, Projection =
                Enum.Parse<FeatureProjection>(projection) });
            Assert.True(Verification.Of(network, data, reference: true).Memorized);
            using var folder = new TemporaryFolder();
            NetworkFile.Save(folder["a.memo"], network);
            using INetwork loaded = NetworkFile.Load(folder["a.memo"]).Network;
            Assert.True(Verification.Of(loaded, data).Memorized);
            Assert.Equal(points.ElementType, loaded.SampleType);
        }
    }

    [Fact]
    public void Images_with_equal_features_and_other_labels_are_named()
    {
        var shape = new ImageShape(6, 6);
        byte[] values = [.. ((SampleMatrix<byte>)TestImages.Create(shape, 6, 2, 1).Points).Values];
        values.AsSpan(36, 36).Fill(10); // even images have no features
        values.AsSpan(4 * 36, 36).Fill(200);
        var data = new Dataset(new SampleMatrix<byte>(values, 6, 36), [0, 0, 1, 0, 1, 1], ClassList.FromIntegers([0, 1]), "even");
        MemoException refusal = Assert.Throws<MemoException>(() => Build(data, TestImages.Conv(shape)));
        Assert.Contains("rows 1 and 4 are of the classes 0 and 1 and have the same features", refusal.Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public void The_resolution_rises_until_no_labels_collide()
    {
        // Neighbours differ by one part in 2^25 of the range, so that 16 bits are not enough.
        double[] values = [0, 1 << 25, .. Enumerable.Range(1, 40).Select(i => (1 << 24) + (double)i)];
        var data = new Dataset(new SampleMatrix<double>(values, 42, 1), [.. Enumerable.Range(0, 42).Select(i => i % 2)],
            ClassList.FromIntegers([0, 1]), "close");
        (FeatureMap map, Dataset features) =
            FeatureLearning.Of(data, new FeatureSettings { Kind = FeatureKind.Linear }, RunOptions.Default);
        Assert.InRange(((SampleMatrix<double>)features.Points).Values.ToArray().Max(Math.Abs), 1 << 23, 1 << 28);
        using INetwork network = Build(data, new FeatureSettings { Kind = FeatureKind.Linear });
        Assert.True(Verification.Of(network, data).Memorized);
    }

    [Theory]
    [InlineData("8x8", false)]
    [InlineData("3x8x9", true)]
    [InlineData(null, false)]
    public void Features_move_no_farther_than_is_proved(string? text, bool mirror)
    {
        ImageShape shape = ImageShape.Parse(text ?? "8x8");
        Dataset data = TestImages.Create(shape, 40, 3, 6);
        (FeatureMap map, _) = FeatureLearning.Of(data, text is null ? new FeatureSettings { Kind = FeatureKind.Linear }
            : TestImages.Conv(shape, mirror: mirror), RunOptions.Default);
        double bound = map.Lipschitz!.Value, nearest = 0;
        var random = new SeededRandom(7);
        for (int draw = 0; draw < 300; draw++)
        {
            byte[] x = ((SampleMatrix<byte>)data.Points).Row(draw % 40).ToArray(), y = [.. x];
            for (int change = 0; change <= draw % 5 * 20; change++) y[random.NextBelow((ulong)y.Length)] =
                (byte)random.NextBelow(256);
            double distance = Math.Sqrt(x.Zip(y, (a, b) => (a - b) * (double)(a - b)).Sum());
            SampleMatrix<double> moved = map.Apply(new SampleMatrix<byte>([.. x, .. y], 2, x.Length), RunOptions.Default);
            double far = Math.Sqrt(moved.Row(0).ToArray().Zip(moved.Row(1).ToArray(), (a, b) => (a - b) * (a - b)).Sum());
            Assert.InRange(far, 0, bound * distance + Math.Sqrt(map.Dimension));
            if (distance > 0) nearest = Math.Max(nearest, far / (bound * distance));
        }
        Assert.InRange(nearest, 0.005, 1); // the bound is no idle one
        Assert.Null(FeatureLearning.Of(data, TestImages.Conv(shape, FeatureGrade.Normalized), RunOptions.Default).Map.Lipschitz);
    }

    [Fact]
    public void Within_a_radius_the_label_stays()
    {
        Dataset data = TestImages.Create(new ImageShape(8, 8), 24, 2, 6), queries =
            TestImages.Create(new ImageShape(8, 8), 60, 2, 8);
        using INetwork network = Build(data, new FeatureSettings { Kind = FeatureKind.Linear });
        Predictions answers = network.Predict(queries.Points, Outputs.Radii);
        var random = new SeededRandom(1);
        int tried = 0;
        for (int q = 0; q < 60; q++)
            for (int draw = 0; draw < 20; draw++)
            {
                byte[] x = ((SampleMatrix<byte>)queries.Points).Row(q).ToArray();
                for (double left = answers.Radii![q] * answers.Radii[q] - 1; left > 0; left--)
                {
                    int k = (int)random.NextBelow(64);
                    byte before = ((SampleMatrix<byte>)queries.Points).Row(q)[k];
                    if (x[k] == before && before < 255) x[k]++;
                    tried++;
                }
                Assert.Equal(answers.Labels[q], network.Predict(new SampleMatrix<byte>(x, 1, 64)).Labels[0]);
            }
        Assert.InRange(tried, 100, int.MaxValue);
    }

    [Theory]
    [InlineData("8x8", false, false, "Discriminant")]
    [InlineData("9x8x3", false, true, "None")]
    [InlineData("3x8x9", true, true, "Discriminant")]
    [InlineData("3x8x9", true, false, "None")]
    [InlineData(null, false, false, "Whitening")]
    public void A_model_gives_the_engine_s_values(string? text, bool normalized, bool mirror, string projection)
    {
        ImageShape shape = ImageShape.Parse(text ?? "4x5");
        Dataset data = TestImages.Create(shape, 30, 3, 9);
        FeatureSettings settings = text is null ? new FeatureSettings { Kind = FeatureKind.Linear }
            : TestImages.Conv(shape, normalized ? FeatureGrade.Normalized : FeatureGrade.Pure, mirror) with { Filters = 5 };
        using INetwork network = Build(data, settings with { Projection = Enum.Parse<FeatureProjection>(projection) });
        using var model = new OnnxAnswers(network, dense: false);
        SampleMatrix queries = TestImages.Create(shape, 70, 3, 10).Points;
        Assert.InRange(model.RequireEngineAnswers(queries).Exact, 60, 70);
        Assert.Equal(30, model.RequireEngineAnswers(data.Points).Exact);
    }

    [Fact]
    public void A_dense_model_gives_the_engine_s_values_and_fractions_are_refused()
    {
        var shape = new ImageShape(8, 8);
        Dataset data = TestImages.Create(shape, 12, 2, 9);
        using (INetwork network = Build(data, TestImages.Conv(shape)))
        using (var model = new OnnxAnswers(network, dense: true)) Assert.Equal(12, model.RequireEngineAnswers(data.Points).Exact);

        var random = new SeededRandom(1);
        var fractions = new Dataset(new SampleMatrix<double>([.. Enumerable.Range(0, 40).Select(_ => random.NextGaussian())], 10,
            4),
            [0, 1, 0, 1, 0, 1, 0, 1, 0, 1], ClassList.FromIntegers([0, 1]), "fractions");
        using INetwork linear = Build(fractions, new FeatureSettings { Kind = FeatureKind.Linear });
        using var folder = new TemporaryFolder();
        Assert.Contains("build the network from bytes", Assert.Throws<MemoException>(() =>
            NetworkExport.Write(folder["f.onnx"], "onnx", linear, 0)).Message, StringComparison.Ordinal);
        Assert.Contains("not all dense", Assert.Throws<MemoException>(() =>
            NetworkExport.Write(folder["f.safetensors"], "safetensors", linear, 0, dense: true)).Message, StringComparison.Ordinal);
    }
}
