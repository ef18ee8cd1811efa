// The model file itself: well-formed, of a size known beforehand, and the same bytes every time.
using System.Globalization;
using Memo.Constructions;
using Memo.Data;
using Memo.Networks;
using Memo.Storage;

namespace Memo.Tests.Storage.Onnx;

public sealed class ModelFileTests
{
    private static Dataset Data(string type, int classes)
    {
        byte[] values = [0, 1, 2, 3, 4, 5, 6, 7, 8, 255, 1, 0, 9, 9, 9];
        SampleMatrix points = new SampleMatrix<byte>(values, 5, 3).ConvertExactly(Enum.Parse<ElementType>(type));
        return new Dataset(points, [.. Enumerable.Range(0, 5).Select(i => i % classes)], ClassList.FromIntegers(Enumerable.Range(0, classes)), "five");
    }

    [Theory]
    [InlineData("UInt8", 2, false)]
    [InlineData("UInt8", 3, false)]
    [InlineData("UInt8", 2, true)]
    [InlineData("UInt8", 3, true)]
    [InlineData("Float32", 2, false)]
    [InlineData("Float32", 3, true)]
    [InlineData("Float64", 3, false)]
    [InlineData("Float64", 2, true)]
    public void Models_of_cells_are_well_formed_and_reproducible(string type, int classes, bool dense)
    {
        using CellNetwork network = Cells.Build(Data(type, classes), CellNetwork.DefaultLambda);
        RequireGoodFile(network, dense);
    }

    [Theory]
    [InlineData("vardi", 2)]
    [InlineData("vardi", 3)]
    [InlineData("sqrt", 2)]
    public void Models_of_networks_over_the_integers_are_well_formed_and_reproducible(string method, int classes)
    {
        var data = new Dataset(new SampleMatrix<byte>([0, 3, 7], 3, 1), [0, 1, classes - 1],
            ClassList.FromIntegers(Enumerable.Range(0, classes)), "three");
        using INetwork network = Construction.Build(method, data, new ConstructionSettings());
        RequireGoodFile(network, dense: false);
    }

    private static void RequireGoodFile(INetwork network, bool dense)
    {
        using var folder = new TemporaryFolder();
        long bytes = NetworkExport.Write(folder["a.onnx"], "onnx", network, 1, dense);
        Assert.Equal(bytes, NetworkExport.Write(folder["b.onnx"], "onnx", network, 1, dense));
        byte[] file = File.ReadAllBytes(folder["a.onnx"]);
        Assert.Equal(file, File.ReadAllBytes(folder["b.onnx"]));
        Assert.Equal(file.Length, bytes);

        var model = new ModelFile(file);
        Assert.Equal([8UL], model.Numbers(1));
        Assert.Equal([17UL], Assert.Single(model.Messages(8)).Numbers(2));
        ModelFile graph = Assert.Single(model.Messages(7));
        ModelFile.RequireWellFormed(graph, [], []);
        Assert.Equal(["x"], graph.Messages(11).SelectMany(value => value.Texts(1)));
        Assert.Equal(network.SampleType == ElementType.UInt8 ? ["label", "values"] : (string[])["label", "values", "exact"],
            graph.Messages(12).SelectMany(value => value.Texts(1)));
        // A reader of the file is told what it costs to run.
        var memory = ModelMemory.Of(network, dense);
        string documentation = Assert.Single(model.Texts(6));
        foreach (long amount in (long[])[memory.Constants, memory.PerSample])
            Assert.Contains(amount.ToString(CultureInfo.InvariantCulture) + " bytes", documentation, StringComparison.Ordinal);
    }
}
