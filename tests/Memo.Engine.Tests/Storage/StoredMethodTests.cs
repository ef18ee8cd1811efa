// Networks of every construction, by name, and the factored ones whose points were chosen from more samples.
using Memo.Constructions;
using Memo.Data;
using Memo.Networks;
using Memo.Storage;
using static Memo.Tests.Storage.StoredNetworks;

namespace Memo.Tests.Storage;

public sealed class StoredMethodTests
{
    public static TheoryData<string, string> MethodsAndTypes
    {
        get
        {
            var cases = new TheoryData<string, string>();
            foreach (string method in Construction.Methods)
                foreach (string type in (string[])["uint8", "float32", "float64"])
                    cases.Add(method, type);
            return cases;
        }
    }

    private static Dataset Data(string type)
    {
        int[] labels = [0, 1, 0, 1, 1, 0, 0, 1];
        var classes = new ClassList(["no", "yes"]);
        byte[] values = [0, 1, 2, 3, 4, 5, 6, 7, 8, 255, 1, 0, 9, 9, 9, 40, 41, 42, 80, 7, 7, 100, 0, 12];
        SampleMatrix points = type switch
        {
            "uint8" => new SampleMatrix<byte>(values, 8, 3),
            "float32" => new SampleMatrix<float>([.. values.Select(value => value / 8f - 3)], 8, 3),
            _ => new SampleMatrix<double>([.. values.Select(value => value / 16.0 - 3)], 8, 3),
        };
        return new Dataset(points, labels, classes, "data");
    }

    [Theory]
    [MemberData(nameof(MethodsAndTypes))]
    public void Every_construction_comes_back(string method, string type)
    {
        Dataset data = Data(type);
        INetwork network = Construction.Build(method, data, new ConstructionSettings { Seed = 3 });
        byte[] file = ToBytes(network, 3);
        StoredNetwork stored = FromBytes(file);
        INetwork back = stored.Network;
        Assert.Equal(network.GetType(), back.GetType());
        Assert.Equal((method, network.Samples, network.Dimension, network.SampleType, network.OutputCount),
            (back.Method, back.Samples, back.Dimension, back.SampleType, back.OutputCount));
        Assert.Equal(network.Classes, back.Classes);
        Assert.Equal(network.Size, back.Size);
        Assert.Equal(network.Layers, back.Layers);
        Assert.Equal(network.Notes, back.Notes);
        Assert.Equal(file, ToBytes(back, 3));
        Assert.Equal(network.Predict(data.Points, Outputs.Values).Values, back.Predict(data.Points, Outputs.Values).Values);
    }

    [Theory]
    [InlineData("constant")]
    [InlineData("condense")]
    public void A_factored_network_of_chosen_points_comes_back(string method)
    {
        CellNetwork network = Small().As(method, 60, [new("z", "1/3"), new("a", "two\nlines"), new("sha256", "\"sha256\":\"0\"")]);
        byte[] file = ToBytes(network, 9);
        StoredNetwork stored = FromBytes(file);
        CellNetwork back = Assert.IsType<CellNetwork>(stored.Network);
        Assert.Equal((method, 60, 5), (back.Method, back.Samples, back.Count));
        Assert.Equal(network.Notes, back.Notes);
        Assert.Equal(network.MinimumSquaredDistance, back.MinimumSquaredDistance);
        Assert.Equal(file, ToBytes(back, 9));
        Assert.Contains("4 samples do not fit 5 training points", Refusal(Forge(file, header =>
            header.Replace("\"samples\":\"60\"", "\"samples\":\"4\"", StringComparison.Ordinal))), StringComparison.Ordinal);
    }

    [Fact]
    public void Cells_of_more_or_fewer_samples_than_points_are_refused()
    {
        byte[] file = ToBytes(Small());
        foreach (string samples in new[] { "4", "6" })
            Assert.Contains("training points", Refusal(Forge(file, header =>
                header.Replace("\"samples\":\"5\"", $"\"samples\":\"{samples}\"", StringComparison.Ordinal))), StringComparison.Ordinal);
    }

    // Files of before the field was there.
    [Fact]
    public void Cells_without_the_number_of_samples_have_as_many_as_points() =>
        Assert.Equal(5, FromBytes(Forge(ToBytes(Small()), header =>
            header.Replace("\"samples\":\"5\",", "", StringComparison.Ordinal))).Network.Samples);

    [Fact]
    public void A_note_named_twice_is_refused_when_saving()
    {
        CellNetwork network = Small().As("condense", 5, [new("draws", "1"), new("draws", "2")]);
        Assert.Contains("twice", Assert.Throws<FileFormatException>(() => ToBytes(network)).Message, StringComparison.Ordinal);
    }
}
