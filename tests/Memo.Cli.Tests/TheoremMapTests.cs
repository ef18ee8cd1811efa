using System.Text.RegularExpressions;

namespace Memo.Tests;

/// <summary>The map of the theorems leads to files and tests that exist, and its commands run.</summary>
public sealed partial class TheoremMapTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly Document _map = new("docs/THEOREMS.md");

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Files_and_tests_named_are_there()
    {
        string[] files = [.. Files().Matches(_map.Text).Select(match => match.Groups[1].Value).Distinct()];
        Assert.InRange(files.Length, 30, 200);
        Assert.All(files, file => Assert.True(Find(file) is not null, file));

        // `FileTests.cs`: `Test`, `Test`: each is a test of that file.
        MatchCollection named = Tests().Matches(_map.Text);
        Assert.InRange(named.Count, 20, 200);
        var found = new HashSet<string>();
        foreach (Match match in named)
        {
            string text = File.ReadAllText(Find(match.Groups[1].Value)!);
            foreach (Match test in Names().Matches(match.Groups[2].Value))
            {
                Assert.Contains($"public void {test.Groups[1].Value}(", text, StringComparison.Ordinal);
                found.Add(test.Groups[1].Value);
            }
        }
        // No test is named without its file.
        Assert.All(Names().Matches(_map.Text).Select(match => match.Groups[1].Value).Where(name => name.Contains('_', StringComparison.Ordinal)),
            name => Assert.Contains(name, found));
    }

    [Fact]
    public void Every_command_works_in_the_order_given()
    {
        foreach (string command in _map.Commands) Document.Shell(command, _folder).Exits(0);
    }

    [Fact]
    public void Every_link_to_a_file_leads_somewhere() =>
        Assert.All(_map.Links, link => Assert.True(File.Exists(Path.Combine(Document.Root, link)), link));

    private static string? Find(string file) => Array.Find(
        [Path.Combine(Document.Root, "src/Memo.Engine", file), Path.Combine(Document.Root, "tests/Memo.Engine.Tests", file), Path.Combine(Document.Root, file)],
        File.Exists);

    [GeneratedRegex("`([A-Za-z0-9_.-]+/[A-Za-z0-9_./-]+\\.[a-z]+)`")]
    private static partial Regex Files();

    // Lines are broken anywhere.
    [GeneratedRegex(@"`([A-Za-z0-9_./]+Tests\.cs)`:\s+((?:`[A-Za-z0-9_]+`(?:,\s+)?)+)")]
    private static partial Regex Tests();

    [GeneratedRegex("`([A-Za-z0-9_]+)`")]
    private static partial Regex Names();
}
