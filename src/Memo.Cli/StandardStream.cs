using System.Runtime.InteropServices;

namespace Memo.Cli;

/// <summary>
/// Standard output or standard error, written as it is. The runtime's own streams reprogram the terminal's keypad at the
/// first write, which puts an escape sequence before the text; a program that reads no keys has no business there. A
/// reader that has left is no error: the rest is written to nobody.
/// </summary>
internal sealed partial class StandardStream : Stream
{
    private const int InterruptedCall = 4, BrokenPipe = 32; // EINTR, EPIPE: the same numbers on every Unix
    private readonly int _descriptor;
    private bool _readerHasLeft;

    private StandardStream(int descriptor) => _descriptor = descriptor;

    public static Stream Output() => OperatingSystem.IsWindows() ? Console.OpenStandardOutput() : new StandardStream(1);

    public static Stream Error() => OperatingSystem.IsWindows() ? Console.OpenStandardError() : new StandardStream(2);

    public override bool CanRead => false;

    public override bool CanSeek => false;

    public override bool CanWrite => true;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public override void Write(ReadOnlySpan<byte> buffer)
    {
        while (!buffer.IsEmpty && !_readerHasLeft)
        {
            nint written = WriteTo(_descriptor, buffer, (nuint)buffer.Length);
            if (written >= 0)
            {
                buffer = buffer[(int)written..];
                continue;
            }
            int error = Marshal.GetLastPInvokeError();
            if (error == BrokenPipe) _readerHasLeft = true;
            else if (error != InterruptedCall) throw new IOException(Marshal.GetPInvokeErrorMessage(error));
        }
    }

    public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

    public override void Flush() { }

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    [LibraryImport("libc", EntryPoint = "write", SetLastError = true)]
    private static partial nint WriteTo(int descriptor, ReadOnlySpan<byte> buffer, nuint count);
}
