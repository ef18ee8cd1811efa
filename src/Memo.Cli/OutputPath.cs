namespace Memo.Cli;

/// <summary>What a command is asked to write must not be what it reads.</summary>
internal static class OutputPath
{
    /// <summary>Throws when the output is one of the inputs, which the finished output would replace.</summary>
    public static void RequireOther(string output, params ReadOnlySpan<string?> inputs)
    {
        foreach (string? input in inputs)
            if (input is not null && Path.GetFullPath(input) == Path.GetFullPath(output))
                throw new MemoException($"{output}: is read by this command, and would be replaced; write another file");
    }

    /// <summary>Throws when a network would get the name of a data file.</summary>
    public static void RequireNetworkName(string output)
    {
        if (Path.GetExtension(output).ToLowerInvariant() is ".npy" or ".npz" or ".csv" or ".tsv" or ".svm" or ".libsvm" or ".gz")
            throw new MemoException($"{output}: is the name of a data file; give the network another, such as " +
                                    $"{Path.GetFileNameWithoutExtension(output)}.memo");
    }
}
