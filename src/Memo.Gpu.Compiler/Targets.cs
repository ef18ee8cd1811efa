using ILGPU;
using ILGPU.Backends.EntryPoints;
using ILGPU.Backends.OpenCL;
using ILGPU.Backends.PTX;
using ILGPU.Runtime.Cuda;
using ILGPU.Runtime.OpenCL;
using Memo.Gpu.Kernels;

namespace Memo.Gpu.Compiler;

/// <summary>What kernels are compiled for: a text for each kernel, with no device at hand.</summary>
internal abstract class Target
{
    /// <summary>All targets. A PTX text serves every later card as well: the driver compiles it further.</summary>
    public static IReadOnlyList<Target> All { get; } =
    [
        new PtxTarget("sm_50", KernelList.For<MaxwellTile>(), CudaArchitecture.SM_50, CudaInstructionSet.ISA_60),
        new PtxTarget("sm_80", KernelList.For<AmpereTile>(), CudaArchitecture.SM_80, CudaInstructionSet.ISA_70),
        new OpenClTarget("opencl", KernelList.For<OpenClTile>()),
    ];

    protected Target(string name, IReadOnlyList<KernelToCompile> kernels) => (Name, Kernels) = (name, kernels);

    /// <summary>Its name, and that of its file.</summary>
    public string Name { get; }

    public IReadOnlyList<KernelToCompile> Kernels { get; }

    /// <summary>The text of a kernel, mended.</summary>
    public string Compile(KernelToCompile kernel)
    {
        // A context of its own numbers a kernel's types and blocks the same, whatever was compiled before it.
        using Context context = Context.Create(builder => builder.Optimize(OptimizationLevel.O2).Inlining(InliningMode.Aggressive));
        return Compile(context, EntryPointDescription.FromExplicitlyGroupedKernel(kernel.Method), kernel);
    }

    protected abstract string Compile(Context context, EntryPointDescription entry, KernelToCompile kernel);

    private sealed class PtxTarget(string name, IReadOnlyList<KernelToCompile> kernels, CudaArchitecture architecture,
        CudaInstructionSet instructions) : Target(name, kernels)
    {
        protected override string Compile(Context context, EntryPointDescription entry, KernelToCompile kernel)
        {
            using var backend = new PTXBackend(context, architecture, instructions, null!);
            return PtxText.Mend(((PTXCompiledKernel)backend.Compile(entry, default)).PTXAssembly, kernel);
        }
    }

    private sealed class OpenClTarget(string name, IReadOnlyList<KernelToCompile> kernels) : Target(name, kernels)
    {
        protected override string Compile(Context context, EntryPointDescription entry, KernelToCompile kernel)
        {
            using var backend = new CLBackend(context, new CLCapabilityContext(true, true, true, true, true), CLDeviceVendor.Other, CLCVersion.CL20);
            return OpenClText.Mend(((CLCompiledKernel)backend.Compile(entry, default)).Source, kernel);
        }
    }
}
