using System.Numerics;
using Memo.Data;
using Memo.Numerics;

namespace Memo.Networks;

/// <summary>
/// The efficient, generalizing memorization network of Theorem 7.3 (Appendix H), "cells", in factored form: the training
/// points, their labels and two numbers stand for a three-layer ReLU network of O(N^2 n) weights that is never stored.
/// <code>
/// 2 S_ij(x) = D_j - D_i - (2 lambda - 1) P_ij      D_i = |x - x_i|^2,  P_ij = |x_i - x_j|^2
/// u_i(x)    = sum over j of another label of ReLU(-S_ij(x)) - r,    r = (lambda - 1/2) min P
/// F_k(x)    = sum over i of class k of ReLU(-u_i(x)),    binary: F = F_1 - F_0
/// </code>
/// With lambda = p/q everything is computed in units of 1/(2q) (halved when q is even), where S and r are
/// a (D_j - D_i) - b P_ij and b min P with the integers a and b below.
/// </summary>
public sealed class CellNetwork : INetwork
{
    /// <summary>The lambda used where none is given, 51/100, as in the paper.</summary>
    public static Ratio DefaultLambda { get; } = new(51, 100);

    private const double RadiusMargin = 1.0 / (1L << 50);
    private readonly int[] _labels;
    private readonly Lock _evaluatorLock = new();
    private CellEvaluator? _evaluator;

    /// <summary>
    /// Describes a network; <see cref="Constructions.Cells"/> computes <paramref name="minimumSquaredDistance"/>.
    /// </summary>
    /// <param name="trainingPoints">The training points, N by n.</param>
    /// <param name="labels">Class index of each point, length N.</param>
    /// <param name="classes">The classes, at least two.</param>
    /// <param name="lambda">Exact, 1/2 &lt; lambda &lt; 1.</param>
    /// <param name="minimumSquaredDistance">min P: the least |x_i - x_j|^2 over points of different label, positive.</param>
    internal CellNetwork(SampleMatrix trainingPoints, ReadOnlySpan<int> labels, ClassList classes, Ratio lambda,
        Dyadic minimumSquaredDistance)
    {
        ArgumentNullException.ThrowIfNull(trainingPoints);
        ArgumentNullException.ThrowIfNull(classes);
        RequireValidLambda(lambda);
        if (labels.Length != trainingPoints.Rows)
            throw new MemoException($"{trainingPoints.Rows} training points but {labels.Length} labels");
        if (classes.Count < 2) throw new MemoException("a network needs at least two classes");
        if (minimumSquaredDistance.Sign <= 0)
            throw new MemoException("the least distance between points of different label must be positive");
        bool several = false;
        foreach (int label in labels)
        {
            if ((uint)label >= (uint)classes.Count)
                throw new MemoException($"label index {label} is outside the {classes.Count} classes");
            several |= label != labels[0];
        }
        if (!several) throw new MemoException("training points of one class only; a network needs two or more");

        (TrainingPoints, _labels, Classes, Lambda) = (trainingPoints.ToContiguous(), labels.ToArray(), classes, lambda);
        MinimumSquaredDistance = minimumSquaredDistance;
        (DistanceFactor, PairFactor, UnitDenominator) = Factors(lambda);
        Samples = trainingPoints.Rows;
        Size = ComputeSize();
    }

    /// <summary>Throws <see cref="MemoException"/> unless 1/2 &lt; lambda &lt; 1.</summary>
    internal static void RequireValidLambda(Ratio lambda)
    {
        if (2L * lambda.Numerator <= lambda.Denominator || lambda.Numerator >= lambda.Denominator)
            throw new MemoException($"lambda = {lambda} must lie strictly between 1/2 and 1");
    }

