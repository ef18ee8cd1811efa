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
    Cancelled = 8,
    TooSmall = 9,
    LabelConflict = 10,
    Device = 11,
    Internal = 100,
}

/// <summary>A mistake in the call itself (a null pointer, a wrong size, a stale handle), with the status it maps to.</summary>
internal sealed class CallException(Status status, string message) : Exception(message)
{
    public Status Status => status;

    public static CallException InvalidArgument(string message) => new(Status.InvalidArgument, message);

    /// <summary>Throws unless the caller passed something; <paramref name="name"/> is the parameter's in memo.h.</summary>
    public static unsafe void ThrowIfNull(void* pointer, string name)
    {
        if (pointer == null) throw InvalidArgument($"{name} is NULL");
    }

    /// <summary>Throws unless the caller's buffer has exactly the length needed, and is there.</summary>
    /// <param name="buffer">The buffer; may be NULL when nothing is needed.</param>
    /// <param name="length">Its elements, as the caller states.</param>
    /// <param name="needed">The elements needed.</param>
    /// <param name="name">The parameter's name in memo.h.</param>
    public static unsafe void RequireLength(void* buffer, long length, long needed, string name)
    {
        if (length != needed) throw InvalidArgument($"{name} has a length of {length}, but there are {needed} to give");
        if (needed > 0) ThrowIfNull(buffer, name);
    }
}
