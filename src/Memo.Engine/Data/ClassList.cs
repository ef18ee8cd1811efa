using System.Collections;
using System.Globalization;

namespace Memo.Data;

/// <summary>
/// The classes of a data set, in order: ascending unless selected, else in the order of selection. In a binary task the
/// first is -1 and the second +1. Everywhere inside the engine a label is an index into this list.
/// </summary>
public sealed class ClassList : IReadOnlyList<string>, IEquatable<ClassList>
{
    private readonly string[] _names;
    private readonly Dictionary<string, int> _index;

    /// <summary>
    /// True when every class is an integer that fits int32 (INT32_MIN, which marks an abstention, excluded).
    /// </summary>
    public bool AreIntegers { get; }

    /// <summary>Creates a list from distinct class names, integers in their shortest decimal form.</summary>
    public ClassList(IEnumerable<string> names)
    {
        _names = [.. names];
        _index = new(_names.Length, StringComparer.Ordinal);
        for (int i = 0; i < _names.Length; i++)
            if (!_index.TryAdd(_names[i], i))
                throw new MemoException($"class {_names[i]} is named twice");
        AreIntegers = _names.All(name =>
            int.TryParse(name, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out int value) &&
            value != int.MinValue && value.ToString(CultureInfo.InvariantCulture) == name);
    }

    /// <summary>Creates a list of integer classes.</summary>
    public static ClassList FromIntegers(IEnumerable<int> values) =>
        new(values.Select(value => value.ToString(CultureInfo.InvariantCulture)));

    /// <inheritdoc/>
    public int Count => _names.Length;

    /// <inheritdoc/>
    public string this[int index] => _names[index];

    /// <summary>Index of a class name, or -1.</summary>
    public int IndexOf(string name) => _index.GetValueOrDefault(name, -1);

    /// <summary>What C and .npy carry for a class: its value when the classes are integers, else its index.</summary>
    public int ExternalValue(int index) =>
        AreIntegers ? int.Parse(_names[index], CultureInfo.InvariantCulture) : index;

    /// <inheritdoc/>
    public IEnumerator<string> GetEnumerator() => ((IEnumerable<string>)_names).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    /// <inheritdoc/>
    public bool Equals(ClassList? other) => other is not null && _names.AsSpan().SequenceEqual(other._names);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as ClassList);

    /// <inheritdoc/>
    public override int GetHashCode() => _names.Aggregate(0, (hash, name) => HashCode.Combine(hash, name));

    /// <inheritdoc/>
    public override string ToString() => string.Join(", ", _names);
}
