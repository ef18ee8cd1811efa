using System.Globalization;
using System.Text;

namespace Memo.Gpu.Devices;

/// <summary>A device behind OpenCL.</summary>
internal sealed unsafe class OpenClDevice : GpuDevice
{
    private const ulong ReadWrite = 1;

    private readonly OpenCl _cl;
    private readonly nint _device;
    private nint _context;
    private long _allocated;

    private OpenClDevice(OpenCl cl, nint device, GpuDescription description) : base(description)
    {
        (_cl, _device) = (cl, device);
        RequireUsable();
        int status;
        _context = cl.CreateContext(null, 1, &device, null, null, &status);
        Check(status, "cannot be opened");
        LargestBuffer = cl.DeviceNumber(device, 0x1010);
    }

    // Fill, marker and barrier came with version 1.2, and so did the language that the kernels are written in: an older driver
    // need not even have the functions.
    private void RequireUsable()
    {
        const int available = 0x1027, compiler = 0x1028, version = 0x102F;
        string words = _cl.DeviceText(_device, version); // "OpenCL 1.2 ..."
        bool old = words.Split(' ') is not [_, var number, ..] || !Version.TryParse(number, out Version? stated) || stated < new Version(1, 2);
        string? problem = old
            ? $"it is of {words}; version 1.2 is needed"
            : _cl.DeviceNumber(_device, available) == 0 ? "its driver says that it is not available"
            : _cl.DeviceNumber(_device, compiler) == 0 ? "its driver has no compiler for kernels"
            : null;
        if (problem is not null) throw new GpuException(GpuProblem.Other, $"{Name}: {problem}");
    }

    /// <summary>All devices of all platforms: GPUs first, the processor last.</summary>
    public static IReadOnlyList<(GpuDescription Description, nint Device)> Find(out string? problem) =>
        OpenCl.TryLoad(out problem) is { } cl ? Find(cl, out problem) : [];

    /// <summary>The devices behind a library.</summary>
    public static IReadOnlyList<(GpuDescription Description, nint Device)> Find(OpenCl cl, out string? problem)
    {
        const int most = 64;
        problem = null;
        var found = new List<(GpuDescription Description, nint Device)>();
        nint* platforms = stackalloc nint[most], devices = stackalloc nint[most];
        uint platformCount = 0;
        int status = cl.GetPlatformIds(most, platforms, &platformCount);
        if (status is not (0 or OpenCl.NoPlatforms)) problem = $"opencl: {OpenCl.ErrorName(status)}";
        for (int p = 0; p < Math.Min(platformCount, most); p++)
        {
            const ulong all = 0xFFFFFFFF;
            uint count = 0;
            if (cl.GetDeviceIds(platforms[p], all, most, devices, &count) != 0) continue;
            for (int d = 0; d < Math.Min(count, most); d++) found.Add((Describe(cl, platforms[p], devices[d]), devices[d]));
        }
        if (found.Count == 0) problem ??= "opencl: no device: no driver has one to offer";
        // A stable order: numbers must mean the same devices in every process.
        return [.. found.OrderBy(each => each.Description.IsProcessor).Select((each, index) => (each.Description with { Index = index }, each.Device))];
    }

    private static GpuDescription Describe(OpenCl cl, nint platform, nint device) => new(GpuApi.OpenCl, 0, cl.DeviceText(device, 0x102B),
        cl.PlatformText(platform, 0x0902), cl.DeviceText(device, 0x102D), cl.DeviceNumber(device, 0x101F), (int)cl.DeviceNumber(device, 0x1002),
        (int)cl.DeviceNumber(device, 0x100C), 0, 0, (cl.DeviceNumber(device, 0x1000) & 4) == 0);

    public static OpenClDevice Open(GpuDescription description) => OpenCl.TryLoad(out string? problem) is { } cl
        ? Open(cl, description)
        : throw new GpuException(GpuProblem.NoDriver, problem!);

    /// <summary>Opens a device behind a library.</summary>
    public static OpenClDevice Open(OpenCl cl, GpuDescription description)
    {
        foreach ((GpuDescription found, nint device) in Find(cl, out _))
            if (found.Index == description.Index)
                return new OpenClDevice(cl, device, found);
        throw new GpuException(GpuProblem.NoDevice, $"{description.Title}: no longer there");
    }

    public override long FreeBytes() => Math.Max(0, Description.MemoryBytes - Interlocked.Read(ref _allocated));

    public override long LargestBuffer { get; }

