using System.Globalization;
using System.Numerics;
using System.Text.Json;

namespace Memo.Tests;

/// <summary>generate, build, verify, predict, eval and inspect on one network after the other.</summary>
public sealed class NetworkCommandTests
{
    [Theory]
    [InlineData("moons?count=120", 2)]
    [InlineData("blobs?count=90&classes=4&n=5&dtype=float32", 4)]
    [InlineData("parity?n=6&count=64", 2)]
    [InlineData("ball-shell?n=9&count=80", 2)]
    [InlineData("digits", 10)]
    public void What_is_built_memorizes_its_data_and_every_command_agrees(string data, int classes)
    {
        using var folder = new TemporaryFolder();
        if (data != "digits")
        {
            JsonElement generated = folder.Memo("generate", data, "-o", "data.npz", "--seed", "3", "--json").Exits(0).Json;
            Assert.Equal("data.npz", generated.GetProperty("path").GetString());
            Assert.True(generated.GetProperty("rows").GetInt32() > 0);
            Assert.True(generated.GetProperty("dimension").GetInt32() > 0);
            data = "data.npz";
        }

        JsonElement built = folder.Memo("build", "--data", data, "-o", "net.memo", "--json").Exits(0).Json;
        int samples = built.GetProperty("samples").GetInt32(), n = built.GetProperty("dimension").GetInt32();
        Assert.Equal("cells", built.GetProperty("method").GetString());
        Assert.Equal(classes, built.GetProperty("classes").GetArrayLength());
        Assert.Equal(3, built.GetProperty("depth").GetInt32());
        foreach (string count in new[] { "parameters", "nonzero", "width", "bits", "seconds" })
            Assert.Equal(JsonValueKind.Number, built.GetProperty(count).ValueKind);

        foreach (string[] reference in new string[][] { [], ["--reference"] })
        {
            JsonElement verified = folder.Memo(["verify", "net.memo", "--data", data, "--json", .. reference]).Exits(0).Json;
            Assert.Equal(samples, verified.GetProperty("rows").GetInt32());
            Assert.True(verified.GetProperty("memorized").GetBoolean());
            Assert.Equal(JsonValueKind.Null, verified.GetProperty("first_failure").ValueKind);
            Assert.Equal(JsonValueKind.Number, verified.GetProperty("resolved_exactly").ValueKind);
        }

        JsonElement evaluated = folder.Memo("eval", "net.memo", "--data", data, "--part", "train", "--json").Exits(0).Json;
        Assert.Equal(1, evaluated.GetProperty("accuracy").GetDouble());
        Assert.Equal(0, evaluated.GetProperty("wrong").GetDouble());
        Assert.Equal(0, evaluated.GetProperty("abstained").GetDouble());
        JsonElement[] confusion = [.. evaluated.GetProperty("confusion").EnumerateArray()];
        Assert.Equal(classes, confusion.Length);
        for (int truth = 0; truth < classes; truth++)
            Assert.All(confusion[truth].EnumerateArray().Select((count, given) => (count, given)),
                cell => Assert.True(cell.given == truth ? cell.count.GetInt32() > 0 : cell.count.GetInt32() == 0));
        Assert.All(confusion, row => Assert.Equal(classes + 1, row.GetArrayLength()));

        JsonElement inspected = folder.Memo("inspect", "net.memo", "--json").Exits(0).Json;
        foreach (string count in new[] { "parameters", "nonzero", "width", "depth", "bits", "samples", "dimension" })
            Assert.Equal(built.GetProperty(count).GetRawText(), inspected.GetProperty(count).GetRawText());
        JsonElement[] layers = [.. inspected.GetProperty("layers").EnumerateArray()];
        Assert.Equal(3, layers.Length);
        Assert.Equal(Integer(inspected, "parameters"), layers.Aggregate(BigInteger.Zero, (sum, layer) => sum + Integer(layer, "parameters")));
        Assert.Equal(Integer(inspected, "nonzero"), layers.Aggregate(BigInteger.Zero, (sum, layer) => sum + Integer(layer, "nonzero")));
        Assert.Equal(n, Integer(layers[0], "inputs"));
        Assert.Equal(new FileInfo(folder["net.memo"]).Length, inspected.GetProperty("bytes").GetInt64());
        Assert.Matches("^[0-9a-f]{64}$", inspected.GetProperty("sha256").GetString());
        Assert.Equal(data, inspected.GetProperty("metadata").GetProperty("provenance.data").GetString());
    }

