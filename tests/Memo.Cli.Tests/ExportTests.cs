// memo export: what it says, what it refuses, and what NumPy makes of the files.
using System.Text.Json;

namespace Memo.Tests;

public sealed class ExportTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    private void Build(params string[] arguments) => _folder.Memo(["build", "-d", "digits:3,8", "--per-class", "20", "-o", "net.memo", .. arguments]).Exits(0);

    [Theory]
    [InlineData("onnx")]
    [InlineData("safetensors")]
    [InlineData("json")]
    public void Every_format_is_written_by_name_or_by_ending(string format)
    {
        Build();
        JsonElement json = _folder.Memo("export", "net.memo", "--format", format, "-o", "named", "--json").Exits(0).Json;
        Assert.Equal(("named", format, false), (json.GetProperty("path").GetString(), json.GetProperty("format").GetString(),
            json.GetProperty("dense").GetBoolean()));
        Assert.Equal(new FileInfo(_folder["named"]).Length, json.GetProperty("bytes").GetInt64());
        string text = _folder.Memo("export", "net.memo", "-o", $"ended.{format.ToUpperInvariant()}").Exits(0).Output;
        Assert.Contains($"ended.{format.ToUpperInvariant()}", text, StringComparison.Ordinal);
        Assert.Equal(format == "onnx", text.Contains("memory", StringComparison.Ordinal));
        Assert.Equal(File.ReadAllBytes(_folder["named"]), File.ReadAllBytes(_folder[$"ended.{format.ToUpperInvariant()}"]));
    }

    [Fact]
    public void The_json_form_says_what_inspect_says()
    {
        Build("--method", "vardi");
        _folder.Memo("export", "net.memo", "-o", "net.json").Exits(0);
        using JsonDocument document = JsonDocument.Parse(File.ReadAllText(_folder["net.json"]));
        JsonElement inspected = _folder.Memo("inspect", "net.memo", "--json", "--layers").Exits(0).Json;
        foreach (JsonProperty field in document.RootElement.EnumerateObject())
            if (!field.Name.StartsWith("format", StringComparison.Ordinal))
                Assert.True(JsonElement.DeepEquals(field.Value, inspected.GetProperty(field.Name)), field.Name);
    }

    [Fact]
    public void The_safetensors_form_is_a_network_file()
    {
        Build();
        _folder.Memo("export", "net.memo", "-o", "net.safetensors").Exits(0);
        Assert.Equal(File.ReadAllBytes(_folder["net.memo"]), File.ReadAllBytes(_folder["net.safetensors"]));
        _folder.Memo("verify", "net.safetensors", "-d", "digits:3,8", "--per-class", "20").Exits(0);
        _folder.Memo("export", "net.memo", "--dense", "-o", "dense.safetensors").Exits(0);
        _folder.Memo("inspect", "dense.safetensors").Refuses(2, "dense.safetensors", "other programs");
    }

    [Fact]
    public void The_factored_model_is_small_and_says_what_it_costs()
    {
        Build();
        JsonElement factored = _folder.Memo("export", "net.memo", "-o", "f.onnx", "--json").Exits(0).Json;
        JsonElement dense = _folder.Memo("export", "net.memo", "--dense", "-o", "d.onnx", "--json").Exits(0).Json;
        Assert.Equal((8L * 40 * 64, 8L * 40), (factored.GetProperty("runtime_bytes").GetInt64(), factored.GetProperty("runtime_bytes_per_sample").GetInt64()));
        Assert.True(factored.GetProperty("bytes").GetInt64() * 10 < dense.GetProperty("bytes").GetInt64());
        Assert.True(dense.GetProperty("dense").GetBoolean());
    }

    [Fact]
    public void What_cannot_be_exported_is_named_and_nothing_is_left()
    {
        Build("--method", "sqrt");
        File.CreateSymbolicLink(_folder["link.onnx"], _folder["net.memo"]);
        byte[] network = File.ReadAllBytes(_folder["net.memo"]);
        _folder.Memo("export", "net.memo", "-o", "net.onnx").Refuses(2, "sqrt", "bits", "53", "safetensors");
        _folder.Memo("export", "net.memo", "--dense", "-o", "net.safetensors").Refuses(2, "sqrt", "significant bits");
        _folder.Memo("export", "net.memo", "--dense", "-o", "net.json").Refuses(2, "no dense form");
        _folder.Memo("export", "net.memo", "-o", "net.pkl").Refuses(2, "net.pkl", "onnx, safetensors or json");
        _folder.Memo("export", "net.memo", "--format", "pickle", "-o", "net.pkl").Refuses(2, "pickle", "onnx");
        _folder.Memo("export", "net.memo").Refuses(2, "--output");
        _folder.Memo("export", "net.memo", "-o", "nowhere/net.json").Refuses(2, "there is no folder", "nowhere");
        _folder.Memo("export", "missing.memo", "-o", "net.json").Refuses(2, "missing.memo");
        foreach (string same in (string[])["./net.memo", "link.onnx"])
            _folder.Memo("export", "net.memo", "--format", "safetensors", "-o", same).Refuses(2, "is read by this command");
        Assert.Equal(network, File.ReadAllBytes(_folder["net.memo"]));
        Assert.Equal(["link.onnx", "net.memo"], _folder.Names);
    }

    // Reads both files by the format's definition alone, and answers with them: cells by the definition of S_ij in integers, the
    // dense layers by matrix products in double precision. Prints labels and values.
    private const string Reader = """
        import json, sys
        import numpy as np

        def read(path):
            data = open(path, "rb").read()
            length = int.from_bytes(data[:8], "little")
            header = json.loads(data[8:8 + length])
            metadata = header.pop("__metadata__")
            body, end, tensors = data[8 + length:], 0, {}
            for name, entry in sorted(header.items(), key=lambda item: item[1]["data_offsets"]):
                first, last = entry["data_offsets"]
                assert first == end
                end = last
                kind = {"U8": "<u1", "I32": "<i4", "F64": "<f8"}[entry["dtype"]]
                tensors[name] = np.frombuffer(body[first:last], kind).reshape(entry["shape"])
            assert end == len(body)
            return metadata, tensors

        def report(values):
            active = values.max(axis=1) > 0
            print(json.dumps([[int(k) if a else None for k, a in zip(values.argmax(axis=1), active)], [[int(v) for v in row] for row in values]]))

        queries = np.loadtxt("queries.csv", delimiter=",", dtype=np.int64)[:, :-1]
        metadata, tensors = read("net.safetensors")
        assert metadata["format"] == "memo" and metadata["lambda"] == "51/100"
        points, labels = tensors["training_points"].astype(np.int64), tensors["labels"]
        least = int(metadata["minimum_squared_distance"])
        pairs = ((points[:, None] - points[None]) ** 2).sum(2)
        values = np.zeros((len(queries), len(json.loads(metadata["classes"]))), np.int64)
        for q, x in enumerate(queries):
            d = ((points - x) ** 2).sum(1)
            walls = 50 * (d[None, :] - d[:, None]) - pairs
            walls[labels[:, None] == labels[None, :]] = 0
            np.add.at(values[q], labels, np.maximum(least - np.maximum(-walls, 0).sum(1), 0))
        report(values)

        metadata, tensors = read("dense.safetensors")
        assert metadata["scale"] == "1/100" and metadata["readout"] == "largest"
        activations = queries.astype(np.float64)
        depth = len(tensors) // 2
        for k in range(depth):
            activations = activations @ tensors[f"layers.{k}.weight"].T + tensors[f"layers.{k}.bias"]
            if k < depth - 1: activations = np.maximum(activations, 0)
        report(activations)
        """;

    [PythonFact("numpy")]
    public void Numpy_reads_the_files_and_finds_the_same_answers()
    {
        var random = new Random(12);
        string Rows(int count) => string.Concat(Enumerable.Range(0, count).Select(_ =>
        {
            int[] row = [.. Enumerable.Range(0, 4).Select(_ => random.Next(10))];
            return string.Join(',', row) + "," + (row[0] + 2 * row[1] + row[2]) % 3 + "\n";
        }));
        _folder.Write("train.csv", Rows(60));
        _folder.Write("queries.csv", Rows(200));
        _folder.Write("read.py", Reader);
        _folder.Memo("build", "-d", "train.csv", "-o", "net.memo").Exits(0);
        _folder.Memo("export", "net.memo", "-o", "net.safetensors").Exits(0);
        _folder.Memo("export", "net.memo", "--dense", "-o", "dense.safetensors").Exits(0);
        JsonElement expected = _folder.Memo("predict", "net.memo", "-d", "queries.csv", "--values", "--json").Exits(0).Json;
        Assert.Equal("1/100", expected.GetProperty("scale").GetString());
        string[] printed = MemoProgram.RunFile(PythonFactAttribute.Interpreter("numpy")!, new() { ["PYTHONDONTWRITEBYTECODE"] = "1" },
            "-c", $"import os; os.chdir({JsonSerializer.Serialize(_folder.Path)}); exec(open('read.py').read())").Exits(0)
            .Output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(2, printed.Length);
        string[] labels = [.. expected.GetProperty("labels").EnumerateArray().Select(label => label.GetRawText())];
        Assert.Contains("null", labels);
        foreach (string line in printed)
        {
            using JsonDocument read = JsonDocument.Parse(line);
            Assert.Equal(labels, read.RootElement[0].EnumerateArray().Select(label => label.GetRawText()));
            Assert.Equal(expected.GetProperty("values").EnumerateArray().SelectMany(row => row.EnumerateArray()).Select(value => value.GetString()!),
                read.RootElement[1].EnumerateArray().SelectMany(row => row.EnumerateArray()).Select(value => value.GetRawText()));
        }
    }
}
