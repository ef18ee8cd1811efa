using System.Globalization;
using System.Numerics;
using System.Text.Json;
using System.Text.RegularExpressions;
using Memo.Constructions;

namespace Memo.Tests;

public sealed class CurveTests
{
    private static readonly string[] s_factored = ["cells", "constant", "condense"];
    private static readonly string s_methods = string.Join(',', Construction.Methods);
    private static readonly string[] s_common = ["curve", "--data", "digits:1,7", "--sizes", "40,20,90", "--seeds", "2",
        "--seed", "4", "--method", s_methods];

    [Fact]
    public void Every_point_says_what_its_network_is()
    {
        JsonElement json = MemoProgram.Run([.. s_common, "--json"]).Exits(0).Json;
        Assert.Equal("digits:1,7", json.GetProperty("data").GetString());
        Assert.Equal(Construction.Methods, json.GetProperty("methods").EnumerateArray().Select(method => method.GetString()!));
        Assert.Equal([4, 5], json.GetProperty("seeds").EnumerateArray().Select(seed => seed.GetInt32()));
        Assert.Equal([20, 40, 90], json.GetProperty("sizes").EnumerateArray().Select(size => size.GetInt32()));
        Assert.Equal("51/100", json.GetProperty("lambda").GetString());
        JsonElement[] points = [.. json.GetProperty("points").EnumerateArray()];
        Assert.Equal(from size in new[] { 20, 40, 90 } from seed in new[] { 4, 5 } from method in Construction.Methods
            select (size, seed, method),
            points.Select(point => (point.GetProperty("samples").GetInt32(), point.GetProperty("seed").GetInt32(),
                point.GetProperty("method").GetString()!)));
        foreach (JsonElement point in points)
        {
            bool factored = s_factored.Contains(point.GetProperty("method").GetString());
            Assert.True(point.GetProperty("memorized").GetBoolean());
            Assert.Equal(factored ? JsonValueKind.Null : JsonValueKind.Number, point.GetProperty("code_bits").ValueKind);
            Assert.Equal(factored ? JsonValueKind.Number : JsonValueKind.Null, point.GetProperty("kept").ValueKind);
            Assert.Equal(factored ? Integer(point, "nonzero") : Integer(point, "parameters") - 65,
                Integer(point, "growing_parameters"));
            int test = point.GetProperty("test").GetInt32(), right = point.GetProperty("right").GetInt32();
            Assert.Equal(test, right + point.GetProperty("wrong").GetInt32() + point.GetProperty("abstained").GetInt32());
            Assert.Equal((double)right / test, point.GetProperty("accuracy").GetDouble());
            foreach (string time in new[] { "build_seconds", "verify_seconds", "eval_microseconds" })
                Assert.True(point.GetProperty(time).GetDouble() >= 0);
        }
        foreach (string method in Construction.Methods)
        {
            JsonElement growth = json.GetProperty("exponents").GetProperty(method);
            Assert.Equal(JsonValueKind.Null, growth.GetProperty("fitted").ValueKind); // all sizes are small
            Assert.True(growth.TryGetProperty("theorem", out _));
        }
    }

    private static BigInteger Integer(JsonElement json, string name) =>
        BigInteger.Parse(json.GetProperty(name).GetRawText(), CultureInfo.InvariantCulture);

    [Theory]
    [InlineData("--threads", "1")]
    [InlineData("--threads", "7")]
    [InlineData("--isa", "scalar")]
    public void Neither_threads_nor_instruction_set_change_a_count(string option, string value) =>
        Assert.Equal(WithoutTimes(MemoProgram.Run([.. s_common, "--json"])),
            WithoutTimes(MemoProgram.Run([.. s_common, "--json", option, value])));

    private static string WithoutTimes(ProgramResult result) =>
        Regex.Replace(result.Exits(0).Output, "\"[a-z_]*seconds\":[^,}]*", "");

    [Fact]
    public void The_table_has_a_line_of_the_same_fields_for_each_point()
    {
        using var folder = new TemporaryFolder();
        JsonElement json = folder.Memo([.. s_common, "--json", "--csv", "c.csv"]).Exits(0).Json;
        Assert.Equal(["c.csv"], folder.Names);
        string[][] lines = [.. File.ReadAllText(folder["c.csv"]).TrimEnd('\n').Split('\n').Select(line => line.Split(','))];
        JsonElement[] points = [.. json.GetProperty("points").EnumerateArray()];
        Assert.Equal(points.Length + 1, lines.Length);
        Assert.Equal(points[0].EnumerateObject().Select(field => field.Name), lines[0]);
        for (int p = 0; p < points.Length; p++)
            Assert.Equal(points[p].EnumerateObject().Select(field => field.Value.ValueKind switch
            {
                JsonValueKind.Null => "",
                JsonValueKind.String => field.Value.GetString()!,
                _ => field.Value.GetRawText(),
            }), lines[p + 1]);
    }

    [Fact]
    public void The_picture_is_well_formed_and_complete()
    {
        using var folder = new TemporaryFolder();
        folder.Memo([.. s_common, "--plot", "c.svg"]).Exits(0);
        var picture = System.Xml.Linq.XDocument.Load(folder["c.svg"]);
        Assert.Equal("svg", picture.Root!.Name.LocalName);
        Assert.Equal(4 * 3 * 2 * Construction.Methods.Count, picture.Descendants()
            .Count(element => element.Name.LocalName == "circle"));
    }

