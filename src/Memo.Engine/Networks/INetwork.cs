using Memo.Data;

namespace Memo.Networks;

/// <summary>
/// A memorization network: built from data, saved, verified and run. Two kinds exist: <see cref="CellNetwork"/>, stored
/// in factored form, and <see cref="ReluNetwork"/>, stored layer by layer; either can stand behind feature layers.
/// </summary>
public interface INetwork : IDisposable
{
    /// <summary>The construction's name, as in files: one of <see cref="Constructions.Construction.Methods"/>.</summary>
    string Method { get; }

    /// <summary>The classes; binary: the first is -1, the second +1.</summary>
    ClassList Classes { get; }

    /// <summary>Features of a sample, n.</summary>
    int Dimension { get; }

    /// <summary>The training samples that the construction was given, N.</summary>
    int Samples { get; }

    /// <summary>The type of the training samples' values.</summary>
    ElementType SampleType { get; }

    /// <summary>The exact numbers that F gives for a sample: 1, or K, one for each class.</summary>
    int OutputCount { get; }

    /// <summary>The size of the network as a dense one.</summary>
    NetworkSize Size { get; }

    /// <summary>The affine layers, first to last.</summary>
    IReadOnlyList<LayerShape> Layers { get; }

    /// <summary>What the construction found out on its way, in the order to show it: names as in files and JSON.</summary>
    IReadOnlyList<KeyValuePair<string, string>> Notes { get; }

    /// <summary>
    /// Samples in the form that the network takes them in, with messages that name the data and its rows.
    /// </summary>
    /// <exception cref="MemoException">Another number of features, or values that the network cannot take.</exception>
    SampleMatrix Fit(SampleMatrix samples, string source, ReadOnlySpan<int> fileRows = default);

    /// <summary>The exact answers to <paramref name="queries"/>, Q by n. The same bits whatever the threads and kernels.</summary>
    /// <exception cref="MemoException">Queries that <see cref="Fit"/> refuses, or an output that the network does not have
    /// (certified radii and nearest points are those of cells).</exception>
    Predictions Predict(SampleMatrix queries, Outputs outputs = Outputs.Labels, RunOptions? run = null);

    /// <summary>The same answers by the plain reference: no kernel, no plan, no filter. Much slower.</summary>
    Predictions PredictByReference(SampleMatrix queries, Outputs outputs = Outputs.Labels, RunOptions? run = null);
}
