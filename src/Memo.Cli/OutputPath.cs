using System.CommandLine;
using System.Text;

namespace Memo.Cli;

/// <summary>Files that a command is asked to write: looked at before work that would be lost without them.</summary>
internal static class OutputPath
{
    /// <summary>Lets an option take no name but one that ends so.</summary>
    public static void RequireEnding(Option option, params string[] endings) => option.Validators.Add(result =>
    {
        if (result.GetValueOrDefault<string>() is { } path &&
            !endings.Any(ending => path.EndsWith(ending, StringComparison.OrdinalIgnoreCase)))
            result.AddError($"{option.Name}: '{path}' must end in {string.Join(" or ", endings)}");
    });

    /// <summary>Writes a text in UTF-8, all of it or nothing.</summary>
    public static void WriteText(string path, string content) =>
        AtomicFile.Write(path, stream => stream.Write(Encoding.UTF8.GetBytes(content)));

    /// <summary>
    /// Throws where the output cannot be written, or is one of the inputs, which it would replace; does nothing where there is
    /// no output.
    /// </summary>
    public static void RequireWritable(string? output, params ReadOnlySpan<string?> inputs)
    {
        if (output is null) return;
        foreach (string? input in inputs)
            if (input is not null && Target(input) == Target(output))
                throw new MemoException($"{output}: is read by this command, and would be replaced; write another file");
        AtomicFile.RequireWritable(output);

        // Links are followed when a file is written, so they are here.
        static string Target(string path) => File.Exists(path) && File.ResolveLinkTarget(path, returnFinalTarget: true)
            is { } target ? target.FullName : Path.GetFullPath(path);
    }

    /// <summary>Throws when a network would get the name of a data file.</summary>
    public static void RequireNetworkName(string output)
    {
        if (Path.GetExtension(output).ToLowerInvariant() is ".npy" or ".npz" or ".csv" or ".tsv" or ".svm" or ".libsvm" or ".gz")
            throw new MemoException($"{output}: is the name of a data file; give the network another, such as " +
                                    $"{Path.GetFileNameWithoutExtension(output)}.memo");
    }
}
