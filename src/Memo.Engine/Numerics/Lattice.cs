using System.Numerics;

namespace Memo.Numerics;

/// <summary>
/// The coarsest lattice 2^e that holds a set of floating-point values, and the exponent of the largest: every value is an
/// integer below 2^(Highest - Lowest + 1) in units of 2^Lowest.
/// </summary>
internal struct Lattice
{
    private int _lowest, _highest;
    private bool _any;

    /// <summary>Exponent of the last place; 0 when every value is zero.</summary>
    public readonly int Lowest => _any ? _lowest : 0;

    /// <summary>Exponent of the leading bit of the largest value; 0 when every value is zero.</summary>
    public readonly int Highest => _any ? _highest : 0;

    /// <summary>Bits that the integers of the lattice need, without sign.</summary>
    public readonly int Bits => _any ? _highest - _lowest + 1 : 0;

    /// <summary>Takes a finite value in.</summary>
    public void Include(double value)
    {
        if (value == 0) return;
        long bits = BitConverter.DoubleToInt64Bits(value);
        int biased = (int)(bits >> 52) & 0x7FF;
        long mantissa = (bits & 0xFFFFFFFFFFFFF) | (biased == 0 ? 0 : 1L << 52);
        int exponent = Math.Max(biased, 1) - 1075;
        int lowest = exponent + BitOperations.TrailingZeroCount(mantissa);
        int highest = exponent + 63 - BitOperations.LeadingZeroCount((ulong)mantissa);
        _lowest = _any ? Math.Min(_lowest, lowest) : lowest;
        _highest = _any ? Math.Max(_highest, highest) : highest;
        _any = true;
    }

    /// <summary>
    /// Bits of the largest squared distance of two vectors of n values on this lattice, in units of 4^Lowest. Up to 53 a
    /// sum of squared differences is computed in double without any rounding.
    /// </summary>
    public readonly int SquaredDistanceBits(int n) => 2 * (Bits + 1) + BitOperations.Log2((uint)Math.Max(n, 1)) + 1;
}
