// Texts from and to C: UTF-8, NUL-terminated (TEXTS in memo.h).
using System.Runtime.InteropServices;
using System.Text;

namespace Memo.Native;

/// <summary>Texts that the caller passes, and those that it is given in its own buffer.</summary>
internal static unsafe class Texts
{
    /// <summary>The caller's text, which must not be NULL.</summary>
    public static string Read(byte* text, string name)
    {
        CallException.ThrowIfNull(text, name);
        return Marshal.PtrToStringUTF8((nint)text)!;
    }

    /// <summary>The caller's text, which must be neither NULL nor empty.</summary>
    public static string ReadNonEmpty(byte* text, string name) =>
        Read(text, name) is { Length: > 0 } read ? read : throw CallException.InvalidArgument($"{name} is empty");

    /// <summary>Throws unless the caller's buffer is one.</summary>
    public static void RequireBuffer(byte* buffer, long capacity)
    {
        if (capacity < 0) throw CallException.InvalidArgument($"a capacity of {capacity} bytes");
        if (capacity > 0) CallException.ThrowIfNull(buffer, "text");
    }

    /// <summary>Gives a text out: its length always, the text itself where the buffer holds it and its NUL.</summary>
    public static void Write(string text, byte* buffer, long capacity, long* length) =>
        Write(Encoding.UTF8.GetBytes(text), buffer, capacity, length);

    /// <summary>The same, of a text that is UTF-8 already.</summary>
    public static void Write(ReadOnlySpan<byte> text, byte* buffer, long capacity, long* length)
    {
        RequireBuffer(buffer, capacity);
        if (length != null) *length = text.Length;
        if (capacity <= text.Length)
            throw new CallException(Status.TooSmall,
                $"the text has {text.Length} bytes, {text.Length + 1L} with its NUL; the buffer holds {capacity}");
        text.CopyTo(new Span<byte>(buffer, text.Length));
        buffer[text.Length] = 0;
    }
}
