using System.Numerics;
using Memo.Data;
using Memo.Kernels.SquaredDistance;
using Memo.Neighbors;
using Memo.Numerics;

namespace Memo.Networks;

/// <summary>A wall of a cell: the training point j of another label, S_ij(x), and how far x is from the wall.</summary>
/// <param name="Point">Position of j.</param>
/// <param name="SquaredDistance">|x - x_j|^2.</param>
/// <param name="Value">S_ij(x), in the network's units; negative where x lies beyond the wall.</param>
/// <param name="Distance">S_ij(x) / |x_i - x_j|, rounded down; 0 where S is not positive.</param>
internal sealed record CellWall(int Point, Dyadic SquaredDistance, Dyadic Value, double Distance);

/// <summary>What the neuron of a training point i says about x.</summary>
internal sealed record CellNeuron
{
    /// <summary>Position of i.</summary>
    public required int Point { get; init; }

    /// <summary>|x - x_i|^2.</summary>
    public required Dyadic SquaredDistance { get; init; }

    /// <summary>-u_i(x) = r - sum over j of ReLU(-S_ij(x)), in the network's units; the neuron fires where it is positive.</summary>
    public required Dyadic Activation { get; init; }

    /// <summary>The walls with x beyond them, the farthest beyond first; none where the cell contains x.</summary>
    public required IReadOnlyList<CellWall> Crossed { get; init; }

    /// <summary>The nearest wall of a cell that contains x, which binds its radius; null for the others.</summary>
    public required CellWall? Binding { get; init; }

    /// <summary>Whether the neuron fires.</summary>
    public bool Fires => Activation.Sign > 0;

    /// <summary>Whether no S_ij(x) is negative.</summary>
    public bool Contains => Crossed.Count == 0;
}

/// <summary>
/// Why a `cells` network (Theorem 7.3) answers as it does at a point x: the neurons that could fire (Lemma A: their points are
/// nearer than every point of another label), what each of them says, and the wall that binds the certified radius. Exact, with
/// distances in double as a filter; O(N n), and as much for each cell that contains x and may decide its radius.
/// </summary>
internal sealed class CellExplanation
{
    /// <summary>Class index of the answer, or <see cref="Predictions.Abstention"/>.</summary>
    public required int Label { get; init; }

    /// <summary>The certified radius; 0 where no cell contains x.</summary>
    public required double Radius { get; init; }

    /// <summary>The neuron whose cell gives the radius; else the one of the largest activation. It decides; null when none fires.</summary>
    public required CellNeuron? Decisive { get; init; }

    /// <summary>The neurons that could fire, nearest point first, the lower position of equals; the first is x's nearest neighbour.
    /// Empty where points of two labels are equally near.</summary>
    public required IReadOnlyList<CellNeuron> Neurons { get; init; }

    /// <summary>The nearest training point, the lowest of equals, and the nearest of another label than it.</summary>
    public required (int Point, Dyadic SquaredDistance) Nearest { get; init; }

    /// <inheritdoc cref="Nearest"/>
    public required (int Point, Dyadic SquaredDistance) Rival { get; init; }

