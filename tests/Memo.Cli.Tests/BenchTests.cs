// `memo bench` on small inputs: what it says, never how fast it is.
using System.Text.Json;
using System.Xml.Linq;
using Memo.Benchmarks;

namespace Memo.Tests;

public sealed class BenchTests
{
    private static readonly string[] Quick = ["--repeat", "1", "--threads", "1", "--data", "digits", "--per-class", "20"];

    [Fact]
    public void Every_kernel_gives_complete_rows_and_the_peaks_are_measured()
    {
        string[] kernels = [.. BenchmarkSuite.Names.Where(name => name is not ("brute" or "growth"))];
        JsonElement json = MemoProgram.Run(["bench", .. kernels, "--shape", "5,7,3", "--json", .. Quick]).Exits(0).Json;
        JsonElement peaks = json.GetProperty("peaks");
        foreach (string peak in new[] { "fp32_gflops", "fp64_gflops", "integer_gops" })
            Assert.True(peaks.GetProperty(peak).GetDouble() > 0);
        Assert.NotEqual("", peaks.GetProperty("integer_instruction").GetString());
        string[] levels = [.. peaks.GetProperty("memory").EnumerateArray().Select(level => level.GetProperty("level").GetString()!)];
        Assert.Equal(["L1", "L2"], levels[..2]);
        Assert.Equal("DRAM", levels[^1]);

        JsonElement[] rows = [.. json.GetProperty("kernels").EnumerateArray()];
        Assert.Equal(kernels, rows.Select(row => row.GetProperty("name").GetString()!));
        foreach (JsonElement row in rows)
        {
            Assert.NotEqual("", row.GetProperty("shape").GetString());
            Assert.Equal(json.GetProperty("isa").GetString(), row.GetProperty("isa").GetString());
            Assert.Equal(1, row.GetProperty("threads").GetInt32());
            Assert.True(row.GetProperty("seconds").GetDouble() > 0);
            Assert.True(row.GetProperty("rate").GetDouble() > 0);
            Assert.Contains(row.GetProperty("unit").GetString(), (string[])["GFLOP/s", "GOP/s", "queries/s", "points/s"]);
            Assert.True(row.GetProperty("operations").GetDouble() > 0);
            Assert.True(row.GetProperty("bytes").GetDouble() > 0);
            // Only where every operation is done does a share of the peak mean anything.
            Assert.Equal(row.GetProperty("pruned").GetBoolean() ? JsonValueKind.Null : JsonValueKind.Number,
                row.GetProperty("share_of_peak").ValueKind);
        }
    }

    // Computed here from the inputs' definition, in integers.
    [Theory]
    [InlineData(1, 1, 1)]
    [InlineData(5, 7, 3)]
    [InlineData(33, 65, 129)]
    public void The_checksum_of_bytes_is_that_of_the_product(int m, int n, int k)
    {
        JsonElement row = Row("bench", "bytes", "--shape", $"{m},{n},{k}", "--no-peaks", "--repeat", "1", "--json");
        long sum = 0;
        for (int i = 0; i < m; i++)
            for (int j = 0; j < n; j++)
                for (int t = 0; t < k; t++)
                    sum += (long)Value(i * k + t) * Value(m * k + j * k + t);
        Assert.Equal(sum, row.GetProperty("checksum").GetDouble());
        Assert.Equal(2L * m * n * k, row.GetProperty("operations").GetDouble());
        Assert.Equal(JsonValueKind.Null, row.GetProperty("share_of_peak").ValueKind);

        static uint Value(int position) => ReproducibleValues.Bits((uint)position) >> 24;
    }

    [Fact]
    public void Answers_are_those_of_predict_and_their_checksum_too()
    {
        using var folder = new TemporaryFolder();
        folder.Memo("build", "--data", "digits", "-o", "digits.memo").Exits(0);
        folder.Memo("predict", "digits.memo", "--data", "digits", "-o", "predicted.npy").Exits(0);
        string[] common = ["--data", "digits", "--no-peaks", "--repeat", "1", "--json"];
        JsonElement labels = folder.Memo(["bench", "labels", "--answers", "bench.npy", .. common]).Exits(0).Json.GetProperty("kernels")[0];
        Assert.Equal(File.ReadAllBytes(folder["predicted.npy"]), File.ReadAllBytes(folder["bench.npy"]));
        JsonElement values = folder.Memo(["bench", "values", .. common]).Exits(0).Json.GetProperty("kernels")[0];
        Assert.Equal(labels.GetProperty("checksum").GetDouble(), values.GetProperty("checksum").GetDouble());
        Assert.Equal(797, labels.GetProperty("queries").GetInt32());
    }

