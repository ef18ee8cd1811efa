using System.Security.Cryptography;
using System.Text.Json;

namespace Memo.Tests;

/// <summary>Feature layers as people use them: on pairs, in a network's file, in every command that reads one.</summary>
public sealed class FeatureTests
{
    [Fact]
    public void Pairs_say_what_stands_before_their_networks_and_what_it_was_fitted_to()
    {
        string[] common = ["pairs", "--pairs", "3-8,4-9", "--features", "conv", "--filters", "40", "--json"];
        JsonElement json = MemoProgram.Run(common).Exits(0).Json, features = json.GetProperty("features");
        Assert.Equal("{\"kind\":\"conv\",\"grade\":\"pure\",\"patch\":3,\"filters\":40,\"pooling\":2,\"mirror\":false,\"projection\":\"discriminant\"," +
                     "\"dimension\":1,\"parameters\":722,\"shrinkage\":0.01,\"fit\":\"pair\",\"least_bits\":16,\"most_bits\":16,\"seconds\":",
            features.GetRawText()
                .ReplaceLineEndings("")
                .Replace(" ", "", StringComparison.Ordinal)[..^(features.GetProperty("seconds").GetRawText().Length + 1)]);
        foreach (JsonElement pair in json.GetProperty("pairs").EnumerateArray())
        {
            Assert.True(pair.GetProperty("memorized").GetBoolean());
            Assert.Equal(5, pair.GetProperty("depth").GetInt32());
            Assert.InRange(pair.GetProperty("accuracy").GetDouble(), 0.93, 1);
        }
        features = MemoProgram.Run([.. common, "--fit", "all", "--grade", "normalized", "--mirror"]).Exits(0)
            .Json.GetProperty("features");
        Assert.Equal(("all", "normalized", 9, true),
            (features.GetProperty("fit").GetString(), features.GetProperty("grade").GetString(),
            features.GetProperty("dimension").GetInt32(), features.GetProperty("mirror").GetBoolean()));

        string text = MemoProgram.Run("pairs", "--pairs", "3-8", "--features", "conv", "--filters", "9", "-m", "cells,park")
            .Exits(0).Output;
        Assert.Contains("features      conv, pure: 9 filters of 3 x 3, pooled 2 x 2, discriminant,\n              1 feature, fitted to each pair alone, " +
                        "whole numbers of 16 bits\n", text, StringComparison.Ordinal);
        Assert.All(text.Split('\n'), line => Assert.InRange(line.Length, 0, 80));
    }

    [Fact]
    public void Features_improve_on_digits()
    {
        double raw = Accuracy(), conv = Accuracy("--features", "conv");
        Assert.InRange(conv, raw, 1);

        static double Accuracy(params string[] options) =>
            MemoProgram.Run(["pairs", "--json", .. options]).Exits(0).Json.GetProperty("mean_accuracy").GetProperty("cells")
                .GetDouble();
    }

