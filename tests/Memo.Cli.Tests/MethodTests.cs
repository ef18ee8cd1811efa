using System.Globalization;
using System.Numerics;
using System.Text.Json;
using Memo.Constructions;
using Memo.Data;
using Memo.Networks;
using Memo.Storage;

namespace Memo.Tests;

/// <summary>Every command with every construction that there is, and with layers written by hand.</summary>
public sealed class MethodTests
{
    private static readonly string[] s_factored = ["cells", "constant", "condense"];

    public static TheoryData<string> Methods => [.. Construction.Methods];

    [Theory]
    [MemberData(nameof(Methods))]
    public void Every_command_takes_every_method(string method)
    {
        using var folder = new TemporaryFolder();
        string[] choice = ["--data", "digits:7,1", "--per-class", "12"];
        JsonElement built = folder.Memo(["build", "--method", method, .. choice, "-o", "net.memo", "--json"]).Exits(0).Json;
        Assert.Equal(method, built.GetProperty("method").GetString());
        Assert.Equal((24, 64), (built.GetProperty("samples").GetInt32(), built.GetProperty("dimension").GetInt32()));
        Assert.Equal([7, 1], built.GetProperty("classes").EnumerateArray().Select(value => value.GetInt32()));
        foreach (string count in new[] { "parameters", "nonzero", "width", "depth", "bits", "seconds" })
            Assert.Equal(JsonValueKind.Number, built.GetProperty(count).ValueKind);
        Assert.Equal(JsonValueKind.Object, built.GetProperty("notes").ValueKind);
        Assert.Equal(s_factored.Contains(method), built.TryGetProperty("lambda", out _));

        foreach (string[] reference in new string[][] { [], ["--reference"] })
        {
            JsonElement verified = folder.Memo(["verify", "net.memo", .. choice, "--json", .. reference]).Exits(0).Json;
            Assert.Equal(24, verified.GetProperty("rows").GetInt32());
            Assert.True(verified.GetProperty("memorized").GetBoolean());
        }
        folder.Memo("verify", "net.memo", "--data", "digits:1,7", "--per-class", "12").Exits(0); // labels are aligned by name

        JsonElement evaluated = folder.Memo("eval", "net.memo", "--data", "digits:1,7", "--json").Exits(0).Json;
        JsonElement predicted = folder.Memo("predict", "net.memo", "--data", "digits:1,7", "--values", "--json").Exits(0).Json;
        int rows = evaluated.GetProperty("rows").GetInt32();
        JsonElement[] labels = [.. predicted.GetProperty("labels").EnumerateArray()];
        Assert.Equal(rows, labels.Length);
        Assert.Equal(labels.Count(label => label.ValueKind == JsonValueKind.Null),
            Math.Round(rows * evaluated.GetProperty("abstained").GetDouble()));
        string[] values = [.. predicted.GetProperty("values").EnumerateArray().Select(value => value.GetString()!)];
        folder.Memo("predict", "net.memo", "--data", "digits:1,7", "-o", "all.npz").Exits(0);
        Dictionary<string, NumpyContent> npz = NumpyContent.ReadNpz(folder["all.npz"]);
        Assert.Equal(values, npz["values"].Text());
        Assert.Equal([rows], npz["values"].Shape);
        Assert.Equal(s_factored.Contains(method), npz.ContainsKey("radii"));
        ProgramResult radii = folder.Memo("predict", "net.memo", "--data", "digits:1,7", "--radius");
        if (s_factored.Contains(method)) radii.Exits(0);
        else radii.Refuses(2, "--radius", method);
    }

