using System.Reflection;
using Memo.Gpu.Kernels;

namespace Memo.Gpu.Compiler;

/// <summary>A kernel to compile, and the one size of group that it runs with.</summary>
/// <param name="Name">Its name in the texts, one of <see cref="KernelNames"/>.</param>
/// <param name="Method">The C# method.</param>
/// <param name="GroupX">Threads along x.</param>
/// <param name="GroupY">Threads along y.</param>
/// <param name="GroupsAtOnce">Groups that a multiprocessor should hold, by which registers are allotted; 0 for no wish.</param>
internal sealed record KernelToCompile(string Name, MethodInfo Method, int GroupX, int GroupY, int GroupsAtOnce = 0);

/// <summary>All kernels, for a shape of tile.</summary>
internal static class KernelList
{
    public static IReadOnlyList<KernelToCompile> For<TShape>() where TShape : struct, ITileShape =>
    [
        Tiled<TShape>(typeof(SearchKernels), nameof(SearchKernels.Rivals)),
        Tiled<TShape>(typeof(SearchKernels), nameof(SearchKernels.ClassMinima)),
        Tiled<TShape>(typeof(SearchKernels), nameof(SearchKernels.Survivors)),
        Tiled<TShape>(typeof(SearchKernels), nameof(SearchKernels.ClosestPairs)),
        Tiled<TShape>(typeof(DenseKernel), nameof(DenseKernel.Dense)),
        new(nameof(PackKernels.PackBytes), Method(typeof(PackKernels), nameof(PackKernels.PackBytes)), GroupSizes.Pack, 1),
        new(nameof(PackKernels.PackFloats), Method(typeof(PackKernels), nameof(PackKernels.PackFloats)), GroupSizes.Pack, 1),
        new(nameof(ProjectionKernel.Project), Method(typeof(ProjectionKernel), nameof(ProjectionKernel.Project)), GroupSizes.Project, 1),
        new(nameof(ExactDistanceKernel.ExactDistances), Method(typeof(ExactDistanceKernel), nameof(ExactDistanceKernel.ExactDistances)),
            GroupSizes.ExactLanes, GroupSizes.ExactPairs),
        new(nameof(PeakKernel.Peak), Method(typeof(PeakKernel), nameof(PeakKernel.Peak)), GroupSizes.Peak, 1),
    ];

    // Two groups of 256 threads share the 65536 registers of a multiprocessor: 128 for each thread.
    private static KernelToCompile Tiled<TShape>(Type type, string name) where TShape : struct, ITileShape =>
        new(name, Method(type, name).MakeGenericMethod(typeof(TShape)), TShape.Side, TShape.Side, GroupsAtOnce: 2);

    private static MethodInfo Method(Type type, string name) => type.GetMethod(name, BindingFlags.Public | BindingFlags.Static)!;
}
