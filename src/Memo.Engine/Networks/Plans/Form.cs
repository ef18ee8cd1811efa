using System.Numerics;

namespace Memo.Networks.Plans;

/// <summary>
/// The linear part u that one or more neurons of a layer share: they are ReLU(+-u + constant). Grouping them is what keeps
/// bounds tight and shares work.
/// </summary>
internal sealed class Form
{
    /// <summary>The row whose weights, without its bias, are u.</summary>
    public required int Row { get; init; }

    /// <summary>Every value of u.</summary>
    public required Interval Range { get; init; }

    /// <summary>u as a sum over the atoms of the layer before; null for the first layer.</summary>
    public AtomSum? Sum { get; set; }

    /// <summary>The terms of <see cref="Sum"/>; none in the first layer.</summary>
    public IEnumerable<KeyValuePair<Atom, BigInteger>> Terms => Sum?.Terms ?? [];

    /// <summary>The numbers of this form that the next layer may use.</summary>
    public List<Atom> Atoms { get; } = [];
}

/// <summary>A neuron as ReLU(Sign * u + Constant) of a form u.</summary>
internal readonly record struct FormNeuron(int Form, int Sign, BigInteger Constant);

/// <summary>
/// A number that the plan computes: max(0, Sign * u + Constant), or the step [u + Constant >= 0], which is 0 or 1. Over
/// integers ReLU(u + c + 1) - ReLU(u + c) is such a step, so of neurons whose constants follow one another only the first
/// is a big integer.
/// </summary>
internal sealed class Atom
{
    public required Form Form { get; init; }

    public required bool IsStep { get; init; }

    public required int Sign { get; init; }

    public required BigInteger Constant { get; init; }

    /// <summary>Every value that occurs.</summary>
    public required Interval Range { get; init; }

    /// <summary>Whether ReLU changes nothing.</summary>
    public required bool AlwaysPositive { get; init; }

    /// <summary>How many forms of the next layer have it; without any it is not computed.</summary>
    public int Uses { get; set; }

    /// <summary>Where it is, once computed.</summary>
    public Slot? Slot { get; set; }

    /// <summary>Digits of its largest value.</summary>
    public int Digits => Kernels.Digits.Digit.CountFor((long)Range.High.GetBitLength());

    /// <summary>The atom's value if it has but one.</summary>
    public BigInteger? OnlyValue => Range.Low == Range.High ? Range.Low : null;
}

/// <summary>A sum of atoms with weights, and a constant.</summary>
internal sealed class AtomSum
{
    private readonly Dictionary<Atom, BigInteger> _terms = [];

    public BigInteger Constant { get; private set; }

    /// <summary>The terms whose weight is not zero, in the order of their first mention.</summary>
    public IEnumerable<KeyValuePair<Atom, BigInteger>> Terms => _terms.Where(term => !term.Value.IsZero);

    /// <summary>Adds weight * atom; an atom that is constant goes into the constant.</summary>
    public void Add(Atom atom, BigInteger weight)
    {
        if (atom.OnlyValue is { } value) Constant += weight * value;
        else _terms[atom] = _terms.GetValueOrDefault(atom) + weight;
    }

    public void Add(BigInteger constant) => Constant += constant;
}
