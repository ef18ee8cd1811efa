// libmemo, the library itself: version, errors, threads, instruction set, closing of handles.
using System.Buffers;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;
using Memo.Gpu;
using Memo.Kernels;

namespace Memo.Native;

internal static unsafe class LibraryFunctions
{
    // Raised when a function or structure changes so that programs compiled before would misbehave (memo.h).
    private const int AbiVersion = 1;

    private static readonly byte* s_version = Unmoved(SystemReport.Version);

    private static volatile int _threads;

    /// <summary>How the library's work runs: what memo_set_threads and memo_set_device said.</summary>
    public static RunOptions Run
    {
        get
        {
            RunOptions run = DeviceFunctions.Choice is { } device ? RunOptions.Default with { Device = device } : RunOptions.Default;
            return _threads is > 0 and int threads ? run with { Threads = threads } : run;
        }
    }

    [UnmanagedCallersOnly(EntryPoint = "memo_abi_version", CallConvs = [typeof(CallConvCdecl)])]
    public static int GetAbiVersion() => AbiVersion;

    [UnmanagedCallersOnly(EntryPoint = "memo_version", CallConvs = [typeof(CallConvCdecl)])]
    public static byte* GetVersion() => s_version;

    [UnmanagedCallersOnly(EntryPoint = "memo_last_error", CallConvs = [typeof(CallConvCdecl)])]
    public static byte* GetLastError() => Guard.LastError;

    [UnmanagedCallersOnly(EntryPoint = "memo_status_name", CallConvs = [typeof(CallConvCdecl)])]
    public static byte* GetStatusName(int status) => Guard.Literal((Status)status switch
    {
        Status.Ok => "MEMO_OK"u8,
        Status.InvalidArgument => "MEMO_INVALID_ARGUMENT"u8,
        Status.InvalidHandle => "MEMO_INVALID_HANDLE"u8,
        Status.BadInput => "MEMO_BAD_INPUT"u8,
        Status.BadFile => "MEMO_BAD_FILE"u8,
        Status.OutOfMemory => "MEMO_OUT_OF_MEMORY"u8,
        Status.Unsupported => "MEMO_UNSUPPORTED"u8,
        Status.Forked => "MEMO_FORKED"u8,
        Status.Cancelled => "MEMO_CANCELLED"u8,
        Status.TooSmall => "MEMO_TOO_SMALL"u8,
        Status.LabelConflict => "MEMO_LABEL_CONFLICT"u8,
        Status.Device => "MEMO_DEVICE"u8,
        Status.Internal => "MEMO_INTERNAL"u8,
        _ => "unknown status"u8,
    });

    [UnmanagedCallersOnly(EntryPoint = "memo_set_threads", CallConvs = [typeof(CallConvCdecl)])]
    public static int SetThreads(int threads) => Guard.Run(() =>
    {
        if (threads < 0)
            throw new CallException(Status.InvalidArgument, $"{threads} threads: give at least 1, or 0 for all cores");
        _threads = threads;
    });

    [UnmanagedCallersOnly(EntryPoint = "memo_instruction_set", CallConvs = [typeof(CallConvCdecl)])]
    public static int GetInstructionSet(byte** active, byte** built) => Guard.Run(() =>
    {
        if (active != null) *active = NameOf(Isa.Active);
        if (built != null) *built = NameOf(Isa.Best);
    });

    [UnmanagedCallersOnly(EntryPoint = "memo_info", CallConvs = [typeof(CallConvCdecl)])]
    public static int GetReport(byte* text, long capacity, long* length) => Guard.Run(() =>
    {
        Texts.RequireBuffer(text, capacity);
        var report = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(report))
        {
            json.WriteStartObject();
            SystemReport.WriteFields(json, Run.Threads);
            new DeviceReport().WriteFields(json);
            json.WriteEndObject();
        }
        Texts.Write(report.WrittenSpan, text, capacity, length);
    });

    [UnmanagedCallersOnly(EntryPoint = "memo_close", CallConvs = [typeof(CallConvCdecl)])]
    public static int Close(ulong handle) => Guard.Run(() =>
    {
        if (handle != 0) Handles.Remove(handle);
    });

    // For as long as the process lives.
    private static byte* Unmoved(string text)
    {
        byte[] copy = GC.AllocateArray<byte>(Encoding.UTF8.GetByteCount(text) + 1, pinned: true);
        Encoding.UTF8.GetBytes(text, copy);
        GCHandle.Alloc(copy);
        return (byte*)Unsafe.AsPointer(ref copy[0]);
    }

    private static byte* NameOf(InstructionSet set) => Guard.Literal(set switch
    {
        InstructionSet.Avx512 => "avx512"u8,
        InstructionSet.Avx2 => "avx2"u8,
        _ => "scalar"u8,
    });
}
