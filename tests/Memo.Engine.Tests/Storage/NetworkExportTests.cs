// Exports that hold the network itself, its layers, or a description: each read back by another way than it was written.
using System.Numerics;
using System.Text.Json;
using Memo.Constructions;
using Memo.Data;
using Memo.Networks;
using Memo.Numerics;
using Memo.Storage;
using Memo.Tests.Networks;

namespace Memo.Tests.Storage;

public sealed class NetworkExportTests
{
    private static Dataset Digits(DataPart part, int? perClass = null) =>
        DataReference.Parse("digits:3,8").Load(part, new LoadOptions { PerClass = perClass });

    public static TheoryData<string> Methods => [.. Construction.Methods];

    [Theory]
    [MemberData(nameof(Methods))]
    public void A_safetensors_export_is_the_network_file_and_loads_again(string method)
    {
        using var folder = new TemporaryFolder();
        using INetwork network = Construction.Build(method, Digits(DataPart.Train, 15), new ConstructionSettings { Seed = 3 });
        var provenance = new Dictionary<string, string> { ["program"] = "a test", ["data"] = "größer" };
        NetworkFile.Save(folder["net.memo"], network, 3, provenance);
        StoredNetwork stored = NetworkFile.Load(folder["net.memo"]);
        Assert.Equal(provenance.OrderBy(entry => entry.Key), stored.Provenance.OrderBy(entry => entry.Key));
        long bytes = NetworkExport.Write(folder["net.safetensors"], "safetensors", stored.Network, stored.Seed, provenance: stored.Provenance);
        Assert.Equal(File.ReadAllBytes(folder["net.memo"]), File.ReadAllBytes(folder["net.safetensors"]));
        Assert.Equal(new FileInfo(folder["net.memo"]).Length, bytes);
        Dataset test = Digits(DataPart.Test);
        using INetwork again = NetworkFile.Load(folder["net.safetensors"]).Network;
        Assert.Equal(network.Predict(test.Points).Labels, again.Predict(test.Points).Labels);
    }

    // The forward pass over the tensors, in exact arithmetic, by the rules of the metadata alone.
    [Theory]
    [InlineData("cells", "UInt8", 2)]
    [InlineData("cells", "UInt8", 4)]
    [InlineData("cells", "Float32", 3)]
    [InlineData("condense", "Float64", 2)]
    [InlineData("vardi", "UInt8", 3)]
    [InlineData("adversarial", "UInt8", 2)]
    [InlineData("sqrt", "Float32", 2)]
    public void Dense_tensors_are_the_network(string method, string type, int classes)
    {
        var random = new SeededRandom(8);
        SampleMatrix points = new SampleMatrix<byte>([.. Enumerable.Range(0, 4 * 2).Select(_ => (byte)random.NextBelow(16))], 4, 2)
            .ConvertExactly(Enum.Parse<ElementType>(type));
        if (points is SampleMatrix<float> floats) // on a lattice of eighths
            points = new SampleMatrix<float>([.. floats.Values.ToArray().Select(value => value / 8)], 4, 2);
        var data = new Dataset(points, [0, 1, classes - 1, 0], ClassList.FromIntegers(Enumerable.Range(0, classes)), "four");
        using INetwork network = Construction.Build(method, data, new ConstructionSettings());
        using var folder = new TemporaryFolder();
        NetworkExport.Write(folder["d.safetensors"], "safetensors", network, 5, dense: true);

        using SafetensorsReader file = SafetensorsReader.Open(folder["d.safetensors"]);
        IReadOnlyDictionary<string, string> metadata = file.Header.Metadata;
        Assert.Equal((LayerFile.Format, method, "5", "relu"), (metadata["format"], metadata["method"], metadata["seed"], metadata["activation"]));
        int depth = file.Header.Tensors.Count / 2;
        Assert.Equal(network.Layers.Count, depth);
        Predictions expected = network.Predict(points, Outputs.Values);
        for (int q = 0; q < points.Rows; q++)
        {
            Dyadic[] values = [.. Enumerable.Range(0, points.Columns).Select(k => Dyadic.FromDouble(points[q, k]))];
            for (int k = 0; k < depth; k++)
            {
                TensorEntry weight = file.Header.Find($"layers.{k}.weight")!, bias = file.Header.Find($"layers.{k}.bias")!;
                Assert.Equal((TensorType.F64, TensorType.F64), (weight.Type, bias.Type));
                Assert.Equal([network.Layers[k].Outputs, network.Layers[k].Inputs], weight.Shape.Select(size => (BigInteger)size));
                values = Apply(file.ReadValues<double>(weight), file.ReadValues<double>(bias), values, relu: k < depth - 1);
            }
            Assert.Equal(network.OutputCount, values.Length);
            BigInteger denominator = BigInteger.Parse(metadata["scale"].Split('/')[1], System.Globalization.CultureInfo.InvariantCulture);
            for (int k = 0; k < values.Length; k++)
                Assert.Equal(ExactValues.Of(expected, q * values.Length + k), ExactValues.Of(values[k], denominator));
        }
        Assert.Contains("other programs", Assert.Throws<FileFormatException>(() => NetworkFile.Load(folder["d.safetensors"])).Message,
            StringComparison.Ordinal);
    }