    [Theory]
    [MemberData(nameof(Methods))]
    public void Inspect_tells_what_build_told(string method)
    {
        using var folder = new TemporaryFolder();
        JsonElement built = folder.Memo("build", "--method", method, "--data", "xor?count=16", "-o", "net.memo", "--json", "--seed", "2").Exits(0).Json;
        JsonElement brief = folder.Memo("inspect", "net.memo", "--json").Exits(0).Json;
        JsonElement full = folder.Memo("inspect", "net.memo", "--json", "--layers").Exits(0).Json;
        foreach (string name in new[] { "method", "parameters", "nonzero", "width", "depth", "bits", "samples", "dimension", "notes", "classes" })
            Assert.Equal(built.GetProperty(name).GetRawText(), brief.GetProperty(name).GetRawText());
        Assert.Equal(s_factored.Contains(method), brief.TryGetProperty("layers", out _));
        JsonElement[] layers = [.. full.GetProperty("layers").EnumerateArray()];
        Assert.Equal(built.GetProperty("depth").GetInt32(), layers.Length);
        foreach (string name in new[] { "parameters", "nonzero" })
            Assert.Equal(Integer(built, name), layers.Aggregate(BigInteger.Zero, (sum, layer) => sum + Integer(layer, name)));
        if (!s_factored.Contains(method))
            Assert.Equal(built.GetProperty("bits").GetInt32(), layers.Max(layer => layer.GetProperty("bits").GetInt32()));

        string text = folder.Memo("inspect", "net.memo").Exits(0).Output;
        Assert.Equal(s_factored.Contains(method), text.Contains("stands for", StringComparison.Ordinal));
        Assert.InRange(text.Split('\n').Length, 8, 40);
        foreach (JsonProperty note in built.GetProperty("notes").EnumerateObject())
            Assert.Contains(note.Name.Replace('_', ' '), text, StringComparison.Ordinal);
        Assert.Equal(layers.Length, folder.Memo("inspect", "net.memo", "--layers").Exits(0).Output
            .Split('\n').Count(line => line.StartsWith("layer ", StringComparison.Ordinal)));
    }

    private static BigInteger Integer(JsonElement json, string name) =>
        BigInteger.Parse(json.GetProperty(name).GetRawText(), CultureInfo.InvariantCulture);

    [Theory]
    [MemberData(nameof(Methods))]
    public void More_than_two_classes_are_memorized_or_refused_with_advice(string method)
    {
        using var folder = new TemporaryFolder();
        string[] choice = ["--data", "digits:5,3,8", "--per-class", "4"];
        ProgramResult built = folder.Memo(["build", "--method", method, .. choice, "-o", "net.memo"]);
        if (Construction.IsBinary(method))
        {
            built.Refuses(2, "3 classes", ":A,B");
            Assert.Empty(folder.Names);
            return;
        }
        built.Exits(0);
        Assert.True(folder.Memo(["verify", "net.memo", .. choice, "--json"]).Exits(0).Json.GetProperty("memorized").GetBoolean());
    }

    [Theory]
    [MemberData(nameof(Methods))]
    public void Equal_seeds_write_equal_files(string method)
    {
        using var folder = new TemporaryFolder();
        foreach (string name in new[] { "a.memo", "b.memo" })
            folder.Memo("build", "--method", method, "--data", "moons?count=24", "--seed", "6", "-o", name).Exits(0);
        Assert.Equal(File.ReadAllBytes(folder["a.memo"]), File.ReadAllBytes(folder["b.memo"]));
    }

    // F(x) = 2x for one input in units of 1/2, read as a class from 1 to 3.
    private static void SaveLine(string path) => NetworkFile.Save(path, new ReluNetwork(
        [new SparseLayer(1, [0, 1], [0], [1], [0])], new ReluNetworkDescription
        {
            Method = "park",
            Classes = new ClassList(["ape", "newt", "ox"]),
            Readout = Readout.Index,
            Samples = 3,
            Box = new InputBox(ElementType.Float64, -1, 1, 3),
            Notes = [new("code_bits", "2")],
        }), seed: 8);

