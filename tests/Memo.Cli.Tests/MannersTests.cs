// What the program does where a user slips: it refuses, in a line or two, and harms nothing.
using System.Text.Json;

namespace Memo.Tests;

public sealed class MannersTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("build", "-d", "digits", "-o", "--json")]
    [InlineData("pairs", "--picture", "-q")]
    [InlineData("build", "-d", "digits", "-o", "--isa", "scalar")]
    public void An_option_does_not_swallow_the_next(params string[] arguments)
    {
        _folder.Memo(arguments).Refuses(2, "needs a value");
        Assert.Empty(_folder.Names);
    }

    [Fact]
    public void A_number_may_be_negative() =>
        MemoProgram.RunIn(_folder.Path, [], "build", "-d", _folder.Write("a.csv", "1,2,x\n3,4,y\n"), "--label-column", "-1").Exits(0);

    [Fact]
    public void No_command_replaces_what_it_reads()
    {
        _folder.Memo("generate", "moons?count=20", "-o", "moons.npz").Exits(0);
        _folder.Memo("build", "-d", "moons.npz", "-o", "moons.memo").Exits(0);
        byte[] data = File.ReadAllBytes(_folder["moons.npz"]);
        _folder.Memo("predict", "moons.memo", "-d", "moons.npz", "-o", "./moons.npz").Refuses(2, "moons.npz");
        _folder.Memo("build", "-d", "moons.npz", "-o", "moons.npz").Refuses(2, "moons.npz");
        _folder.Memo("build", "-d", "moons", "-o", "other.csv").Refuses(2, "other.memo");
        Assert.Equal(data, File.ReadAllBytes(_folder["moons.npz"]));
        Assert.Equal(["moons.memo", "moons.npz"], _folder.Names);
    }

    [Fact]
    public void A_picture_is_an_svg() => _folder.Memo("pairs", "--picture", "a.png").Refuses(2, ".svg");

    [Theory]
    [InlineData("pairs")]
    [InlineData("info")]
    [InlineData("info --json")]
    [InlineData("--help")]
    [InlineData("--version")]
    public void A_closed_standard_output_is_an_error_and_no_crash(string arguments)
    {
        ProgramResult result = MemoProgram.Shell(_folder.Path, [], $"\"$MEMO\" {arguments} >&-").Exits(2);
        Assert.Contains("memo: standard output: is closed", result.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", result.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("info")]
    [InlineData("info --json")]
    public void A_full_disk_behind_standard_output_is_named(string arguments) =>
        Assert.Contains("memo: standard output: ",
            MemoProgram.Shell(_folder.Path, [], $"\"$MEMO\" {arguments} >/dev/full").Exits(2).Error, StringComparison.Ordinal);

    [Fact]
    public void A_name_that_is_not_utf8_is_refused_and_not_changed()
    {
        MemoProgram.Shell(_folder.Path, [], "\"$MEMO\" build -d digits -o $'caf\\xe9.memo'").Refuses(2, "UTF-8");
        Assert.Empty(_folder.Names);
    }

    [Fact]
    public void Help_is_given_whatever_the_environment_says()
    {
        var environment = new Dictionary<string, string?> { ["MEMO_ISA"] = "bogus" };
        Assert.Contains("Usage:", MemoProgram.RunIn(null, environment, "--help").Exits(0).Output, StringComparison.Ordinal);
        Assert.Contains("Usage:", MemoProgram.RunIn(null, environment, "pairs", "-h").Exits(0).Output, StringComparison.Ordinal);
    }

    [Fact]
    public void Json_without_a_command_is_refused() => MemoProgram.Run("--json").Refuses(2, "command");

    // The test part of digits starts at row 1,000 of the file.
    [Fact]
    public void Predict_and_verify_number_rows_alike()
    {
        _folder.Memo("build", "-d", "digits", "-o", "d.memo").Exits(0);
        JsonElement all = _folder.Memo("predict", "d.memo", "-d", "digits", "--json").Exits(0).Json;
        JsonElement some = _folder.Memo("predict", "d.memo", "-d", "digits:1,7", "--json").Exits(0).Json;
        JsonElement proof = _folder.Memo("verify", "d.memo", "-d", "digits", "--part", "test", "--json").Exits(1).Json;
        int[] rows = [.. all.GetProperty("file_rows").EnumerateArray().Select(row => row.GetInt32())];
        Assert.Equal(Enumerable.Range(1000, 797), rows);
        Assert.All(some.GetProperty("file_rows").EnumerateArray(), row => Assert.InRange(row.GetInt32(), 1000, 1796));
        JsonElement given = all.GetProperty("labels")[Array.IndexOf(rows, proof.GetProperty("first_failure").GetInt32())];
        Assert.Equal(proof.GetProperty("got").GetRawText(), given.GetRawText());
        Assert.StartsWith("row\tlabel\n1000\t", _folder.Memo("predict", "d.memo", "-d", "digits").Exits(0).Output, StringComparison.Ordinal);
    }
}
