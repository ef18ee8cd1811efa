// What handles stand for: the engine's objects with what the interface needs of them at every call.
using System.Globalization;
using System.Text;
using Memo.Data;
using Memo.Networks;

namespace Memo.Native;

/// <summary>Labels as C carries them: the classes' integers, or indices where they have none.</summary>
internal sealed class ExternalLabels
{
    public const int Abstention = int.MinValue;

    private readonly int[] _values;

    public ExternalLabels(ClassList classes)
    {
        Classes = classes;
        _values = [.. Enumerable.Range(0, classes.Count).Select(classes.ExternalValue)];
    }

    public ClassList Classes { get; }

    public int this[int label] => label == Predictions.Abstention ? Abstention : _values[label];

    /// <summary>The index of the class that a label of C's stands for, or -1.</summary>
    public int IndexOf(int external) => Array.IndexOf(_values, external);

    public unsafe void Write(ReadOnlySpan<int> labels, int* target)
    {
        for (int i = 0; i < labels.Length; i++) target[i] = this[labels[i]];
    }
}

/// <summary>Something whose classes have names.</summary>
internal abstract class ClassifiedHolding(ClassList classes)
{
    public ExternalLabels Labels { get; } = new(classes);
}

/// <summary>Labelled samples, and what a network file will say of where they are from.</summary>
internal sealed class HeldData(Dataset samples, IReadOnlyDictionary<string, string> provenance) : ClassifiedHolding(samples.Classes)
{
    public const string Kind = "data";

    public Dataset Samples => samples;

    public IReadOnlyDictionary<string, string> Provenance => provenance;
}

/// <summary>A network, the seed that it was built with, and where it is from.</summary>
internal sealed class HeldNetwork(INetwork network, ulong seed, IReadOnlyDictionary<string, string> provenance)
    : ClassifiedHolding(network.Classes)
{
    public const string Kind = "network";

    public INetwork Network => network;

    public ulong Seed => seed;

    public IReadOnlyDictionary<string, string> Provenance => provenance;
}

/// <summary>Answers to queries.</summary>
internal sealed class HeldAnswers(Predictions predictions, ExternalLabels labels)
{
    public const string Kind = "answers";

    private byte[]? _exactValues;

    public Predictions Predictions => predictions;

    public ExternalLabels Labels => labels;

    /// <summary>The exact values as C is given them: decimals, one a line. Made once, since C asks for the length first.</summary>
    public byte[] ExactValues => _exactValues ??= Encoding.ASCII.GetBytes(
        string.Join('\n', predictions.Values!.Select(value => value.ToString(CultureInfo.InvariantCulture))));
}
