// A folder in the MNIST layout: images and labels, for training and for test, in IDX files.

namespace Memo.Data.Formats;

/// <summary>
/// The four files train-images-idx3-ubyte, train-labels-idx1-ubyte, t10k-images-idx3-ubyte, t10k-labels-idx1-ubyte,
/// each plain or with .gz behind it; the dash before "idx" may be a dot.
/// </summary>
internal static class IdxFolder
{
    /// <summary>Whether any file of images in this layout is there.</summary>
    public static bool IsPresent(string folder) =>
        Find(folder, DataPart.Train, "images-idx3") is not null ||
        Find(folder, DataPart.Test, "images-idx3") is not null;

    /// <summary>Reads one part; only that part's two files are opened.</summary>
    public static Dataset Read(string folder, DataPart part, string source, MemoryBudget budget)
    {
        string labelFile = Require(folder, part, "labels-idx1");
        byte[] values;
        using (ContentReader content = InputFile.Open(labelFile, budget)) values = IdxReader.ReadLabels(content);
        SampleMatrix<byte> images = ReadImages(folder, part, budget);
        if (images.Rows != values.Length)
            throw new FileFormatException(labelFile,
                $"holds {values.Length} labels, but {Require(folder, part, "images-idx3")} holds {images.Rows} " +
                    "images (byte 4)", 4);
        (int[] labels, ClassList classes) = LabelEncoding.FromBytes(values);
        return new Dataset(images, labels, classes, source);
    }

    /// <summary>Reads the images of one part alone.</summary>
    public static SampleMatrix<byte> ReadImages(string folder, DataPart part, MemoryBudget budget)
    {
        using ContentReader content = InputFile.Open(Require(folder, part, "images-idx3"), budget);
        return IdxReader.ReadImages(content);
    }

    private static string? Find(string folder, DataPart part, string what) =>
        Names(part, what).Select(name => Path.Combine(folder, name)).FirstOrDefault(File.Exists);

    private static IEnumerable<string> Names(DataPart part, string what)
    {
        string name = $"{(part == DataPart.Test ? "t10k" : "train")}-{what}-ubyte";
        string dotted = name.Replace("-idx", ".idx", StringComparison.Ordinal);
        return [name, name + ".gz", dotted, dotted + ".gz"];
    }

    private static string Require(string folder, DataPart part, string what) =>
        Find(folder, part, what) ??
        throw new FileFormatException(Path.Combine(folder, Names(part, what).First()), "no such file, plain or " +
            $".gz; the folder's {(part == DataPart.Test ? "test" : "training")} part cannot be read without it");
}