    private static Dyadic[] Apply(double[] weights, double[] biases, Dyadic[] input, bool relu)
    {
        var output = new Dyadic[biases.Length];
        for (int row = 0; row < output.Length; row++)
        {
            output[row] = Dyadic.FromDouble(biases[row]);
            for (int k = 0; k < input.Length; k++) output[row] += Dyadic.FromDouble(weights[row * input.Length + k]) * input[k];
            if (relu && output[row].Sign < 0) output[row] = Dyadic.Zero;
        }
        return output;
    }

    [Fact]
    public void What_a_format_cannot_hold_is_refused_and_leaves_no_file()
    {
        using var folder = new TemporaryFolder();
        using INetwork deep = Construction.Build("sqrt", Digits(DataPart.Train), new ConstructionSettings());
        string message = Refusal("safetensors", deep, dense: true);
        foreach (string part in (string[])["sqrt", "53", $"{deep.Size.Bits} bits", "significant bits"])
            Assert.Contains(part, message, StringComparison.Ordinal);
        using INetwork large = Construction.Build("cells", DataReference.Parse("digits").Load(DataPart.Train), new ConstructionSettings());
        Assert.Contains("parameters", Refusal("safetensors", large, dense: true), StringComparison.Ordinal);
        Assert.Contains("no dense form", Refusal("json", large, dense: true), StringComparison.Ordinal);
        Assert.Contains("onnx, safetensors, json", Refusal("pickle", large), StringComparison.Ordinal);
        Assert.Empty(folder.Names);

        string Refusal(string format, INetwork network, bool dense = false) =>
            Assert.Throws<MemoException>(() => NetworkExport.Write(folder["f"], format, network, 0, dense)).Message;
    }

    [Theory]
    [MemberData(nameof(Methods))]
    public void A_description_has_the_networks_sizes_and_every_layer(string method)
    {
        using INetwork network = Construction.Build(method, Digits(DataPart.Train, 15), new ConstructionSettings { Seed = 3 });
        string text = NetworkExport.Describe(network, ulong.MaxValue);
        using JsonDocument document = JsonDocument.Parse(text);
        JsonElement json = document.RootElement;
        Assert.Equal(("memo", 1, method), (json.GetProperty("format").GetString(), json.GetProperty("format_version").GetInt32(),
            json.GetProperty("method").GetString()));
        Assert.Equal(ulong.MaxValue, json.GetProperty("seed").GetUInt64());
        Assert.Equal([3, 8], json.GetProperty("classes").EnumerateArray().Select(name => name.GetInt32()));
        Assert.Equal(network.Size.Parameters.ToString(), json.GetProperty("parameters").GetRawText());
        JsonElement[] layers = [.. json.GetProperty("layers").EnumerateArray()];
        Assert.Equal(network.Layers.Select(layer => layer.Parameters.ToString()), layers.Select(layer => layer.GetProperty("parameters").GetRawText()));
        Assert.Equal(network.Notes.Select(note => note.Value),
            json.GetProperty("notes").EnumerateObject().Select(note => note.Value.GetString()!));
        using var folder = new TemporaryFolder();
        NetworkExport.Write(folder["n.json"], "json", network, ulong.MaxValue);
        Assert.Equal(text, File.ReadAllText(folder["n.json"]));
    }
}