    /// <summary>Explains the answers to some queries; any number of threads.</summary>
    /// <param name="network">The network.</param>
    /// <param name="queries">Q queries.</param>
    /// <param name="rows">The rows of those to explain.</param>
    /// <param name="run">Threads, progress, cancellation.</param>
    public static IReadOnlyList<CellExplanation> Of(CellNetwork network, SampleMatrix queries, IReadOnlyList<int> rows, RunOptions run)
    {
        return network.TrainingPoints switch
        {
            SampleMatrix<byte> { Columns: <= ByteDistance.MaximumDimension } bytes => Explain<byte, int, ByteDistance>(bytes, queries),
            SampleMatrix<byte> bytes => Explain<float, double, FloatDistance<float>>(
                (SampleMatrix<float>)bytes.ConvertExactly(ElementType.Float32), queries.ConvertExactly(ElementType.Float32)),
            SampleMatrix<float> floats => Explain<float, double, FloatDistance<float>>(floats, queries),
            SampleMatrix<double> doubles => Explain<double, double, FloatDistance<double>>(doubles, queries),
            _ => throw new NotSupportedException($"samples of type {network.TrainingPoints.ElementType}"),
        };

        IReadOnlyList<CellExplanation> Explain<TElement, TDistance, TKernel>(SampleMatrix<TElement> points, SampleMatrix samples)
            where TElement : unmanaged, INumber<TElement>
            where TDistance : unmanaged, INumber<TDistance>, IMinMaxValue<TDistance>
            where TKernel : struct, IDistanceKernel<TElement, TDistance>
        {
            var typed = (SampleMatrix<TElement>)samples.ConvertExactly(points.ElementType);
            using var packed = new PackedPoints<TElement, TDistance, TKernel>(points, network.Labels, network.Classes.Count);
            var constants = new CellDecision<TElement, TDistance, TKernel>.Constants(network, packed, typed);
            var found = new CellExplanation[rows.Count];
            int done = 0;
            Turns.Take(rows.Count, run.Threads, () => new CellExplainer<TElement, TDistance, TKernel>(constants), (i, explainer) =>
            {
                found[i] = explainer.Explain(typed.Row(rows[i]));
                run.Progress?.Report((double)Interlocked.Increment(ref done) / rows.Count);
            }, static _ => { }, run.Cancellation);
            return found;
        }
    }
}

