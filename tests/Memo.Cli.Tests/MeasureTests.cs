using System.Text.Json;

namespace Memo.Tests;

/// <summary>`memo measure` and `memo explain`: what they print agrees with itself and with the other commands.</summary>
public sealed class MeasureTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void The_measures_of_digits_agree_with_each_other_and_with_the_network()
    {
        JsonElement json = MemoProgram.Run("measure", "--json").Exits(0).Json;
        Assert.Equal(("digits", 1000, 64), (json.GetProperty("data").GetString(), json.GetProperty("rows").GetInt32(), json.GetProperty("dimension").GetInt32()));
        Assert.Equal((0, 0), (json.GetProperty("conflicts").GetInt32(), json.GetProperty("duplicates").GetInt32()));
        JsonElement nearby = json.GetProperty("nearby_set");
        int lower = nearby.GetProperty("lower").GetInt32(), upper = nearby.GetProperty("upper").GetInt32();
        Assert.InRange(lower, 1, upper);
        Assert.InRange(upper, lower, 1000);
        Assert.Equal(Math.Ceiling(upper * Math.Log(upper / 0.05) / 0.1), json.GetProperty("samples_required").GetDouble(), 1.0);
        Assert.Equal(upper * Math.Log(upper / 0.05) / 1000, json.GetProperty("epsilon_at_n").GetDouble(), 1e-9);
        Assert.Equal(1000, json.GetProperty("histogram").EnumerateArray().Sum(bin => bin.GetProperty("rows").GetInt32()));
        _folder.Memo("build", "--data", "digits", "-o", "d.memo").Exits(0);
        JsonElement network = _folder.Memo("inspect", "d.memo", "--json").Exits(0).Json;
        Assert.Equal(network.GetProperty("separation").GetDouble(), json.GetProperty("separation").GetDouble(), 1e-12);
        JsonElement cells = json.GetProperty("sizes").EnumerateArray().Single(size => size.GetProperty("method").GetString() == "cells");
        foreach (string count in new[] { "parameters", "width", "depth" })
            Assert.Equal(network.GetProperty(count).GetRawText(), cells.GetProperty(count).GetRawText());
        Assert.Equal(json.GetProperty("separation").GetDouble(), json.GetProperty("closest")[0].GetProperty("distance").GetDouble());
    }

    [Fact]
    public void Conflicts_and_duplicates_are_named_by_their_rows()
    {
        string csv = _folder.Write("rows.csv", "1,1,a\n5,5,b\n1,1,b\n5,5,b\n9,2,a\n1,1,a\n");
        JsonElement json = _folder.Memo("measure", "--data", csv, "--json").Exits(0).Json;
        Assert.Equal((3, 2), (json.GetProperty("conflicts").GetInt32(), json.GetProperty("duplicates").GetInt32()));
        Assert.Equal("[[0,2,5]]", json.GetProperty("conflict_rows").GetRawText());
        Assert.Equal("[[1,3]]", json.GetProperty("duplicate_rows").GetRawText());
        Assert.Equal(0, json.GetProperty("separation").GetDouble());
        Assert.Equal(JsonValueKind.Null, json.GetProperty("nearby_set").ValueKind);
        string text = _folder.Memo("measure", "--data", csv).Exits(0).Output;
        foreach (string part in new[] { "row 0 (a), row 2 (b), row 5 (a)", "row 1 (b), row 3 (b)", "nearby set    none" })
            Assert.Contains(part, text, StringComparison.Ordinal);
        JsonElement majority = _folder.Memo("measure", "--data", csv, "--on-conflict", "majority", "--json").Exits(0).Json;
        Assert.Equal((5, 1), (majority.GetProperty("rows").GetInt32(), majority.GetProperty("dropped").GetInt32()));
        Assert.Equal(JsonValueKind.Object, majority.GetProperty("nearby_set").ValueKind);
    }

    [Fact]
    public void Text_fits_a_page_without_colour()
    {
        _folder.Memo("build", "--data", "digits", "-o", "d.memo").Exits(0);
        string[] outputs =
        [
            MemoProgram.Run("measure").Exits(0).Output,
            MemoProgram.Run("curve", "--data", "digits", "--method", "cells,condense,vardi", "--seeds", "2", "--lambdas", "51/100,9/10").Exits(0).Output,
            _folder.Memo("explain", "d.memo", "--data", "digits", "--row", "1012").Exits(0).Output,
        ];
        foreach (string output in outputs)
        {
            Assert.DoesNotContain('\u001B', output);
            Assert.All(output.Split('\n'), line => Assert.InRange(line.Length, 0, 80));
        }
    }

    [Fact]
    public void The_same_numbers_for_any_threads_and_instruction_set()
    {
        string[] common = ["measure", "--data", "blobs?count=700&n=5&classes=4", "--json"];
        string Timeless(params string[] more) =>
            System.Text.RegularExpressions.Regex.Replace(MemoProgram.Run([.. common, .. more]).Exits(0).Output, "\"seconds\":[^,}]*", "");
        string expected = Timeless("--threads", "1");
        Assert.Equal(expected, Timeless("--threads", "3"));
        Assert.Equal(expected, Timeless("--isa", "scalar"));
    }

    [Fact]
    public void An_explanation_is_that_of_the_prediction()
    {
        _folder.Memo("build", "--data", "digits", "-o", "d.memo").Exits(0);
        JsonElement predictions = _folder.Memo("predict", "d.memo", "--data", "digits", "--radius", "--json").Exits(0).Json;
        foreach (int row in new[] { 1000, 1012, 1500, 1796 })
        {
            JsonElement why = _folder.Memo("explain", "d.memo", "--data", "digits", "--row", $"{row}", "--json").Exits(0).Json;
            Assert.Equal(predictions.GetProperty("labels")[row - 1000].GetRawText(), why.GetProperty("answer").GetRawText());
            Assert.Equal(predictions.GetProperty("radii")[row - 1000].GetDouble(), why.GetProperty("radius").GetDouble());
        }
        // A training sample is its own nearest point.
        JsonElement own = _folder.Memo("explain", "d.memo", "--data", "digits", "--part", "train", "--row", "17", "--json").Exits(0).Json;
        Assert.Equal((17, 0.0), (own.GetProperty("nearest").GetProperty("point").GetInt32(), own.GetProperty("nearest").GetProperty("distance").GetDouble()));
        _folder.Memo("explain", "d.memo", "--data", "digits", "--row", "3").Refuses(2, "no row 3", "1000 to 1796");
        _folder.Memo("build", "--data", "digits", "--method", "vardi", "-o", "v.memo").Exits(0);
        _folder.Memo("explain", "v.memo", "--data", "digits", "--row", "1000").Refuses(2, "vardi", "no cells");
    }

    [Theory]
    [InlineData("--epsilon", "measure", "--epsilon", "1")]
    [InlineData("--delta", "measure", "--delta", "x")]
    [InlineData(".html", "measure", "--report", "page.pdf")]
    [InlineData("nowhere", "measure", "--report", "nowhere/page.html")]
    [InlineData("28x28", "measure", "--image", "28")]
    [InlineData("784 features", "measure", "--image", "28x28", "--report", "page.html")]
    [InlineData("--lambdas", "curve", "--lambdas", "1/3")]
    [InlineData("twice", "curve", "--lambdas", "3/5,3/5")]
    [InlineData("no test part", "curve", "--data", "moons", "--lambdas", "3/5")]
    public void What_cannot_be_done_is_said(string word, params string[] arguments)
    {
        _folder.Memo(arguments).Refuses(2, word);
        Assert.Empty(_folder.Names);
    }

    // Distances, squares and scales at the ends of a double's range.
    [Theory]
    [InlineData("5.5,a\n5.5,b\n")]
    [InlineData("1.7e308,1.7e308,a\n-1.7e308,-1.7e308,b\n0,1,a\n")]
    [InlineData("1e300,a\n-1e300,b\n1e299,a\n")]
    [InlineData("1e-300,a\n-1e-300,b\n5e-324,a\n")]
    public void Extreme_values_are_measured_and_explained(string content)
    {
        string csv = _folder.Write("rows.csv", content);
        JsonElement measured = _folder.Memo("measure", "--data", csv, "--json", "--report", "m.html").Exits(0).Json;
        Assert.Equal(measured.GetProperty("rows").GetInt32(),
            measured.GetProperty("histogram").EnumerateArray().Sum(bin => bin.GetProperty("rows").GetInt32()));
        if (measured.GetProperty("conflicts").GetInt32() > 0) return;
        _folder.Memo("build", "--data", csv, "-o", "net.memo").Exits(0);
        JsonElement why = _folder.Memo("explain", "net.memo", "--data", csv, "--row", "0", "--json").Exits(0).Json;
        Assert.Equal((0, 0.0), (why.GetProperty("nearest").GetProperty("point").GetInt32(), why.GetProperty("nearest").GetProperty("distance").GetDouble()));
        _folder.Memo("eval", "net.memo", "--data", csv, "--report", "e.html").Exits(0);
        _folder.Memo("verify", "net.memo", "--data", csv, "--certificate", "c.jsonl").Exits(0);
    }

    [Fact]
    public void A_formula_is_generated_built_and_verified()
    {
        string file = _folder.Write("f.cnf", "p cnf 7 2\n1 -2 3 -4 5 -6 0\n-7 6 5 4 3 2 0\n");
        _folder.Memo("generate", $"sat?file={file}", "-o", "sat.npz").Exits(0);
        JsonElement built = _folder.Memo("build", "--data", "sat.npz", "--method", "sat", "-o", "sat.memo", "--json").Exits(0).Json;
        Assert.Equal((15, 3, 2), (built.GetProperty("parameters").GetInt32(), built.GetProperty("depth").GetInt32(), built.GetProperty("width").GetInt32()));
        _folder.Memo("verify", "sat.memo", "--data", "sat.npz", "--reference").Exits(0);
        _folder.Memo("verify", "sat.memo", "--data", $"sat?file={file}").Exits(0);
        _folder.Memo("build", "--data", "digits:1,7", "--method", "sat").Refuses(2, "sat", "formula");
        _folder.Memo("pairs", "--method", "sat").Refuses(2, "--method");
    }
}
