// A folder with the files of an image set.

using Memo.Data.Formats;

namespace Memo.Data.Sources;

/// <summary>A folder in the MNIST (IDX) or the CIFAR-10 (binary) layout.</summary>
internal sealed class FolderSource(string folder, string? name = null) : IDataSource
{
    /// <inheritdoc/>
    public bool HasParts => true;

    /// <inheritdoc/>
    public bool HasLabelColumn => false;

    /// <summary>Whether the folder holds files of a known layout.</summary>
    public static bool IsPresent(string folder) =>
        Directory.Exists(folder) && (IdxFolder.IsPresent(folder) || CifarFolder.IsPresent(folder));

    /// <inheritdoc/>
    public Dataset Read(DataPart part, LoadOptions options, MemoryBudget budget) =>
        IsIdx() ? IdxFolder.Read(folder, part, name ?? folder, budget)
            : CifarFolder.Read(folder, part, name ?? folder, budget);

    /// <inheritdoc/>
    public SampleMatrix ReadPoints(DataPart part, LoadOptions options, MemoryBudget budget) =>
        IsIdx() ? IdxFolder.ReadImages(folder, part, budget) : Read(part, options, budget).Points;

    /// <inheritdoc/>
    /// <remarks>IDX files of images are square as far as they are known; others have no shape here.</remarks>
    public ImageShape? Image(int dimension) => IsIdx() ? ImageShape.Square(dimension) : ImageShape.Cifar;

    private bool IsIdx()
    {
        if (IdxFolder.IsPresent(folder)) return true;
        if (CifarFolder.IsPresent(folder)) return false;
        throw new FileFormatException(folder, "the folder holds neither MNIST files (train-images-idx3-ubyte, " +
            "...) nor CIFAR-10 files (data_batch_1.bin, ...), plain or .gz");
    }
}