    /// <summary>a and b in a (D_j - D_i) - b P_ij, and the unit's denominator.</summary>
    internal static (int DistanceFactor, long PairFactor, long UnitDenominator) Factors(Ratio lambda)
    {
        int common = lambda.Denominator % 2 == 0 ? 2 : 1; // gcd(q, 2p - q) for p/q in lowest terms
        return (lambda.Denominator / common, (2L * lambda.Numerator - lambda.Denominator) / common,
            2L * lambda.Denominator / common);
    }

    /// <inheritdoc/>
    public string Method { get; private init; } = "cells";

    /// <inheritdoc/>
    public int Samples { get; private init; }

    /// <inheritdoc/>
    public IReadOnlyList<KeyValuePair<string, string>> Notes { get; private init; } = [];

    /// <inheritdoc/>
    public ElementType SampleType => TrainingPoints.ElementType;

    /// <inheritdoc/>
    public int OutputCount => Classes.Count == 2 ? 1 : Classes.Count;

    /// <inheritdoc/>
    public IReadOnlyList<LayerShape> Layers => LayerShape.Of(this);

    /// <summary>
    /// The same network under the name of the construction that chose its points from more samples (constant, condense).
    /// </summary>
    /// <param name="method">The construction's name.</param>
    /// <param name="samples">The samples that it was given, N.</param>
    /// <param name="notes">What it found out on its way.</param>
    internal CellNetwork As(string method, int samples, IReadOnlyList<KeyValuePair<string, string>> notes) =>
        new CellNetwork(TrainingPoints, _labels, Classes, Lambda, MinimumSquaredDistance)
        {
            Method = method,
            Samples = samples,
            Notes = notes,
        };

    /// <summary>The training points, N by n, contiguous.</summary>
    public SampleMatrix TrainingPoints { get; }

    /// <summary>Class index of each training point, length N.</summary>
    public ReadOnlySpan<int> Labels => _labels;

    /// <summary>The classes; binary: the first is -1, the second +1.</summary>
    public ClassList Classes { get; }

    /// <summary>lambda, exact.</summary>
    public Ratio Lambda { get; }

    /// <summary>min P over points of different label, exact; its root is the separation bound c (Definition 3.1).</summary>
    public Dyadic MinimumSquaredDistance { get; }

    /// <summary>N.</summary>
    public int Count => TrainingPoints.Rows;

    /// <summary>n.</summary>
    public int Dimension => TrainingPoints.Columns;

    /// <summary>a in a (D_j - D_i) - b P_ij.</summary>
    internal int DistanceFactor { get; }

    /// <summary>b in a (D_j - D_i) - b P_ij, and in r = b min P.</summary>
    internal long PairFactor { get; }

    /// <summary>S, r and F are integers (byte data) or dyadic rationals divided by this.</summary>
    internal long UnitDenominator { get; }

    /// <summary>r in units of 1/<see cref="UnitDenominator"/>.</summary>
    internal Dyadic Threshold => new Dyadic(PairFactor) * MinimumSquaredDistance;

    /// <summary>The size of the dense network that this one stands for.</summary>
    public NetworkSize Size { get; }

    /// <summary>
    /// The exact answers to <paramref name="queries"/> (Q by n, converted exactly to the training points' type).
    /// Cost: one distance row, O(N n), and a few short products per query (Lemmas A and B).
    /// </summary>
    /// <exception cref="MemoException">Another number of features, or a value the type cannot hold.</exception>
    public Predictions Predict(SampleMatrix queries, Outputs outputs = Outputs.Labels, RunOptions? run = null) =>
        Evaluator(run ?? RunOptions.Default).Predict(this, Conform(queries), outputs, run ?? RunOptions.Default);

    /// <summary>
    /// The same answers by the plain reference: exact arithmetic throughout, no kernel, no filter. Slower by two orders
    /// of magnitude; a proof that rests on it rests on a page of code.
    /// </summary>
    public Predictions PredictByReference(SampleMatrix queries, Outputs outputs = Outputs.Labels, RunOptions? run = null) =>
        ReferenceCellEvaluator.Predict(this, Conform(queries), outputs, run ?? RunOptions.Default);

