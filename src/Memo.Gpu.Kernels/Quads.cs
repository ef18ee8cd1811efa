// Four values side by side: a structure of this shape is loaded and stored by one 128-bit instruction.

namespace Memo.Gpu.Kernels;

/// <summary>Four floats, moved as one.</summary>
public struct Float4
{
    public float X, Y, Z, W;

    /// <summary>sum + factor * values. A driver's compiler may contract each into one rounding; no result depends on it.</summary>
    public static Float4 AddProduct(Float4 sum, float factor, Float4 values) => new()
    {
        X = sum.X + factor * values.X,
        Y = sum.Y + factor * values.Y,
        Z = sum.Z + factor * values.Z,
        W = sum.W + factor * values.W,
    };
}

/// <summary>Four integers, or sixteen bytes, moved as one.</summary>
public struct Int4
{
    public int X, Y, Z, W;
}
