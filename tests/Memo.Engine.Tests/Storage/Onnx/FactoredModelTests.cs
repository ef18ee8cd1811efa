// ONNX Runtime gives the engine's answers for exported networks of cells: labels, abstentions and exact values.
using System.Text.Json;
using CsCheck;
using Memo.Constructions;
using Memo.Data;
using Memo.Networks;
using Memo.Numerics;
using Memo.Tests.Networks;

namespace Memo.Tests.Storage.Onnx;

public sealed class FactoredModelTests
{
    private const int Cases = 60;

    private static CellNetwork Build(SampleMatrix points, int[] labels, int classes, Ratio? lambda = null) => Cells.Build(
        new Dataset(points, labels, ClassList.FromIntegers(Enumerable.Range(0, classes)), "test"), lambda ?? CellNetwork.DefaultLambda);

    // Both forms answer as the engine does, which is compared with exact arithmetic elsewhere; or they are refused.
    private static bool AgreesOrIsRefused(CellCase c, CellNetwork network, bool dense)
    {
        OnnxAnswers model;
        try
        {
            model = new OnnxAnswers(network, dense);
        }
        catch (MemoException refusal)
        {
            Assert.Contains("2^53", refusal.Message, StringComparison.Ordinal);
            return false;
        }
        using (model)
        {
            (int exact, _) = model.RequireEngineAnswers(c.QueryMatrix);
            Assert.Equal((c.Points.Length, 0), model.RequireEngineAnswers(c.PointMatrix)); // memorized, and in the proved range
            if (c.Type == ElementType.UInt8) Assert.Equal(c.Queries.Length, exact);
            return true;
        }
    }

    [Theory]
    [InlineData(ElementType.UInt8)]
    [InlineData(ElementType.Float32)]
    [InlineData(ElementType.Float64)]
    public void Both_forms_give_the_engines_answers(ElementType type)
    {
        int factored = 0, dense = 0;
        CellCase.Of(type, tame: true).Sample(c =>
        {
            using CellNetwork network = c.Build();
            if (AgreesOrIsRefused(c, network, dense: false)) factored++;
            if (AgreesOrIsRefused(c, network, dense: true)) dense++;
        }, iter: Cases, threads: 1);
        Assert.InRange(factored, Cases / 5, Cases);
        Assert.InRange(dense, Cases / 5, Cases);
    }

    // Points of many equal distances: duplicates, ties between classes, walls that run through samples.
    [Theory]
    [InlineData(2, "51/100")]
    [InlineData(3, "51/100")]
    [InlineData(2, "501/1000")]
    [InlineData(4, "3/4")]
    [InlineData(2, "99/100")]
    [InlineData(10, "2/3")]
    public void Crowded_points_have_the_engines_answers(int classes, string lambda)
    {
        int abstained = 0;
        for (ulong seed = 1; seed <= 4; seed++)
        {
            var random = new SeededRandom(seed);
            byte[] values = [.. Enumerable.Range(0, 150 * 3).Select(_ => (byte)random.NextBelow(7))];
            int[] labels = [.. Enumerable.Range(0, 150).Select(i => LabelOf(values.AsSpan(3 * i, 3), classes))];
            using CellNetwork network = Build(new SampleMatrix<byte>(values, 150, 3), labels, classes, Ratio.Parse(lambda));
            var queries = new SampleMatrix<byte>([.. Enumerable.Range(0, 400 * 3).Select(_ => (byte)random.NextBelow(12))], 400, 3);
            using var model = new OnnxAnswers(network, dense: false);
            (int exact, int none) = model.RequireEngineAnswers(queries);
            Assert.True(exact == 400, $"seed {seed}");
            abstained += none;
        }
        Assert.InRange(abstained, 1, 1599);
    }

    private static int LabelOf(ReadOnlySpan<byte> point, int classes) => (point[0] + 2 * point[1] + 5 * point[2]) % classes;

    [Fact]
    public void Batches_of_any_size_give_the_same_answers()
    {
        using CellNetwork network = DigitsNetwork(out Dataset test);
        using var model = new OnnxAnswers(network, dense: false);
        (long[] all, double[] values, _) = model.Run(test.Points);
        for (int first = 0, size = 0; size < 40; first += size, size += 3)
        {
            (long[] labels, double[] part, _) = model.Run(test.Points.SelectRows([.. Enumerable.Range(first, size)]));
            Assert.Equal(all[first..(first + size)], labels);
            Assert.Equal(values[(first * 10)..((first + size) * 10)], part);
        }
    }

    private static CellNetwork DigitsNetwork(out Dataset test)
    {
        DataReference digits = DataReference.Parse("digits");
        test = digits.Load(DataPart.Test);
        return Cells.Build(digits.Load(DataPart.Train), CellNetwork.DefaultLambda);
    }

