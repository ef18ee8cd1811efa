using Memo.Gpu.Devices;

namespace Memo.Gpu.Tests;

/// <summary>The device layer: memory, queues, launches, and what it says when something is wrong.</summary>
public sealed unsafe class DeviceTests
{
    [DeviceTheory, OnDevice]
    public void What_is_written_is_read_again_at_any_offset(string word)
    {
        using GpuDevice device = TestDevices.Open(word);
        using GpuBuffer buffer = device.Allocate(1000);
        using GpuQueue queue = device.CreateQueue();
        byte[] values = [.. Enumerable.Range(0, 1000).Select(i => (byte)(7 * i))], read = new byte[500];
        fixed (byte* from = values, to = read)
        {
            queue.Fill(buffer, 0, -1, 250);
            queue.Write(buffer, 100, from, 800);
            queue.Fill(buffer, 200, 0x01020304, 2);
            queue.Read(to, buffer, 96, 500);
            queue.Synchronize();
        }
        Assert.Equal([255, 255, 255, 255], read[..4]);
        Assert.Equal(values[..100], read[4..104]);
        Assert.Equal([4, 3, 2, 1, 4, 3, 2, 1], read[104..112]);
        Assert.Equal(values[108..496], read[112..500]);
    }

    [DeviceTheory, OnDevice]
    public void A_queue_waits_for_the_mark_of_another(string word)
    {
        using GpuDevice device = TestDevices.Open(word);
        const int count = 1 << 20;
        using GpuBuffer buffer = device.Allocate(4L * count);
        using GpuQueue first = device.CreateQueue(), second = device.CreateQueue();
        var read = new int[count];
        for (int round = 1; round <= 20; round++)
        {
            first.Fill(buffer, 0, round, count);
            using GpuEvent filled = first.Record();
            second.WaitFor(filled);
            fixed (int* to = read) second.Read(to, buffer, 0, 4L * count);
            using GpuEvent done = second.Record();
            first.WaitFor(done);
            second.Synchronize();
            Assert.All([read[0], read[count / 2], read[^1]], value => Assert.Equal(round, value));
        }
        first.Synchronize();
    }

