using System.Globalization;
using System.Numerics;
using System.Text.Json;
using Memo.Constructions;

namespace Memo.Tests;

public sealed class PairsTests
{
    [Fact]
    public void All_pairs_of_digits_are_memorized_and_the_counts_add_up()
    {
        JsonElement json = MemoProgram.Run("pairs", "--per-class", "40", "--json").Exits(0).Json;
        Assert.Equal("digits", json.GetProperty("data").GetString());
        Assert.Equal(["cells"], json.GetProperty("methods").EnumerateArray().Select(method => method.GetString()!));
        Assert.Equal(40, json.GetProperty("per_class").GetInt32());
        JsonElement[] pairs = [.. json.GetProperty("pairs").EnumerateArray()];
        Assert.Equal(45, pairs.Length);
        Assert.Equal(45, pairs.Select(pair => (pair.GetProperty("a").GetInt32(), pair.GetProperty("b").GetInt32())).Distinct().Count());
        foreach (JsonElement pair in pairs)
        {
            Assert.Equal("cells", pair.GetProperty("method").GetString());
            Assert.True(pair.GetProperty("a").GetInt32() < pair.GetProperty("b").GetInt32());
            Assert.Equal(80, pair.GetProperty("train").GetInt32());
            int test = pair.GetProperty("test").GetInt32(), right = pair.GetProperty("right").GetInt32();
            Assert.Equal(test, right + pair.GetProperty("wrong").GetInt32() + pair.GetProperty("abstained").GetInt32());
            Assert.Equal((double)right / test, pair.GetProperty("accuracy").GetDouble());
            Assert.InRange(pair.GetProperty("nearest_neighbour").GetDouble(), pair.GetProperty("accuracy").GetDouble(), 1);
            Assert.True(pair.GetProperty("memorized").GetBoolean());
            Assert.Equal(DenseParameters(40, 40, 64), BigInteger.Parse(pair.GetProperty("parameters").GetRawText(), CultureInfo.InvariantCulture));
            Assert.Equal(2 * 40 * 40, pair.GetProperty("width").GetInt32());
            Assert.Equal(3, pair.GetProperty("depth").GetInt32());
            Assert.True(pair.GetProperty("build_seconds").GetDouble() >= 0);
            Assert.True(pair.GetProperty("verify_seconds").GetDouble() >= 0);
            Assert.True(pair.GetProperty("eval_seconds").GetDouble() >= 0);
        }
        Assert.Equal(pairs.Average(pair => pair.GetProperty("accuracy").GetDouble()),
            json.GetProperty("mean_accuracy").GetProperty("cells").GetDouble(), 12);
    }

    // THEORY: M(n+1) + N(M+1) + (N+1) with M = 2 N- N+.
    private static BigInteger DenseParameters(BigInteger negative, BigInteger positive, BigInteger n)
    {
        BigInteger walls = 2 * negative * positive, samples = negative + positive;
        return walls * (n + 1) + samples * (walls + 1) + (samples + 1);
    }

    [Fact]
    public void The_first_named_class_is_minus_one_and_its_order_changes_no_count()
    {
        JsonElement[] pairs = [.. MemoProgram.Run("pairs", "--pairs", "8-1,1-8", "--per-class", "30", "--json").Exits(0).Json
            .GetProperty("pairs").EnumerateArray()];
        Assert.Equal([8, 1], pairs.Select(pair => pair.GetProperty("a").GetInt32()));
        Assert.Equal([1, 8], pairs.Select(pair => pair.GetProperty("b").GetInt32()));
        foreach (string count in new[] { "train", "test", "right", "wrong", "abstained" })
            Assert.Equal(pairs[0].GetProperty(count).GetInt32(), pairs[1].GetProperty(count).GetInt32());
    }

    [Fact]
    public void Per_class_chooses_training_samples_only()
    {
        JsonElement few = MemoProgram.Run("pairs", "--pairs", "0-1", "--per-class", "5", "--json").Exits(0).Json;
        JsonElement all = MemoProgram.Run("pairs", "--pairs", "0-1", "--json").Exits(0).Json;
        Assert.Equal(10, few.GetProperty("pairs")[0].GetProperty("train").GetInt32());
        Assert.True(all.GetProperty("pairs")[0].GetProperty("train").GetInt32() > 10);
        Assert.Equal(JsonValueKind.Null, all.GetProperty("per_class").ValueKind);
        Assert.Equal(all.GetProperty("pairs")[0].GetProperty("test").GetInt32(), few.GetProperty("pairs")[0].GetProperty("test").GetInt32());
    }

    [Theory]
    [InlineData("--threads", "1")]
    [InlineData("--threads", "7")]
    [InlineData("--isa", "scalar")]
    public void Neither_threads_nor_instruction_set_change_a_result(string option, string value)
    {
        string[] common = ["pairs", "--per-class", "20", "--shuffle", "--seed", "5", "--json"];
        Assert.Equal(WithoutTimes(MemoProgram.Run(common)), WithoutTimes(MemoProgram.Run([.. common, option, value])));
    }

