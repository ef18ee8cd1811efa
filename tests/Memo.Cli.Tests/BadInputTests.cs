using System.IO.Compression;

namespace Memo.Tests;

/// <summary>Every bad input of the catalogue of bad inputs: one message, exit code 2, nothing left behind.</summary>
public sealed class BadInputTests
{
    private const string Fine = "0,0,1\n9,9,2\n0,9,1\n";

    [Theory]
    [InlineData("missing.csv", null, "missing.csv", "no such file")]
    [InlineData("nowhere", null, "nowhere", "digits")]
    [InlineData("empty.csv", "", "empty.csv")]
    [InlineData("nan.csv", "0,0,1\n9,nan,2\n", "nan.csv")]
    [InlineData("infinity.csv", "0,0,1\n9,inf,2\n", "infinity.csv")]
    [InlineData("ragged.csv", "0,0,1\n9,9,9,2\n", "ragged.csv")]
    [InlineData("words.csv", "0,0,1\n9,nine,2\n", "words.csv")]
    [InlineData("single.csv", "0,0,1\n9,9,1\n", "only one class")]
    [InlineData("conflict.csv", "0,0,1\n5,5,1\n0,0,2\n", "rows 0 (label 1) and 2 (label 2)")]
    [InlineData("fine.csv:1,8", Fine, "8", "1, 2")]
    [InlineData("fine.csv:1", Fine, "class")]
    [InlineData("magic.npz", "this is no archive", "magic.npz")]
    [InlineData("magic.npy", "this is no array", "magic.npy")]
    [InlineData("strange.txt", "0,0,1\n", "strange.txt")]
    public void Data_that_cannot_be_used_is_named(string data, string? content, params string[] words)
    {
        using var folder = new TemporaryFolder();
        if (content is not null) folder.Write(data.Split(':')[0], content);
        string[] before = folder.Names;
        folder.Memo("build", "--data", data, "-o", "net.memo").Refuses(2, words);
        folder.Memo("pairs", "--data", data, "--test-data", data, "--picture", "pairs.svg", "--json").Refuses(2, words);
        Assert.Equal(before, folder.Names);
    }

    // Said before the work that would be lost: here before the data are found to be empty.
    [Theory]
    [InlineData("build", "--data", "empty.csv", "-o", "nowhere/net.memo")]
    [InlineData("predict", "missing.memo", "--data", "digits", "-o", "nowhere/labels.npy")]
    [InlineData("pairs", "--data", "empty.csv", "--test-data", "digits", "--picture", "nowhere/pairs.svg")]
    [InlineData("curve", "--data", "empty.csv", "--csv", "nowhere/curve.csv")]
    [InlineData("curve", "--data", "empty.csv", "--plot", "nowhere/curve.svg")]
    [InlineData("bench", "labels", "--data", "empty.csv", "--answers", "nowhere/answers.npy")]
    [InlineData("bench", "labels", "--data", "empty.csv", "--plot", "nowhere/bench.svg")]
    public void An_output_that_cannot_be_written_is_named_first(params string[] arguments)
    {
        using var folder = new TemporaryFolder();
        folder.Write("empty.csv", "");
        folder.Memo(arguments).Refuses(2, "there is no folder", "nowhere");
        Assert.Equal(["empty.csv"], folder.Names);
    }

    [Fact]
    public void A_single_file_is_all_of_one_part_and_has_a_label_column_only_as_text()
    {
        using var folder = new TemporaryFolder();
        folder.Write("fine.csv", Fine);
        ProgramResult built = folder.Memo("build", "--data", "fine.csv", "--part", "test", "-o", "net.memo").Exits(0);
        Assert.Contains("--part test changes nothing", built.Error, StringComparison.Ordinal);
        Assert.Equal("all", folder.Memo("inspect", "net.memo", "--json").Exits(0).Json
            .GetProperty("metadata").GetProperty("provenance.part").GetString());
        folder.Memo("predict", "net.memo", "--data", "digits", "--label-column", "0").Refuses(2, "label column 0", "(--label-column)");
        folder.Memo("eval", "net.memo", "--data", "digits", "--label-column", "0").Refuses(2, "label column 0", "(--label-column)");
    }

    [Theory]
    [InlineData("truncated", "images")]
    [InlineData("magic", "images")]
    [InlineData("counts", "labels")]
    [InlineData("missing", "labels")]
    [InlineData("packing", "images")]
    public void A_damaged_folder_of_images_is_refused(string damage, string file)
    {
        using var folder = new TemporaryFolder();
        byte[] images = [0, 0, 8, 3, 0, 0, 0, 3, 0, 0, 0, 2, 0, 0, 0, 2, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12];
        byte[] labels = [0, 0, 8, 1, 0, 0, 0, 3, 0, 1, 0];
        Directory.CreateDirectory(folder["set"]);
        void Store(bool packed = false)
        {
            File.WriteAllBytes(folder["set/train-images-idx3-ubyte" + (packed ? ".gz" : "")], images);
            File.WriteAllBytes(folder["set/train-labels-idx1-ubyte"], labels);
            File.WriteAllBytes(folder["set/t10k-images-idx3-ubyte"], images);
            File.WriteAllBytes(folder["set/t10k-labels-idx1-ubyte"], labels);
        }
        Store();
        folder.Memo("build", "--data", "set").Exits(0);
        switch (damage)
        {
            case "truncated": images = images[..^1]; break;
            case "magic": images[3] = 4; break;
            case "counts": labels = [0, 0, 8, 1, 0, 0, 0, 2, 0, 1]; break;
        }
        if (damage == "packing") File.Delete(folder["set/train-images-idx3-ubyte"]);
        Store(packed: damage == "packing");
        if (damage == "packing") File.Delete(folder["set/train-images-idx3-ubyte"]);
        if (damage == "missing") File.Delete(folder["set/train-labels-idx1-ubyte"]);
        folder.Memo("build", "--data", "set", "-o", "net.memo").Refuses(2, file);
        Assert.Equal(["set"], folder.Names);
    }

