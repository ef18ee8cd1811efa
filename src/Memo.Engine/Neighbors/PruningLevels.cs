namespace Memo.Neighbors;

/// <summary>How many mapped coordinates the first look at a panel takes in, and each step of the second.</summary>
/// <param name="Filter">Coordinates of the first look.</param>
/// <param name="Visits">Coordinates of each level of the second, ascending.</param>
internal sealed record PruningLevels(int Filter, int[] Visits)
{
    /// <summary>Pairs that the first look multiplies: the coordinates, and what stands for the rest.</summary>
    public int FilterPairs => Filter / 2 + 1;

    /// <summary>Pairs of coordinates of the last level.</summary>
    public int Pairs => Visits[^1] / 2;

    public static PruningLevels Choose(MappedVectors mapped, ReadOnlySpan<int> labels, PrunedPoints points)
    {
        string? e = Environment.GetEnvironmentVariable("LEVELS");
        if (e is not null) { int[] v = [.. e.Split(',').Select(int.Parse)]; return new(v[0], v[1..]); }
        return mapped.Directions >= 192 ? new(32, [64, 128, 192]) : mapped.Directions >= 128 ? new(16, [32, 64, 128]) : new(mapped.Directions, [mapped.Directions]);
    }
}
