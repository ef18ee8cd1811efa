using System.Numerics;
using Memo.Data;
using Memo.Networks.Plans;

namespace Memo.Networks;

/// <summary>What a <see cref="ReluNetwork"/> is besides its layers.</summary>
internal sealed record ReluNetworkDescription
{
    /// <summary>The construction's name.</summary>
    public required string Method { get; init; }

    /// <summary>The classes; binary: the first is -1, the second +1.</summary>
    public required ClassList Classes { get; init; }

    /// <summary>How the output names a class.</summary>
    public required Readout Readout { get; init; }

    /// <summary>The training samples that the construction was given, N.</summary>
    public required int Samples { get; init; }

    /// <summary>The training samples' unit and range, which the first layer is made for.</summary>
    public required InputBox Box { get; init; }

    /// <summary>What the construction found out on its way: the number of draws, the bits of a code, ...</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Notes { get; init; } = [];
}

/// <summary>
/// A ReLU network over the integers, layer by layer: sparse rows, weights of hundreds to thousands of bits. It takes a
/// sample x as the integers x / 2^Box.Exponent. All answers are exact. Samples that lie between those integers are taken
/// too: ReLU networks are positively homogeneous, so scaling the inputs and all biases by 2^k scales F by 2^k.
/// </summary>
public sealed class ReluNetwork : INetwork
{
    private readonly SparseLayer[] _layers;
    private readonly ReluNetworkDescription _description;
    private readonly Lock _planLock = new();
    private ReluPlan? _plan;
    private int _planShift;

    /// <summary>Puts layers together, first to last; the last one has one row and no ReLU after it.</summary>
    /// <exception cref="MemoException">The layers do not fit one behind the other.</exception>
    internal ReluNetwork(IReadOnlyList<SparseLayer> layers, ReluNetworkDescription description)
    {
        ArgumentNullException.ThrowIfNull(layers);
        ArgumentNullException.ThrowIfNull(description);
        if (layers.Count == 0) throw new MemoException("a network needs a layer");
        for (int k = 1; k < layers.Count; k++)
            if (layers[k].Inputs != layers[k - 1].Outputs)
                throw new MemoException($"layer {k + 1} takes {layers[k].Inputs} numbers, layer {k} gives {layers[k - 1].Outputs}");
        if (layers[^1].Outputs != 1) throw new MemoException($"the last layer gives {layers[^1].Outputs} numbers; it must give one");
        if (description.Classes.Count < 2) throw new MemoException("a network needs at least two classes");
        if (description.Readout == Readout.Sign && description.Classes.Count != 2)
            throw new MemoException($"a sign tells two classes apart, not {description.Classes.Count}");
        (_layers, _description) = ([.. layers], description);
        Layers = [.. _layers.Select(layer => layer.Shape)];
        Size = new NetworkSize(
            Parameters: Layers.Aggregate(BigInteger.Zero, (sum, layer) => sum + layer.Parameters),
            NonZero: Layers.Aggregate(BigInteger.Zero, (sum, layer) => sum + layer.NonZero),
            Width: Layers.Count == 1 ? 0 : Layers.SkipLast(1).Max(layer => layer.Outputs),
            Depth: _layers.Length,
            Bits: _layers.Max(layer => layer.Bits));
    }

    /// <summary>The layers with their weights, first to last.</summary>
    public ReadOnlySpan<SparseLayer> WeightLayers => _layers;

    /// <inheritdoc/>
    public IReadOnlyList<LayerShape> Layers { get; }

    /// <inheritdoc/>
    public NetworkSize Size { get; }

    /// <inheritdoc/>
    public string Method => _description.Method;

    /// <inheritdoc/>
    public ClassList Classes => _description.Classes;

    /// <summary>How the output names a class.</summary>
    public Readout Readout => _description.Readout;

    /// <summary>The training samples' unit and range, which the first layer is made for.</summary>
    public InputBox Box => _description.Box;

