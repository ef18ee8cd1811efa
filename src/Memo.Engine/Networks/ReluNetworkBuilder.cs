using System.Numerics;

namespace Memo.Networks;

/// <summary>
/// Writes a network down layer by layer, as a proof does: <see cref="Relu"/> puts a neuron into the layer that is open and
/// returns it, as a form that the next layer may use once <see cref="EndLayer"/> has closed this one.
/// <code>
/// LinearForm above = network.Relu(x - (T - 1)) - network.Relu(x - T);   // [x >= T] over integers
/// x = network.Relu(x) - T * above;                                      // clears the bit T of x
/// network.EndLayer();
/// </code>
/// </summary>
internal sealed class ReluNetworkBuilder(int inputs, CancellationToken cancellation = default)
{
    private readonly List<SparseLayer> _layers = [];
    private List<LinearForm> _open = [];

    /// <summary>Layers closed so far.</summary>
    public int Depth => _layers.Count;

    /// <summary>The neuron ReLU(preActivation) of the open layer.</summary>
    /// <exception cref="InvalidOperationException">The form is not over the neurons of the layer before.</exception>
    public LinearForm Relu(LinearForm preActivation)
    {
        RequireOverLastLayer(preActivation);
        cancellation.ThrowIfCancellationRequested();
        _open.Add(preActivation);
        return LinearForm.Neuron(_layers.Count + 1, _open.Count - 1);
    }

    /// <summary>Closes the open layer, which must have a neuron.</summary>
    public void EndLayer()
    {
        _layers.Add(CloseLayer(_open));
        _open = [];
    }

    /// <summary>The layers, the last one affine with the given outputs. Nothing may be open.</summary>
    public IReadOnlyList<SparseLayer> WithOutputs(params ReadOnlySpan<LinearForm> outputs)
    {
        if (_open.Count > 0) throw new InvalidOperationException("a layer is open");
        foreach (LinearForm output in outputs) RequireOverLastLayer(output);
        return [.. _layers, CloseLayer(outputs)];
    }

    private SparseLayer CloseLayer(IReadOnlyCollection<LinearForm> rows) => CloseLayer([.. rows]);

    private SparseLayer CloseLayer(params ReadOnlySpan<LinearForm> rows)
    {
        var starts = new int[rows.Length + 1];
        for (int row = 0; row < rows.Length; row++) starts[row + 1] = starts[row] + rows[row].Terms.Length;
        var columns = new int[starts[^1]];
        var weights = new BigInteger[starts[^1]];
        var biases = new BigInteger[rows.Length];
        for (int row = 0; row < rows.Length; row++)
        {
            biases[row] = rows[row].Constant;
            for (int e = 0; e < rows[row].Terms.Length; e++)
                (columns[starts[row] + e], weights[starts[row] + e]) = rows[row].Terms[e];
        }
        return new SparseLayer(_layers.Count == 0 ? inputs : _layers[^1].Outputs, starts, columns, weights, biases);
    }

    private void RequireOverLastLayer(LinearForm form)
    {
        if (form.Layer >= 0 && form.Layer != _layers.Count)
            throw new InvalidOperationException($"a form of layer {form.Layer} is used in layer {_layers.Count + 1}");
    }
}