    internal Dyadic RecomputeSeparation(bool reference, RunOptions run) => reference
        ? ReferenceCellEvaluator.MinimumSquaredDistance(this, run)
        : Evaluator(run).MinimumSquaredDistance(run);

    // Packed on first use; a construction that has packed the points already hands them over.
    private CellEvaluator Evaluator(RunOptions run)
    {
        lock (_evaluatorLock)
            return _evaluator ??= CellEvaluator.Create(TrainingPoints, _labels, Classes.Count, run);
    }

    internal CellNetwork WithEvaluator(CellEvaluator evaluator)
    {
        _evaluator = evaluator;
        return this;
    }

    /// <summary>S_ij(x) in units of 1/<see cref="UnitDenominator"/>, from D_i, D_j and P_ij.</summary>
    internal Dyadic Wall(Dyadic distanceI, Dyadic distanceJ, Dyadic pair) =>
        new Dyadic(DistanceFactor) * (distanceJ - distanceI) - new Dyadic(PairFactor) * pair;

    /// <summary>
    /// S_ij / |x_i - x_j| rounded down: the distance from x to the wall between cells i and j, from S_ij in the network's
    /// unit and P_ij; 0 when S_ij is not positive. A function of the exact numbers alone, so it has the same bits however
    /// they were found; never more than the true distance, and less by at most a share of 2^-48.
    /// </summary>
    internal double WallDistance(Dyadic wall, Dyadic pair)
    {
        if (wall.Sign <= 0) return 0;
        // S and P are each brought near 1, P by an even power of two, so that nothing over- or underflows on the way.
        int whole = (int)wall.Mantissa.GetBitLength() + wall.Exponent;
        int half = ((int)pair.Mantissa.GetBitLength() + pair.Exponent) >> 1;
        double numerator = new Dyadic(wall.Mantissa, wall.Exponent - whole).RoundDown();
        double denominator = UnitDenominator * Math.Sqrt(new Dyadic(pair.Mantissa, pair.Exponent - 2 * half).RoundUp());
        // Four operations, each within a share of 2^-53 of its result: the factor, 8 times that, outweighs them.
        return Math.BitDecrement(Math.ScaleB(numerator / denominator * (1 - RadiusMargin), whole - half)) is > 0 and var distance ? distance : 0;
    }

    /// <inheritdoc/>
    public SampleMatrix Fit(SampleMatrix samples, string source, ReadOnlySpan<int> fileRows = default)
    {
        ArgumentNullException.ThrowIfNull(samples);
        return samples.FitTo(Dimension, TrainingPoints.ElementType, source, "the network", fileRows);
    }

    private SampleMatrix Conform(SampleMatrix queries)
    {
        ArgumentNullException.ThrowIfNull(queries);
        if (queries.Columns != Dimension)
            throw new MemoException($"the network takes samples of {Dimension} features, these have {queries.Columns}");
        return queries.ConvertExactly(TrainingPoints.ElementType);
    }

    /// <summary>
    /// Frees the packed points, which the finalizer would free later; the network packs them anew if used again. Not to be
    /// called while another thread uses the network.
    /// </summary>
    public void Dispose()
    {
        lock (_evaluatorLock)
        {
            _evaluator?.Dispose();
            _evaluator = null;
        }
    }

    // THEORY section 1, "Counting": M ordered pairs of different labels.
    private NetworkSize ComputeSize()
    {
        var perClass = new int[Classes.Count];
        foreach (int label in _labels) perClass[label]++;
        return SizeOf(perClass, Dimension) with { Bits = LargestWeightBits() };
    }

