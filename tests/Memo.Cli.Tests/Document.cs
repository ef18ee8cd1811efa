using System.Text.RegularExpressions;

namespace Memo.Tests;

/// <summary>A document of the repository, whose commands are run and whose links are followed.</summary>
public sealed partial class Document(string path)
{
    public static string Root { get; } = FindRoot();

    public string Text { get; } = File.ReadAllText(Path.Combine(Root, path));

    /// <summary>The lines of each fenced block of a language.</summary>
    public List<string[]> Blocks(string language) =>
        [.. Regex.Matches(Text, $"^```{language}\n(.*?)^```", RegexOptions.Multiline | RegexOptions.Singleline)
            .Select(match => match.Groups[1].Value.TrimEnd('\n').Split('\n'))];

    /// <summary>The commands of all sh blocks, in order; what only makes sense in the reader's own shell is left out.</summary>
    public List<string> Commands =>
    [
        .. Blocks("sh").SelectMany(lines => lines).Where(line => line.Length > 0 && line.TrimStart()[0] != '#' &&
            !line.StartsWith("export PATH", StringComparison.Ordinal)),
    ];

    /// <summary>Paths that links lead to, from the root.</summary>
    public List<string> Links =>
    [
        .. LinkPattern().Matches(Text).Select(match => match.Groups[1].Value).Where(link => !link.Contains(':', StringComparison.Ordinal))
            .Select(link => Path.GetRelativePath(Root, Path.Combine(Root, Path.GetDirectoryName(path)!, link))),
    ];

    /// <summary>Runs a command as its reader would, with the program on the path; make runs in the repository.</summary>
    public static ProgramResult Shell(string command, TemporaryFolder folder) =>
        MemoProgram.Shell(command.StartsWith("make ", StringComparison.Ordinal) ? Root : folder.Path, new()
        {
            ["PATH"] = $"{Path.GetDirectoryName(MemoProgram.Path)}:{Environment.GetEnvironmentVariable("PATH")}",
            ["PREFIX"] = null,
            ["MAKEFLAGS"] = null,
        }, command.Replace("$HOME", folder.Path, StringComparison.Ordinal));

    private static string FindRoot()
    {
        for (DirectoryInfo? folder = new(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
            if (File.Exists(Path.Combine(folder.FullName, "README.md")) && File.Exists(Path.Combine(folder.FullName, "Makefile")))
                return folder.FullName;
        throw new InvalidOperationException("README.md is not above the tests");
    }

    [GeneratedRegex(@"\]\(([^)#]+)\)")]
    private static partial Regex LinkPattern();
}