    /// <inheritdoc/>
    public int Samples => _description.Samples;

    /// <inheritdoc/>
    public ElementType SampleType => Box.Type;

    /// <inheritdoc/>
    public IReadOnlyList<KeyValuePair<string, string>> Notes => _description.Notes;

    /// <inheritdoc/>
    public int Dimension => _layers[0].Inputs;

    /// <inheritdoc/>
    public int OutputCount => 1;

    /// <inheritdoc/>
    public SampleMatrix Fit(SampleMatrix samples, string source, ReadOnlySpan<int> fileRows = default)
    {
        ArgumentNullException.ThrowIfNull(samples);
        return samples.FitTo(Dimension, samples.ElementType, source, "the network", fileRows);
    }

    /// <inheritdoc/>
    public Predictions Predict(SampleMatrix queries, Outputs outputs = Outputs.Labels, RunOptions? run = null)
    {
        RequireAvailable(outputs);
        var integers = IntegerSamples.Of(Fit(queries, "the queries"), Box.Exponent);
        run ??= RunOptions.Default;
        BigInteger[] values = ReluPlanEvaluator.Evaluate(PlanFor(integers, run.Cancellation), integers, run);
        return ToPredictions(values, integers.Exponent, outputs);
    }

    // The plan for the network's own box serves nearly always; samples outside it, or between its integers, get another.
    private ReluPlan PlanFor(IntegerSamples samples, CancellationToken cancellation)
    {
        int biasShift = Box.Exponent - samples.Exponent;
        lock (_planLock)
        {
            if (_plan is null || _planShift != biasShift || samples.Least < _plan.Inputs.Low || samples.Greatest > _plan.Inputs.High)
                (_plan, _planShift) = (ReluPlan.Compile(_layers, biasShift, InputsFor(samples, biasShift), cancellation), biasShift);
            return _plan;
        }
    }

    // The network's box, doubled until it holds the samples, so that few plans serve many.
    private Interval InputsFor(IntegerSamples samples, int biasShift)
    {
        Interval inputs = new((BigInteger)Box.Least << biasShift, (BigInteger)Box.Greatest << biasShift);
        BigInteger reach = BigInteger.One;
        while (samples.Least < inputs.Low || samples.Greatest > inputs.High)
        {
            reach <<= 1;
            inputs = new(BigInteger.Min(inputs.Low, samples.Least < 0 ? -reach : 0), BigInteger.Max(inputs.High, reach));
        }
        return inputs;
    }

    /// <inheritdoc/>
    public Predictions PredictByReference(SampleMatrix queries, Outputs outputs = Outputs.Labels, RunOptions? run = null)
    {
        RequireAvailable(outputs);
        var integers = IntegerSamples.Of(Fit(queries, "the queries"), Box.Exponent);
        return ToPredictions(ReferenceReluEvaluator.Evaluate(_layers, integers, run ?? RunOptions.Default, Box.Exponent), integers.Exponent, outputs);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
    }

    // A query on a finer lattice than the network's scales F with it: the values are F * 2^(Box.Exponent - exponent).
    private Predictions ToPredictions(BigInteger[] values, int exponent, Outputs outputs)
    {
        int fractionBits = Box.Exponent - exponent;
        return new Predictions
        {
            Labels = [.. values.Select(value => Readout.Label(value, fractionBits, Classes.Count))],
            Values = outputs.HasFlag(Outputs.Values) ? values : null,
            ScaleDenominator = BigInteger.One << fractionBits,
        };
    }

    private void RequireAvailable(Outputs outputs)
    {
        if (outputs.HasFlag(Outputs.Radii))
            throw new MemoException($"a network of method {Method} has no certified radii; those of cells, constant and condense have");
        if (outputs.HasFlag(Outputs.Nearest))
            throw new MemoException($"a network of method {Method} knows no nearest training point");
    }
}
