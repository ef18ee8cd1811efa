// The walls S_ij of a case straight from the paper's inner product, in exact arithmetic: the oracle of the radii.
using Memo.Numerics;

namespace Memo.Tests.Networks;

/// <summary>S_ij(x) = (x_i - x_j) . (x - (lambda x_i + (1 - lambda) x_j)), times <see cref="Unit"/>.</summary>
internal sealed class ExactWalls(CellCase c)
{
    /// <summary>2q for lambda = p/q: everything below is multiplied by it.</summary>
    public Dyadic Unit { get; } = 2L * c.Lambda.Denominator;

    public static Dyadic SquaredDistance(double[] a, double[] b) => Inner(Difference(a, b), Difference(a, b));

    public Dyadic Wall(int i, int j, double[] x)
    {
        long p = c.Lambda.Numerator, q = c.Lambda.Denominator;
        Dyadic[] normal = Difference(c.Points[i], c.Points[j]);
        Dyadic sum = Dyadic.Zero;
        for (int k = 0; k < x.Length; k++)
            sum += normal[k] * (Unit * Dyadic.FromDouble(x[k]) - 2 * p * Dyadic.FromDouble(c.Points[i][k]) -
                                2 * (q - p) * Dyadic.FromDouble(c.Points[j][k]));
        return sum;
    }

    /// <summary>
    /// The cell of the largest radius and the wall that binds it: i, j, S_ij(x) and P_ij; null when x lies in no active
    /// cell with every S_ij at least 0.
    /// </summary>
    public (int I, int J, Dyadic Wall, Dyadic Pair)? Binding(double[] x)
    {
        (int, int, Dyadic Wall, Dyadic Pair)? best = null;
        for (int i = 0; i < c.Points.Length; i++)
        {
            (int, int, Dyadic Wall, Dyadic Pair)? nearest = null;
            bool inside = true;
            for (int j = 0; j < c.Points.Length && inside; j++)
            {
                if (c.Labels[i] == c.Labels[j]) continue;
                (int, int, Dyadic Wall, Dyadic Pair) wall = (i, j, Wall(i, j, x), SquaredDistance(c.Points[i], c.Points[j]));
                inside = wall.Wall.Sign >= 0;
                if (nearest is null || IsNearer(wall, nearest.Value)) nearest = wall;
            }
            // Inside every wall the neuron is active: u_i = -r < 0.
            if (inside && (best is null || IsNearer(best.Value, nearest!.Value))) best = nearest;
        }
        return best;
    }

    // S / |x_i - x_j| below that of the other wall, both S at least 0 or the first negative: compared as squares.
    private static bool IsNearer((int, int, Dyadic Wall, Dyadic Pair) a, (int, int, Dyadic Wall, Dyadic Pair) b) =>
        a.Wall.Sign < 0 || a.Wall * a.Wall * b.Pair < b.Wall * b.Wall * a.Pair;

    private static Dyadic[] Difference(double[] a, double[] b) =>
        [.. a.Zip(b, (x, y) => Dyadic.FromDouble(x) - Dyadic.FromDouble(y))];

    private static Dyadic Inner(Dyadic[] a, Dyadic[] b) => a.Zip(b, (x, y) => x * y).Aggregate(Dyadic.Zero, (sum, term) => sum + term);
}
