// The parameters written behind a generator's name: "NAME?n=20&count=1000".

using System.Globalization;

namespace Memo.Data;

/// <summary>A parameter of a generator.</summary>
/// <param name="Name">Its name, as written before the equals sign.</param>
/// <param name="Meaning">What it sets, with its range.</param>
/// <param name="Default">The value it has when it is not given.</param>
internal sealed record GeneratorParameter(string Name, string Meaning, string Default);

/// <summary>The values given to a generator's parameters; each is checked against its range when it is read.</summary>
internal sealed class GeneratorParameters
{
    private readonly string _generator;
    private readonly IReadOnlyList<GeneratorParameter> _known;
    private readonly Dictionary<string, string> _values = new(StringComparer.Ordinal);

    /// <summary>
    /// Parses "n=20&amp;count=1000" (empty for the defaults) for a generator with the given parameters.
    /// </summary>
    public GeneratorParameters(string generator, IReadOnlyList<GeneratorParameter> known, string text)
    {
        (_generator, _known) = (generator, known);
        foreach (string assignment in text.Split(
            '&', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            int equals = assignment.IndexOf('=', StringComparison.Ordinal);
            string name = equals < 0 ? assignment : assignment[..equals];
            if (known.All(parameter => parameter.Name != name))
                throw new MemoException($"{generator}: no parameter '{name}'; the parameters are " +
                                        string.Join(", ", known.Select(parameter =>
                                            $"{parameter.Name}={parameter.Default}")));
            if (equals < 0) throw new MemoException($"{generator}: '{name}' has no value; write {name}=VALUE");
            if (!_values.TryAdd(name, assignment[(equals + 1)..]))
                throw new MemoException($"{generator}: '{name}' is given twice");
        }
    }

    /// <summary>Whether a value was given.</summary>
    public bool IsGiven(string name) => _values.ContainsKey(name);

    /// <summary>An integer in [least, most].</summary>
    public int Integer(string name, int least, int most)
    {
        string text = Text(name);
        return int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out int value) &&
               value >= least && value <= most
            ? value
            : throw new MemoException($"{_generator}: {name}={text} must be a whole number from {least} to {most}");
    }

    /// <summary>A finite number in [least, most].</summary>
    public double Real(string name, double least, double most)
    {
        string text = Text(name);
        return double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double value) &&
               value >= least && value <= most
            ? value
            : throw new MemoException(string.Create(CultureInfo.InvariantCulture,
                $"{_generator}: {name}={text} must be a number from {least} to {most}"));
    }

    /// <summary>The seed given, else the other one.</summary>
    public ulong Seed(ulong otherwise) =>
        !IsGiven("seed") ? otherwise
        : ulong.TryParse(Text("seed"), NumberStyles.None, CultureInfo.InvariantCulture, out ulong seed) ? seed
        : throw new MemoException(
            $"{_generator}: seed={Text("seed")} must be a whole number from 0 to {ulong.MaxValue}");

    /// <summary>The element type given by dtype: float32 or float64.</summary>
    public ElementType FloatType() => Text("dtype") switch
    {
        "float32" => ElementType.Float32,
        "float64" => ElementType.Float64,
        string text => throw new MemoException($"{_generator}: dtype={text} must be float32 or float64"),
    };

    /// <summary>A file's path.</summary>
    public string Path(string name) => Text(name) is { Length: > 0 } path ? path
        : throw new MemoException($"{_generator}: {name} names no file");

    private string Text(string name) =>
        _values.GetValueOrDefault(name) ?? _known.First(parameter => parameter.Name == name).Default;
}
