// Lines of a text file, as bytes.

using System.Text;

namespace Memo.Data.Formats;

/// <summary>Splits content into lines ended by LF or CR LF; a UTF-8 byte order mark at the start is skipped.</summary>
internal sealed class LineReader(ContentReader content)
{
    private byte[] _buffer = new byte[1 << 16];
    private int _start, _end;
    private bool _ended;

    /// <summary>Number of the line read last, from 1.</summary>
    public int LineNumber { get; private set; }

    /// <summary>The next line without its end, valid until the next call; false at the end of the content.</summary>
    public bool TryRead(out ReadOnlySpan<byte> line)
    {
        int searched = 0;
        while (true)
        {
            int length = _buffer.AsSpan(_start + searched, _end - _start - searched).IndexOf((byte)'\n');
            if (length >= 0)
            {
                line = Take(searched + length, 1);
                return true;
            }
            searched = _end - _start;
            if (_ended)
            {
                line = Take(searched, 0);
                return searched > 0;
            }
            Fill();
        }
    }

    /// <summary>Whether a line has nothing but spaces and tabs.</summary>
    public static bool IsBlank(ReadOnlySpan<byte> line) => line.IndexOfAnyExcept((byte)' ', (byte)'\t') < 0;

    /// <summary>A format exception that names the line, and the row as position.</summary>
    public FileFormatException Error(string problem, int row) =>
        new(content.Path, $"line {LineNumber} (row {row}): {problem}", row);

    /// <summary>A piece of a line for a message: at most 24 characters, control characters replaced.</summary>
    public static string Quote(ReadOnlySpan<byte> piece)
    {
        string text = Encoding.UTF8.GetString(piece.Length > 100 ? piece[..100] : piece);
        if (text.Length > 24) text = text[..24] + "...";
        return $"'{string.Concat(text.Select(c => char.IsControl(c) ? '?' : c))}'";
    }

    private ReadOnlySpan<byte> Take(int length, int endLength)
    {
        ReadOnlySpan<byte> line = _buffer.AsSpan(_start, length);
        _start += length + endLength;
        if (LineNumber++ == 0 && line.StartsWith(Encoding.UTF8.Preamble)) line = line[Encoding.UTF8.Preamble.Length..];
        return line.EndsWith("\r"u8) ? line[..^1] : line;
    }

    private void Fill()
    {
        if (_start > 0)
        {
            _buffer.AsSpan(_start, _end - _start).CopyTo(_buffer);
            (_start, _end) = (0, _end - _start);
        }
        if (_end == _buffer.Length)
        {
            byte[] larger = content.Budget.Allocate<byte>(
                content.Path, Math.Min(2L * _buffer.Length, (long)Array.MaxLength + 1), 1);
            _buffer.CopyTo(larger, 0);
            _buffer = larger;
        }
        int count = content.Read(_buffer.AsSpan(_end));
        _ended = count == 0;
        _end += count;
    }
}