    [Fact]
    public void Digits_have_the_engines_answers()
    {
        using CellNetwork network = DigitsNetwork(out Dataset test);
        using var model = new OnnxAnswers(network, dense: false);
        Assert.Equal((test.Count, network.PredictByReference(test.Points).Labels.Count(label => label == Predictions.Abstention)),
            model.RequireEngineAnswers(test.Points));
        Assert.Equal((network.Count, 0), model.RequireEngineAnswers(network.TrainingPoints));
        Assert.InRange(model.Bytes, network.Count * 64, network.Count * (64 + 16) + 20_000); // points, squares, classes
    }

    [DataFact("mnist")]
    public void Two_digits_of_mnist_have_the_engines_answers()
    {
        DataReference pair = DataReference.Parse("mnist:4,9");
        using CellNetwork network = Cells.Build(pair.Load(DataPart.Train, new LoadOptions { PerClass = 1000 }), new Ratio(501, 1000));
        RequireEngineAnswers(network, pair.Load(DataPart.Test, new LoadOptions { PerClass = 400 }));
    }

    [DataFact("mnist")]
    public void All_of_mnists_classes_have_the_engines_answers()
    {
        DataReference mnist = DataReference.Parse("mnist");
        using CellNetwork network = Cells.Build(mnist.Load(DataPart.Train, new LoadOptions { PerClass = 300 }), CellNetwork.DefaultLambda);
        RequireEngineAnswers(network, mnist.Load(DataPart.Test, new LoadOptions { PerClass = 100 }));
    }

    [DataFact("cifar-10")]
    public void Two_classes_of_cifar_have_the_engines_answers()
    {
        DataReference pair = DataReference.Parse("cifar-10:3,5");
        using CellNetwork network = Cells.Build(pair.Load(DataPart.Train, new LoadOptions { PerClass = 500 }), CellNetwork.DefaultLambda);
        RequireEngineAnswers(network, pair.Load(DataPart.Test, new LoadOptions { PerClass = 60 }));
    }

    private static void RequireEngineAnswers(CellNetwork network, Dataset test)
    {
        using var model = new OnnxAnswers(network, dense: false);
        (int exact, int abstained) = model.RequireEngineAnswers(test.Points);
        Assert.Equal(test.Count, exact);
        Assert.InRange(abstained, 1, test.Count - 1);
    }

    // constant and condense keep some of their samples; the network is one of cells.
    [Theory]
    [InlineData("constant")]
    [InlineData("condense")]
    public void Networks_of_chosen_points_have_the_engines_answers(string method)
    {
        DataReference digits = DataReference.Parse("digits:3,8");
        using INetwork network = Construction.Build(method, digits.Load(DataPart.Train), new ConstructionSettings());
        using var model = new OnnxAnswers(network, dense: false);
        Assert.Equal(method, model.Metadata.CustomMetadataMap["method"]);
        Dataset test = digits.Load(DataPart.Test);
        Assert.Equal(test.Count, model.RequireEngineAnswers(test.Points).Exact);
    }

    [Theory]
    [InlineData(new[] { "7", "-3", "12" }, new long[] { 7, -3, 12 })]
    [InlineData(new[] { "ox", "ape", "größe" }, new long[] { 0, 1, 2 })]
    public void Labels_are_class_values_or_indices_and_the_model_says_what_it_is(string[] names, long[] expected)
    {
        var points = new SampleMatrix<byte>([0, 0, 9, 9, 0, 9], 3, 2);
        using CellNetwork network = Cells.Build(new Dataset(points, [0, 1, 2], new ClassList(names), "test"), new Ratio(3, 4));
        using var model = new OnnxAnswers(network, dense: false);
        Assert.Equal(expected, model.Run(points).Labels);
        Assert.Equal(["label", "values"], model.Outputs);
        Dictionary<string, string> metadata = model.Metadata.CustomMetadataMap;
        Assert.Equal(names, JsonSerializer.Deserialize<string[]>(metadata["classes"]));
        Assert.Equal(("cells", "3/4", "7", "2", "3", "uint8"), (metadata["method"], metadata["lambda"], metadata["seed"],
            metadata["dimension"], metadata["samples"], metadata["type"]));
        Assert.Equal(("factored", $"1/{network.UnitDenominator}", "-2147483648", "a test"),
            (metadata["form"], metadata["scale"], metadata["abstention"], metadata["provenance.data"]));
        Assert.Equal("memo-engine", model.Metadata.ProducerName);
        Assert.Contains("abstention", model.Metadata.Description, StringComparison.Ordinal);
    }
}
