using System.Globalization;
using System.Text;

namespace Memo.Gpu.Devices;

/// <summary>A device behind CUDA's driver interface, in its primary context, which other libraries of a process share.</summary>
internal sealed unsafe class CudaDevice : GpuDevice
{
    private readonly Cuda _cuda;
    private readonly int _device;
    private nint _context;

    private CudaDevice(Cuda cuda, GpuDescription description) : base(description)
    {
        _cuda = cuda;
        int device;
        nint context;
        Check(cuda.DeviceGet(&device, description.Index), "cannot be opened");
        Check(cuda.DevicePrimaryCtxRetain(&context, device), "cannot be opened");
        (_device, _context) = (device, context);
        Enter();
    }

    /// <summary>All devices.</summary>
    public static IReadOnlyList<GpuDescription> Find(out string? problem)
    {
        if (Cuda.TryLoad(out problem) is not { } cuda) return [];
        int count, version;
        int status = cuda.DeviceGetCount(&count);
        if (status != 0 || count == 0)
        {
            problem = $"cuda: no device{(status == 0 ? "" : $": {cuda.ErrorText(status)}")}";
            return [];
        }
        string driver = cuda.DriverGetVersion(&version) == 0
            ? string.Create(CultureInfo.InvariantCulture, $"{version / 1000}.{version % 1000 / 10}") : "";
        return [.. Enumerable.Range(0, count).Select(index => Describe(cuda, index, driver))];
    }

    private static GpuDescription Describe(Cuda cuda, int index, string driver)
    {
        const int clockRate = 13, multiprocessors = 16, major = 75, minor = 76;
        int handle;
        nuint memory;
        byte* name = stackalloc byte[256];
        bool usable = cuda.DeviceGet(&handle, index) == 0;
        int device = usable ? handle : -1;
        string text = usable && cuda.DeviceGetName(name, 256, device) == 0 ? Encoding.UTF8.GetString(name, Length(name)) : "?";
        return new GpuDescription(GpuApi.Cuda, index, text, "CUDA", driver,
            usable && cuda.DeviceTotalMem(&memory, device) == 0 ? (long)memory : 0,
            Attribute(multiprocessors), Attribute(clockRate) / 1000, Attribute(major), Attribute(minor), IsProcessor: false);

        int Attribute(int which)
        {
            int value;
            return usable && cuda.DeviceGetAttribute(&value, which, device) == 0 ? value : 0;
        }

        static int Length(byte* text)
        {
            int length = 0;
            while (length < 256 && text[length] != 0) length++;
            return length;
        }
    }

    public static CudaDevice Open(GpuDescription description) => Cuda.TryLoad(out string? problem) is { } cuda
        ? new CudaDevice(cuda, description)
        : throw new GpuException(GpuProblem.NoDriver, problem!);

    // A context is current on a thread, not in a process.
    private void Enter()
    {
        ObjectDisposedException.ThrowIf(_context == 0, this);
        Check(_cuda.CtxSetCurrent(_context), "its context cannot be used");
    }

    private void Check(int status, string what)
    {
        if (status != 0) throw new GpuException(Cuda.ProblemOf(status), $"{Name}: {what}: {_cuda.ErrorText(status)}");
    }

    public override long FreeBytes()
    {
        Enter();
        nuint free, total;
        Check(_cuda.MemGetInfo(&free, &total), "its memory is not told");
        return (long)free;
    }

    public override long LargestBuffer => long.MaxValue;

    public override GpuBuffer Allocate(long bytes)
    {
        Enter();
        ulong address;
        int status = _cuda.MemAlloc(&address, (nuint)Math.Max(bytes, 4));
        if (status == Cuda.OutOfMemory)
            throw new GpuException(GpuProblem.OutOfMemory, string.Create(CultureInfo.InvariantCulture,
                $"{Name}: {bytes / 1e6:N1} MB asked for, {FreeBytes() / 1e6:N1} MB free: {_cuda.ErrorText(status)}"));
        Check(status, "no memory");
        return new Buffer(this, address, bytes);
    }

