// Arithmetic on blocks of big integers in base 2^28 (see Digit): digit l of 64 numbers side by side, so that a register holds
// the same digit of several and nothing crosses lanes. Each operation is one pass from the low digit to the high one, the
// carry staying in a register; four registers are worked at a time, since a carry chain alone would wait for itself.
using System.Runtime.CompilerServices;

namespace Memo.Kernels.Digits;

/// <summary>
/// The operations. Pointers are to digit 0 of a block of numbers; digit l of lane s is at [l * <see cref="Lanes"/> + s].
/// All arithmetic is modulo 2^(28 count), and everything is in two's complement: a negative constant is a constant.
/// </summary>
internal static unsafe class DigitKernels
{
    /// <summary>Numbers in a block: four of the widest registers.</summary>
    public const int Lanes = 64;

    /// <summary>target = constant in every lane; <paramref name="count"/> digits.</summary>
    public static void Fill<T>(int* target, int* constant, int count) where T : struct, IDigitLanes<T>
    {
        for (int l = 0; l < count; l++)
        {
            T digit = T.Broadcast(constant[l]);
            for (int s = 0; s < Lanes; s += T.Count) digit.Store(target + l * Lanes + s);
        }
    }

    /// <summary>target = source, a number of <paramref name="sourceCount"/> digits that is not negative, in count digits.</summary>
    public static void Copy(int* target, int count, int* source, int sourceCount)
    {
        int common = Math.Min(count, sourceCount);
        Unsafe.CopyBlock(target, source, (uint)(common * Lanes * sizeof(int)));
        if (count > common) Unsafe.InitBlock(target + common * Lanes, 0, (uint)((count - common) * Lanes * sizeof(int)));
    }

    /// <summary>
    /// target += constant * 2^(28 first) in the lanes where the bit is 1. The bits are numbers of one digit, 0 or 1; null
    /// for all lanes. The constant has count - first digits. Digits below <paramref name="first"/> keep their values.
    /// </summary>
    public static void AddConstant<T>(int* target, int* constant, int first, int count, int* bits) where T : struct, IDigitLanes<T>
    {
        T mask = T.Broadcast(Digit.Mask), zero = T.Broadcast(0);
        for (int s = 0; s < Lanes; s += 4 * T.Count)
        {
            T select0 = T.Broadcast(-1), select1 = select0, select2 = select0, select3 = select0;
            if (bits != null)
            {
                select0 = zero - T.Load(bits + s);
                select1 = zero - T.Load(bits + s + T.Count);
                select2 = zero - T.Load(bits + s + 2 * T.Count);
                select3 = zero - T.Load(bits + s + 3 * T.Count);
            }
            T carry0 = zero, carry1 = zero, carry2 = zero, carry3 = zero;
            int* digits = target + first * Lanes + s;
            for (int l = 0; l < count - first; l++, digits += Lanes)
            {
                T c = T.Broadcast(constant[l]);
                T sum0 = T.Load(digits) + (c & select0) + carry0;
                T sum1 = T.Load(digits + T.Count) + (c & select1) + carry1;
                T sum2 = T.Load(digits + 2 * T.Count) + (c & select2) + carry2;
                T sum3 = T.Load(digits + 3 * T.Count) + (c & select3) + carry3;
                (sum0 & mask).Store(digits);
                (sum1 & mask).Store(digits + T.Count);
                (sum2 & mask).Store(digits + 2 * T.Count);
                (sum3 & mask).Store(digits + 3 * T.Count);
                (carry0, carry1) = (sum0 >> Digit.Bits, sum1 >> Digit.Bits);
                (carry2, carry3) = (sum2 >> Digit.Bits, sum3 >> Digit.Bits);
            }
        }
    }

    /// <summary>
    /// bits = [source + constant * 2^(28 first) &gt;= 0], 1 or 0. The constant has count - first digits; digits below
    /// <paramref name="first"/> add nothing and carry nothing.
    /// </summary>
    public static void Step<T>(int* bits, int* source, int* constant, int first, int count) where T : struct, IDigitLanes<T>
    {
        T zero = T.Broadcast(0), one = T.Broadcast(1);
        for (int s = 0; s < Lanes; s += 4 * T.Count)
        {
            T sum0 = zero, sum1 = zero, sum2 = zero, sum3 = zero;
            int* digits = source + first * Lanes + s;
            for (int l = 0; l < count - first; l++, digits += Lanes)
            {
                T c = T.Broadcast(constant[l]);
                sum0 = T.Load(digits) + c + (sum0 >> Digit.Bits);
                sum1 = T.Load(digits + T.Count) + c + (sum1 >> Digit.Bits);
                sum2 = T.Load(digits + 2 * T.Count) + c + (sum2 >> Digit.Bits);
                sum3 = T.Load(digits + 3 * T.Count) + c + (sum3 >> Digit.Bits);
            }
            (~(sum0 >> (Digit.Bits - 1)) & one).Store(bits + s);
            (~(sum1 >> (Digit.Bits - 1)) & one).Store(bits + s + T.Count);
            (~(sum2 >> (Digit.Bits - 1)) & one).Store(bits + s + 2 * T.Count);
            (~(sum3 >> (Digit.Bits - 1)) & one).Store(bits + s + 3 * T.Count);
        }
    }