    public override GpuBuffer Allocate(long bytes)
    {
        ObjectDisposedException.ThrowIf(_context == 0, this);
        int status;
        nint memory = _cl.CreateBuffer(_context, ReadWrite, (nuint)Math.Max(bytes, 1), null, &status);
        if (status == 0)
        {
            // Most drivers take the memory when it is first used; better here than in the midst of work.
            status = bytes < 4 ? 0 : Touch(memory, bytes / 4 * 4 - 4);
            if (status == 0) return new Buffer(this, memory, bytes);
            _cl.ReleaseMemObject(memory);
        }
        if (status is OpenCl.MemoryAllocationFailure or OpenCl.InvalidBufferSize or OpenCl.OutOfResources or OpenCl.OutOfHostMemory)
            throw new GpuException(GpuProblem.OutOfMemory, string.Create(CultureInfo.InvariantCulture,
                $"{Name}: out of memory: {bytes / 1e6:N1} MB asked for, at most {LargestBuffer / 1e6:N1} MB at a time and " +
                $"{FreeBytes() / 1e6:N1} MB in all ({OpenCl.ErrorName(status)})"));
        throw Failed(status, "no memory");
    }

    // Writes four bytes.
    private int Touch(nint memory, long byteOffset)
    {
        int status, zero = 0;
        nint queue = _cl.CreateCommandQueue(_context, _device, 0, &status);
        if (status != 0) return status;
        status = _cl.EnqueueFillBuffer(queue, memory, &zero, sizeof(int), (nuint)byteOffset, sizeof(int), 0, null, null);
        int finished = _cl.Finish(queue);
        _cl.ReleaseCommandQueue(queue);
        return status != 0 ? status : finished;
    }

    public override HostBuffer AllocateHost(long bytes) => new HostBuffer.Pageable(bytes);

    public override GpuProgram Load(ReadOnlySpan<byte> text, string what)
    {
        ObjectDisposedException.ThrowIf(_context == 0, this);
        int status;
        nint program;
        fixed (byte* source = text)
        {
            nuint length = (nuint)text.Length;
            program = _cl.CreateProgramWithSource(_context, 1, &source, &length, &status);
        }
        Check(status, what);
        nint device = _device;
        fixed (byte* options = "-cl-std=CL1.2"u8) status = _cl.BuildProgram(program, 1, &device, options, null, null);
        if (status == 0) return new Program(this, program, what);
        string log = _cl.BuildLog(program, device);
        _cl.ReleaseProgram(program);
        throw new GpuException(GpuProblem.KernelRefused, $"{Name}: the driver refuses {what}: {GpuException.FirstLines(log)} ({OpenCl.ErrorName(status)})");
    }

    public override GpuQueue CreateQueue()
    {
        ObjectDisposedException.ThrowIf(_context == 0, this);
        int status;
        nint queue = _cl.CreateCommandQueue(_context, _device, 0, &status);
        Check(status, "no queue");
        return new Queue(this, queue);
    }

    public override void Dispose()
    {
        if (_context != 0) _cl.ReleaseContext(_context);
        _context = 0;
    }

    private void Check(int status, string what)
    {
        if (status != 0) throw Failed(status, what);
    }

    private GpuException Failed(int status, string what) => new(
        status switch
        {
            OpenCl.MemoryAllocationFailure or OpenCl.OutOfHostMemory => GpuProblem.OutOfMemory,
            <= OpenCl.FirstInvalid and >= OpenCl.LastInvalid => GpuProblem.Other, // the call was wrong, the device is well
            _ => GpuProblem.Lost,
        },
        $"{Name}: {what} ({OpenCl.ErrorName(status)})");

    private sealed class Buffer : GpuBuffer
    {
        private readonly OpenClDevice _owner;
        private nint _memory;

        public Buffer(OpenClDevice owner, nint memory, long bytes) : base(bytes)
        {
            (_owner, _memory) = (owner, memory);
            Interlocked.Add(ref owner._allocated, bytes);
        }

        public nint Memory => _memory != 0 ? _memory : throw new ObjectDisposedException(nameof(GpuBuffer));

        public override void Dispose()
        {
            nint memory = Interlocked.Exchange(ref _memory, 0);
            if (memory == 0) return;
            _owner._cl.ReleaseMemObject(memory);
            Interlocked.Add(ref _owner._allocated, -Bytes);
        }
    }

    private sealed class Program(OpenClDevice owner, nint program, string what) : GpuProgram
    {
        private readonly List<nint> _kernels = [];
        private nint _program = program;

        public bool IsDisposed => _program == 0;

        public override GpuKernel Kernel(string name)
        {
            ObjectDisposedException.ThrowIf(_program == 0, this);
            int status;
            nint kernel;
            fixed (byte* text = Encoding.UTF8.GetBytes(name + '\0')) kernel = owner._cl.CreateKernel(_program, text, &status);
            owner.Check(status, $"{what}: no {name}");
            _kernels.Add(kernel);
            return new Kernel(this, kernel, what);
        }

        public override void Dispose()
        {
            if (_program == 0) return;
            foreach (nint kernel in _kernels) owner._cl.ReleaseKernel(kernel);
            owner._cl.ReleaseProgram(_program);
            _program = 0;
        }
    }

    private sealed class Kernel(Program program, nint handle, string what) : GpuKernel
    {
        public nint Handle => program.IsDisposed ? throw new ObjectDisposedException(nameof(GpuProgram)) : handle;

