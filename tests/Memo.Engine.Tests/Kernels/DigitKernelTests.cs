using System.Numerics;
using CsCheck;
using Memo.Kernels.Digits;
using Memo.Numerics;

namespace Memo.Tests.Kernels;

/// <summary>
/// Every operation on digits, in registers of 128, 256 and 512 bits (which the runtime emulates where the processor has none),
/// equals BigInteger modulo 2^(28 L) in each of the 64 lanes, and touches nothing beyond its digits.
/// </summary>
public sealed unsafe class DigitKernelTests
{
    private const int Lanes = DigitKernels.Lanes;

    [Theory, InlineData(128), InlineData(256), InlineData(512)]
    public void Operations_equal_integers_modulo_a_power_of_the_base(int width) => Gen.ULong.Sample(seed =>
    {
        var random = new SeededRandom(seed);
        switch (width)
        {
            case 128: Check<DigitLanes128>(random); break;
            case 256: Check<DigitLanes256>(random); break;
            default: Check<DigitLanes512>(random); break;
        }
    }, iter: 200);

    [Fact]
    public void Digits_of_a_number_give_the_number_back() => Gen.ULong.Sample(seed =>
    {
        var random = new SeededRandom(seed);
        int count = 1 + (int)random.NextBelow(20);
        BigInteger half = BigInteger.One << (Digit.Bits * count - 1), value = Wrap(Number(random, count), count);
        foreach (BigInteger number in new[] { value, half - 1, -half, BigInteger.Zero, BigInteger.MinusOne })
        {
            var digits = new int[count];
            Digit.Write(number, digits);
            Assert.All(digits, digit => Assert.InRange(digit, 0, Digit.Mask));
            Assert.Equal(number, Digit.Read(digits, 1));
            Digit.Write(number + 6 * half, digits);
            Assert.Equal(number, Digit.Read(digits, 1));
        }
    }, iter: 300);

    private static void Check<T>(SeededRandom random) where T : struct, IDigitLanes<T>
    {
        int count = 1 + (int)random.NextBelow(12), sourceCount = 1 + (int)random.NextBelow(12), first = (int)random.NextBelow((ulong)count);
        int shift = (int)random.NextBelow((ulong)(count * Digit.Bits)), sign = random.NextBelow(2) == 0 ? 1 : -1;
        int factor = (int)random.NextBelow(random.NextBelow(2) == 0 ? Digit.Mask + 1ul : 4);
        int kept = 1 + (int)random.NextBelow((ulong)count);
        BigInteger constant = Number(random, count - first);
        var digits = new int[count];
        Digit.Write(constant, digits.AsSpan(0, count - first));
        using var target = new Guarded((nuint)(count * Lanes * sizeof(int)));
        using var source = new Guarded((nuint)(sourceCount * Lanes * sizeof(int)));
        using var bits = new Guarded(Lanes * sizeof(int));
        int* t = (int*)target.Pointer, s = (int*)source.Pointer, b = (int*)bits.Pointer;
        for (int i = 0; i < sourceCount * Lanes; i++) s[i] = RandomDigit(random);
        for (int i = 0; i < Lanes; i++) b[i] = (int)random.NextBelow(2);

        fixed (int* c = digits)
        {
            int* pool = c;
            Operation((lane, old, number) => old + constant * Power(first), () => DigitKernels.AddConstant<T>(t, pool, first, count, null));
            Operation((lane, old, number) => old + b[lane] * constant * Power(first), () => DigitKernels.AddConstant<T>(t, pool, first, count, b));
            Operation((lane, old, number) => old + sign * (number << shift), () => DigitKernels.AddShifted<T>(t, count, s, sourceCount, shift, sign));
            Operation((lane, old, number) => old + sign * factor * number * Power(first),
                () => DigitKernels.AddProduct<T>(t, count, s, sourceCount, first, factor, sign));
            Operation((lane, old, number) => number, () => DigitKernels.Copy(t, count, s, sourceCount));
            var numbers = new Int128[Lanes];
            for (int i = 0; i < Lanes; i++) numbers[i] = ((Int128)(long)random.NextUInt64() << 60) >> (int)random.NextBelow(124);
            Operation((lane, old, number) => old + (BigInteger)numbers[lane] * Power(first), () => DigitKernels.AddNumbers(t, count, numbers, first));
            Digit.Write(constant, digits);
            Operation((lane, old, number) => constant, () => DigitKernels.Fill<T>(t, pool, count));

            // A step compares digits from `first` on with the constant's; those below it add nothing.
            Digit.Write(constant, digits.AsSpan(0, count - first));
            Soil();
            BigInteger[] before = Read(t, count);
            DigitKernels.Step<T>(b, t, pool, first, count);
            for (int lane = 0; lane < Lanes; lane++)
                Assert.Equal(Wrap(before[lane] + constant * Power(first), count).Sign >= 0 ? 1 : 0, b[lane]);

            DigitKernels.Relu<T>(t, count, kept);
            BigInteger[] after = Read(t, kept);
            for (int lane = 0; lane < Lanes; lane++) Assert.Equal(Wrap(BigInteger.Max(before[lane], 0), kept), after[lane]);
        }
        target.Verify();
        source.Verify();
        bits.Verify();

        void Soil()
        {
            for (int i = 0; i < count * Lanes; i++) t[i] = RandomDigit(random);
        }

        void Operation(Func<int, BigInteger, BigInteger, BigInteger> expected, Action operation)
        {
            Soil();
            BigInteger[] old = Read(t, count);
            operation();
            BigInteger[] now = Read(t, count);
            for (int i = 0; i < count * Lanes; i++) Assert.InRange(t[i], 0, Digit.Mask);
            for (int lane = 0; lane < Lanes; lane++)
            {
                BigInteger number = 0;
                for (int l = sourceCount - 1; l >= 0; l--) number = (number << Digit.Bits) + s[l * Lanes + lane];
                Assert.Equal(Wrap(expected(lane, old[lane], number), count), now[lane]);
            }
        }
    }

    private static BigInteger[] Read(int* digits, int count) =>
        [.. Enumerable.Range(0, Lanes).Select(lane => Digit.Read(new ReadOnlySpan<int>(digits + lane, (count - 1) * Lanes + 1), Lanes))];

    private static BigInteger Power(int digits) => BigInteger.One << (Digit.Bits * digits);

    // The number in two's complement of so many digits.
    private static BigInteger Wrap(BigInteger value, int count)
    {
        BigInteger rest = value & (Power(count) - 1);
        return rest >= Power(count) / 2 ? rest - Power(count) : rest;
    }

    // Extremes often: carries run through digits that are all ones or zero.
    private static int RandomDigit(SeededRandom random) => random.NextBelow(3) switch
    {
        0 => 0,
        1 => Digit.Mask,
        _ => (int)random.NextBelow(Digit.Mask + 1ul),
    };

    private static BigInteger Number(SeededRandom random, int count)
    {
        BigInteger value = 0;
        for (int l = 0; l < count; l++) value = (value << Digit.Bits) + RandomDigit(random);
        return random.NextBelow(2) == 0 ? value : -value;
    }
}