    [Fact]
    public void The_seed_decides_the_shuffle()
    {
        string first = WithoutTimes(MemoProgram.Run("pairs", "--per-class", "20", "--shuffle", "--seed", "5", "--json"));
        string other = WithoutTimes(MemoProgram.Run("pairs", "--per-class", "20", "--shuffle", "--seed", "6", "--json"));
        Assert.NotEqual(first.Replace("\"seed\":5", "", StringComparison.Ordinal), other.Replace("\"seed\":6", "", StringComparison.Ordinal));
    }

    private static string WithoutTimes(ProgramResult result) =>
        System.Text.RegularExpressions.Regex.Replace(result.Exits(0).Output, "\"[a-z_]*seconds\":[^,}]*", "");

    [Fact]
    public void Classes_may_be_words()
    {
        using var folder = new TemporaryFolder();
        string train = folder.Write("train.csv", "0,0,ape\n0,1,ape\n9,9,t-rex\n9,8,t-rex\n5,0,ox\n5,1,ox\n");
        string test = folder.Write("test.csv", "1,1,ape\n8,8,t-rex\n5,2,ox\n");
        JsonElement json = folder.Memo("pairs", "--data", train, "--test-data", test, "--pairs", "t-rex-ape,ox-t-rex", "--json").Exits(0).Json;
        JsonElement[] pairs = [.. json.GetProperty("pairs").EnumerateArray()];
        Assert.Equal(["t-rex", "ox"], pairs.Select(pair => pair.GetProperty("a").GetString()!));
        Assert.All(pairs, pair => Assert.Equal(2, pair.GetProperty("test").GetInt32()));
        folder.Memo("pairs", "--data", train).Refuses(2, "--test-data");
    }

    [Fact]
    public void The_text_shows_the_table_and_the_verdict()
    {
        ProgramResult result = MemoProgram.Run("pairs", "--per-class", "20").Exits(0);
        Assert.Equal("", result.Error);
        Assert.DoesNotContain('\x1b', result.Output);
        Assert.All(result.Output.Split('\n'), line => Assert.InRange(line.Length, 0, 80));
        foreach (string part in new[] { "45 pairs of digits", "20 training samples of each class", "nearest neighbour", "abstained", "all 45 networks" })
            Assert.Contains(part, result.Output, StringComparison.Ordinal);
    }

    [Fact]
    public void Several_methods_are_compared_pair_by_pair()
    {
        string[] methods = [.. Construction.Methods];
        string[] arguments = ["pairs", "--per-class", "8", "--pairs", "1-7,3-2", "--method", string.Join(',', methods)];
        JsonElement json = MemoProgram.Run([.. arguments, "--json"]).Exits(0).Json;
        Assert.Equal(methods, json.GetProperty("methods").EnumerateArray().Select(method => method.GetString()!));
        JsonElement[] results = [.. json.GetProperty("pairs").EnumerateArray()];
        Assert.Equal(from pair in new[] { 1, 3 } from method in methods select (pair, method),
            results.Select(result => (result.GetProperty("a").GetInt32(), result.GetProperty("method").GetString()!)));
        Assert.All(results, result => Assert.True(result.GetProperty("memorized").GetBoolean()));
        foreach (IGrouping<int, JsonElement> pair in results.GroupBy(result => result.GetProperty("a").GetInt32()))
            Assert.Single(pair.Select(result => result.GetProperty("nearest_neighbour").GetDouble()).Distinct());
        foreach (string method in methods)
            foreach ((string mean, Func<JsonElement, double> share) in new (string, Func<JsonElement, double>)[]
                     {
                         ("mean_accuracy", result => result.GetProperty("accuracy").GetDouble()),
                         ("mean_abstained", result => result.GetProperty("abstained").GetDouble() / result.GetProperty("test").GetDouble()),
                     })
                Assert.Equal(results.Where(result => result.GetProperty("method").GetString() == method).Average(share),
                    json.GetProperty(mean).GetProperty(method).GetDouble(), 12);

        if (methods.Length == 1) return;
        ProgramResult text = MemoProgram.Run(arguments).Exits(0);
        Assert.All(text.Output.Split('\n'), line => Assert.InRange(line.Length, 0, 80));
        foreach (string method in methods)
            Assert.Matches($"-- {method} --.*", text.Output);
        foreach (JsonElement result in results)
            Assert.Contains((100 * result.GetProperty("accuracy").GetDouble()).ToString("F2", CultureInfo.InvariantCulture),
                text.Output, StringComparison.Ordinal);
        Assert.Equal(methods.Length, text.Output.Split("right").Length - 2); // one in the heading
        using var folder = new TemporaryFolder();
        folder.Memo([.. arguments, "--picture", "p.svg"]).Refuses(2, "--picture", "one method");
        Assert.Empty(folder.Names);
    }

    [Fact]
    public void The_picture_is_well_formed_and_complete()
    {
        using var folder = new TemporaryFolder();
        folder.Memo("pairs", "--per-class", "10", "--picture", "pairs.svg").Exits(0);
        Assert.Equal(["pairs.svg"], folder.Names);
        var picture = System.Xml.Linq.XDocument.Load(folder["pairs.svg"]);
        Assert.Equal("svg", picture.Root!.Name.LocalName);
        Assert.Equal(45, picture.Descendants().Count(element => (string?)element.Attribute("class") == "cell"));
    }
}