        public string What => what;
    }

    private sealed class Event(OpenCl cl, nint handle) : GpuEvent
    {
        private nint _handle = handle;

        public nint Handle => _handle != 0 ? _handle : throw new ObjectDisposedException(nameof(GpuEvent));

        public override void Dispose()
        {
            if (Interlocked.Exchange(ref _handle, 0) is not 0 and nint value) cl.ReleaseEvent(value);
        }
    }

    // A view behind the pointers: {int offset; long length}.
    private struct View
    {
        public int Offset;
        public long Length;
    }

    private sealed class Queue(OpenClDevice owner, nint queue) : GpuQueue
    {
        private readonly OpenCl _cl = owner._cl;
        private readonly System.Collections.Generic.Queue<(nint Event, string What)> _launched = [];
        private nint _queue = queue;

        private nint Handle => _queue != 0 ? _queue : throw new ObjectDisposedException(nameof(GpuQueue));

        public override void Write(GpuBuffer to, long byteOffset, void* from, long bytes)
        {
            if (bytes > 0)
                owner.Check(_cl.EnqueueWriteBuffer(Handle, ((Buffer)to).Memory, 0, (nuint)byteOffset, (nuint)bytes, from, 0, null, null),
                    "a transfer failed");
        }

        public override void Read(void* to, GpuBuffer from, long byteOffset, long bytes)
        {
            if (bytes > 0)
                owner.Check(_cl.EnqueueReadBuffer(Handle, ((Buffer)from).Memory, 0, (nuint)byteOffset, (nuint)bytes, to, 0, null, null),
                    "a transfer failed");
        }

        public override void Fill(GpuBuffer buffer, long byteOffset, int value, long count)
        {
            if (count > 0)
                owner.Check(_cl.EnqueueFillBuffer(Handle, ((Buffer)buffer).Memory, &value, sizeof(int), (nuint)byteOffset,
                    (nuint)(count * sizeof(int)), 0, null, null), "a transfer failed");
        }

        public override void Launch(GpuKernel kernel, (int X, int Y) groups, (int X, int Y) groupSize, GpuArguments arguments)
        {
            if (groups.X == 0 || groups.Y == 0) return;
            var target = (Kernel)kernel;
            uint index = 0;
            foreach (GpuArguments.Argument argument in arguments.List)
                if (argument.Buffer is Buffer buffer)
                {
                    nint memory = buffer.Memory;
                    Set(sizeof(nint), &memory);
                }
            foreach (GpuArguments.Argument argument in arguments.List)
            {
                long value = argument.Start;
                var view = new View { Offset = (int)argument.Start, Length = argument.Length };
                if (argument.Buffer is null) Set(argument.Size, &value);
                else Set(sizeof(View), &view);
            }
            nuint* global = stackalloc nuint[2], local = stackalloc nuint[2];
            (local[0], local[1]) = ((nuint)groupSize.X, (nuint)groupSize.Y);
            (global[0], global[1]) = ((nuint)groups.X * local[0], (nuint)groups.Y * local[1]);
            nint launched;
            owner.Check(_cl.EnqueueKernel(Handle, target.Handle, 2, null, global, local, 0, null, &launched), $"{target.What} cannot be launched");
            _launched.Enqueue((launched, target.What));

            void Set(int size, void* value) =>
                owner.Check(_cl.SetKernelArg(target.Handle, index++, (nuint)size, value), target.What);
        }

        public override GpuEvent Record()
        {
            nint mark;
            owner.Check(_cl.EnqueueMarker(Handle, 0, null, &mark), "no event");
            owner.Check(_cl.Flush(Handle), "no event"); // or a queue that waits for it might wait for ever
            return new Event(_cl, mark);
        }

        public override void WaitFor(GpuEvent mark)
        {
            nint handle = ((Event)mark).Handle;
            owner.Check(_cl.EnqueueBarrier(Handle, 1, &handle, null), "cannot wait for an event");
        }

        // A driver need not tell of a kernel that failed but by its event.
        public override void Synchronize()
        {
            const int executionStatus = 0x11D3;
            owner.Check(_cl.Finish(Handle), "lost in the midst of work");
            while (_launched.TryDequeue(out (nint Event, string What) launch))
            {
                int status = 0, asked = _cl.GetEventInfo(launch.Event, executionStatus, sizeof(int), &status, null);
                _cl.ReleaseEvent(launch.Event);
                owner.Check(asked != 0 ? asked : Math.Min(status, 0), $"{launch.What} failed");
            }
        }

        public override void Dispose()
        {
            if (_queue == 0) return;
            _cl.Finish(_queue);
            while (_launched.TryDequeue(out (nint Event, string What) launch)) _cl.ReleaseEvent(launch.Event);
            _cl.ReleaseCommandQueue(_queue);
            _queue = 0;
        }
    }
}
