using System.Numerics;

namespace Memo.Networks;

/// <summary>
/// A linear form with a constant, sum of weights * neurons + constant, over the neurons of one layer: how constructions
/// write down their networks (<see cref="ReluNetworkBuilder"/>). Immutable.
/// </summary>
internal sealed class LinearForm
{
    private readonly (int Neuron, BigInteger Weight)[] _terms; // ascending neurons, no zero weight

    private LinearForm(int layer, (int, BigInteger)[] terms, BigInteger constant) => (Layer, _terms, Constant) = (layer, terms, constant);

    /// <summary>The layer whose neurons these are, 0 for the inputs; -1 for a constant, which fits every layer.</summary>
    public int Layer { get; }

    /// <summary>The neurons and their weights, ascending.</summary>
    public ReadOnlySpan<(int Neuron, BigInteger Weight)> Terms => _terms;

    /// <summary>The constant.</summary>
    public BigInteger Constant { get; }

    public static LinearForm Neuron(int layer, int neuron) => new(layer, [(neuron, BigInteger.One)], BigInteger.Zero);

    /// <summary>w . x over the inputs, for weights that may be zero.</summary>
    public static LinearForm OfInputs(ReadOnlySpan<long> weights)
    {
        var terms = new List<(int, BigInteger)>(weights.Length);
        for (int k = 0; k < weights.Length; k++)
            if (weights[k] != 0) terms.Add((k, weights[k]));
        return new LinearForm(0, [.. terms], BigInteger.Zero);
    }

    /// <summary>The sum of many forms, O(terms log forms).</summary>
    public static LinearForm Sum(ReadOnlySpan<LinearForm> forms) => forms.Length switch
    {
        0 => 0,
        1 => forms[0],
        _ => Sum(forms[..(forms.Length / 2)]) + Sum(forms[(forms.Length / 2)..]),
    };

    public static implicit operator LinearForm(BigInteger constant) => new(-1, [], constant);

    public static implicit operator LinearForm(long constant) => new(-1, [], constant);

    public static LinearForm operator +(LinearForm a, LinearForm b) => Combine(a, b, BigInteger.One);

    public static LinearForm operator -(LinearForm a, LinearForm b) => Combine(a, b, BigInteger.MinusOne);

    public static LinearForm operator -(LinearForm a) => BigInteger.MinusOne * a;

    public static LinearForm operator *(BigInteger factor, LinearForm a) => Combine(0, a, factor);

    // a + factor * b
    private static LinearForm Combine(LinearForm a, LinearForm b, BigInteger factor)
    {
        if (a.Layer >= 0 && b.Layer >= 0 && a.Layer != b.Layer)
            throw new InvalidOperationException($"a form of layer {a.Layer} meets one of layer {b.Layer}");
        var terms = new List<(int, BigInteger)>(a._terms.Length + b._terms.Length);
        int i = 0, j = 0;
        while (i < a._terms.Length || j < b._terms.Length)
        {
            int left = i < a._terms.Length ? a._terms[i].Neuron : int.MaxValue;
            int right = j < b._terms.Length ? b._terms[j].Neuron : int.MaxValue;
            BigInteger weight = left < right ? a._terms[i++].Weight :
                right < left ? Times(factor, b._terms[j++].Weight) : a._terms[i++].Weight + Times(factor, b._terms[j++].Weight);
            if (!weight.IsZero) terms.Add((Math.Min(left, right), weight));
        }
        return new LinearForm(Math.Max(a.Layer, b.Layer), [.. terms], a.Constant + factor * b.Constant);
    }

    // BigInteger copies the digits even where it multiplies by one; weights of thousands of bits are better shared.
    private static BigInteger Times(BigInteger a, BigInteger b) =>
        a.IsOne ? b : b.IsOne ? a : a == BigInteger.MinusOne ? -b : b == BigInteger.MinusOne ? -a : a * b;
}