    private static BigInteger Integer(JsonElement json, string name) =>
        BigInteger.Parse(json.GetProperty(name).GetRawText(), CultureInfo.InvariantCulture);

    [Theory]
    [InlineData("digits", "digits")]
    [InlineData("digits:3,8", "digits:3,8")]
    [InlineData("moons?count=60", "moons?count=40&seed=9")]
    public void Text_json_npy_and_npz_carry_the_same_answers(string training, string queries)
    {
        using var folder = new TemporaryFolder();
        folder.Memo("build", "--data", training, "-o", "net.memo").Exits(0);
        JsonElement json = folder.Memo("predict", "net.memo", "--data", queries, "--values", "--radius", "--json").Exits(0).Json;
        folder.Memo("predict", "net.memo", "--data", queries, "-o", "labels.npy").Exits(0);
        folder.Memo("predict", "net.memo", "--data", queries, "-o", "answers.npz").Exits(0);
        string[] lines = folder.Memo("predict", "net.memo", "--data", queries, "--values", "--radius").Exits(0)
            .Output.Split('\n', StringSplitOptions.RemoveEmptyEntries);

        int rows = json.GetProperty("rows").GetInt32();
        JsonElement[] labels = [.. json.GetProperty("labels").EnumerateArray()];
        JsonElement[] values = [.. json.GetProperty("values").EnumerateArray()];
        double[] radii = [.. json.GetProperty("radii").EnumerateArray().Select(radius => radius.GetDouble())];
        Assert.Equal((rows, rows, rows), (labels.Length, values.Length, radii.Length));

        int[] numbers = [.. labels.Select(label => label.ValueKind == JsonValueKind.Null ? int.MinValue : label.GetInt32())];
        NumpyContent npy = NumpyContent.ReadNpy(File.ReadAllBytes(folder["labels.npy"]));
        Dictionary<string, NumpyContent> npz = NumpyContent.ReadNpz(folder["answers.npz"]);
        Assert.Equal(numbers, npy.Int32());
        Assert.Equal([rows], npy.Shape);
        Assert.Equal(numbers, npz["labels"].Int32());
        Assert.Equal(radii, npz["radii"].Float64());
        Assert.Equal(json.GetProperty("scale").GetString(), npz["scale"].Text().Single());
        string[] flat = [.. values.SelectMany(value => value.ValueKind == JsonValueKind.Array
            ? value.EnumerateArray().Select(each => each.GetString()!) : [value.GetString()!])];
        Assert.Equal(flat, npz["values"].Text());
        int classes = json.GetProperty("classes").GetArrayLength();
        Assert.Equal(classes == 2 ? [rows] : [rows, classes], npz["values"].Shape);

        Assert.StartsWith("# F = value * ", lines[0], StringComparison.Ordinal);
        Assert.Equal(rows, lines.Length - 2);
        int[] fileRows = json.TryGetProperty("file_rows", out JsonElement listed)
            ? [.. listed.EnumerateArray().Select(row => row.GetInt32())] : [.. Enumerable.Range(0, rows)];
        for (int q = 0; q < rows; q++)
        {
            string[] fields = lines[q + 2].Split('\t');
            Assert.Equal(fileRows[q].ToString(CultureInfo.InvariantCulture), fields[0]);
            Assert.Equal(labels[q].ValueKind == JsonValueKind.Null ? "-" : labels[q].GetRawText(), fields[1]);
            Assert.Equal(radii[q], double.Parse(fields[^1], CultureInfo.InvariantCulture));

            // The sign of the exact value is the label; an abstention has no positive value and no radius.
            BigInteger[] exact = [.. fields[2..^1].Select(value => BigInteger.Parse(value, CultureInfo.InvariantCulture))];
            int[] named = [.. json.GetProperty("classes").EnumerateArray().Select(each => each.GetInt32())];
            if (numbers[q] == int.MinValue)
            {
                Assert.All(exact, value => Assert.Equal(0, value));
                Assert.Equal(0, radii[q]);
            }
            else if (classes == 2) Assert.Equal(named[exact[0].Sign > 0 ? 1 : 0], numbers[q]);
            else Assert.Equal(numbers[q], named[Array.FindIndex(exact, value => value.Sign > 0)]);
        }
    }

