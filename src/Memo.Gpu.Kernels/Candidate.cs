// What kernels append and the host reads. This file is compiled into Memo.Gpu as well.

namespace Memo.Gpu.Kernels;

/// <summary>A point that may matter to a query.</summary>
public struct Candidate
{
    /// <summary>The distance of what is not there; no limit is so large.</summary>
    public const int Absent = int.MaxValue;

    /// <summary>Row of the query in its block.</summary>
    public int Query;

    /// <summary>Position of the point among all packed points.</summary>
    public int Point;

    /// <summary>Their squared distance: as a filter saw it, or exact.</summary>
    public int Distance;
}
