// Sums of 64 big integers at a time in base 2^28, against BigInteger one after the other: 3,500 bits are 125 digits.
using System.Numerics;
using BenchmarkDotNet.Attributes;
using Memo.Kernels;
using Memo.Kernels.Digits;

namespace Memo.Bench.Kernels;

public unsafe class DigitKernelBenchmarks : IDisposable
{
    private AlignedBuffer _target = null!, _source = null!, _bits = null!, _constant = null!;
    private BigInteger[] _numbers = [];
    private BigInteger _added;

    [Params(29, 125)]
    public int Digits { get; set; }

    [GlobalSetup]
    public void SetUp()
    {
        nuint bytes = (nuint)(Digits * DigitKernels.Lanes * sizeof(int));
        (_target, _source, _bits, _constant) = (new(bytes), new(bytes), new(DigitKernels.Lanes * sizeof(int)), new((nuint)Digits * sizeof(int)));
        byte[] values = BenchmarkData.Bytes(Digits * DigitKernels.Lanes * sizeof(int), 1);
        for (int i = 0; i < Digits * DigitKernels.Lanes; i++) ((int*)_source.Pointer)[i] = BitConverter.ToInt32(values, 4 * i) & Digit.Mask;
        for (int i = 0; i < DigitKernels.Lanes; i++) ((int*)_bits.Pointer)[i] = i & 1;
        for (int i = 0; i < Digits; i++) ((int*)_constant.Pointer)[i] = BitConverter.ToInt32(values, 4 * i) & Digit.Mask;
        _numbers = [.. Enumerable.Range(0, DigitKernels.Lanes).Select(lane => Digit.Read(
            new ReadOnlySpan<int>((int*)_source.Pointer + lane, (Digits - 1) * DigitKernels.Lanes + 1), DigitKernels.Lanes))];
        _added = Digit.Read(new ReadOnlySpan<int>((int*)_constant.Pointer, Digits), 1);
    }

    [GlobalCleanup]
    public void Dispose()
    {
        foreach (AlignedBuffer buffer in (AlignedBuffer[])[_target, _source, _bits, _constant]) buffer.Dispose();
        GC.SuppressFinalize(this);
    }

    [Benchmark(Baseline = true)]
    public BigInteger Reference()
    {
        BigInteger last = 0;
        foreach (BigInteger number in _numbers) last = number + _added;
        return last;
    }

    [Benchmark]
    public void AddConstant128() => AddConstant<DigitLanes128>();

    [Benchmark]
    public void AddConstant256() => AddConstant<DigitLanes256>();

    [Benchmark]
    public void AddConstant512() => AddConstant<DigitLanes512>();

    [Benchmark]
    public void AddShifted512() => DigitKernels.AddShifted<DigitLanes512>(Pointer(_target), Digits, Pointer(_source), Digits, 13, -1);

    [Benchmark]
    public void Step512() => DigitKernels.Step<DigitLanes512>(Pointer(_bits), Pointer(_source), Pointer(_constant), 0, Digits);

    private void AddConstant<T>() where T : struct, IDigitLanes<T> =>
        DigitKernels.AddConstant<T>(Pointer(_target), Pointer(_constant), 0, Digits, Pointer(_bits));

    private static int* Pointer(AlignedBuffer buffer) => (int*)buffer.Pointer;
}
