using System.Globalization;
using System.Numerics;
using System.Runtime.InteropServices;

namespace Memo.Networks.Plans;

/// <summary>
/// What can be said of one layer before any sample is seen: its forms with their exact ranges, and its neurons in terms of
/// atoms. Built from the layer before it.
/// </summary>
internal sealed class LayerAnalysis
{
    // Runs of consecutive constants are cut at this length: a neuron is written with one step for each before it.
    private const int LongestRun = 16;

    // A number of 8 MB; sums of products of such numbers are still far below what BigInteger holds.
    private const long MostBits = 1L << 26;

    private readonly FormNeuron[] _neurons;
    private readonly Form[] _forms;
    private readonly List<(Atom Atom, int Sign)>[] _expressions; // each neuron as atoms; a constant in _constants
    private readonly BigInteger[] _constants;

    private LayerAnalysis(FormNeuron[] neurons, Form[] forms)
    {
        (_neurons, _forms) = (neurons, forms);
        _expressions = new List<(Atom, int)>[neurons.Length];
        _constants = new BigInteger[neurons.Length];
    }

    /// <summary>The linear parts that occur.</summary>
    public ReadOnlySpan<Form> Forms => _forms;

    /// <summary>The neurons.</summary>
    public ReadOnlySpan<FormNeuron> Neurons => _neurons;

    /// <summary>Analyses the first layer, whose inputs all lie in <paramref name="inputs"/>. O(entries).</summary>
    public static LayerAnalysis OfFirst(SparseLayer layer, int biasShift, Interval inputs) =>
        Group(layer, biasShift, row =>
        {
            Interval sum = default;
            for (int e = layer.RowStarts[row]; e < layer.RowStarts[row + 1]; e++) sum += layer.Weights[e] * inputs;
            return sum;
        }).WithAtoms();

    /// <summary>Analyses the layer after <paramref name="previous"/>, and counts in that one which atoms are used.</summary>
    public static LayerAnalysis OfNext(SparseLayer layer, int biasShift, LayerAnalysis previous)
    {
        LayerAnalysis analysis = Group(layer, biasShift, row => previous.RangeOf(layer, row));
        foreach (Form form in analysis._forms)
        {
            form.Sum = previous.SumOf(layer, form.Row);
            foreach ((Atom atom, _) in form.Sum.Terms) atom.Uses++;
        }
        return analysis.WithAtoms();
    }

    // Rows with equal or opposite weights share a form; the first of them gives u its sign.
    private static LayerAnalysis Group(SparseLayer layer, int biasShift, Func<int, Interval> range)
    {
        var neurons = new FormNeuron[layer.Outputs];
        var forms = new List<Form>();
        var byHash = new Dictionary<int, List<int>>();
        for (int row = 0; row < layer.Outputs; row++)
        {
            ref List<int>? candidates = ref CollectionsMarshal.GetValueRefOrAddDefault(byHash, Hash(layer, row), out _);
            candidates ??= [];
            int form = -1, sign = 0;
            foreach (int candidate in candidates)
                if ((sign = SignOfMatch(layer, row, forms[candidate].Row)) != 0)
                {
                    form = candidate;
                    break;
                }
            if (form < 0)
            {
                (form, sign) = (forms.Count, 1);
                candidates.Add(form);
                forms.Add(new Form { Row = row, Range = range(row) });
                if (forms[form].Range.SignedBits > MostBits)
                    throw new MemoException(string.Create(CultureInfo.InvariantCulture, $"numbers of {forms[form].Range.SignedBits} bits " +
                        $"would occur in a forward pass of this network, more than the {MostBits} that the plan takes"));
            }
            neurons[row] = new FormNeuron(form, sign, layer.Biases[row] << biasShift);
        }
        return new LayerAnalysis(neurons, [.. forms]);
    }

    private static int Hash(SparseLayer layer, int row)
    {
        var hash = new HashCode();
        for (int e = layer.RowStarts[row]; e < layer.RowStarts[row + 1]; e++)
        {
            hash.Add(layer.Columns[e]);
            hash.Add(BigInteger.Abs(layer.Weights[e]));
        }
        return hash.ToHashCode();
    }

    // 1 for equal weights, -1 for opposite ones, 0 for others.
    private static int SignOfMatch(SparseLayer layer, int row, int other)
    {
        int start = layer.RowStarts[row], length = layer.RowStarts[row + 1] - start, otherStart = layer.RowStarts[other];
        if (layer.RowStarts[other + 1] - otherStart != length) return 0;
        if (!layer.Columns.Slice(start, length).SequenceEqual(layer.Columns.Slice(otherStart, length))) return 0;
        ReadOnlySpan<BigInteger> weights = layer.Weights.Slice(start, length), others = layer.Weights.Slice(otherStart, length);
        if (weights.SequenceEqual(others)) return 1;
        for (int e = 0; e < length; e++)
            if (weights[e] != -others[e]) return 0;
        return -1;
    }