    public override HostBuffer AllocateHost(long bytes)
    {
        Enter();
        void* pointer;
        // Page-locked memory is scarce; without it transfers are slower and nothing else.
        return _cuda.MemAllocHost(&pointer, (nuint)Math.Max(bytes, 4)) == 0 ? new PageLocked(this, pointer) : new HostBuffer.Pageable(bytes);
    }

    public override GpuProgram Load(ReadOnlySpan<byte> text, string what)
    {
        const int logCapacity = 8192, errorLogBuffer = 5, errorLogSize = 6;
        Enter();
        var terminated = new byte[text.Length + 1];
        text.CopyTo(terminated);
        var log = new byte[logCapacity];
        nint module;
        int status;
        fixed (byte* source = terminated, logged = log)
        {
            int* options = stackalloc int[2];
            void** values = stackalloc void*[2];
            (options[0], options[1]) = (errorLogBuffer, errorLogSize);
            values[0] = logged;
            values[1] = (void*)logCapacity;
            status = _cuda.ModuleLoadDataEx(&module, source, 2, options, values);
        }
        if (status == 0) return new Program(this, module, what);
        int length = Array.IndexOf(log, (byte)0);
        string words = GpuException.FirstLines(Encoding.UTF8.GetString(log, 0, length < 0 ? log.Length : length));
        // What went wrong before is told by whatever is called next.
        GpuProblem problem = Cuda.ProblemOf(status);
        throw new GpuException(problem is GpuProblem.OutOfMemory or GpuProblem.Lost ? problem : GpuProblem.KernelRefused,
            $"{Name}: the driver refuses {what}: {words}{(words.Length > 0 ? "; " : "")}{_cuda.ErrorText(status)}");
    }

    public override GpuQueue CreateQueue()
    {
        const uint nonBlocking = 1;
        Enter();
        nint stream;
        Check(_cuda.StreamCreate(&stream, nonBlocking), "no queue");
        return new Queue(this, stream);
    }

    public override void Dispose()
    {
        if (_context != 0) _cuda.DevicePrimaryCtxRelease(_device);
        _context = 0;
    }

    // What is freed after its device has gone has gone with it.
    private void Free(Func<int> free)
    {
        if (_context == 0 || _cuda.CtxSetCurrent(_context) != 0) return;
        _ = free(); // a device that is lost frees nothing, and there is nothing more to do about it
    }

    private sealed class Buffer(CudaDevice owner, ulong address, long bytes) : GpuBuffer(bytes)
    {
        private ulong _address = address;

        public ulong Address => _address != 0 ? _address : throw new ObjectDisposedException(nameof(GpuBuffer));

        public override void Dispose()
        {
            ulong freed = Interlocked.Exchange(ref _address, 0);
            if (freed != 0) owner.Free(() => owner._cuda.MemFree(freed));
        }
    }

    private sealed class PageLocked(CudaDevice owner, void* pointer) : HostBuffer
    {
        private nint _pointer = (nint)pointer;

        public override void* Pointer => (void*)_pointer;

        public override void Dispose()
        {
            nint freed = Interlocked.Exchange(ref _pointer, 0);
            if (freed != 0) owner.Free(() => owner._cuda.MemFreeHost((void*)freed));
        }
    }

    private sealed class Program(CudaDevice owner, nint module, string what) : GpuProgram
    {
        private nint _module = module;

        public bool IsDisposed => _module == 0;

        public override GpuKernel Kernel(string name)
        {
            ObjectDisposedException.ThrowIf(_module == 0, this);
            owner.Enter();
            nint function;
            fixed (byte* text = Encoding.UTF8.GetBytes(name + '\0'))
                owner.Check(owner._cuda.ModuleGetFunction(&function, _module, text), $"{what}: no {name}");
            return new Kernel(this, function, what);
        }

        public override void Dispose()
        {
            nint unloaded = Interlocked.Exchange(ref _module, 0);
            if (unloaded != 0) owner.Free(() => owner._cuda.ModuleUnload(unloaded));
        }
    }

