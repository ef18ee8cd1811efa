// The sizes that host and kernels must agree on. This file is compiled into Memo.Gpu as well.

namespace Memo.Gpu.Kernels;

/// <summary>
/// How a group of threads divides a tile of products: Side x Side threads, each with 8 x 8 of its 8 Side x 8 Side sums in
/// registers, take Depth features a step through shared memory.
/// </summary>
public interface ITileShape
{
    /// <summary>Threads along each side.</summary>
    static abstract int Side { get; }

    /// <summary>Features a step, a multiple of 8.</summary>
    static abstract int Depth { get; }
}

/// <summary>CUDA from compute capability 5.0: 128 x 128, 16 KiB of shared memory for the two steps in flight.</summary>
public readonly struct MaxwellTile : ITileShape
{
    public static int Side => 16;

    public static int Depth => 8;
}

/// <summary>CUDA from compute capability 8.0: 128 x 128, 32 KiB for two steps, half as many barriers.</summary>
public readonly struct AmpereTile : ITileShape
{
    public static int Side => 16;

    public static int Depth => 16;
}

/// <summary>OpenCL: 64 x 64 by groups of 64 threads and 8 KiB, which every device has.</summary>
public readonly struct OpenClTile : ITileShape
{
    public static int Side => 8;

    public static int Depth => 8;
}

/// <summary>Sizes of groups and of what a group works on.</summary>
public static class GroupSizes
{
    /// <summary>Sums along each side that one thread keeps.</summary>
    public const int Register = 8;

    /// <summary>Panels are padded with zeros to a multiple of so many features, which every Depth divides.</summary>
    public const int DepthUnit = 16;

    /// <summary>Threads that pack points, one point each.</summary>
    public const int Pack = 64;

    /// <summary>Threads that share one exact distance.</summary>
    public const int ExactLanes = 16;

    /// <summary>Distances that a group computes at a time.</summary>
    public const int ExactPairs = 4;

    /// <summary>Vectors that a group projects at a time.</summary>
    public const int ProjectedVectors = 8;

    /// <summary>Threads that project: each takes every so many-th direction.</summary>
    public const int Project = 64;

    /// <summary>The most directions of a pruning basis.</summary>
    public const int LargestDirections = 192;

    /// <summary>Threads of a group of the peak's kernel.</summary>
    public const int Peak = 256;

    /// <summary>Products that each round of the peak's kernel adds, in each thread.</summary>
    public const int ProductsPerRound = 64;
}
