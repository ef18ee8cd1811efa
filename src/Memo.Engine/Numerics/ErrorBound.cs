namespace Memo.Numerics;

/// <summary>
/// What is known of an exact value v from a computed d: |d - v| &lt;= Relative * d + Absolute, and d infinite only when v
/// is beyond a quarter of the largest double. Both 0: d is exact. Relative must be at least twice what the computation
/// needs, which leaves room for the roundings of this type's own operations.
/// </summary>
internal readonly record struct ErrorBound(double Relative, double Absolute)
{
    public static ErrorBound Exact => default;

    public bool IsExact => Relative == 0 && Absolute == 0;

    /// <summary>At most the exact value.</summary>
    public double Lower(double computed) => double.IsPositiveInfinity(computed)
        ? double.MaxValue / 4
        : Math.Max(0, computed - computed * Relative - Absolute);

    /// <summary>At least the exact value.</summary>
    public double Upper(double computed) => computed + computed * Relative + Absolute;
}
