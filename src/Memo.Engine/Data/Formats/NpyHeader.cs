// The header of NumPy's array format (NEP 1 and numpy.lib.format, versions 1.0 to 3.0).

using System.Buffers.Binary;
using System.Globalization;
using System.Text;

namespace Memo.Data.Formats;

/// <summary>
/// What stands before the values of a .npy: kind ('b', 'i', 'u', 'f', 'U', 'S' ...), bytes an element, byte order,
/// memory order and shape.
/// </summary>
internal sealed record NpyHeader(
    char Kind, long ElementLength, bool BigEndian, bool FortranOrder, long[] Shape, string Descr)
{
    private static ReadOnlySpan<byte> Magic => [0x93, (byte)'N', (byte)'U', (byte)'M', (byte)'P', (byte)'Y'];

    // NumPy itself refuses headers above 10,000 bytes unless told to trust the file.
    private const int LongestHeader = 10_000;

    /// <summary>Reads magic, version and the dictionary behind it.</summary>
    public static NpyHeader Read(ContentReader content)
    {
        Span<byte> preamble = stackalloc byte[8];
        content.ReadExactly(preamble, "the .npy header");
        if (!preamble.StartsWith(Magic)) throw content.Error("does not begin as a .npy array does (0x93 'NUMPY')", 0);
        int version = preamble[6];
        if (version is < 1 or > 3)
            throw content.Error($".npy version {version}.{preamble[7]} is not known; 1, 2 and 3 are", 6);

        Span<byte> field = stackalloc byte[4];
        content.ReadExactly(field[..(version == 1 ? 2 : 4)], "the .npy header");
        long length = version == 1
            ? BinaryPrimitives.ReadUInt16LittleEndian(field)
            : BinaryPrimitives.ReadUInt32LittleEndian(field);
        if (length > LongestHeader)
            throw content.Error($"the .npy header claims {length} bytes, above {LongestHeader}", 8);
        long start = content.Offset;
        var bytes = new byte[length];
        content.ReadExactly(bytes, "the .npy header");
        string text = version == 3 ? Encoding.UTF8.GetString(bytes) : Encoding.Latin1.GetString(bytes);
        try
        {
            return new Parser(text).Parse();
        }
        catch (FormatException exception)
        {
            throw content.Error($"the .npy header is damaged: {exception.Message}", start, exception);
        }
    }

    /// <summary>The dtype's name, for messages.</summary>
    public string TypeName => Kind switch
    {
        'b' => "bool",
        'i' => $"int{8 * ElementLength}",
        'u' => $"uint{8 * ElementLength}",
        'f' => $"float{8 * ElementLength}",
        'c' => $"complex{8 * ElementLength}",
        'O' => "object",
        _ => $"'{Descr}'",
    };

    /// <summary>
    /// Rows and columns of the array as a matrix: all dimensions after the first make the columns. Throws when a
    /// dimension is 0, or when there are more values than the content can still hold.
    /// </summary>
    public (int Rows, int Columns) MatrixShape(ContentReader content)
    {
        Int128 count = 1;
        foreach (long size in Shape)
        {
            if (size == 0) throw content.Error($"the array is empty: its shape is ({string.Join(", ", Shape)})");
            count *= size;
            content.RequireLength(count * ElementLength, "values"); // at each step, so that the product cannot overflow
        }
        if (Shape.Length == 0 || Shape[0] > Array.MaxLength || count / Shape[0] > Array.MaxLength)
            throw content.Error($"the shape ({string.Join(", ", Shape)}) is not that of a matrix that fits memory");
        return ((int)Shape[0], (int)(count / Shape[0]));
    }

    // A dictionary literal with exactly the keys descr, fortran_order and shape, as Python writes it.
    private ref struct Parser(string text)
    {
        private int _position;

        public NpyHeader Parse()
        {
            string? descr = null;
            bool? fortran = null;
            long[]? shape = null;
            Expect('{');
            while (!TryTake('}'))
            {
                string key = TakeString();
                Expect(':');
                switch (key)
                {
                    case "descr" when descr is null: descr = TakeDescr(); break;
                    case "fortran_order" when fortran is null: fortran = TakeBool(); break;
                    case "shape" when shape is null: shape = TakeShape(); break;
                    default: throw new FormatException($"unexpected key '{key}'");
                }
                if (TryTake(',')) continue;
                Expect('}');
                break;
            }
            SkipSpace();
            if (_position != text.Length) throw new FormatException("text behind the dictionary");
            return Interpret(descr ?? throw new FormatException("no 'descr'"),
                fortran ?? throw new FormatException("no 'fortran_order'"),
                shape ?? throw new FormatException("no 'shape'"));
        }

        private static NpyHeader Interpret(string descr, bool fortran, long[] shape)
        {
            if (descr.Length < 2) throw new FormatException($"dtype '{descr}'");
            char order = descr[0];
            string rest = order is '<' or '>' or '|' or '=' ? descr[1..] : descr;
            long length = 0;
            if (rest.Length == 0 || rest.Length > 1 &&
                !long.TryParse(rest.AsSpan(1), NumberStyles.None, CultureInfo.InvariantCulture, out length) &&
                rest[0] is not ('M' or 'm'))
                throw new FormatException($"dtype '{descr}'");
            if (length > int.MaxValue) throw new FormatException($"dtype '{descr}'");
            return new NpyHeader(rest[0], rest[0] == 'U' ? 4 * length : length, order == '>', fortran, shape, descr);
        }

        // A structured dtype is a list; it is read only far enough to be named in the refusal.
        private string TakeDescr()
        {
            SkipSpace();
            return _position < text.Length && text[_position] == '['
                ? throw new FormatException("a structured dtype; save x and y as plain arrays")
                : TakeString();
        }

        private string TakeString()
        {
            SkipSpace();
            char quote = _position < text.Length ? text[_position] : ' ';
            if (quote is not ('\'' or '"'))
                throw new FormatException($"a quoted string was expected at character {_position}");
            int end = text.IndexOf(quote, _position + 1);
            if (end < 0) throw new FormatException("a string does not end");
            string value = text[(_position + 1)..end];
            _position = end + 1;
            return value;
        }

        private bool TakeBool()
        {
            SkipSpace();
            foreach ((string word, bool value) in (ReadOnlySpan<(string, bool)>)[("True", true), ("False", false)])
                if (string.CompareOrdinal(text, _position, word, 0, word.Length) == 0)
                {
                    _position += word.Length;
                    return value;
                }
            throw new FormatException("'fortran_order' is neither True nor False");
        }

        private long[] TakeShape()
        {
            var shape = new List<long>();
            Expect('(');
            while (!TryTake(')'))
            {
                SkipSpace();
                int start = _position;
                while (_position < text.Length && char.IsAsciiDigit(text[_position])) _position++;
                if (!long.TryParse(text.AsSpan(start, _position - start), NumberStyles.None,
                    CultureInfo.InvariantCulture, out long size))
                    throw new FormatException("'shape' is not a tuple of integers");
                TryTake('L'); // Python 2 wrote long integers so
                shape.Add(size);
                if (TryTake(',')) continue;
                Expect(')');
                break;
            }
            return [.. shape];
        }

        private void SkipSpace()
        {
            while (_position < text.Length && text[_position] is ' ' or '\n' or '\r' or '\t') _position++;
        }

        private bool TryTake(char expected)
        {
            SkipSpace();
            if (_position >= text.Length || text[_position] != expected) return false;
            _position++;
            return true;
        }

        private void Expect(char expected)
        {
            if (!TryTake(expected)) throw new FormatException($"'{expected}' was expected at character {_position}");
        }
    }
}
