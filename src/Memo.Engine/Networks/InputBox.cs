using Memo.Data;

namespace Memo.Networks;

/// <summary>
/// The samples that an integer network was made for: values x = X * 2^Exponent with integers X, Least &lt;= X &lt;= Greatest.
/// It takes others too, but is quickest where the whole box is known beforehand.
/// </summary>
/// <param name="Type">The type of the training samples' values.</param>
/// <param name="Exponent">The unit's exponent: 0 for bytes, that of the last place that occurs for floats.</param>
/// <param name="Least">The least X.</param>
/// <param name="Greatest">The greatest X.</param>
public readonly record struct InputBox(ElementType Type, int Exponent, Int128 Least, Int128 Greatest)
{
    /// <summary>Bytes: 0 .. 255 in units of 1.</summary>
    internal static InputBox Bytes { get; } = new(ElementType.UInt8, 0, 0, byte.MaxValue);
}
