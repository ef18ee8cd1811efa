// The fields of one line of a .csv file (RFC 4180, without line ends inside quotes).

namespace Memo.Data.Formats;

/// <summary>
/// Enumerates the fields of a line, spaces around them removed. A field may stand in double quotes, which then are
/// doubled inside it. Throws <see cref="FormatException"/> for quotes that do not end or are followed by text.
/// </summary>
internal ref struct CsvFields(ReadOnlySpan<byte> line, byte separator)
{
    private ReadOnlySpan<byte> _rest = line;
    private bool _ended;

    /// <summary>The present field.</summary>
    public ReadOnlySpan<byte> Current { get; private set; }

    /// <summary>Goes to the next field; a line has at least one, perhaps empty.</summary>
    public bool MoveNext()
    {
        if (_ended) return false;
        ReadOnlySpan<byte> trimmed = _rest.TrimStart((byte)' ');
        if (trimmed.StartsWith("\""u8))
        {
            TakeQuoted(trimmed[1..]);
            return true;
        }
        int length = _rest.IndexOf(separator);
        Current = (length < 0 ? _rest : _rest[..length]).Trim((byte)' ');
        Advance(_rest, length);
        return true;
    }

    private void TakeQuoted(ReadOnlySpan<byte> text)
    {
        int end = 0;
        bool doubled = false;
        while (true)
        {
            int quote = text[end..].IndexOf((byte)'"');
            if (quote < 0) throw new FormatException("a quoted field does not end on its line");
            end += quote;
            if (end + 1 == text.Length || text[end + 1] != '"') break;
            doubled = true;
            end += 2;
        }
        Current = doubled ? Undouble(text[..end]) : text[..end];
        ReadOnlySpan<byte> behind = text[(end + 1)..].TrimStart((byte)' ');
        if (!behind.IsEmpty && behind[0] != separator) throw new FormatException("text follows a quoted field");
        Advance(behind, behind.IsEmpty ? -1 : 0);
    }

    private static byte[] Undouble(ReadOnlySpan<byte> text)
    {
        var single = new List<byte>(text.Length);
        for (int i = 0; i < text.Length; i++)
        {
            single.Add(text[i]);
            if (text[i] == '"') i++;
        }
        return [.. single];
    }

    private void Advance(ReadOnlySpan<byte> from, int separatorAt)
    {
        _ended = separatorAt < 0;
        _rest = _ended ? default : from[(separatorAt + 1)..];
    }
}