    /// <summary>
    /// target += sign * source * 2^shift, sign 1 or -1: a power of two is a shift. The source is not negative and has
    /// <paramref name="sourceCount"/> digits.
    /// </summary>
    public static void AddShifted<T>(int* target, int count, int* source, int sourceCount, int shift, int sign)
        where T : struct, IDigitLanes<T>
    {
        int first = shift / Digit.Bits, left = shift % Digit.Bits, right = Digit.Bits - left;
        T mask = T.Broadcast(Digit.Mask), zero = T.Broadcast(0), positive = T.Broadcast(~(sign >> 31)), negative = T.Broadcast(sign >> 31);
        for (int s = 0; s < Lanes; s += 2 * T.Count)
        {
            T carry0 = zero, carry1 = zero, low0 = zero, low1 = zero;
            int* digits = target + first * Lanes + s;
            int* added = source + s;
            for (int l = 0; l < count - first; l++, digits += Lanes, added += Lanes)
            {
                T next0 = zero, next1 = zero;
                if (l < sourceCount) (next0, next1) = (T.Load(added), T.Load(added + T.Count));
                T piece0 = ((next0 << left) & mask) | (low0 >> right);
                T piece1 = ((next1 << left) & mask) | (low1 >> right);
                T sum0 = T.Load(digits) + (piece0 & positive) - (piece0 & negative) + carry0;
                T sum1 = T.Load(digits + T.Count) + (piece1 & positive) - (piece1 & negative) + carry1;
                (sum0 & mask).Store(digits);
                (sum1 & mask).Store(digits + T.Count);
                (carry0, carry1, low0, low1) = (sum0 >> Digit.Bits, sum1 >> Digit.Bits, next0, next1);
            }
        }
    }

    /// <summary>
    /// target += sign * source * factor * 2^(28 first), sign 1 or -1 and the factor one digit. The source is not negative and
    /// has <paramref name="sourceCount"/> digits. Digits are multiplied in halves of 14 bits, since the lanes have 32.
    /// </summary>
    public static void AddProduct<T>(int* target, int count, int* source, int sourceCount, int first, int factor, int sign)
        where T : struct, IDigitLanes<T>
    {
        const int Half = Digit.Bits / 2;
        T mask = T.Broadcast(Digit.Mask), half = T.Broadcast((1 << Half) - 1), zero = T.Broadcast(0);
        T positive = T.Broadcast(~(sign >> 31)), negative = T.Broadcast(sign >> 31);
        T factorLow = T.Broadcast(factor & ((1 << Half) - 1)), factorHigh = T.Broadcast(factor >> Half);
        for (int s = 0; s < Lanes; s += T.Count)
        {
            T carry = zero, upper = zero; // upper: the part of the last product that belongs to the next digit, below 2^28
            int* digits = target + first * Lanes + s;
            int* multiplied = source + s;
            for (int l = 0; l < count - first; l++, digits += Lanes, multiplied += Lanes)
            {
                T piece = upper;
                upper = zero;
                if (l < sourceCount)
                {
                    T digit = T.Load(multiplied);
                    T low = digit & half, high = digit >> Half;
                    T middle = low * factorHigh + high * factorLow;               // below 2^29
                    piece = piece + low * factorLow + ((middle & half) << Half);  // below 3 * 2^28
                    upper = high * factorHigh + (middle >> Half);                 // below 2^28
                }
                T sum = T.Load(digits) + (piece & positive) - (piece & negative) + carry; // within +-2^30.1
                (sum & mask).Store(digits);
                carry = sum >> Digit.Bits;
            }
        }
    }

    /// <summary>
    /// target = max(target, 0): the sign of a number of <paramref name="count"/> digits becomes a mask over its first
    /// <paramref name="kept"/> digits.
    /// </summary>
    public static void Relu<T>(int* target, int count, int kept) where T : struct, IDigitLanes<T>
    {
        for (int s = 0; s < Lanes; s += T.Count)
        {
            T positive = ~((T.Load(target + (count - 1) * Lanes + s) << (32 - Digit.Bits)) >> 31);
            for (int l = 0; l < kept; l++) (T.Load(target + l * Lanes + s) & positive).Store(target + l * Lanes + s);
        }
    }

    /// <summary>target += numbers, one for each lane, times 2^(28 first): the products of a first layer.</summary>
    public static void AddNumbers(int* target, int count, ReadOnlySpan<Int128> numbers, int first)
    {
        for (int s = 0; s < numbers.Length; s++)
        {
            Int128 rest = numbers[s];
            int carry = 0;
            for (int l = first; l < count; l++)
            {
                int sum = target[l * Lanes + s] + ((int)rest & Digit.Mask) + carry;
                target[l * Lanes + s] = sum & Digit.Mask;
                carry = sum >> Digit.Bits;
                rest >>= Digit.Bits; // arithmetic: a negative number goes on as -1
            }
        }
    }
}