    [Fact]
    public void Eval_agrees_with_predict()
    {
        using var folder = new TemporaryFolder();
        folder.Memo("build", "--data", "digits", "--per-class", "15", "-o", "net.memo").Exits(0);
        JsonElement evaluated = folder.Memo("eval", "net.memo", "--data", "digits", "--json").Exits(0).Json;
        JsonElement predicted = folder.Memo("predict", "net.memo", "--data", "digits", "--json").Exits(0).Json;
        int rows = evaluated.GetProperty("rows").GetInt32();
        Assert.Equal(rows, predicted.GetProperty("rows").GetInt32());
        int[][] confusion = [.. evaluated.GetProperty("confusion").EnumerateArray().Select(row => row.EnumerateArray().Select(count => count.GetInt32()).ToArray())];
        Assert.Equal(rows, confusion.Sum(row => row.Sum()));
        Assert.Equal(Enumerable.Range(0, 10).Sum(k => confusion[k][k]), Math.Round(rows * evaluated.GetProperty("accuracy").GetDouble()));
        int abstained = predicted.GetProperty("labels").EnumerateArray().Count(label => label.ValueKind == JsonValueKind.Null);
        Assert.Equal(abstained, confusion.Sum(row => row[^1]));
        Assert.Equal((double)abstained / rows, evaluated.GetProperty("abstained").GetDouble());
        Assert.Equal(1, evaluated.GetProperty("accuracy").GetDouble() + evaluated.GetProperty("wrong").GetDouble() + evaluated.GetProperty("abstained").GetDouble(), 12);
    }

    [Fact]
    public void Verify_names_the_first_row_of_the_file_that_is_not_memorized()
    {
        using var folder = new TemporaryFolder();
        folder.Write("train.csv", "0,0,5\n9,9,7\n0,9,5\n");
        folder.Write("other.csv", "50,50,9\n0,0,5\n9,9,5\n0,9,7\n");
        folder.Memo("build", "--data", "train.csv", "-o", "net.memo").Exits(0);
        foreach (string[] reference in new string[][] { [], ["--reference"] })
        {
            JsonElement json = folder.Memo(["verify", "net.memo", "--data", "other.csv:5,7", "--json", .. reference]).Exits(1).Json;
            Assert.Equal(3, json.GetProperty("rows").GetInt32());
            Assert.False(json.GetProperty("memorized").GetBoolean());
            Assert.Equal(2, json.GetProperty("first_failure").GetInt32());
            Assert.Equal(5, json.GetProperty("expected").GetInt32());
            Assert.Equal(7, json.GetProperty("got").GetInt32());
        }
        ProgramResult text = folder.Memo("verify", "net.memo", "--data", "other.csv:5,7").Exits(1);
        Assert.Contains("row 2 ", text.Output, StringComparison.Ordinal);
        Assert.Equal("", text.Error);
    }

    [Fact]
    public void A_build_with_chosen_samples_verifies_on_the_same_choice()
    {
        using var folder = new TemporaryFolder();
        string[] choice = ["--data", "digits", "--per-class", "12", "--shuffle", "--seed", "4"];
        folder.Memo(["build", .. choice, "-o", "net.memo"]).Exits(0);
        Assert.Equal(120, folder.Memo(["verify", "net.memo", .. choice, "--json"]).Exits(0).Json.GetProperty("rows").GetInt32());
        Assert.False(folder.Memo("verify", "net.memo", "--data", "digits", "--json").Exits(1).Json.GetProperty("memorized").GetBoolean());
    }

