// Theorem 7.3's network as the paper writes it (Appendix H): three dense layers of explicit weights, exact, for small N.
using System.Numerics;
using Memo.Data;
using Memo.Numerics;

namespace Memo.Networks;

/// <summary>One affine layer z = W a + b of exact weights.</summary>
/// <param name="Weights">W, outputs by inputs.</param>
/// <param name="Biases">b, one per output.</param>
internal sealed record DenseLayer(Dyadic[,] Weights, Dyadic[] Biases)
{
    /// <summary>Number of neurons.</summary>
    public int Outputs => Weights.GetLength(0);

    /// <summary>Number of inputs of each neuron.</summary>
    public int Inputs => Weights.GetLength(1);

    /// <summary>outputs * (inputs + 1).</summary>
    public long Parameters => Weights.LongLength + Biases.LongLength;

    /// <summary>W a + b, exact; O(outputs * inputs).</summary>
    public Dyadic[] Apply(ReadOnlySpan<Dyadic> input)
    {
        if (input.Length != Inputs) throw new ArgumentException($"{input.Length} values for a layer of {Inputs} inputs");
        var output = new Dyadic[Outputs];
        for (int row = 0; row < output.Length; row++)
        {
            Dyadic sum = Biases[row];
            for (int k = 0; k < input.Length; k++)
                if (Weights[row, k].Sign != 0 && input[k].Sign != 0) sum += Weights[row, k] * input[k];
            output[row] = sum;
        }
        return output;
    }
}

/// <summary>
/// The network of Theorem 7.3 with every weight stored, O(N^2 n) of them: the oracle that the factored form is compared
/// with. It shares nothing with <see cref="CellNetwork"/>: S_ij is taken from the paper's inner product, not from the
/// identity in distances, and the forward pass is that of any ReLU network.
/// <code>
/// layer 1   -S_ij(x) = -(x_i - x_j) . (x - (lambda x_i + (1 - lambda) x_j))     for i, j of different label: M neurons
/// layer 2   -u_i(x)  = r - sum over j of ReLU(-S_ij(x))                         N neurons
/// layer 3   F(x)     = sum over i of y_i ReLU(-u_i(x))                          1 output; K for K > 2 classes
/// </code>
/// With lambda = p/q all of it is multiplied by <see cref="UnitDenominator"/>, which makes the weights integers where the
/// points are (ReLU networks are positively homogeneous, so that no sign changes).
/// </summary>
internal sealed class DenseCellNetwork
{
    /// <summary>The most parameters that are stored; each takes 24 bytes and more.</summary>
    public const long MaximumParameters = 10_000_000;

    private readonly int _classes;

    /// <summary>The three layers; ReLU follows the first two.</summary>
    public IReadOnlyList<DenseLayer> Layers { get; }

    /// <summary>What <see cref="Evaluate"/> returns is F times this: q for even q, else 2q, for lambda = p/q.</summary>
    public long UnitDenominator { get; }

    /// <summary>Stored weights and biases: the length of the arrays.</summary>
    public long Parameters => Layers.Sum(layer => layer.Parameters);

    /// <summary>
    /// Weights and biases that the construction sets: all of layer 1 (where a difference of pixels may happen to be
    /// zero, but the connection is there), and the entries of layers 2 and 3 that are not zero.
    /// </summary>
    public long StructuralNonZero => Layers[0].Parameters + Layers.Skip(1).Sum(layer =>
        layer.Weights.Cast<Dyadic>().Concat(layer.Biases).LongCount(weight => weight.Sign != 0));

