namespace Memo.Numerics;

/// <summary>
/// What is known of an exact value v from a computed d: |d - v| &lt;= Relative * d + Absolute; an infinite d says that v
/// exceeds what the largest double would say. Both 0: d is exact. Relative must be at least twice what the computation
/// needs, which leaves room for the roundings of this type's own operations.
/// </summary>
internal readonly record struct ErrorBound(double Relative, double Absolute)
{
    public static ErrorBound Exact => default;

    public bool IsExact => Relative == 0 && Absolute == 0;

    /// <summary>At most the exact value; does not decrease with the computed one.</summary>
    public double Lower(double computed)
    {
        double finite = Math.Min(computed, double.MaxValue);
        return Math.Max(0, finite - finite * Relative - Absolute);
    }

    /// <summary>At least the exact value.</summary>
    public double Upper(double computed) => computed + computed * Relative + Absolute;
}