    [Fact]
    public void Equal_samples_with_different_labels_are_refused_dropped_or_decided_by_majority()
    {
        using var folder = new TemporaryFolder();
        string data = folder.Write("data.csv", "0,0,1\n5,5,2\n0,0,2\n9,9,1\n0,0,1\n");
        folder.Memo("build", "--data", data).Refuses(2, "rows 0 (label 1) and 2 (label 2)", "(--on-conflict)");
        JsonElement dropped = folder.Memo("build", "--data", data, "--on-conflict", "drop", "--json").Exits(0).Json;
        Assert.Equal((2, 3), (dropped.GetProperty("samples").GetInt32(), dropped.GetProperty("dropped").GetInt32()));
        JsonElement majority = folder.Memo("build", "--data", data, "--on-conflict", "majority", "--json").Exits(0).Json;
        Assert.Equal((4, 1), (majority.GetProperty("samples").GetInt32(), majority.GetProperty("dropped").GetInt32()));
    }

    [Fact]
    public void Word_classes_are_strings_in_json_and_indices_in_npy()
    {
        using var folder = new TemporaryFolder();
        folder.Write("train.csv", "0,0,ape\n9,9,ox\n0,9,newt\n");
        folder.Memo("build", "--data", "train.csv", "-o", "net.memo").Exits(0);
        JsonElement json = folder.Memo("predict", "net.memo", "--data", "train.csv", "--json").Exits(0).Json;
        Assert.Equal(["ape", "newt", "ox"], json.GetProperty("classes").EnumerateArray().Select(name => name.GetString()!));
        Assert.Equal(["ape", "ox", "newt"], json.GetProperty("labels").EnumerateArray().Select(name => name.GetString()!));
        folder.Memo("predict", "net.memo", "--data", "train.csv", "-o", "labels.npy").Exits(0);
        Assert.Equal([0, 2, 1], NumpyContent.ReadNpy(File.ReadAllBytes(folder["labels.npy"])).Int32());
    }

    [Fact]
    public void Lambda_is_kept_exactly()
    {
        using var folder = new TemporaryFolder();
        folder.Memo("build", "--data", "moons?count=30", "--lambda", "0.501", "-o", "net.memo").Exits(0);
        Assert.Equal("501/1000", folder.Memo("inspect", "net.memo", "--json").Exits(0).Json.GetProperty("lambda").GetString());
    }

    [Fact]
    public void Queries_on_another_scale_draw_a_warning_and_no_more()
    {
        using var folder = new TemporaryFolder();
        folder.Write("train.csv", "0.5,0,1\n200.5,9,2\n");
        folder.Write("queries.csv", "0.25,0.5,1\n");
        folder.Memo("build", "--data", "train.csv", "-o", "net.memo").Exits(0);
        ProgramResult result = folder.Memo("eval", "net.memo", "--data", "queries.csv", "--json").Exits(0);
        Assert.Contains("warning", result.Error, StringComparison.Ordinal);
        Assert.Contains("x/255", result.Error, StringComparison.Ordinal);
        Assert.Equal(1, result.Json.GetProperty("rows").GetInt32());
        Assert.Equal("", folder.Memo("eval", "net.memo", "--data", "train.csv").Exits(0).Error);
    }

    [Fact]
    public void Equal_seeds_write_equal_files()
    {
        using var folder = new TemporaryFolder();
        foreach (string name in new[] { "a", "b" })
        {
            folder.Memo("generate", "moons?count=50", "--seed", "11", "-o", name + ".npz").Exits(0);
            folder.Memo("build", "--data", "moons?count=50", "--seed", "11", "-o", name + ".memo").Exits(0);
        }
        folder.Memo("generate", "moons?count=50", "--seed", "12", "-o", "c.npz").Exits(0);
        Assert.Equal(File.ReadAllBytes(folder["a.npz"]), File.ReadAllBytes(folder["b.npz"]));
        Assert.Equal(File.ReadAllBytes(folder["a.memo"]), File.ReadAllBytes(folder["b.memo"]));
        Assert.NotEqual(File.ReadAllBytes(folder["a.npz"]), File.ReadAllBytes(folder["c.npz"]));
    }
}
