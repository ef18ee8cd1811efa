// The one gate between C and the engine: every function that can fail runs its body here, so that no exception ever
// reaches the host program, where it would abort the process.
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text;
using Memo.Devices;
using Memo.Kernels;

namespace Memo.Native;

/// <summary>Runs bodies, turns exceptions into status codes and keeps the error text of each thread.</summary>
internal static unsafe partial class Guard
{
    private const int ErrorCapacity = 4096;

    // The process that first called the library. The runtime's threads do not exist in a forked child of it.
    private static readonly int Owner = CurrentProcess();

    // Pinned, so that its address can be given out for as long as the thread lives.
    [ThreadStatic] private static byte[]? _error;

    /// <summary>Runs <paramref name="body"/>; the answer is a <see cref="Status"/>, and the text is kept on failure.</summary>
    public static int Run(Action body)
    {
        if (CurrentProcess() != Owner) return (int)Status.Forked;
        try
        {
            RequireUsableInstructionSet();
            body();
            return (int)Status.Ok;
        }
        catch (Exception exception)
        {
            return (int)Keep(exception);
        }
    }

    /// <summary>The calling thread's error text, UTF-8 and NUL-terminated; empty when no call of it has failed.</summary>
    public static byte* LastError
    {
        get
        {
            if (CurrentProcess() != Owner)
                return Literal("libmemo was loaded before fork() and cannot work in the child; use spawn or exec, or call it first in the child"u8);
            return _error is { } text ? (byte*)Unsafe.AsPointer(ref text[0]) : Literal(""u8);
        }
    }

    /// <summary>The address of a literal: data of the library itself, never moved, NUL-terminated by the compiler.</summary>
    public static byte* Literal(ReadOnlySpan<byte> text) => (byte*)Unsafe.AsPointer(ref MemoryMarshal.GetReference(text));

    // Asked at the first call rather than deep inside a kernel: MEMO_ISA is the environment's mistake, not the data's.
    private static void RequireUsableInstructionSet()
    {
        try
        {
            _ = Isa.Active;
        }
        catch (MemoException error)
        {
            throw new CallException(Status.Unsupported, error.Message);
        }
    }

    private static Status Keep(Exception exception)
    {
        while (exception is AggregateException { InnerException: { } inner }) exception = inner;
        Status status = exception switch
        {
            CallException call => call.Status,
            OperationCanceledException => Status.Cancelled,
            LabelConflictException => Status.LabelConflict,
            DeviceException => Status.Device,
            FileFormatException or FileWriteException or IOException or UnauthorizedAccessException => Status.BadFile,
            MemoException { InnerException: OutOfMemoryException } => Status.OutOfMemory,
            MemoException => Status.BadInput,
            OutOfMemoryException => Status.OutOfMemory,
            _ => Status.Internal,
        };
        try
        {
            KeepText(status switch
            {
                Status.Internal => $"internal error: {exception.GetType().Name}: {exception.Message}",
                Status.Cancelled => "the progress callback ended the work",
                _ => exception.Message,
            });
        }
        catch (OutOfMemoryException)
        {
            // No memory even for the text: the status alone must do.
        }
        return status;
    }

    private static void KeepText(string text)
    {
        _error ??= GC.AllocateArray<byte>(ErrorCapacity, pinned: true);
        // Converts whole characters only, so a text too long ends before a character rather than inside it.
        Encoding.UTF8.GetEncoder().Convert(text, _error.AsSpan(0, ErrorCapacity - 1), flush: true, out _, out int length, out _);
        _error[length] = 0;
    }

    [LibraryImport("libc", EntryPoint = "getpid")]
    [SuppressGCTransition]
    private static partial int CurrentProcess();
}
