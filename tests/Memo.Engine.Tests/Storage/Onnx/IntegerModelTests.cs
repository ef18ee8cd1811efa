// Networks over the integers as ONNX models: exact where doubles can hold every number, refused with the bits elsewhere.
using CsCheck;
using Memo.Constructions;
using Memo.Data;
using Memo.Networks;
using Memo.Numerics;
using Memo.Storage;

namespace Memo.Tests.Storage.Onnx;

public sealed class IntegerModelTests
{
    private static OnnxAnswers? ModelOrRefusal(INetwork network)
    {
        try
        {
            return new OnnxAnswers(network, dense: false);
        }
        catch (MemoException refusal)
        {
            Assert.Contains("double", refusal.Message, StringComparison.Ordinal);
            Assert.Contains($"{network.Size.Bits} bits", refusal.Message, StringComparison.Ordinal);
            return null;
        }
    }

    [Fact]
    public void Random_layers_have_the_engines_answers()
    {
        int written = 0;
        Gen.Select(ReluNetworks.Random, Gen.ULong).Sample((network, seed) =>
        {
            using OnnxAnswers? model = ModelOrRefusal(network);
            if (model is null) return;
            written++;
            var random = new SeededRandom(seed);
            Assert.Equal(20, model.RequireEngineAnswers(Samples(network, 20, () =>
                (int)network.Box.Least + (int)random.NextBelow((ulong)(network.Box.Greatest - network.Box.Least) + 1))).Exact);
            if (network.SampleType != ElementType.UInt8)
                Assert.Equal(0, model.RequireEngineAnswers(Samples(network, 3, () => (int)network.Box.Greatest + 1)).Exact);
        }, iter: 500, threads: 1);
        Assert.InRange(written, 40, 500);
    }

    private static SampleMatrix Samples(ReluNetwork network, int rows, Func<int> draw)
    {
        double[] values = [.. Enumerable.Range(0, rows * network.Dimension).Select(_ => Math.ScaleB(draw(), network.Box.Exponent))];
        return new SampleMatrix<double>(values, rows, network.Dimension).ConvertExactly(network.SampleType);
    }

    // Two or three points: codes of a few bits.
    [Theory]
    [InlineData("sqrt")]
    [InlineData("vardi")]
    [InlineData("park")]
    [InlineData("adversarial")]
    public void Small_networks_of_every_construction_have_the_engines_answers(string method)
    {
        int written = 0;
        for (ulong seed = 0; seed < 5; seed++)
        {
            var data = new Dataset(new SampleMatrix<byte>([0, 3, 7], 3, 1), [0, 1, 0], ClassList.FromIntegers([4, 6]), "three");
            using INetwork network = Construction.Build(method, data, new ConstructionSettings { Seed = seed });
            using OnnxAnswers? model = ModelOrRefusal(network);
            if (model is null) continue;
            written++;
            Assert.Equal([4L, 6, 4], model.Run(data.Points).Labels);
            Assert.Equal(256, model.RequireEngineAnswers(
                new SampleMatrix<byte>([.. Enumerable.Range(0, 256).Select(value => (byte)value)], 256, 1)).Exact);
        }
        Assert.True(written > 0, $"no network of {method} was small enough");
    }

    [Theory]
    [InlineData("sqrt")]
    [InlineData("vardi")]
    [InlineData("park")]
    [InlineData("adversarial")]
    public void Weights_beyond_doubles_are_refused_with_their_bits(string method)
    {
        Dataset data = DataReference.Parse("digits:3,8").Load(DataPart.Train);
        using INetwork network = Construction.Build(method, data, new ConstructionSettings());
        using var folder = new TemporaryFolder();
        string message = Assert.Throws<MemoException>(() => NetworkExport.Write(folder["f.onnx"], "onnx", network, 0)).Message;
        foreach (string part in (string[])[method, $"{network.Size.Bits} bits", "53", "safetensors"])
            Assert.Contains(part, message, StringComparison.Ordinal);
        Assert.Empty(folder.Names);
    }
}
