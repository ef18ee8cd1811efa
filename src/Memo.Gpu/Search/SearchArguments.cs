using Memo.Gpu.Devices;

namespace Memo.Gpu.Search;

/// <summary>What all kernels of tiles begin with: queries and points, vectors and norms of each.</summary>
internal static class SearchArguments
{
    /// <param name="kernels">The device.</param>
    /// <param name="queries">The queries.</param>
    /// <param name="points">The block of points.</param>
    /// <param name="padded">Queries, whole panels.</param>
    /// <param name="depth">Features of a packed vector.</param>
    /// <param name="panel">First panel of points.</param>
    /// <param name="panels">Panels of points.</param>
    public static GpuArguments Of(GpuKernels kernels, QueryBlock queries, PointBlocks.Block points, int padded, int depth, int panel, int panels)
    {
        int width = kernels.Width;
        return new GpuArguments().View(queries.Vectors.Panels, 0, (long)padded * depth / 4, 16).View(queries.Vectors.Norms, 0, padded, 4)
            .View(points.Vectors.Panels, 4L * panel * width * depth, (long)panels * width * depth / 4, 16)
            .View(points.Vectors.Norms, 4L * panel * width, (long)panels * width, 4);
    }
}