/// <summary>Explains one query after the other; one object serves one thread.</summary>
internal sealed class CellExplainer<TElement, TDistance, TKernel>(CellDecision<TElement, TDistance, TKernel>.Constants constants)
    where TElement : unmanaged, INumber<TElement>
    where TDistance : unmanaged, INumber<TDistance>, IMinMaxValue<TDistance>
    where TKernel : struct, IDistanceKernel<TElement, TDistance>
{
    // Products below this may have lost their relative precision.
    private const double Underflow = 1e-220;

    private readonly double[] _distances = new double[constants.Points.Points.Rows];

    private SampleMatrix<TElement> Points => constants.Points.Points;

    private CellNetwork Network => constants.Network;

    public CellExplanation Explain(ReadOnlySpan<TElement> query)
    {
        ReadOnlySpan<int> labels = Network.Labels;
        for (int i = 0; i < _distances.Length; i++) _distances[i] = TKernel.Pair(query, Points.Row(i), constants.Points.Scale);
        (int Point, Dyadic Squared) nearest = Least(query, except: -1), rival = Least(query, except: labels[nearest.Point]);

        var neurons = new List<CellNeuron>();
        var radius = 0.0;
        CellNeuron? decisive = null;
        if (nearest.Squared < rival.Squared) // else nobody fires
        {
            double bar = constants.Distance.Upper(Computed(rival.Squared));
            for (int i = 0; i < _distances.Length; i++)
            {
                if (labels[i] != labels[nearest.Point] || constants.Distance.Lower(_distances[i]) > bar) continue;
                Dyadic squared = ExactDistance.Squared(query, Points.Row(i));
                if (squared < rival.Squared) neurons.Add(NeuronOf(query, i, squared));
            }
            neurons.Sort((a, b) => a.SquaredDistance != b.SquaredDistance
                ? a.SquaredDistance.CompareTo(b.SquaredDistance) : a.Point.CompareTo(b.Point));
            for (int k = 0; k < neurons.Count; k++)
            {
                if (!neurons[k].Contains) continue;
                neurons[k] = neurons[k] with { Binding = NearestWall(query, neurons[k], rival, radius) };
                if (decisive is not null && neurons[k].Binding!.Distance <= radius) continue;
                (decisive, radius) = (neurons[k], neurons[k].Binding!.Distance);
            }
            decisive ??= neurons.Where(neuron => neuron.Fires).OrderByDescending(neuron => neuron.Activation).FirstOrDefault();
        }
        return new CellExplanation
        {
            Label = decisive is null ? Predictions.Abstention : labels[decisive.Point],
            Radius = radius,
            Decisive = decisive,
            Neurons = neurons,
            Nearest = nearest,
            Rival = rival,
        };
    }

    // The nearest point, of another label than the one given; of equals the lowest.
    private (int Point, Dyadic Squared) Least(ReadOnlySpan<TElement> query, int except)
    {
        ReadOnlySpan<int> labels = Network.Labels;
        double upper = double.PositiveInfinity;
        for (int i = 0; i < _distances.Length; i++)
            if (labels[i] != except) upper = Math.Min(upper, constants.Distance.Upper(_distances[i]));
        (int Point, Dyadic Squared) best = (-1, default);
        for (int i = 0; i < _distances.Length; i++)
        {
            if (labels[i] == except || constants.Distance.Lower(_distances[i]) > upper) continue;
            Dyadic squared = ExactDistance.Squared(query, Points.Row(i));
            if (best.Point < 0 || squared < best.Squared) best = (i, squared);
        }
        return best;
    }

    private double Computed(Dyadic exact) => new Dyadic(exact.Mantissa, exact.Exponent + 2 * constants.Points.Scale).RoundUp();

    // Beyond the band of Lemma B no S_ij is negative.
    private CellNeuron NeuronOf(ReadOnlySpan<TElement> query, int i, Dyadic squared)
    {
        ReadOnlySpan<int> labels = Network.Labels;
        double band = constants.Distance.Upper(_distances[i]) * constants.SquaredBandRatio;
        Dyadic activation = Network.Threshold;
        var crossed = new List<CellWall>();
        for (int j = 0; j < _distances.Length; j++)
        {
            if (labels[j] == labels[i] || constants.Distance.Lower(_distances[j]) > band) continue;
            double pair = constants.Points.PairDistance(i, j);
            if (constants.Wall(_distances[i], _distances[j], pair) - constants.ErrorOfWall(_distances[i], _distances[j], pair) >= 0) continue;
            (Dyadic wall, _) = constants.ExactWall(query, i, j);
            if (wall.Sign >= 0) continue;
            crossed.Add(new CellWall(j, ExactDistance.Squared(query, Points.Row(j)), wall, 0));
            activation += wall;
        }
        crossed.Sort((a, b) => a.Value != b.Value ? a.Value.CompareTo(b.Value) : a.Point.CompareTo(b.Point));
        return new CellNeuron { Point = i, SquaredDistance = squared, Activation = activation, Crossed = crossed, Binding = null };
    }

    // All walls are looked at, as the nearest need not be in the band; a cell whose radius cannot pass the best so far is left
    // with the wall that says so.
    private CellWall NearestWall(ReadOnlySpan<TElement> query, CellNeuron neuron, (int Point, Dyadic Squared) rival, double best)
    {
        ReadOnlySpan<int> labels = Network.Labels;
        int i = neuron.Point;
        CellWall nearest = WallOf(query, i, rival.Point);
        for (int j = 0; j < _distances.Length && nearest.Distance > 0; j++)
        {
            if (nearest.Distance < best) break;
            if (labels[j] == labels[i] || j == rival.Point) continue;
            double pair = constants.Points.PairDistance(i, j), scaled =
                Math.ScaleB(nearest.Distance + 4 * double.Epsilon, constants.Points.Scale) * Network.UnitDenominator;
            double wall = constants.Wall(_distances[i], _distances[j], pair) - constants.ErrorOfWall(_distances[i], _distances[j], pair);
            double bar = scaled * scaled * (1 + 1.0 / (1L << 40)) * constants.Distance.Upper(pair);
            if (wall > 0 && wall * wall > bar && bar > Underflow) continue;
            CellWall other = WallOf(query, i, j);
            if (other.Distance < nearest.Distance || (other.Distance == nearest.Distance && j < nearest.Point)) nearest = other;
        }
        return nearest;
    }

    private CellWall WallOf(ReadOnlySpan<TElement> query, int i, int j)
    {
        (Dyadic wall, Dyadic pair) = constants.ExactWall(query, i, j);
        return new CellWall(j, ExactDistance.Squared(query, Points.Row(j)), wall, Network.WallDistance(wall, pair));
    }
}