    [DeviceTheory, OnDevice]
    public void A_text_that_does_not_compile_is_refused_with_the_drivers_words(string word)
    {
        using GpuDevice device = TestDevices.Open(word);
        var problem = Assert.Throws<GpuException>(() => device.Load("kernel void nonsense( { 1 +"u8, "kernel nonsense"));
        Assert.Equal(GpuProblem.KernelRefused, problem.Problem);
        Assert.Contains(device.Name, problem.Message, StringComparison.Ordinal);
        Assert.Contains("kernel nonsense", problem.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', problem.Message);
    }

    [DeviceTheory, OnDevice]
    public void Too_much_memory_is_refused_with_the_amounts(string word)
    {
        using GpuDevice device = TestDevices.Open(word);
        var problem = Assert.Throws<GpuException>(() => device.Allocate(1L << 45));
        Assert.Equal(GpuProblem.OutOfMemory, problem.Problem);
        Assert.StartsWith(device.Name, problem.Message, StringComparison.Ordinal);
        Assert.Contains("MB", problem.Message, StringComparison.Ordinal);
        using GpuBuffer buffer = device.Allocate(1 << 20); // the device is none the worse
    }

    [DeviceTheory, OnDevice]
    public void What_was_disposed_of_is_refused_and_can_be_disposed_of_again(string word)
    {
        GpuDevice device = TestDevices.Open(word);
        GpuBuffer buffer = device.Allocate(64);
        GpuQueue queue = device.CreateQueue();
        GpuEvent mark = queue.Record();
        mark.Dispose();
        mark.Dispose();
        Assert.Throws<ObjectDisposedException>(() => queue.WaitFor(mark));
        HostBuffer memory = device.AllocateHost(64);
        memory.Dispose();
        memory.Dispose();
        buffer.Dispose();
        buffer.Dispose();
        Assert.Throws<ObjectDisposedException>(() => queue.Fill(buffer, 0, 0, 4));
        queue.Dispose();
        queue.Dispose();
        Assert.Throws<ObjectDisposedException>(queue.Synchronize);
        device.Dispose();
        device.Dispose();
        Assert.Throws<ObjectDisposedException>(() => device.Allocate(64));
    }

    [DeviceTheory, OnDevice]
    public void Views_beyond_a_buffer_are_refused(string word)
    {
        using GpuDevice device = TestDevices.Open(word);
        using GpuBuffer buffer = device.Allocate(100);
        Assert.Throws<ArgumentException>(() => new GpuArguments().View(buffer, 0, 26, 4));
        Assert.Throws<ArgumentException>(() => new GpuArguments().View(buffer, 2, 1, 4));
        Assert.Throws<ArgumentException>(() => new GpuArguments().View(buffer, -4, 1, 4));
        Assert.Throws<ArgumentException>(() => new GpuArguments().View(buffer, 104, 0, 4));
        Assert.Throws<ArgumentException>(() => new GpuArguments().View(buffer, 4, long.MaxValue / 2, 4)); // times 4 is -4
        Assert.NotNull(new GpuArguments().View(buffer, 96, 1, 4));
    }

    [DeviceTheory, OnDevice]
    public void Memory_that_is_given_back_is_free_again(string word)
    {
        using GpuDevice device = TestDevices.Open(word);
        long free = device.FreeBytes();
        for (int round = 0; round < 3; round++)
        {
            using (device.Allocate(1 << 20)) Assert.InRange(device.FreeBytes(), free - (2 << 20), free - (1 << 20));
            Assert.Equal(free, device.FreeBytes());
        }
    }

    [DeviceTheory, OnDevice]
    public void Devices_are_listed_with_their_numbers(string word)
    {
        IReadOnlyList<GpuDescription> found = GpuDevices.List(word == "cuda" ? GpuApi.Cuda : GpuApi.OpenCl, out string? problem);
        Assert.Null(problem);
        for (int i = 0; i < found.Count; i++)
        {
            Assert.Equal($"{word}:{i}", found[i].Word);
            Assert.Equal($"{word} device {i}, {found[i].Name}", found[i].Title);
            Assert.True(found[i].Name.Length > 0 && found[i].Driver.Length > 0 && found[i].Platform.Length > 0, found[i].ToString());
            Assert.True(found[i].MemoryBytes > 0 && found[i].Multiprocessors > 0, found[i].ToString());
        }
    }

    [Fact]
    public void A_driver_that_is_not_there_is_named_with_what_to_do()
    {
        const string variable = "MEMO_NO_SUCH_LIBRARY";
        string[] names = DriverLibrary.Names(variable, ["libnothing.so.7"], "it comes with nothing", out string remedy);
        Assert.Equal(0, DriverLibrary.Load(names, "cuda", remedy, out string? problem));
        Assert.Equal("cuda: no driver: libnothing.so.7 cannot be loaded (it comes with nothing)", problem);
        Environment.SetEnvironmentVariable(variable, "/nowhere/lib.so");
        names = DriverLibrary.Names(variable, ["libnothing.so.7"], "it comes with nothing", out remedy);
        Environment.SetEnvironmentVariable(variable, null);
        Assert.Null(OpenCl.Load(names, remedy, out problem));
        Assert.Equal($"opencl: no driver: /nowhere/lib.so cannot be loaded ({variable} names it)", problem);
        // A library, but no driver.
        if (OperatingSystem.IsLinux())
        {
            Assert.Null(OpenCl.Load(["libc.so.6"], "", out problem));
            Assert.StartsWith("opencl: no driver: ", problem, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("cpu", true)]
    [InlineData("auto", true)]
    [InlineData("cuda", true)]
    [InlineData("opencl:3", true)]
    [InlineData("cuda:", false)]
    [InlineData("cuda:-1", false)]
    [InlineData("cuda:1:2", false)]
    [InlineData("cpu:0", false)]
    [InlineData("tpu", false)]
    [InlineData("", false)]
    public void Words_for_devices(string word, bool valid) => Assert.Equal(valid, GpuDevices.IsChoice(word));

    [DeviceTheory, OnDevice]
    public void A_number_beyond_the_last_device_is_refused(string word)
    {
        var problem = Assert.Throws<GpuException>(() => GpuDevices.Choose(word + ":99", out _));
        Assert.Equal(GpuProblem.NoDevice, problem.Problem);
        Assert.Contains("no device 99", problem.Message, StringComparison.Ordinal);
    }
}
