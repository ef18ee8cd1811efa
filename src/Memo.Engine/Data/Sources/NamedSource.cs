// A set of the catalogue, found in one of the places where such sets are kept.

using Memo.Data.Formats;

namespace Memo.Data.Sources;

/// <summary>A named set: the embedded one, or the folder where the catalogue finds it.</summary>
internal sealed class NamedSource(CatalogueEntry entry) : IDataSource
{
    // The first 1,000 rows of digits are its training part, the other 797 its test part.
    private const int EmbeddedTrainingRows = 1000;

    /// <inheritdoc/>
    public bool HasParts => true;

    /// <inheritdoc/>
    public bool HasLabelColumn => false;

    /// <inheritdoc/>
    public IReadOnlyList<string> ClassNames => entry.ClassNames;

    /// <inheritdoc/>
    public ImageShape? Image(int dimension) => entry.IsEmbedded ? ImageShape.Square(dimension) : Folder().Image(dimension);

    /// <inheritdoc/>
    public Dataset Read(DataPart part, LoadOptions options, MemoryBudget budget)
    {
        if (!entry.IsEmbedded) return Folder().Read(part, options, budget);
        Stream resource = typeof(NamedSource).Assembly.GetManifestResourceStream(entry.Name + ".csv.gz")!;
        using ContentReader content = InputFile.Wrap(resource, entry.Name + ".csv.gz", budget);
        Dataset all = CsvReader.Read(content, null, entry.Name);
        int[] rows = part == DataPart.Test
            ? [.. Enumerable.Range(EmbeddedTrainingRows, all.Count - EmbeddedTrainingRows)]
            : [.. Enumerable.Range(0, EmbeddedTrainingRows)];
        return all.SelectSamples(rows);
    }

    /// <inheritdoc/>
    public SampleMatrix ReadPoints(DataPart part, LoadOptions options, MemoryBudget budget) =>
        entry.IsEmbedded ? Read(part, options, budget).Points : Folder().ReadPoints(part, options, budget);

    private FolderSource Folder() => new(entry.Locate() ?? throw entry.NotFound(), entry.Name);
}
