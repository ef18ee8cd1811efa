using System.Runtime.InteropServices;

namespace Memo.Gpu.Devices;

/// <summary>A device that was opened. One thread at a time may submit work; what it waits for, any.</summary>
internal abstract class GpuDevice(GpuDescription description) : IDisposable
{
    public GpuDescription Description { get; } = description;

    /// <summary>What messages call it.</summary>
    public string Name => Description.Title;

    /// <summary>Bytes that can still be allocated, as far as the driver tells.</summary>
    public abstract long FreeBytes();

    /// <summary>The most bytes of one buffer.</summary>
    public abstract long LargestBuffer { get; }

    /// <summary>Memory on the device; what it holds at first is undefined.</summary>
    public abstract GpuBuffer Allocate(long bytes);

    /// <summary>Memory on the host that the device reads and writes by itself, where its driver has such.</summary>
    public abstract HostBuffer AllocateHost(long bytes);

    /// <summary>Hands a text to the driver's compiler: PTX or OpenCL C, UTF-8.</summary>
    /// <param name="text">The text.</param>
    /// <param name="what">What it is, for messages.</param>
    public abstract GpuProgram Load(ReadOnlySpan<byte> text, string what);

    /// <summary>A queue of work, done in order; several queues overlap.</summary>
    public abstract GpuQueue CreateQueue();

    public abstract void Dispose();
}

/// <summary>Memory on the device.</summary>
internal abstract class GpuBuffer(long bytes) : IDisposable
{
    public long Bytes { get; } = bytes;

    public abstract void Dispose();
}

/// <summary>Memory on the host.</summary>
internal abstract unsafe class HostBuffer : IDisposable
{
    public abstract void* Pointer { get; }

    public abstract void Dispose();

    /// <summary>Ordinary memory, aligned to a cache line.</summary>
    public sealed class Pageable(long bytes) : HostBuffer
    {
        private void* _pointer = NativeMemory.AlignedAlloc((nuint)Math.Max(bytes, 1), 64);

        public override void* Pointer => _pointer;

        public override void Dispose()
        {
            NativeMemory.AlignedFree(_pointer);
            _pointer = null;
        }
    }
}

/// <summary>A compiled text.</summary>
internal abstract class GpuProgram : IDisposable
{
    /// <summary>A kernel by its name in the text.</summary>
    public abstract GpuKernel Kernel(string name);

    public abstract void Dispose();
}

/// <summary>A kernel; lives as long as its program.</summary>
internal abstract class GpuKernel;

/// <summary>A place in a queue.</summary>
internal abstract class GpuEvent : IDisposable
{
    public abstract void Dispose();
}

/// <summary>Work for a device, done in order. Nothing waits for the host but <see cref="Synchronize"/>.</summary>
internal abstract unsafe class GpuQueue : IDisposable
{
    /// <summary>Copies to the device; the memory has to stay until the queue is synchronized.</summary>
    public abstract void Write(GpuBuffer to, long byteOffset, void* from, long bytes);

    /// <summary>Copies from the device, likewise.</summary>
    public abstract void Read(void* to, GpuBuffer from, long byteOffset, long bytes);

    /// <summary>Sets int32s.</summary>
    public abstract void Fill(GpuBuffer buffer, long byteOffset, int value, long count);

    /// <summary>Launches a kernel; nothing where there are no groups.</summary>
    public abstract void Launch(GpuKernel kernel, (int X, int Y) groups, (int X, int Y) groupSize, GpuArguments arguments);

    /// <summary>Marks what was submitted so far.</summary>
    public abstract GpuEvent Record();

    /// <summary>What is submitted from now on waits for the mark of another queue; the host does not.</summary>
    public abstract void WaitFor(GpuEvent mark);

    /// <summary>Waits for everything submitted, and throws what went wrong meanwhile.</summary>
    public abstract void Synchronize();

    public abstract void Dispose();
}
