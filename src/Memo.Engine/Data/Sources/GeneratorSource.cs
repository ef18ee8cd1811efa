// Data that is computed.

namespace Memo.Data.Sources;

/// <summary>A generator with its parameters.</summary>
internal sealed class GeneratorSource(DataGenerator generator, string parameters) : IDataSource
{
    /// <inheritdoc/>
    public bool HasParts => false;

    /// <inheritdoc/>
    public bool HasLabelColumn => false;

    /// <inheritdoc/>
    public Dataset Read(DataPart part, LoadOptions options, MemoryBudget budget) =>
        generator.Generate(parameters, options.Seed, budget);

    /// <inheritdoc/>
    public SampleMatrix ReadPoints(DataPart part, LoadOptions options, MemoryBudget budget) =>
        Read(part, options, budget).Points;
}