    [Fact]
    public void A_truncated_archive_is_refused()
    {
        using var folder = new TemporaryFolder();
        folder.Memo("generate", "moons?count=40", "-o", "data.npz").Exits(0);
        byte[] whole = File.ReadAllBytes(folder["data.npz"]);
        foreach (int length in new[] { 0, 1, whole.Length / 3, whole.Length - 1 })
        {
            File.WriteAllBytes(folder["data.npz"], whole[..length]);
            folder.Memo("build", "--data", "data.npz", "-o", "net.memo").Refuses(2, "data.npz");
        }
        Assert.Equal(["data.npz"], folder.Names);
    }

    [Fact]
    public void A_damaged_network_is_refused_by_every_command()
    {
        using var folder = new TemporaryFolder();
        folder.Memo("build", "--data", "moons?count=20", "-o", "net.memo").Exits(0);
        byte[] whole = File.ReadAllBytes(folder["net.memo"]);
        whole[^1] ^= 1;
        File.WriteAllBytes(folder["damaged.memo"], whole);
        File.WriteAllBytes(folder["short.memo"], whole[..^9]);
        File.WriteAllText(folder["text.memo"], "this is no network");
        foreach (string file in new[] { "damaged.memo", "short.memo", "text.memo", "missing.memo", "." })
        {
            folder.Memo("inspect", file).Refuses(2, file);
            foreach (string command in new[] { "verify", "predict", "eval" })
                folder.Memo(command, file, "--data", "moons?count=20").Refuses(2, file);
        }
    }

    [Fact]
    public void Too_few_samples_of_a_class_are_refused() =>
        MemoProgram.Run("build", "--data", "digits", "--per-class", "5000").Refuses(2, "class 0", "5000", "(--per-class)");

    [Fact]
    public void More_samples_than_memory_are_refused_before_any_is_made()
    {
        using var folder = new TemporaryFolder();
        folder.Memo("generate", "ball-shell?n=100000&count=2000000000", "-o", "data.npz").Refuses(2, "ball-shell");
        folder.Memo("build", "--data", "ball-shell?n=100000&count=2000000000", "-o", "net.memo").Refuses(2, "ball-shell");
        Assert.Empty(folder.Names);
    }

    [Fact]
    public void Rows_that_do_not_fit_the_network_are_refused()
    {
        using var folder = new TemporaryFolder();
        folder.Memo("build", "--data", folder.Write("train.csv", Fine), "-o", "net.memo").Exits(0);
        folder.Write("wide.csv", "0,0,0,1\n");
        folder.Write("fraction.csv", "0,0.5,1\n");
        folder.Write("stranger.csv", "0,0,3\n");
        foreach (string command in new[] { "eval", "verify", "predict" })
        {
            folder.Memo(command, "net.memo", "--data", "wide.csv").Refuses(2, "wide.csv", "3", "2");
            folder.Memo(command, "net.memo", "--data", "fraction.csv", "--json", "--quiet").Refuses(2, "fraction.csv", "0.5");
        }
        folder.Memo("eval", "net.memo", "--data", "stranger.csv").Refuses(2, "stranger.csv", "row 0", "3");
        folder.Memo("verify", "net.memo", "--data", "stranger.csv").Refuses(2, "stranger.csv", "row 0", "3");
        folder.Memo("predict", "net.memo", "--data", "stranger.csv").Exits(0);
    }

    [Theory]
    [InlineData("no-folder/file")]
    [InlineData(".")]
    public void An_output_that_cannot_be_written_is_named(string place)
    {
        using var folder = new TemporaryFolder();
        folder.Memo("build", "--data", "moons?count=20", "-o", "net.memo").Exits(0);
        folder.Memo("build", "--data", "moons?count=20", "-o", place).Refuses(2, place);
        if (place == ".") return;
        folder.Memo("generate", "moons", "-o", place + ".npz").Refuses(2, place);
        folder.Memo("predict", "net.memo", "--data", "moons?count=20", "-o", place + ".npy").Refuses(2, place);
        folder.Memo("pairs", "--per-class", "2", "--picture", place + ".svg").Refuses(2, place);
        Assert.Equal(["net.memo"], folder.Names);
    }

    [Fact]
    public void Values_do_not_fit_a_file_of_labels()
    {
        using var folder = new TemporaryFolder();
        folder.Memo("build", "--data", "moons?count=20", "-o", "net.memo").Exits(0);
        folder.Memo("predict", "net.memo", "--data", "moons", "-o", "labels.npy", "--values").Refuses(2, ".npz");
        folder.Memo("predict", "net.memo", "--data", "moons", "-o", "labels.npy", "--radius").Refuses(2, ".npz");
    }

    [Fact]
    public void A_bomb_of_zeros_is_refused_by_its_size()
    {
        using var folder = new TemporaryFolder();
        using (var packed = new GZipStream(File.Create(folder["bomb.csv.gz"]), CompressionLevel.Fastest))
        {
            byte[] zeros = new byte[1 << 20];
            for (int i = 0; i < 64; i++) packed.Write(zeros);
        }
        folder.Memo("build", "--data", "bomb.csv.gz").Refuses(2, "bomb.csv.gz");
    }
}