    // The range of a row of the next layer: form by form a piecewise linear function of one variable.
    private Interval RangeOf(SparseLayer layer, int row)
    {
        var byForm = new SortedDictionary<int, List<Hinge>>();
        for (int e = layer.RowStarts[row]; e < layer.RowStarts[row + 1]; e++)
        {
            FormNeuron neuron = _neurons[layer.Columns[e]];
            if (!byForm.TryGetValue(neuron.Form, out List<Hinge>? hinges)) byForm.Add(neuron.Form, hinges = []);
            hinges.Add(new Hinge(layer.Weights[e], neuron.Sign, neuron.Constant));
        }
        Interval sum = default;
        foreach ((int form, List<Hinge> hinges) in byForm)
            sum += PiecewiseLinear.Range(CollectionsMarshal.AsSpan(hinges), _forms[form].Range);
        return sum;
    }

    private AtomSum SumOf(SparseLayer layer, int row)
    {
        var sum = new AtomSum();
        for (int e = layer.RowStarts[row]; e < layer.RowStarts[row + 1]; e++)
        {
            int neuron = layer.Columns[e];
            foreach ((Atom atom, int sign) in _expressions[neuron]) sum.Add(atom, sign * layer.Weights[e]);
            sum.Add(_constants[neuron] * layer.Weights[e]);
        }
        return sum;
    }

    // Of neurons ReLU(s u + c), ReLU(s u + c - 1), ... the first is a value and the others are it less the steps between:
    // ReLU(v + 1) - ReLU(v) = [v >= 0] for every integer v.
    private LayerAnalysis WithAtoms()
    {
        int[] order = [.. Enumerable.Range(0, _neurons.Length)];
        Array.Sort(order, (a, b) =>
        {
            FormNeuron x = _neurons[a], y = _neurons[b];
            int byForm = x.Form != y.Form ? x.Form.CompareTo(y.Form) : y.Sign.CompareTo(x.Sign);
            return byForm != 0 ? byForm : y.Constant.CompareTo(x.Constant);
        });
        List<(Atom, int)> expression = [];
        BigInteger constant = 0;
        int length = 0;
        for (int i = 0; i < order.Length; i++)
        {
            FormNeuron neuron = _neurons[order[i]];
            FormNeuron? last = i == 0 ? null : _neurons[order[i - 1]];
            bool related = last is { } before && before.Form == neuron.Form && before.Sign == neuron.Sign;
            if (!related || last!.Value.Constant != neuron.Constant)
            {
                if (related && length < LongestRun && last!.Value.Constant - neuron.Constant == BigInteger.One)
                {
                    length++;
                    expression = [.. expression];
                    // [s u + c >= 0]; for s = -1 it is 1 - [u - c - 1 >= 0].
                    if (neuron.Sign > 0) expression.Add((AddStep(neuron, neuron.Constant), -1));
                    else
                    {
                        expression.Add((AddStep(neuron, -neuron.Constant - 1), 1));
                        constant -= 1;
                    }
                }
                else (expression, constant, length) = ([(AddValue(neuron), 1)], BigInteger.Zero, 1);
            }
            (_expressions[order[i]], _constants[order[i]]) = (expression, constant);
        }
        return this;
    }

    private Atom AddValue(FormNeuron neuron)
    {
        Form form = _forms[neuron.Form];
        Interval argument = neuron.Sign * form.Range + neuron.Constant;
        return Add(new Atom
        {
            Form = form,
            IsStep = false,
            Sign = neuron.Sign,
            Constant = neuron.Constant,
            Range = argument.Relu,
            AlwaysPositive = argument.Low.Sign >= 0,
        });
    }

    private Atom AddStep(FormNeuron neuron, BigInteger constant)
    {
        Form form = _forms[neuron.Form];
        Interval argument = form.Range + constant;
        return Add(new Atom
        {
            Form = form,
            IsStep = true,
            Sign = 1,
            Constant = constant,
            Range = new Interval(argument.Low.Sign >= 0 ? 1 : 0, argument.High.Sign >= 0 ? 1 : 0),
            AlwaysPositive = true,
        });
    }

    private static Atom Add(Atom atom)
    {
        atom.Form.Atoms.Add(atom);
        return atom;
    }
}