    /// <summary>The size of the network for so many points of each class, but for the bits of its weights.</summary>
    internal static NetworkSize SizeOf(ReadOnlySpan<int> perClass, int dimension)
    {
        BigInteger n = dimension, total = 0, pairs = 0;
        foreach (int count in perClass) total += count;
        foreach (int count in perClass) pairs += count * (total - count);
        int outputs = perClass.Length == 2 ? 1 : perClass.Length;
        return new NetworkSize(
            Parameters: pairs * (n + 1) + total * (pairs + 1) + outputs * (total + 1),
            NonZero: pairs * (n + 1) + (pairs + total) + total,
            Width: BigInteger.Max(pairs, total),
            Depth: 3,
            Bits: 0);
    }

    // Layer 1's weights are 2a (x_i - x_j) over points of different label; the other layers' are 1.
    private int LargestWeightBits()
    {
        (Dyadic difference, int lattice) = TrainingPoints switch
        {
            SampleMatrix<byte> points => LargestDifference(points),
            SampleMatrix<float> points => LargestDifference(points),
            SampleMatrix<double> points => LargestDifference(points),
            _ => throw new NotSupportedException(),
        };
        return difference.Sign == 0
            ? 1
            : (int)(difference * new Dyadic(UnitDenominator)).MantissaAt(lattice).GetBitLength();
    }

    // The largest difference in a coordinate lies between the extremes of two classes: either the greatest and the least
    // value of all, or, where one class has both, one of them and the runner-up of another class. O(N n + K n).
    private (Dyadic Difference, int Lattice) LargestDifference<T>(SampleMatrix<T> points)
        where T : unmanaged, INumber<T>, IMinMaxValue<T>
    {
        int classes = Classes.Count;
        if ((long)classes * Dimension > Array.MaxLength)
            throw new MemoException($"{classes} classes of {Dimension} features are more than one array can hold ({Array.MaxLength})");
        var low = new T[classes * Dimension];
        var high = new T[classes * Dimension];
        Array.Fill(low, T.MaxValue);
        Array.Fill(high, T.MinValue);
        var lattice = new Lattice();
        for (int i = 0; i < Count; i++)
        {
            ReadOnlySpan<T> point = points.Row(i);
            Span<T> least = low.AsSpan(_labels[i] * Dimension, Dimension), most = high.AsSpan(_labels[i] * Dimension, Dimension);
            int k = 0;
            for (; k <= Dimension - Vector<T>.Count; k += Vector<T>.Count)
            {
                var values = new Vector<T>(point[k..]);
                Vector.Min(values, new Vector<T>(least[k..])).CopyTo(least[k..]);
                Vector.Max(values, new Vector<T>(most[k..])).CopyTo(most[k..]);
            }
            for (; k < Dimension; k++)
                (least[k], most[k]) = (T.Min(least[k], point[k]), T.Max(most[k], point[k]));
            if (typeof(T) != typeof(byte))
                foreach (T value in point) lattice.Include(double.CreateChecked(value));
        }

        Dyadic largest = Dyadic.Zero;
        double bar = 0;
        for (int k = 0; k < Dimension; k++)
        {
            int top = 0, bottom = 0;
            for (int c = 1; c < classes; c++)
            {
                if (high[c * Dimension + k] > high[top * Dimension + k]) top = c;
                if (low[c * Dimension + k] < low[bottom * Dimension + k]) bottom = c;
            }
            for (int c = 0; c < classes; c++)
            {
                if (c != top) Compare(high[top * Dimension + k], low[c * Dimension + k]);
                if (c != bottom) Compare(high[c * Dimension + k], low[bottom * Dimension + k]);
            }
        }
        return (largest, lattice.Lowest);

        // Classes without points have the extremes the wrong way round. Differences in double are monotone in the exact ones.
        void Compare(T a, T b)
        {
            if (a <= b || double.CreateChecked(a) - double.CreateChecked(b) < bar) return;
            Dyadic difference = Dyadic.FromDouble(double.CreateChecked(a)) - Dyadic.FromDouble(double.CreateChecked(b));
            if (difference > largest) (largest, bar) = (difference, double.CreateChecked(a) - double.CreateChecked(b));
        }
    }
}
