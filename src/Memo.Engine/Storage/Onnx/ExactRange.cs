// For which samples a forward pass in doubles is exact: the bounds, and the proof behind them.
using System.Globalization;
using System.Numerics;
using Memo.Data;
using Memo.Networks;
using Memo.Networks.Plans;
using Memo.Numerics;

namespace Memo.Storage.Onnx;

/// <summary>
/// The samples for which a model computes exactly: every coordinate is an integer times 2^Exponent, from Least to Greatest.
/// <para>
/// Why it is exact: a sum, difference or product of doubles is not rounded when it is an integer of at most 2^53 units, here
/// 2^Exponent to the power of one or two. So it suffices that every number that can occur, partial sums in whatever order
/// included, is at most 2^53; for a partial sum, the sum of the terms' magnitudes bounds it. One sum may be larger:
/// sum over j of ReLU(-S_ij), whose terms are not negative. Rounding is monotone, so once it passes 2^53 it stays there,
/// whatever the order, and r &lt;= 2^53 less it is no positive number, as it should be; below 2^53 it is exact.
/// </para>
/// <para>
/// With n features, training points from l to h, samples from l - m to h + m, R = h - l + m and M = max(|l|, |h|) + m:
/// |x|^2 + |z|^2 - 2 x.z has partial sums up to 3 n M^2; a wall a (D_j - D_i) - b P_ij is at most (a + b) n R^2; and F, a sum
/// over the points of one class of at most r = b min P each, at most their number times that. m is chosen as large as
/// these allow; bytes need none, since 0 .. 255 are all that there are.
/// </para>
/// </summary>
internal sealed record ExactRange(ElementType Type, int Exponent, BigInteger Least, BigInteger Greatest)
{
    private const int Bits = 53;

    // Squares of the lattice's unit, and 2^53 of them, are then normal numbers.
    private const int LeastExponent = -500, GreatestExponent = 400;

    private static readonly BigInteger s_limit = BigInteger.One << Bits;

    /// <summary>Whether samples can lie outside: bytes cannot.</summary>
    public bool IsChecked => Type != ElementType.UInt8;

    /// <summary>The range of the factored graph.</summary>
    /// <exception cref="MemoException">Not even the training points are in it.</exception>
    public static ExactRange OfFactored(CellNetwork network)
    {
        BigInteger n = network.Dimension, a = network.DistanceFactor, b = network.PairFactor;
        var perClass = new long[network.Classes.Count];
        foreach (int label in network.Labels) perClass[label]++;
        return Widest(network, (reach, largest, threshold) =>
        [
            ("squared distances (3 n M^2)", 3 * n * largest * largest),
            ("walls ((a + b) n R^2)", (a + b) * n * reach * reach),
            ("values (N_k b min P)", perClass.Max() * threshold),
        ]);
    }

    /// <summary>The range of the dense layers.</summary>
    /// <exception cref="MemoException">Not even the training points are in it.</exception>
    public static ExactRange OfDense(INetwork network) => network switch
    {
        CellNetwork cells => OfDense(cells),
        ReluNetwork relu => OfDense(relu),
        _ => throw new NotSupportedException($"a network of type {network.GetType().Name}"),
    };

    private static ExactRange OfDense(CellNetwork network)
    {
        BigInteger n = network.Dimension, a = network.DistanceFactor, b = network.PairFactor, unit = network.UnitDenominator;
        return Widest(network, (reach, largest, threshold) =>
        [
            ("first layer (2 u n R M)", 2 * unit * n * reach * largest),
            ("second layer (N (a + b) n R^2 + r)", network.Count * (a + b) * n * reach * reach + threshold),
            ("values (N b min P)", network.Count * threshold),
        ]);
    }

    private static ExactRange Widest(CellNetwork network,
        Func<BigInteger, BigInteger, BigInteger, (string What, BigInteger Bound)[]> bounds)
    {
        (int exponent, BigInteger least, BigInteger greatest) = network.TrainingPoints switch
        {
            SampleMatrix<byte> => (0, BigInteger.Zero, (BigInteger)byte.MaxValue),
            SampleMatrix<float> points => Box(points),
            SampleMatrix<double> points => Box(points),
            _ => throw new NotSupportedException($"points of type {network.SampleType}"),
        };
        RequireExponent(exponent);
        BigInteger threshold = network.Threshold.MantissaAt(2 * exponent);
        BigInteger largest = BigInteger.Max(BigInteger.Abs(least), BigInteger.Abs(greatest));
        (string What, BigInteger Bound)? Excess(BigInteger margin)
        {
            foreach ((string, BigInteger Bound) bound in bounds(greatest - least + margin, largest + margin, threshold))
                if (bound.Bound > s_limit) return bound;
            return null;
        }
        if (Excess(0) is { } excess)
            throw new MemoException(string.Create(CultureInfo.InvariantCulture, $"doubles hold integers up to 2^{Bits}, and this " +
                $"network's {excess.What} can reach 2^{BitsOf(excess.Bound)}: n = {network.Dimension}, values up to 2^{BitsOf(largest)} " +
                $"in units of 2^{exponent}, lambda = {network.Lambda}, so that rounding would decide answers; {Advice(network)}"));
        BigInteger margin = 0;
        if (network.SampleType != ElementType.UInt8)
            for (BigInteger step = s_limit; step > 0; step >>= 1)
                if (Excess(margin + step) is null) margin += step;
        return new ExactRange(network.SampleType, exponent, least - margin, greatest + margin);
    }

