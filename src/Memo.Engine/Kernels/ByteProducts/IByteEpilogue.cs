using System.Runtime.Intrinsics;

namespace Memo.Kernels.ByteProducts;

/// <summary>
/// What becomes of the inner products of a query with the 32 points of a panel while they are still in registers.
/// </summary>
internal unsafe interface IByteEpilogue
{
    /// <summary>
    /// Takes the products of a query with points 0-7, 8-15, 16-23 and 24-31 as the layout has them: the terms of the two
    /// headers (<see cref="BytePanel"/>) make distances or true inner products of them.
    /// </summary>
    void Finish(int query, byte* packedQuery, byte* panel, Vector256<int> p0, Vector256<int> p1, Vector256<int> p2,
        Vector256<int> p3);
}