    [Fact]
    public void A_network_with_features_is_built_read_verified_evaluated_and_exported()
    {
        using var folder = new TemporaryFolder();
        JsonElement built = folder.Memo("build", "-d", "digits:3,8", "--features", "conv", "--filters", "20", "-o", "n.memo",
            "--json").Exits(0).Json;
        Assert.Equal("conv", built.GetProperty("features").GetProperty("kind").GetString());
        JsonElement inspected = folder.Memo("inspect", "n.memo", "--json").Exits(0).Json;
        Assert.Equal(built.GetProperty("parameters").GetRawText(), inspected.GetProperty("parameters").GetRawText());
        Assert.Equal(built.GetProperty("features").GetRawText(), inspected.GetProperty("features").GetRawText());
        Assert.Equal(5, inspected.GetProperty("layers").GetArrayLength());
        Assert.Contains("features      conv, pure: 20 filters", folder.Memo("inspect", "n.memo").Exits(0).Output,
            StringComparison.Ordinal);
        foreach (string[] more in (string[][])[[], ["--reference"]])
            Assert.True(folder.Memo(["verify", "n.memo", "-d", "digits:3,8", "--json", .. more]).Exits(0)
                .Json.GetProperty("memorized").GetBoolean());
        JsonElement scores = folder.Memo("eval", "n.memo", "-d", "digits:3,8", "--json", "--report", "e.html").Exits(0).Json;
        Assert.InRange(scores.GetProperty("accuracy").GetDouble(), 0.93, 1);
        Assert.Equal("pure", scores.GetProperty("features").GetProperty("grade").GetString());
        Assert.Contains("n.memo on digits:3,8, conv features (pure)", File.ReadAllText(folder["e.html"]), StringComparison.Ordinal);
        Assert.Contains("features      conv, pure", folder.Memo("eval", "n.memo", "-d", "digits:3,8").Exits(0).Output,
            StringComparison.Ordinal);

        JsonElement answers = folder.Memo("predict", "n.memo", "-d", "digits:3,8", "--radius", "--json").Exits(0).Json;
        Assert.Equal("samples", answers.GetProperty("radius_units").GetString());
        Assert.Contains("# radius: in units of the samples\n", folder.Memo("predict", "n.memo", "-d", "digits:3,8", "--radius")
            .Exits(0).Output,
            StringComparison.Ordinal);
        folder.Memo("export", "n.memo", "--format", "onnx", "-o", "n.onnx").Exits(0);
        folder.Memo("export", "n.memo", "--format", "json", "-o", "n.json").Exits(0);
        JsonElement why = folder.Memo("explain", "n.memo", "-d", "digits:3,8", "--row", "1004", "--json", "--report", "w.html")
            .Exits(0).Json;
        Assert.Equal("conv", why.GetProperty("features").GetProperty("kind").GetString());
        Assert.Contains("in their units", folder.Memo("explain", "n.memo", "-d", "digits:3,8", "--row", "1004").Exits(0).Output,
            StringComparison.Ordinal);
        Assert.Contains("feature layers", folder.Memo("verify", "n.memo", "-d", "digits:3,8", "--certificate", "c.jsonl").Exits(2)
            .Error, StringComparison.Ordinal);

        folder.Memo("predict", "n.memo", "-d", "digits:3,8", "--features", "conv", "-o", "p.npy").Exits(0);
        Assert.Contains("--features none: n.memo was built with --features conv",
            folder.Memo("eval", "n.memo", "-d", "digits:3,8", "--features", "none").Exits(2).Error, StringComparison.Ordinal);
        folder.Memo("build", "-d", "digits:3,8", "--features", "conv", "--filters", "20", "--grade", "normalized", "-o", "z.memo")
            .Exits(0);
        Assert.Equal("features", folder.Memo("predict", "z.memo", "-d", "digits:3,8", "--radius", "--json").Exits(0)
            .Json.GetProperty("radius_units").GetString());
    }

    [Theory]
    [InlineData("conv", "normalized")]
    [InlineData("conv", "pure")]
    [InlineData("linear", null)]
    public void Files_have_the_same_bytes_for_every_instruction_set_and_number_of_threads(string kind, string? grade)
    {
        using var folder = new TemporaryFolder();
        var sums = new HashSet<string>();
        foreach (string set in (string[])["scalar", "auto"])
            foreach (string threads in (string[])["1", "3"])
            {
                string[] options = grade is null ? [] : ["--grade", grade, "--filters", "30"];
                folder.Memo(["build", "-d", "digits", "--features", kind, "--isa", set, "--threads", threads, "-o", "n.memo",
                    .. options]).Exits(0);
                folder.Memo("predict", "n.memo", "-d", "digits", "--isa", set, "--threads", threads, "-o", "n.npz").Exits(0);
                sums.Add(Convert.ToHexString(SHA256.HashData([.. File.ReadAllBytes(folder["n.memo"]),
                    .. File.ReadAllBytes(folder["n.npz"])])));
            }
        Assert.Single(sums);
    }

