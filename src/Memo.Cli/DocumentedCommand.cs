using System.CommandLine;

namespace Memo.Cli;

/// <summary>
/// A command whose help ends with what else there is to know and with examples, and whose work runs in a
/// <see cref="Session"/>.
/// </summary>
internal sealed class DocumentedCommand(string name, string description, params string[] examples)
    : Command(name, description)
{
    public IReadOnlyList<string> Examples => examples;

    /// <summary>What the one line of the description leaves out, or null.</summary>
    public Func<string>? Details { get; init; }

    /// <summary>Sets what the command does; it returns the exit code.</summary>
    public void SetWork(Func<Session, int> work) => SetAction(parsed => Session.Run(parsed, work));
}
