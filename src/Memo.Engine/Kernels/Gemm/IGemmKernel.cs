namespace Memo.Kernels;

/// <summary>
/// A micro-kernel of the matrix product: it knows the registers and nothing of the caches. <see cref="GemmBlocks{TKernel}"/>
/// feeds it packed panels. In every kernel each sum runs over k in ascending order, so two kernels differ only by what
/// their machine instruction rounds: once a term where multiplication and addition are fused, else twice.
/// </summary>
internal unsafe interface IGemmKernel
{
    /// <summary>MR: rows of C in a tile; a divisor of <see cref="GemmBlocking.MC"/>.</summary>
    static abstract int TileRows { get; }

    /// <summary>NR: columns of C in a tile, a multiple of <see cref="ColumnStep"/>.</summary>
    static abstract int TileColumns { get; }

    /// <summary>Columns of one vector: a tile may be narrower than NR by multiples of this, at less cost.</summary>
    static abstract int ColumnStep { get; }

    /// <summary>
    /// A tile of C: MR rows of <paramref name="columns"/> floats, columns a multiple of <see cref="ColumnStep"/> in
    /// [ColumnStep, NR].
    /// </summary>
    /// <param name="depth">Terms of each sum, at least 1.</param>
    /// <param name="a">For each k the MR values of A.</param>
    /// <param name="b">For each k the NR values of B, aligned to the vector's size.</param>
    /// <param name="columns">Columns to compute.</param>
    /// <param name="c">First element of the tile.</param>
    /// <param name="strideC">Floats from a row of the tile to the next.</param>
    /// <param name="ending">What to do with the sums.</param>
    static abstract void Tile(int depth, float* a, float* b, int columns, float* c, nint strideC, TileEnding ending);
}

/// <summary>What becomes of a tile's sums: added to what C holds or not, then the bias, then ReLU.</summary>
internal readonly unsafe struct TileEnding(bool accumulate, float* bias, bool relu)
{
    /// <summary>Whether the sums of earlier terms are in C.</summary>
    public readonly bool Accumulate = accumulate;

    /// <summary>The bias of the tile's first column, or null for none.</summary>
    public readonly float* Bias = bias;

    /// <summary>Whether negative results become 0.</summary>
    public readonly bool Relu = relu;

    /// <summary>The same for the tile that begins <paramref name="columns"/> further right.</summary>
    public TileEnding Shifted(nint columns) => new(Accumulate, Bias == null ? null : Bias + columns, Relu);
}
