namespace Memo.Kernels;

/// <summary>C = A B^T + bias, then ReLU: pointers and shapes, checked by the caller.</summary>
internal unsafe struct GemmProblem
{
    /// <summary>Rows of A and C, rows of B and columns of C, columns of A and B.</summary>
    public int M, N, K;

    /// <summary>Row-major A, C, and B, which is null where <see cref="PackedB"/> is not.</summary>
    public float* A, B, C;

    /// <summary>Floats from a row to the next.</summary>
    public nint StrideA, StrideB, StrideC;

    /// <summary>B in panels of the kernel in use , or null.</summary>
    public float* PackedB;

    /// <summary>N floats, or null.</summary>
    public float* Bias;

    /// <summary>Whether negative results become 0.</summary>
    public bool Relu;
}
