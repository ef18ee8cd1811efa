using System.Text.Json;

namespace Memo.Tests;

public sealed class DataCommandTests
{
    [Fact]
    public void Every_named_set_is_listed_with_its_place()
    {
        JsonElement json = MemoProgram.Run("data", "list", "--json").Exits(0).Json;
        JsonElement[] sets = [.. json.GetProperty("data_sets").EnumerateArray()];
        Assert.Equal(["digits", "mnist", "fashion-mnist", "cifar-10"], sets.Select(set => set.GetProperty("name").GetString()!));
        Assert.True(sets[0].GetProperty("embedded").GetBoolean());
        Assert.Equal(8, json.GetProperty("generators").GetArrayLength());
        string text = MemoProgram.Run("data", "list").Exits(0).Output;
        Assert.All(sets, set => Assert.Contains(set.GetProperty("name").GetString()!, text, StringComparison.Ordinal));
    }

    [Fact]
    public void A_set_that_is_not_here_says_how_to_get_it()
    {
        using var folder = new TemporaryFolder();
        Dictionary<string, string?> nothing = new() { ["MEMO_DATA"] = folder.Path, ["XDG_CACHE_HOME"] = folder.Path };
        JsonElement json = MemoProgram.RunIn(null, nothing, "data", "info", "mnist", "--json").Exits(0).Json;
        Assert.Equal(JsonValueKind.Null, json.GetProperty("path").ValueKind);
        Assert.Contains(folder["mnist"], json.GetProperty("searched").EnumerateArray().Select(each => each.GetString()));
        Assert.Equal(4, json.GetProperty("files").GetArrayLength());
        MemoProgram.RunIn(null, nothing, "pairs", "--data", "mnist").Refuses(2, folder["mnist"], "memo data fetch mnist");
    }

    [Fact]
    public void A_fetch_that_fails_leaves_nothing()
    {
        using var folder = new TemporaryFolder();
        // Nothing listens on port 1 of this machine.
        folder.Memo("data", "fetch", "mnist", "--folder", "mnist", "--source", "http://127.0.0.1:1/").Refuses(2, "127.0.0.1:1");
        folder.Memo("data", "fetch", "mnist", "--folder", "mnist", "--source", "http://example.org/").Refuses(2, "https");
        Assert.Empty(folder.Names);
    }

    // Only the front can download, so it must answer `data` itself wherever the word stands.
    [Theory]
    [InlineData("--json")]
    [InlineData("-q")]
    [InlineData("--threads", "2")]
    [InlineData("--json", "true", "--seed=3")]
    [InlineData("--isa", "auto")]
    public void Global_options_may_come_first(params string[] options)
    {
        using var folder = new TemporaryFolder();
        folder.Memo([.. options, "data", "fetch", "mnist", "--folder", "mnist", "--source", "http://127.0.0.1:1/"])
            .Refuses(2, "127.0.0.1:1");
        Assert.Empty(folder.Names);
    }

    [Theory]
    [InlineData("scalar")]
    [InlineData("auto")]
    public void Info_says_what_runs_where(string isa)
    {
        JsonElement json = MemoProgram.Run("info", "--json", "--threads", "3", "--isa", isa).Exits(0).Json;
        Assert.Matches(@"^\d+\.\d+\.\d+$", json.GetProperty("version").GetString());
        Assert.Equal(3, json.GetProperty("threads").GetInt32());
        Assert.Equal("cpu", json.GetProperty("devices")[0].GetString());
        Assert.Equal(json.GetProperty("devices").GetArrayLength() - 1, json.GetProperty("device_details").GetArrayLength());
        foreach (string name in new[] { "device_problems", "build", "runtime", "platform", "processor", "cpu_features", "isa", "data_folders" })
            Assert.True(json.TryGetProperty(name, out _), name);
        if (isa == "scalar") Assert.Equal("scalar", json.GetProperty("isa").GetString());
        Assert.Contains("isa ", MemoProgram.Run("info").Exits(0).Output, StringComparison.Ordinal);
    }
}