    private static void RequireExponent(int exponent)
    {
        if (exponent is < LeastExponent or > GreatestExponent)
            throw new MemoException(string.Create(CultureInfo.InvariantCulture, $"the training samples are multiples of 2^{exponent}, " +
                $"and doubles hold squares of such only for exponents from {LeastExponent} to {GreatestExponent}: scale the samples"));
    }

    private static int BitsOf(BigInteger bound) => (int)(bound - 1).GetBitLength();

    private static string Advice(CellNetwork network) => network.SampleType == ElementType.UInt8
        ? "a lambda with a smaller denominator has smaller numbers"
        : "round the samples to a coarser grid, or use bytes";

    private static (int Exponent, BigInteger Least, BigInteger Greatest) Box<T>(SampleMatrix<T> points)
        where T : unmanaged, INumber<T>
    {
        var lattice = new Lattice();
        double least = double.PositiveInfinity, greatest = double.NegativeInfinity;
        foreach (T point in points.Values)
        {
            double value = double.CreateChecked(point);
            lattice.Include(value);
            (least, greatest) = (Math.Min(least, value), Math.Max(greatest, value));
        }
        return (lattice.Lowest, InUnits(least), InUnits(greatest));

        BigInteger InUnits(double value) => Dyadic.FromDouble(value).MantissaAt(lattice.Lowest);
    }

    // Each number's exact range follows from the layers before it (LayerAnalysis), and bounds the sums of the next.
    private static ExactRange OfDense(ReluNetwork network)
    {
        if (network.Size.Bits > Bits)
            throw new MemoException(string.Create(CultureInfo.InvariantCulture, $"the largest weight of this network of method " +
                $"{network.Method} has {network.Size.Bits} bits, and a double holds integers of {Bits}: a runtime in double precision " +
                $"would give other answers; the format safetensors holds every bit"));
        InputBox box = network.Box;
        RequireExponent(box.Exponent);
        var inputs = new Interval((BigInteger)box.Least, (BigInteger)box.Greatest);
        if (Magnitude(inputs) > s_limit)
            throw new MemoException(string.Create(CultureInfo.InvariantCulture, $"doubles hold integers up to 2^{Bits}, and the samples of " +
                $"this network, whose largest weight has {network.Size.Bits} bits, reach 2^{BitsOf(Magnitude(inputs))} in units of " +
                $"2^{box.Exponent}: round the samples to a coarser grid"));
        Interval[] values = [.. Enumerable.Repeat(inputs, network.Dimension)];
        LayerAnalysis? analysis = null;
        for (int k = 0; k < network.WeightLayers.Length; k++)
        {
            SparseLayer layer = network.WeightLayers[k];
            for (int row = 0; row < layer.Outputs; row++)
            {
                BigInteger bound = BigInteger.Abs(layer.Biases[row]);
                for (int e = layer.RowStarts[row]; e < layer.RowStarts[row + 1]; e++)
                    bound += BigInteger.Abs(layer.Weights[e]) * Magnitude(values[layer.Columns[e]]);
                if (bound > s_limit)
                    throw new MemoException(string.Create(CultureInfo.InvariantCulture, $"doubles hold integers up to 2^{Bits}, and sums " +
                        $"in layer {k + 1} of this network of method {network.Method}, whose largest weight has {network.Size.Bits} bits, " +
                        $"can reach 2^{BitsOf(bound)}: rounding would decide answers; the format safetensors holds the network exactly"));
            }
            analysis = analysis is null ? LayerAnalysis.OfFirst(layer, 0, inputs) : LayerAnalysis.OfNext(layer, 0, analysis);
            values = new Interval[layer.Outputs];
            for (int row = 0; row < values.Length; row++)
            {
                FormNeuron neuron = analysis.Neurons[row];
                values[row] = (neuron.Sign * analysis.Forms[neuron.Form].Range + neuron.Constant).Relu;
            }
        }
        return new ExactRange(box.Type, box.Exponent, inputs.Low, inputs.High);
    }

    private static BigInteger Magnitude(Interval values) => BigInteger.Max(BigInteger.Abs(values.Low), BigInteger.Abs(values.High));
}