    /// <summary>Builds the layers. O(N^2 n).</summary>
    /// <param name="points">The training points, N by n.</param>
    /// <param name="labels">Class index of each point, length N.</param>
    /// <param name="classes">Number of classes, at least 2; with 2 the first is -1 and the second +1.</param>
    /// <param name="lambda">1/2 &lt; lambda &lt; 1.</param>
    /// <exception cref="MemoException">Above <see cref="MaximumParameters"/>, equal points of different label, no two
    /// labels, or a lambda out of range.</exception>
    public DenseCellNetwork(SampleMatrix points, ReadOnlySpan<int> labels, int classes, Ratio lambda)
    {
        ArgumentNullException.ThrowIfNull(points);
        CellNetwork.RequireValidLambda(lambda);
        if (labels.Length != points.Rows)
            throw new MemoException($"{points.Rows} training points but {labels.Length} labels");
        int count = points.Rows, dimension = points.Columns, outputs = classes == 2 ? 1 : classes;
        _classes = classes;

        var pairs = new List<(int I, int J)>();
        RequireStorable(labels, dimension, outputs);
        for (int i = 0; i < count; i++)
            for (int j = 0; j < count; j++)
                if (labels[i] != labels[j]) pairs.Add((i, j));
        if (pairs.Count == 0) throw new MemoException("only one class occurs; a network needs two or more");

        long q = lambda.Denominator, p = lambda.Numerator;
        UnitDenominator = q % 2 == 0 ? q : 2 * q; // so that UnitDenominator * (lambda - 1/2) is an integer too
        long unit = UnitDenominator, lambdaInUnits = unit / q * p;

        var first = new DenseLayer(new Dyadic[pairs.Count, dimension], new Dyadic[pairs.Count]);
        var second = new DenseLayer(new Dyadic[count, pairs.Count], new Dyadic[count]);
        var third = new DenseLayer(new Dyadic[outputs, count], new Dyadic[outputs]);
        Dyadic? leastSquaredDistance = null;
        for (int m = 0; m < pairs.Count; m++)
        {
            (int i, int j) = pairs[m];
            Dyadic squaredDistance = Dyadic.Zero;
            for (int k = 0; k < dimension; k++)
            {
                Dyadic xi = Dyadic.FromDouble(points[i, k]), xj = Dyadic.FromDouble(points[j, k]), difference = xi - xj;
                squaredDistance += difference * difference;
                first.Weights[m, k] = -unit * difference;
                first.Biases[m] += difference * (lambdaInUnits * xi + (unit - lambdaInUnits) * xj);
            }
            second.Weights[i, m] = -1;
            if (leastSquaredDistance is null || squaredDistance < leastSquaredDistance) leastSquaredDistance = squaredDistance;
        }
        if (leastSquaredDistance!.Value.Sign == 0)
            throw new MemoException("two equal points carry different labels, so no network can memorize both");
        for (int i = 0; i < count; i++)
        {
            second.Biases[i] = (lambdaInUnits - unit / 2) * leastSquaredDistance.Value; // r
            if (classes == 2)
                third.Weights[0, i] = labels[i] == 0 ? -1 : 1;
            else
                third.Weights[labels[i], i] = 1;
        }
        Layers = [first, second, third];
    }

    /// <summary>
    /// F(x) in units of 1/<see cref="UnitDenominator"/>, exact: one value for two classes, else one per class. The plain
    /// forward pass: affine, ReLU, affine, ReLU, affine.
    /// </summary>
    /// <param name="query">x, n finite values.</param>
    public Dyadic[] Evaluate(ReadOnlySpan<double> query)
    {
        var activations = new Dyadic[query.Length];
        for (int k = 0; k < query.Length; k++) activations[k] = Dyadic.FromDouble(query[k]);
        for (int layer = 0; layer < Layers.Count; layer++)
        {
            activations = Layers[layer].Apply(activations);
            if (layer == Layers.Count - 1) break;
            for (int m = 0; m < activations.Length; m++)
                if (activations[m].Sign < 0) activations[m] = Dyadic.Zero;
        }
        return activations;
    }

    /// <summary>
    /// The label that the values of <see cref="Evaluate"/> stand for: the sign for two classes, else the class of the
    /// largest value; <see cref="Predictions.Abstention"/> for F = 0, or where two classes share the largest value.
    /// </summary>
    public int Label(ReadOnlySpan<Dyadic> values)
    {
        if (_classes == 2)
            return values[0].Sign switch { < 0 => 0, > 0 => 1, _ => Predictions.Abstention };
        int best = 0, holders = 1;
        for (int k = 1; k < values.Length; k++)
            if (values[k] > values[best])
                (best, holders) = (k, 1);
            else if (values[k] == values[best])
                holders++;
        return holders == 1 ? best : Predictions.Abstention;
    }

    private static void RequireStorable(ReadOnlySpan<int> labels, int dimension, int outputs)
    {
        var perClass = new Dictionary<int, long>();
        foreach (int label in labels) perClass[label] = perClass.GetValueOrDefault(label) + 1;
        BigInteger count = labels.Length, pairs = 0;
        foreach (long size in perClass.Values) pairs += size * (count - size);
        BigInteger parameters = pairs * (dimension + 1) + count * (pairs + 1) + outputs * (count + 1);
        if (parameters > MaximumParameters)
            throw new MemoException($"the dense network would have {parameters} parameters, more than the " +
                                    $"{MaximumParameters} that are stored; the factored form has no such limit");
    }
}
