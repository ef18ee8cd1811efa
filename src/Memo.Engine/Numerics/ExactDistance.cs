using System.Numerics;
using System.Runtime.InteropServices;

namespace Memo.Numerics;

/// <summary>
/// Squared Euclidean distances with no rounding at all. Bytes are summed in 64-bit integers. Floating-point values are
/// dyadic rationals: both vectors are put on their common lattice 2^e; where every coordinate fits 60 bits there, the sum
/// runs in 128-bit integers, else in integers of any size. Cost O(n); the wide path is for the rare undecided case.
/// </summary>
internal static class ExactDistance
{
    /// <summary>|a - b|^2 for two vectors of equal length n (bytes: n below 2^47).</summary>
    public static Dyadic Squared<T>(ReadOnlySpan<T> a, ReadOnlySpan<T> b) where T : unmanaged, INumber<T>
    {
        if (a.Length != b.Length) throw new ArgumentException($"vectors of {a.Length} and {b.Length} values");
        if (typeof(T) == typeof(byte))
            return SquaredBytes(MemoryMarshal.Cast<T, byte>(a),
                MemoryMarshal.Cast<T, byte>(b));

        var lattice = new Lattice();
        for (int k = 0; k < a.Length; k++)
        {
            lattice.Include(double.CreateChecked(a[k]));
            lattice.Include(double.CreateChecked(b[k]));
        }
        return lattice.Bits <= 60 ? SquaredOn64BitLattice(a, b, lattice.Lowest) : SquaredOnAnyLattice(a, b, lattice.Lowest);
    }

    /// <summary>|a - b|^2 of byte vectors.</summary>
    public static long SquaredBytes(ReadOnlySpan<byte> a, ReadOnlySpan<byte> b)
    {
        long sum = 0;
        for (int k = 0; k < a.Length; k++)
        {
            int difference = a[k] - b[k];
            sum += difference * difference;
        }
        return sum;
    }

    // Coordinates below 2^60, differences below 2^61, squares below 2^122; a sum of at most 2^31 of them could reach
    // 2^153, so the 128-bit sum is carried over into a wide one every 32 terms (32 * 2^122 = 2^127).
    private static Dyadic SquaredOn64BitLattice<T>(ReadOnlySpan<T> a, ReadOnlySpan<T> b, int lowest)
        where T : unmanaged, INumber<T>
    {
        BigInteger total = BigInteger.Zero;
        UInt128 sum = 0;
        for (int k = 0; k < a.Length; k++)
        {
            long difference = OnLattice(a[k]) - OnLattice(b[k]);
            ulong magnitude = (ulong)Math.Abs(difference);
            sum += (UInt128)magnitude * magnitude;
            if ((k & 31) == 31 && sum >> 100 != 0)
            {
                total += sum;
                sum = 0;
            }
        }
        return new Dyadic(total + sum, checked(2 * lowest));

        // Exact: the result is an integer below 2^60 whose significant bits are those of the value.
        long OnLattice(T value)
        {
            double wide = double.CreateChecked(value);
            return wide == 0 ? 0 : (long)Math.ScaleB(wide, -lowest);
        }
    }

    private static Dyadic SquaredOnAnyLattice<T>(ReadOnlySpan<T> a, ReadOnlySpan<T> b, int lowest)
        where T : unmanaged, INumber<T>
    {
        BigInteger total = BigInteger.Zero;
        for (int k = 0; k < a.Length; k++)
        {
            BigInteger onLattice =
                (Dyadic.FromDouble(double.CreateChecked(a[k])) - Dyadic.FromDouble(double.CreateChecked(b[k]))).MantissaAt(lowest);
            total += onLattice * onLattice;
        }
        return new Dyadic(total, checked(2 * lowest));
    }
}