    [Fact]
    public void Training_samples_and_queries_may_be_files()
    {
        using var folder = new TemporaryFolder();
        folder.Memo("generate", "blobs?n=6&count=60", "-o", "train.npz").Exits(0);
        string queries = folder.Write("test.csv", "1,2,3,4,5,6,0\n6,5,4,3,2,1,0\n");
        JsonElement row = folder.Memo("bench", "labels", "-d", "train.npz", "--queries", queries, "--no-peaks", "--json").Exits(0)
            .Json.GetProperty("kernels")[0];
        Assert.Equal(2, row.GetProperty("queries").GetInt32());
        folder.Memo("bench", "labels", "-d", "train.npz", "--no-peaks").Refuses(2, "train.npz", "(--queries)");
    }

    [Fact]
    public void All_builds_are_measured_and_compute_the_same()
    {
        JsonElement json = MemoProgram.Run("bench", "bytes", "labels", "--shape", "9,8,7", "--all-isas", "--no-peaks", "--json",
            "--data", "digits", "--repeat", "1").Exits(0).Json;
        JsonElement[] rows = [.. json.GetProperty("kernels").EnumerateArray()];
        JsonElement info = MemoProgram.Run("info", "--json").Exits(0).Json;
        Assert.Contains("scalar", rows.Select(row => row.GetProperty("isa").GetString()));
        Assert.Contains(info.GetProperty("isa").GetString(), rows.Select(row => row.GetProperty("isa").GetString()));
        foreach (IGrouping<string?, JsonElement> kernel in rows.GroupBy(row => row.GetProperty("name").GetString()))
            Assert.Single(kernel.Select(row => row.GetProperty("checksum").GetDouble()).Distinct());
        Assert.Equal(rows.Select(row => row.GetProperty("isa").GetString()).Distinct(),
            json.GetProperty("peaks_by_isa").EnumerateObject().Select(each => each.Name));
        MemoProgram.Run("bench", "bytes", "--all-isas", "--isa", "scalar").Refuses(2, "--all-isas", "scalar");
    }

    [Fact]
    public void The_roofline_is_well_formed_and_has_a_dot_for_each_kernel()
    {
        using var folder = new TemporaryFolder();
        folder.Memo(["bench", "bytes", "labels", "separation", "--shape", "64,64,64", "--plot", "roof.svg", .. Quick]).Exits(0);
        Assert.Equal(["roof.svg"], folder.Names);
        XElement[] marks = [.. XDocument.Load(folder["roof.svg"]).Descendants().Where(element => element.Elements().Any(child => child.Name.LocalName == "title"))
            .Where(element => element.Name.LocalName == "circle" && ((string?)element.Element(element.Name.Namespace + "title")) is { Length: > 0 })];
        Assert.Equal(3, marks.Length);
        folder.Memo("bench", "labels", "--data", "digits", "--no-peaks", "--plot", "none.svg").Refuses(2, "peaks");
    }

    [Fact]
    public void The_table_names_each_kernel_and_its_unit()
    {
        ProgramResult result = MemoProgram.Run(["bench", "bytes", "labels", "--shape", "5,7,3", .. Quick]).Exits(0);
        Assert.Equal("", result.Error);
        Assert.DoesNotContain('\x1b', result.Output);
        foreach (string part in new[] { "Measured peaks", "5 x 7 x 3", "GOP/s", "queries/s", "by brute force" })
            Assert.Contains(part, result.Output, StringComparison.Ordinal);
    }

    [Fact]
    public void What_cannot_be_measured_is_refused_before_anything_is()
    {
        MemoProgram.Run("bench", "gem").Refuses(2, "'gem'", "valid: gemm, bytes");
        MemoProgram.Run("bench", "gemm", "--shape", "1,2").Refuses(2, "--shape", "'1,2'");
        MemoProgram.Run("bench", "gemm", "--shape", "0,2,3").Refuses(2, "--shape", "'0,2,3'");
        MemoProgram.Run("bench", "labels", "--shape", "1,2,3").Refuses(2, "(--shape)");
        MemoProgram.Run("bench", "gemm", "--shape", "100000,100000,2", "--no-peaks").Refuses(2, "100000 x 100000 x 2");
        MemoProgram.Run("bench", "bytes", "--shape", "1,1,40000", "--no-peaks").Refuses(2, "40000", "33025");
        MemoProgram.Run("bench", "--repeat", "0").Refuses(2, "--repeat");
        MemoProgram.Run("bench", "--plot", "picture.png").Refuses(2, ".svg");
        MemoProgram.Run("bench", "gemm", "--shape", "1,1,1", "--no-peaks", "--answers", "a.npy").Refuses(2, "--answers");
    }

    private static JsonElement Row(params string[] arguments) => MemoProgram.Run(arguments).Exits(0).Json.GetProperty("kernels")[0];
}
