using System.CommandLine;
using System.CommandLine.Parsing;

namespace Memo.Cli;

/// <summary>Bad usage in two lines: what is wrong, and where the help is.</summary>
internal static class UsageErrors
{
    public static void Write(ParseResult parsed, TextWriter error)
    {
        string path = CommandPath(parsed);
        string message = parsed.UnmatchedTokens.Count > 0
            ? Unmatched(parsed.UnmatchedTokens[0], parsed.CommandResult.Command)
            : parsed.Errors.FirstOrDefault(each => each.SymbolResult is not CommandResult) is { } argument
                ? argument.Message.TrimEnd('.')
                : parsed.CommandResult.Command is { Subcommands.Count: > 0 } group
                    ? $"say what to do: {path} {string.Join('|', group.Subcommands.Select(command => command.Name))}"
                    : parsed.Errors[0].Message.TrimEnd('.');
        error.WriteLine($"memo: {message}");
        error.WriteLine($"memo: `{path} --help` shows how it is used");
    }

    /// <summary>
    /// What to say where an option has taken the next option for its value (`-o --json`); null where none has. A file of
    /// such a name is written ./--json.
    /// </summary>
    public static string? SwallowedOption(ParseResult parsed)
    {
        for (SymbolResult? result = parsed.CommandResult; result is CommandResult command; result = result.Parent)
            foreach (OptionResult option in command.Children.OfType<OptionResult>())
                foreach (Token token in option.Tokens)
                    if (token.Value.Length > 1 && token.Value[0] == '-' && !char.IsAsciiDigit(token.Value[1]) && token.Value[1] != '.')
                        return $"option '{option.IdentifierToken?.Value}' needs a value, but '{token.Value}' follows it";
        return null;
    }

    private static string CommandPath(ParseResult parsed)
    {
        var names = new List<string>();
        for (Command? command = parsed.CommandResult.Command; command is not (null or RootCommand);
             command = command.Parents.OfType<Command>().FirstOrDefault())
            names.Insert(0, command.Name);
        return string.Join(' ', ["memo", .. names]);
    }

    private static string Unmatched(string token, Command command)
    {
        bool isOption = token.Length > 1 && token[0] == '-' && !char.IsAsciiDigit(token[1]);
        IEnumerable<string> known = isOption
            ? command.Options.Concat(GlobalOptions.All).SelectMany(option => option.Aliases.Append(option.Name)).Append("--help")
            : command.Subcommands.Select(subcommand => subcommand.Name);
        string what = isOption ? "unknown option" : command.Subcommands.Count > 0 ? "unknown command" : "unexpected argument";
        string? nearest = known.MinBy(name => EditDistance(token, name));
        bool plausible = nearest is not null && token.Length > 2 && EditDistance(token, nearest) <= Math.Max(2, token.Length / 3);
        return $"{what} '{token}'" + (plausible ? $"; did you mean '{nearest}'?" : "");
    }

    // Levenshtein, one row at a time, with an exchange of two neighbours counted as two edits.
    private static int EditDistance(string a, string b)
    {
        int[] row = [.. Enumerable.Range(0, b.Length + 1)];
        for (int i = 1; i <= a.Length; i++)
        {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j <= b.Length; j++)
            {
                int substituted = diagonal + (a[i - 1] == b[j - 1] ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.Min(substituted, Math.Min(row[j], row[j - 1]) + 1);
            }
        }
        return row[b.Length];
    }
}