    private sealed class Kernel(Program program, nint function, string what) : GpuKernel
    {
        public nint Function => program.IsDisposed ? throw new ObjectDisposedException(nameof(GpuProgram)) : function;

        public string What => what;
    }

    private sealed class Event(CudaDevice owner, nint handle) : GpuEvent
    {
        private nint _handle = handle;

        public nint Handle => _handle != 0 ? _handle : throw new ObjectDisposedException(nameof(GpuEvent));

        public override void Dispose()
        {
            nint destroyed = Interlocked.Exchange(ref _handle, 0);
            if (destroyed != 0) owner.Free(() => owner._cuda.EventDestroy(destroyed));
        }
    }

    private sealed class Queue(CudaDevice owner, nint stream) : GpuQueue
    {
        private readonly Cuda _cuda = owner._cuda;
        private nint _stream = stream;

        private nint Enter()
        {
            ObjectDisposedException.ThrowIf(_stream == 0, this);
            owner.Enter();
            return _stream;
        }

        public override void Write(GpuBuffer to, long byteOffset, void* from, long bytes)
        {
            if (bytes > 0)
                owner.Check(_cuda.MemcpyHtoDAsync(((Buffer)to).Address + (ulong)byteOffset, from, (nuint)bytes, Enter()), "a transfer failed");
        }

        public override void Read(void* to, GpuBuffer from, long byteOffset, long bytes)
        {
            if (bytes > 0)
                owner.Check(_cuda.MemcpyDtoHAsync(to, ((Buffer)from).Address + (ulong)byteOffset, (nuint)bytes, Enter()), "a transfer failed");
        }

        public override void Fill(GpuBuffer buffer, long byteOffset, int value, long count)
        {
            if (count > 0)
                owner.Check(_cuda.MemsetD32Async(((Buffer)buffer).Address + (ulong)byteOffset, (uint)value, (nuint)count, Enter()), "a transfer failed");
        }

        public override void Launch(GpuKernel kernel, (int X, int Y) groups, (int X, int Y) groupSize, GpuArguments arguments)
        {
            if (groups.X == 0 || groups.Y == 0) return;
            var target = (Kernel)kernel;
            int count = arguments.List.Count;
            // 16 bytes each: a view's pointer and length, or a value.
            long* values = stackalloc long[2 * count];
            void** pointers = stackalloc void*[count];
            for (int i = 0; i < count; i++)
            {
                GpuArguments.Argument argument = arguments.List[i];
                values[2 * i] = argument.Buffer is Buffer buffer ? (long)buffer.Address + argument.Start * argument.Size : argument.Start;
                values[2 * i + 1] = argument.Length;
                pointers[i] = values + 2 * i;
            }
            owner.Check(_cuda.LaunchKernel(target.Function, (uint)groups.X, (uint)groups.Y, 1, (uint)groupSize.X, (uint)groupSize.Y, 1, 0, Enter(),
                pointers, null), $"{target.What} cannot be launched");
        }

        public override GpuEvent Record()
        {
            const uint withoutTiming = 2;
            nint handle;
            nint queue = Enter();
            owner.Check(_cuda.EventCreate(&handle, withoutTiming), "no event");
            var mark = new Event(owner, handle);
            owner.Check(_cuda.EventRecord(handle, queue), "no event");
            return mark;
        }

        public override void WaitFor(GpuEvent mark) => owner.Check(_cuda.StreamWaitEvent(Enter(), ((Event)mark).Handle, 0), "cannot wait for an event");

        public override void Synchronize() => owner.Check(_cuda.StreamSynchronize(Enter()), "lost in the midst of work");

        public override void Dispose()
        {
            nint destroyed = Interlocked.Exchange(ref _stream, 0);
            if (destroyed == 0) return;
            owner.Free(() => _cuda.StreamSynchronize(destroyed));
            owner.Free(() => _cuda.StreamDestroy(destroyed));
        }
    }
}
