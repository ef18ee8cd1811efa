// The few vector operations that the digit kernels are written in, and their three widths. 32-bit lanes: unlike 64-bit ones,
// they have an arithmetic shift and a product in every instruction set.
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Memo.Kernels.Digits;

/// <summary>A register of 32-bit lanes.</summary>
internal unsafe interface IDigitLanes<TSelf> where TSelf : struct, IDigitLanes<TSelf>
{
    static abstract int Count { get; }
    static abstract TSelf Broadcast(int value);
    static abstract TSelf Load(int* source);
    void Store(int* target);
    static abstract TSelf operator +(TSelf a, TSelf b);
    static abstract TSelf operator -(TSelf a, TSelf b);
    static abstract TSelf operator *(TSelf a, TSelf b);
    static abstract TSelf operator &(TSelf a, TSelf b);
    static abstract TSelf operator |(TSelf a, TSelf b);
    static abstract TSelf operator ~(TSelf a);
    static abstract TSelf operator <<(TSelf a, int bits);

    /// <summary>Arithmetic.</summary>
    static abstract TSelf operator >>(TSelf a, int bits);
}

internal readonly unsafe struct DigitLanes128(Vector128<int> lanes) : IDigitLanes<DigitLanes128>
{
    private readonly Vector128<int> _lanes = lanes;

    public static int Count => Vector128<int>.Count;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static DigitLanes128 Broadcast(int value) => new(Vector128.Create(value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static DigitLanes128 Load(int* source) => new(Vector128.Load(source));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Store(int* target) => _lanes.Store(target);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static DigitLanes128 operator +(DigitLanes128 a, DigitLanes128 b) => new(a._lanes + b._lanes);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static DigitLanes128 operator -(DigitLanes128 a, DigitLanes128 b) => new(a._lanes - b._lanes);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static DigitLanes128 operator *(DigitLanes128 a, DigitLanes128 b) => new(a._lanes * b._lanes);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static DigitLanes128 operator &(DigitLanes128 a, DigitLanes128 b) => new(a._lanes & b._lanes);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static DigitLanes128 operator |(DigitLanes128 a, DigitLanes128 b) => new(a._lanes | b._lanes);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static DigitLanes128 operator ~(DigitLanes128 a) => new(~a._lanes);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static DigitLanes128 operator <<(DigitLanes128 a, int bits) => new(a._lanes << bits);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static DigitLanes128 operator >>(DigitLanes128 a, int bits) => new(a._lanes >> bits);
}

internal readonly unsafe struct DigitLanes256(Vector256<int> lanes) : IDigitLanes<DigitLanes256>
{
    private readonly Vector256<int> _lanes = lanes;

    public static int Count => Vector256<int>.Count;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static DigitLanes256 Broadcast(int value) => new(Vector256.Create(value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static DigitLanes256 Load(int* source) => new(Vector256.Load(source));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Store(int* target) => _lanes.Store(target);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static DigitLanes256 operator +(DigitLanes256 a, DigitLanes256 b) => new(a._lanes + b._lanes);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static DigitLanes256 operator -(DigitLanes256 a, DigitLanes256 b) => new(a._lanes - b._lanes);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static DigitLanes256 operator *(DigitLanes256 a, DigitLanes256 b) => new(a._lanes * b._lanes);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static DigitLanes256 operator &(DigitLanes256 a, DigitLanes256 b) => new(a._lanes & b._lanes);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static DigitLanes256 operator |(DigitLanes256 a, DigitLanes256 b) => new(a._lanes | b._lanes);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static DigitLanes256 operator ~(DigitLanes256 a) => new(~a._lanes);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static DigitLanes256 operator <<(DigitLanes256 a, int bits) => new(a._lanes << bits);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static DigitLanes256 operator >>(DigitLanes256 a, int bits) => new(a._lanes >> bits);
}

internal readonly unsafe struct DigitLanes512(Vector512<int> lanes) : IDigitLanes<DigitLanes512>
{
    private readonly Vector512<int> _lanes = lanes;

    public static int Count => Vector512<int>.Count;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static DigitLanes512 Broadcast(int value) => new(Vector512.Create(value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static DigitLanes512 Load(int* source) => new(Vector512.Load(source));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Store(int* target) => _lanes.Store(target);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static DigitLanes512 operator +(DigitLanes512 a, DigitLanes512 b) => new(a._lanes + b._lanes);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static DigitLanes512 operator -(DigitLanes512 a, DigitLanes512 b) => new(a._lanes - b._lanes);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static DigitLanes512 operator *(DigitLanes512 a, DigitLanes512 b) => new(a._lanes * b._lanes);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static DigitLanes512 operator &(DigitLanes512 a, DigitLanes512 b) => new(a._lanes & b._lanes);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static DigitLanes512 operator |(DigitLanes512 a, DigitLanes512 b) => new(a._lanes | b._lanes);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static DigitLanes512 operator ~(DigitLanes512 a) => new(~a._lanes);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static DigitLanes512 operator <<(DigitLanes512 a, int bits) => new(a._lanes << bits);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static DigitLanes512 operator >>(DigitLanes512 a, int bits) => new(a._lanes >> bits);
}