    [Fact]
    public void The_text_shows_every_size_and_fits_a_page()
    {
        string output = MemoProgram.Run(s_common).Exits(0).Output;
        Assert.All(output.Split('\n'), line => Assert.InRange(line.Length, 0, 80));
        foreach (string method in Construction.Methods)
            foreach (int size in new[] { 20, 40, 90 })
                Assert.Matches($"(?m)^{method} +{size} ", output);
        foreach (string part in new[] { "seeds 4 to 5", "parameters", "depth", "bits", "µs: for a label", "theorem",
            "proved exactly", "at least 1,000" })
            Assert.Contains(part, output, StringComparison.Ordinal);
    }

    [Fact]
    public void A_method_may_end_before_the_others()
    {
        using var folder = new TemporaryFolder();
        JsonElement json = folder.Memo("curve", "-d", "digits:1,7", "-m", "cells,sqrt", "--sizes", "10,20", "--up-to",
            "sqrt=10", "--json", "--plot", "c.svg")
            .Exits(0).Json;
        Assert.Equal([("cells", 10), ("sqrt", 10), ("cells", 20)], json.GetProperty("points").EnumerateArray()
            .Select(point => (point.GetProperty("method").GetString()!, point.GetProperty("samples").GetInt32())));
        Assert.Contains("sqrt at N = 10", File.ReadAllText(folder["c.svg"]), StringComparison.Ordinal);
    }

    [Fact]
    public void Without_options_cells_grow_on_all_of_digits()
    {
        string output = MemoProgram.Run("curve").Exits(0).Output;
        Assert.Matches("(?m)^cells +1,000 ", output);
    }

    [Fact]
    public void Large_sizes_tell_how_fast_parameters_grow()
    {
        string[] arguments = ["curve", "--data", "blobs?count=2000", "--sizes", "500,1000,2000"];
        JsonElement growth = MemoProgram.Run([.. arguments, "--json"]).Exits(0).Json.GetProperty("exponents")
            .GetProperty("cells");
        Assert.InRange(growth.GetProperty("fitted").GetDouble(), 1.9, 2.1);
        Assert.Equal((2, "N^2", false), (growth.GetProperty("theorem").GetDouble(), growth.GetProperty("formula").GetString(),
            growth.GetProperty("divided_by_code_bits").GetBoolean()));
        Assert.Matches(@"(?m)^cells +N\^(1[.]9|2[.]0)\d +N\^2 ", MemoProgram.Run(arguments).Exits(0).Output);
    }

    [Fact]
    public void Data_without_a_test_part_is_tested_on_what_is_named_or_not_at_all()
    {
        using var folder = new TemporaryFolder();
        string train = folder.Write("train.csv", "0,0,ape\n0,1,ape\n9,9,ox\n9,8,ox\n5,0,ape\n5,9,ox\n");
        string test = folder.Write("test.csv", "1,1,ape\n8,8,ox\n5,2,ape\n");
        JsonElement tested = folder.Memo("curve", "--data", train, "--test-data", test, "--sizes", "6", "--json").Exits(0).Json;
        Assert.Equal(3, tested.GetProperty("points")[0].GetProperty("right").GetInt32());
        JsonElement alone = folder.Memo("curve", "--data", train, "--json").Exits(0).Json;
        Assert.Equal([6], alone.GetProperty("sizes").EnumerateArray().Select(size => size.GetInt32()));
        Assert.Equal(JsonValueKind.Null, alone.GetProperty("points")[0].GetProperty("right").ValueKind);
        Assert.DoesNotContain("right", folder.Memo("curve", "--data", train).Exits(0).Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--sizes", "10,ten", "'ten'")]
    [InlineData("--sizes", "1,10", "'1'")]
    [InlineData("--sizes", "10,20,10", "twice")]
    [InlineData("--sizes", "", "--sizes")]
    [InlineData("--sizes", "10,1000000", "1000000", "training samples")]
    [InlineData("--sizes", "2", "class")]
    [InlineData("--seeds", "0", "--seeds")]
    [InlineData("--method", "sqrt", "10 classes", ":A,B")]
    [InlineData("--method", "sqrt,sqrt", "twice")]
    [InlineData("--method", "cubic", "cubic")]
    [InlineData("--up-to", "cells", "'cells'", "METHOD=SIZE")]
    [InlineData("--up-to", "sqrt=100", "sqrt", "not among")]
    [InlineData("--up-to", "cells=200,cells=300", "twice")]
    [InlineData("--csv", "curve.txt", ".csv")]
    [InlineData("--plot", "curve.png", ".svg")]
    [InlineData("--csv", "nowhere/curve.csv", "nowhere")]
    [InlineData("--plot", "/proc/curve.svg", "/proc")]
    [InlineData("--block-depth", "3", "vardi")]
    public void What_cannot_be_done_is_refused_before_any_work(string option, string value, params string[] words)
    {
        using var folder = new TemporaryFolder();
        folder.Memo("curve", option, value).Refuses(2, words);
        Assert.Empty(folder.Names);
    }

    [Fact]
    public void Data_is_not_written_over()
    {
        using var folder = new TemporaryFolder();
        folder.Write("train.csv", "0,0\n1,1\n");
        folder.Memo("curve", "--data", "train.csv", "--csv", "train.csv").Refuses(2, "train.csv", "read");
        Assert.Equal("0,0\n1,1\n", File.ReadAllText(folder["train.csv"]));
    }

    [Fact]
    public void Conflicting_labels_are_dropped_on_request()
    {
        using var folder = new TemporaryFolder();
        folder.Write("train.csv", "0,a\n0,b\n1,a\n2,b\n3,b\n");
        folder.Memo("curve", "--data", "train.csv").Refuses(2, "rows 0 ", "1 (label b)");
        JsonElement json = folder.Memo("curve", "--data", "train.csv", "--on-conflict", "drop", "--json").Exits(0).Json;
        Assert.Equal((2, 3), (json.GetProperty("dropped").GetInt32(), json.GetProperty("points")[0]
            .GetProperty("samples").GetInt32()));
    }
}
