// What other programs may use of the engine stands in src/Memo.Engine/PublicApi.txt, so that no change of it goes unseen.
using PublicApiGenerator;

namespace Memo.Tests;

public sealed class PublicApiTests
{
    private const string Accept = "MEMO_ACCEPT_API";

    [Fact]
    public void The_public_API_is_the_one_listed()
    {
        string listing = Path.Combine(FindRoot(), "src", "Memo.Engine", "PublicApi.txt");
        string actual = typeof(MemoException).Assembly.GeneratePublicApi(new ApiGeneratorOptions
        {
            IncludeAssemblyAttributes = false,
            ExcludeAttributes = ["System.Runtime.CompilerServices.PreserveBaseOverridesAttribute"], // says what `new` says
        }).ReplaceLineEndings("\n").TrimEnd() + "\n";
        if (Environment.GetEnvironmentVariable(Accept) is { Length: > 0 }) File.WriteAllText(listing, actual);

        string[] now = actual.Split('\n'), listed = File.ReadAllText(listing).Split('\n');
        string[] differences = [.. Differences(listed, now)];
        Assert.True(differences.Length == 0,
            $"the public API is not the one that {listing} lists (- listed, + found):\n{string.Join('\n', differences)}\n" +
            "if that is meant, run `make api` and commit the listing with the change; mention it in CHANGELOG.md");
    }

    // A longest common subsequence, so that an inserted line does not make all lines after it differ.
    private static IEnumerable<string> Differences(string[] before, string[] after)
    {
        var common = new int[before.Length + 1, after.Length + 1];
        for (int i = before.Length - 1; i >= 0; i--)
            for (int j = after.Length - 1; j >= 0; j--)
                common[i, j] = before[i] == after[j] ? common[i + 1, j + 1] + 1 : Math.Max(common[i + 1, j], common[i, j + 1]);
        for (int i = 0, j = 0; i < before.Length || j < after.Length;)
            if (i < before.Length && j < after.Length && before[i] == after[j])
                (i, j) = (i + 1, j + 1);
            else if (j == after.Length || (i < before.Length && common[i + 1, j] >= common[i, j + 1]))
                yield return $"- {before[i++]}";
            else
                yield return $"+ {after[j++]}";
    }

    private static string FindRoot()
    {
        for (DirectoryInfo? folder = new(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
            if (File.Exists(Path.Combine(folder.FullName, "memo-engine.sln"))) return folder.FullName;
        throw new InvalidOperationException("memo-engine.sln is not above the tests");
    }
}
