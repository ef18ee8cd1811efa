using Memo.Gpu.Devices;

namespace Memo.Gpu.Tests;

/// <summary>What OpenCL drivers do that the one of a test machine does not. One fault at a time, so all in one class.</summary>
public sealed class OpenClFaultTests : IDisposable
{
    public void Dispose()
    {
        if (FaultyOpenCl.Library is not null) FaultyOpenCl.Set("");
    }

    private static OpenClDevice Open(OpenCl functions) => OpenClDevice.Open(functions, OpenClDevice.Find(functions, out _)[0].Description);

    [FaultyOpenClTheory]
    [InlineData("late-memory", "CL_MEM_OBJECT_ALLOCATION_FAILURE")]
    [InlineData("late-resources", "CL_OUT_OF_RESOURCES")]
    public void Memory_that_is_refused_when_first_used_is_refused_by_Allocate_and_given_back(string fault, string words)
    {
        using OpenClDevice device = Open(FaultyOpenCl.With(""));
        long free = device.FreeBytes();
        FaultyOpenCl.Set(fault);
        var problem = Assert.Throws<GpuException>(() => device.Allocate(3_000_000));
        Assert.Equal(GpuProblem.OutOfMemory, problem.Problem);
        Assert.Contains("3.0 MB asked for", problem.Message, StringComparison.Ordinal);
        Assert.Contains(words, problem.Message, StringComparison.Ordinal);
        Assert.Equal(free, device.FreeBytes());
        FaultyOpenCl.Set("");
        using GpuBuffer buffer = device.Allocate(3_000_000);
    }

    [FaultyOpenClTheory]
    [InlineData("version-1.1", "OpenCL 1.1 of long ago; version 1.2 is needed")]
    [InlineData("no-compiler", "no compiler")]
    [InlineData("unavailable", "not available")]
    public void A_device_that_cannot_be_used_is_listed_but_not_opened(string fault, string words)
    {
        OpenCl functions = FaultyOpenCl.With(fault);
        GpuDescription description = OpenClDevice.Find(functions, out string? none)[0].Description;
        Assert.Null(none);
        var problem = Assert.Throws<GpuException>(() => OpenClDevice.Open(functions, description));
        Assert.StartsWith(description.Title, problem.Message, StringComparison.Ordinal);
        Assert.Contains(words, problem.Message, StringComparison.Ordinal);
    }

    [FaultyOpenClTheory]
    [InlineData("three-devices")]
    public void GPUs_come_first_and_otherwise_the_drivers_order_is_kept(string fault)
    {
        OpenCl functions = FaultyOpenCl.With(fault);
        GpuDescription[] found = [.. OpenClDevice.Find(functions, out _).Select(each => each.Description)];
        Assert.Equal(["third", "first", "second"], found.Take(3).Select(each => each.Name));
        Assert.Equal(Enumerable.Range(0, found.Length), found.Select(each => each.Index));
    }

    [FaultyOpenClTheory]
    [InlineData("failed-kernel")]
    public void A_kernel_that_failed_is_told_though_the_queue_ended_well(string fault)
    {
        using OpenClDevice device = Open(FaultyOpenCl.With(""));
        using GpuProgram program = device.Load("kernel void Kernel_Nothing() { }"u8, "kernel Nothing");
        using GpuQueue queue = device.CreateQueue();
        GpuKernel kernel = program.Kernel("Kernel_Nothing");
        queue.Launch(kernel, (1, 1), (1, 1), new GpuArguments());
        queue.Synchronize();
        queue.Launch(kernel, (1, 1), (1, 1), new GpuArguments());
        FaultyOpenCl.Set(fault);
        var problem = Assert.Throws<GpuException>(queue.Synchronize);
        Assert.Equal(GpuProblem.Lost, problem.Problem);
        Assert.Contains("kernel Nothing failed (CL_OUT_OF_RESOURCES)", problem.Message, StringComparison.Ordinal);
    }
}
