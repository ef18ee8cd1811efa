namespace Memo.Neighbors;

/// <summary>
/// Vectors mapped by a <see cref="PruningBasis"/>: <see cref="Directions"/> int16 coordinates each, and for every 16 of them
/// the squared length of what the coordinates up to there leave out.
/// </summary>
internal sealed class MappedVectors(int capacity, int directions)
{
    /// <summary>Levels begin and end at multiples of this many coordinates.</summary>
    public const int Step = 16;

    /// <summary>Coordinates of a vector, a multiple of <see cref="Step"/>.</summary>
    public int Directions { get; } = directions;

    private readonly short[] _coordinates = new short[(long)capacity * directions];
    private readonly double[] _rests = new double[(long)capacity * (directions / Step)];

    /// <summary>The coordinates of a vector.</summary>
    public Span<short> Coordinates(int vector) => _coordinates.AsSpan(vector * Directions, Directions);

    /// <summary>rests[s]: the squared length beyond the first (s + 1) * 16 coordinates, in mapped units.</summary>
    public Span<double> Rests(int vector) => _rests.AsSpan(vector * (Directions / Step), Directions / Step);

    /// <summary>
    /// What stands for the coordinates beyond the first <paramref name="end"/>: the length of as many again, and the length
    /// of those after. Lengths never differ by more than the vectors do, so this can only shrink distances.
    /// </summary>
    public (short Near, short Far) Rest(int vector, int end)
    {
        ReadOnlySpan<double> rests = Rests(vector);
        double rest = rests[end / Step - 1], far = rests[Math.Min(2 * end / Step, rests.Length) - 1];
        return ((short)Math.Round(Math.Sqrt(rest - far)), (short)Math.Round(Math.Sqrt(far)));
    }

    /// <summary>The squared norm at a level, exactly: of the first <paramref name="end"/> coordinates and the rest's lengths.</summary>
    public int SquaredNorm(int vector, int end)
    {
        (short near, short far) = Rest(vector, end);
        int sum = near * near + far * far;
        foreach (short value in Coordinates(vector)[..end]) sum += value * value;
        return sum;
    }
}
