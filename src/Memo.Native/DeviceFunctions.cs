// Which device looks for near points: the processor, or a GPU.
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text;
using Memo.Devices;
using Memo.Gpu;
using Memo.Gpu.Devices;

namespace Memo.Native;

internal static unsafe class DeviceFunctions
{
    private static readonly Lock Setting = new();

    // What each word opened: a device keeps what its networks have put on it, so it stays open.
    private static readonly Dictionary<string, DeviceChoice> Opened = [];

    private static volatile DeviceChoice? _choice;
    private static volatile string? _fallBack; // why the processor computes although "auto" was asked for

    /// <summary>The device that work uses from now on; null for the processor.</summary>
    public static DeviceChoice? Choice => _choice;

    [UnmanagedCallersOnly(EntryPoint = "memo_set_device", CallConvs = [typeof(CallConvCdecl)])]
    public static int SetDevice(byte* device) => Guard.Run(() =>
    {
        CallException.ThrowIfNull(device, "device");
        string word = Marshal.PtrToStringUTF8((nint)device)!;
        if (!GpuDevices.IsChoice(word))
            throw CallException.InvalidArgument($"device '{word}': give cpu, cuda, opencl, auto, or a number with it: cuda:1");
        lock (Setting)
        {
            string? problem = null;
            // One that failed, so that "auto" went on without it, is tried afresh.
            if (!Opened.TryGetValue(word, out DeviceChoice? choice) || choice.Device is null)
                choice = DeviceWord.Open(word, reason => problem = _fallBack = reason, log: null);
            if (choice is not null) Opened[word] = choice;
            (_choice, _fallBack) = (choice, problem);
        }
    });

    [UnmanagedCallersOnly(EntryPoint = "memo_device", CallConvs = [typeof(CallConvCdecl)])]
    public static int GetDevice(byte* text, long capacity, long* length) => Guard.Run(() =>
    {
        Texts.RequireBuffer(text, capacity);
        string answer = _choice?.Device?.Name ?? (_fallBack is { } reason ? $"cpu: {reason}" : "cpu");
        Texts.Write(Encoding.UTF8.GetBytes(answer), text, capacity, length);
    });
}