    [Fact]
    public void One_number_names_one_of_many_classes()
    {
        using var folder = new TemporaryFolder();
        SaveLine(folder["line.memo"]);
        folder.Write("train.csv", "0.5,ape\n1,newt\n1.5,ox\n");
        Assert.True(folder.Memo("verify", "line.memo", "--data", "train.csv", "--json").Exits(0).Json.GetProperty("memorized").GetBoolean());
        folder.Write("other.csv", "0.5,ape\n1,ox\n");
        folder.Memo("verify", "line.memo", "--data", "other.csv", "--reference").Exits(1);

        folder.Write("queries.csv", "0.625,ape\n0.75,ape\n1.25,newt\n1.5,ox\n0,ape\n");
        string[] lines = folder.Memo("predict", "line.memo", "--data", "queries.csv", "--values").Exits(0).Output.TrimEnd('\n').Split('\n');
        Assert.Equal(["# F = value * 1/4", "row\tlabel\tvalue", "0\tape\t5", "1\t-\t6", "2\t-\t10", "3\tox\t12", "4\t-\t0"], lines);
        JsonElement evaluated = folder.Memo("eval", "line.memo", "--data", "queries.csv", "--json").Exits(0).Json;
        Assert.Equal((0.4, 0.0, 0.6), (evaluated.GetProperty("accuracy").GetDouble(), evaluated.GetProperty("wrong").GetDouble(),
            evaluated.GetProperty("abstained").GetDouble()));

        string text = folder.Memo("inspect", "line.memo").Exits(0).Output;
        foreach (string part in new[] { "park, seed 8", "3 of 1 feature (float64)", "the integer next to it", "at most 1 bit\n", "code bits" })
            Assert.Contains(part, text, StringComparison.Ordinal);
    }

    [Fact]
    public void Queries_on_another_scale_than_the_box_draw_a_warning()
    {
        using var folder = new TemporaryFolder();
        SaveLine(folder["line.memo"]);
        folder.Write("queries.csv", "0.25,ape\n0.5,ape\n");
        Assert.Equal("", folder.Memo("eval", "line.memo", "--data", "queries.csv").Exits(0).Error);
        NetworkFile.Save(folder["wide.memo"], new ReluNetwork([new SparseLayer(1, [0, 1], [0], [1], [-9])], new ReluNetworkDescription
        {
            Method = "adversarial",
            Classes = new ClassList(["ape", "ox"]),
            Readout = Readout.Sign,
            Samples = 3,
            Box = new InputBox(ElementType.Float64, 0, 0, 200),
        }), seed: 0);
        folder.Write("two.csv", "0.25,ape\n0.5,ox\n");
        Assert.Contains("x/255", folder.Memo("eval", "wide.memo", "--data", "two.csv").Exits(0).Error, StringComparison.Ordinal);
    }

    [Fact]
    public void An_option_that_no_chosen_method_heeds_is_refused()
    {
        using var folder = new TemporaryFolder();
        foreach (string method in Construction.Methods.Except(s_factored))
            folder.Memo("build", "--data", "digits:1,7", "--method", method, "--lambda", "3/5").Refuses(2, "--lambda", method, "cells");
        if (Construction.Methods.Contains("constant"))
            folder.Memo("build", "--data", "digits:1,7", "--method", "constant", "--rho", "1/2").Refuses(2, "--rho", "between 0 and 1 - lambda");
        if (Construction.Methods.Contains("vardi"))
            folder.Memo("build", "--data", "digits:1,7", "--method", "vardi", "--depth", "0").Refuses(2, "--block-depth: '0'");
        if (!Construction.Methods.Contains("adversarial")) return;
        folder.Memo("build", "--data", "digits:1,7", "--method", "adversarial", "--default-label", "3").Refuses(2, "--default-label", "'3'", "1, 7");
        folder.Memo("pairs", "--pairs", "1-7,2-3", "--method", "cells,adversarial", "--default-label", "7").Refuses(2, "2-3", "'7'");
        folder.Memo("pairs", "--pairs", "1-7", "--per-class", "10", "--method", "cells,adversarial", "--default-label", "7").Exits(0);
    }
}