    [Fact]
    public void A_curve_grows_networks_on_features()
    {
        JsonElement json = MemoProgram.Run("curve", "-d", "digits:3,8", "--features", "conv", "--filters", "12", "--sizes",
            "40,150", "--lambdas", "51/100,4/5",
            "--method", "cells,vardi", "--json").Exits(0).Json;
        Assert.Equal(("conv", "pure"), (json.GetProperty("features").GetString(), json.GetProperty("grade").GetString()));
        Assert.All(json.GetProperty("points").EnumerateArray(), point => Assert.True(point.GetProperty("memorized").GetBoolean()));
    }

    [Theory]
    [InlineData("--grade: means nothing to --features none", "--grade", "pure")]
    [InlineData("--patch: means nothing to --features linear", "--features", "linear", "--patch", "3")]
    [InlineData("'0' is no whole number", "--features", "conv", "--filters", "0")]
    [InlineData("patches of 9 x 9 do not fit images of 8 x 8 (--patch)", "--features", "conv", "--patch", "9")]
    [InlineData("finer than the 6 x 6 patches of an image (--pooling)", "--features", "conv", "--pooling", "7")]
    [InlineData("'-1' is no number from 0", "--features", "linear", "--shrinkage", "-1")]
    public void What_means_nothing_or_does_not_fit_is_refused(string message, params string[] options) =>
        Assert.Contains(message, MemoProgram.Run(["pairs", .. options]).Exits(2).Error, StringComparison.Ordinal);

    [Fact]
    public void Vectors_are_no_images_and_fractions_no_bytes()
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder["v.csv"],
            string.Concat(Enumerable.Range(0, 12).Select(i => $"{i * 7 % 5}.5,{i * 3 % 7},{i}.25,{i % 2}\n")));
        File.WriteAllText(folder["b.csv"],
            string.Concat(Enumerable.Range(0, 12).Select(i => $"{i * 7 % 5},{i * 3 % 7},{i},{i % 2}\n")));
        Assert.Contains("images of bytes", folder.Memo("build", "-d", "v.csv", "--features", "conv", "--image", "1x3").Exits(2)
            .Error, StringComparison.Ordinal);
        Assert.Contains("(--image)", folder.Memo("build", "-d", "b.csv", "--features", "conv").Exits(2).Error,
            StringComparison.Ordinal);
        foreach (string name in (string[])["v", "b"])
        {
            folder.Memo("build", "-d", $"{name}.csv", "--features", "linear", "-o", "l.memo").Exits(0);
            folder.Memo("verify", "l.memo", "-d", $"{name}.csv").Exits(0);
        }
    }

    // The protocol of RESULTS.md: filters from all training images, the projection from the pair's.
    [DataFact("cifar-10")]
    public void All_pairs_of_cifar_with_pure_features() => RequireAccuracy("cifar-10", "3000", "pure", least: 0.89, mean: 0.9146);

    [DataFact("cifar-10")]
    public void All_pairs_of_cifar_with_normalized_features() =>
        RequireAccuracy("cifar-10", "3000", "normalized", least: 0.905, mean: 0.9214);

    [DataFact("mnist")]
    public void All_pairs_of_mnist_with_pure_features() => RequireAccuracy("mnist", "500", "pure", least: 0.993, mean: 0.9962);

    // The same on every processor, so that it can be known in advance.
    private static void RequireAccuracy(string data, string perClass, string grade, double least, double mean)
    {
        JsonElement json = MemoProgram.Run("pairs", "-d", data, "--per-class", perClass, "--features", "conv", "--grade", grade,
            "--json").Exits(0).Json;
        Assert.All(json.GetProperty("pairs").EnumerateArray(), pair => Assert.True(pair.GetProperty("memorized").GetBoolean()));
        double found = json.GetProperty("mean_accuracy").GetProperty("cells").GetDouble();
        Assert.InRange(found, least, 1);
        Assert.Equal(mean, found, 4);
    }
}
