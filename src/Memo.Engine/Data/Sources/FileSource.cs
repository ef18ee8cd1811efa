// A single data file; its name's ending says which format it has.

using Memo.Data.Formats;

namespace Memo.Data.Sources;

/// <summary>A .npz, .npy, .csv, .tsv, .svm or .libsvm file.</summary>
internal sealed class FileSource(string path, int? dimension) : IDataSource
{
    /// <inheritdoc/>
    public bool HasParts => false;

    /// <inheritdoc/>
    public string? Path => path;

    /// <inheritdoc/>
    public bool HasLabelColumn => Extension(path) is ".csv" or ".tsv";

    /// <summary>Whether the file has the LIBSVM format.</summary>
    public static bool IsLibsvm(string path) => Extension(path) is ".svm" or ".libsvm";

    /// <inheritdoc/>
    public Dataset Read(DataPart part, LoadOptions options, MemoryBudget budget)
    {
        string extension = Extension(path);
        if (extension == ".npz")
        {
            using FileStream stream = InputFile.OpenStream(path);
            return NpzReader.Read(stream, path, budget);
        }
        if (extension == ".npy")
            throw new FileFormatException(path, "a .npy holds samples without labels; save x and y in one .npz");
        using ContentReader content = OpenKnown(extension, budget);
        return IsLibsvm(path)
            ? LibsvmReader.Read(content, dimension, path)
            : CsvReader.Read(content, options.LabelColumn, path);
    }

    /// <inheritdoc/>
    public SampleMatrix ReadPoints(DataPart part, LoadOptions options, MemoryBudget budget)
    {
        switch (Extension(path))
        {
            case ".npz":
                using (FileStream stream = InputFile.OpenStream(path))
                    return NpzReader.ReadPoints(stream, path, budget);
            case ".npy":
                using (ContentReader content = InputFile.Open(path, budget)) return NpyReader.ReadMatrix(content);
            default:
                return Read(part, options, budget).Points;
        }
    }

    private ContentReader OpenKnown(string extension, MemoryBudget budget) =>
        extension is ".csv" or ".tsv" or ".svm" or ".libsvm"
            ? InputFile.Open(path, budget)
            : throw new FileFormatException(path, $"the ending '{extension}' names no known format; .npz, .npy, " +
                ".csv, .tsv, .svm and .libsvm are read, and folders with IDX (MNIST) or CIFAR-10 binary files");

    // In lower case, of the name without a .gz behind it; an .npz is compressed already.
    private static string Extension(string path)
    {
        string extension = System.IO.Path.GetExtension(path);
        return (extension.Equals(".gz", StringComparison.OrdinalIgnoreCase) ? System.IO.Path.GetExtension(path[..^3]) : extension)
            .ToLowerInvariant();
    }
}
