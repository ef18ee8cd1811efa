using Memo.Gpu.Devices;

namespace Memo.Gpu.Tests;

/// <summary>
/// Kernels written by hand in either language, with the parameters that ILGPU gives them: each argument has to arrive where the
/// text expects it, whatever its neighbours.
/// </summary>
public sealed unsafe class LaunchTests
{
    // to[4 i ..] = from[i] + add, the bits of scale, the halves of both lengths and of big.
    private const string OpenClText = """
        struct view { int offset; long length; };
        kernel void Kernel_Arguments(global long* to_0, global int* from_0,
            struct view to_1, int add, struct view from_1, float scale, long big)
        {
            global long* to = to_0 + to_1.offset;
            global int* from = from_0 + from_1.offset;
            int i = get_group_id(1) * get_num_groups(0) * get_local_size(0) + get_group_id(0) * get_local_size(0) + get_local_id(0);
            to[4 * i] = from[i] + add;
            to[4 * i + 1] = as_int(scale);
            to[4 * i + 2] = to_1.length * 1000 + from_1.length;
            to[4 * i + 3] = big;
        }
        """;

    private const string PtxText = """
        .version 6.0
        .target sm_50
        .address_size 64

        .visible .entry Kernel_Arguments(
            .param .align 8 .b8 _to[16],
            .param .b32 _add,
            .param .align 8 .b8 _from[16],
            .param .f32 _scale,
            .param .b64 _big
        )
        {
            .reg .b32 %r<9>;
            .reg .b64 %rd<12>;

            ld.param.b64 %rd1, [_to];
            ld.param.b64 %rd2, [_to+8];
            ld.param.b32 %r1, [_add];
            ld.param.b64 %rd3, [_from];
            ld.param.b64 %rd4, [_from+8];
            ld.param.b32 %r2, [_scale];
            ld.param.b64 %rd5, [_big];
            mov.b32 %r3, %ctaid.y;
            mov.b32 %r4, %nctaid.x;
            mov.b32 %r5, %ctaid.x;
            mul.lo.s32 %r6, %r3, %r4;
            add.s32 %r6, %r6, %r5;
            mov.b32 %r7, %ntid.x;
            mul.lo.s32 %r6, %r6, %r7;
            mov.b32 %r8, %tid.x;
            add.s32 %r6, %r6, %r8;
            mul.wide.s32 %rd6, %r6, 4;
            add.u64 %rd7, %rd3, %rd6;
            ld.global.b32 %r3, [%rd7];
            add.s32 %r3, %r3, %r1;
            mul.wide.s32 %rd8, %r6, 32;
            add.u64 %rd9, %rd1, %rd8;
            cvt.s64.s32 %rd10, %r3;
            st.global.b64 [%rd9], %rd10;
            cvt.s64.s32 %rd10, %r2;
            st.global.b64 [%rd9+8], %rd10;
            mul.lo.s64 %rd10, %rd2, 1000;
            add.s64 %rd10, %rd10, %rd4;
            st.global.b64 [%rd9+16], %rd10;
            st.global.b64 [%rd9+24], %rd5;
            ret;
        }
        """;

    private static GpuProgram Load(GpuDevice device, string word) =>
        device.Load(System.Text.Encoding.UTF8.GetBytes(word == "cuda" ? PtxText : OpenClText), "kernel Arguments");

    [DeviceTheory, OnDevice]
    public void Every_argument_arrives(string word)
    {
        const int count = 24, toOffset = 5, fromOffset = 3, add = -70000;
        const float scale = -1.5f;
        const long big = -0x123456789ABCDEF;
        using GpuDevice device = TestDevices.Open(word);
        using GpuProgram program = Load(device, word);
        using GpuBuffer to = device.Allocate(8 * (toOffset + 4 * count + 1)), from = device.Allocate(4 * (fromOffset + count));
        using GpuQueue queue = device.CreateQueue();
        int[] values = [.. Enumerable.Range(0, fromOffset + count).Select(i => i * i)];
        var results = new long[toOffset + 4 * count + 1];
        var arguments = new GpuArguments().View(to, 8 * toOffset, 4 * count, sizeof(long)).Int(add)
            .View(from, 4 * fromOffset, count, sizeof(int)).Float(scale).Long(big);
        for (int round = 0; round < 2; round++) // arguments can be used again
        {
            fixed (int* first = values) queue.Write(from, 0, first, 4L * values.Length);
            queue.Fill(to, 0, -1, to.Bytes / 4);
            queue.Launch(program.Kernel("Kernel_Arguments"), (3, 2), (4, 1), arguments);
            fixed (long* last = results) queue.Read(last, to, 0, to.Bytes);
            queue.Synchronize();
            Assert.All(results[..toOffset], value => Assert.Equal(-1, value));
            Assert.Equal(-1, results[^1]);
            for (int i = 0; i < count; i++)
                Assert.Equal([values[fromOffset + i] + add, BitConverter.SingleToInt32Bits(scale), 4 * count * 1000 + count, big],
                    results[(toOffset + 4 * i)..(toOffset + 4 * i + 4)]);
        }
        queue.Launch(program.Kernel("Kernel_Arguments"), (0, 2), (4, 1), arguments); // nothing
        queue.Synchronize();
    }

    [DeviceTheory, OnDevice]
    public void Memory_of_the_host_goes_there_and_back(string word)
    {
        using GpuDevice device = TestDevices.Open(word);
        using GpuBuffer buffer = device.Allocate(1 << 16);
        using HostBuffer there = device.AllocateHost(1 << 16), back = device.AllocateHost(1 << 16);
        using GpuQueue queue = device.CreateQueue();
        new Random(1).NextBytes(new Span<byte>(there.Pointer, 1 << 16));
        queue.Write(buffer, 0, there.Pointer, 1 << 16);
        queue.Read(back.Pointer, buffer, 0, 1 << 16);
        queue.Synchronize();
        Assert.True(new Span<byte>(there.Pointer, 1 << 16).SequenceEqual(new Span<byte>(back.Pointer, 1 << 16)));
    }

    [DeviceTheory, OnDevice]
    public void A_kernel_that_the_text_does_not_have_is_refused_by_name(string word)
    {
        using GpuDevice device = TestDevices.Open(word);
        using GpuProgram program = Load(device, word);
        var problem = Assert.Throws<GpuException>(() => program.Kernel("Kernel_Absent"));
        Assert.Equal(GpuProblem.Other, problem.Problem);
        Assert.StartsWith($"{device.Name}: kernel Arguments: no Kernel_Absent", problem.Message, StringComparison.Ordinal);
        Assert.NotNull(program.Kernel("Kernel_Arguments")); // the program is none the worse
    }

    [DeviceTheory, OnDevice]
    public void A_kernel_is_not_launched_once_its_program_is_disposed_of(string word)
    {
        using GpuDevice device = TestDevices.Open(word);
        GpuProgram program = Load(device, word);
        GpuKernel kernel = program.Kernel("Kernel_Arguments");
        using GpuBuffer buffer = device.Allocate(1024);
        using GpuQueue queue = device.CreateQueue();
        GpuArguments arguments = new GpuArguments().View(buffer, 0, 128, 8).Int(0).View(buffer, 0, 256, 4).Float(0).Long(0);
        program.Dispose();
        program.Dispose();
        Assert.Throws<ObjectDisposedException>(() => queue.Launch(kernel, (1, 1), (1, 1), arguments));
        Assert.Throws<ObjectDisposedException>(() => program.Kernel("Kernel_Arguments"));
    }
}
