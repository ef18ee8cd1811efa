// The status codes of libmemo, as native/include/memo.h documents them.
namespace Memo.Native;

/// <summary>What a function of the library returns; the numbers are part of the ABI and never change.</summary>
internal enum Status
{
    Ok = 0,
    InvalidArgument = 1,
    InvalidHandle = 2,
    BadInput = 3,
    BadFile = 4,
    OutOfMemory = 5,
    Unsupported = 6,
    Forked = 7,
    Internal = 100,
}

/// <summary>A mistake in the call itself (a null pointer, a wrong size, a stale handle), with the status it maps to.</summary>
internal sealed class CallException(Status status, string message) : Exception(message)
{
    public Status Status => status;

    /// <summary>Throws unless the caller passed something; <paramref name="name"/> is the parameter's in memo.h.</summary>
    public static unsafe void ThrowIfNull(void* pointer, string name)
    {
        if (pointer == null) throw new CallException(Status.InvalidArgument, $"{name} is NULL");
    }
}
