// The decompressed content of a file, read forward: what every parser reads from, files and fuzzers alike.

namespace Memo.Data.Formats;

/// <summary>
/// A forward reader that knows its offset, turns every failure into a <see cref="FileFormatException"/> with that
/// offset, and bounds what the content can still hold, so that a parser checks a size claimed by a header before it
/// allocates.
/// </summary>
internal sealed class ContentReader : IDisposable
{
    // Deflate's best case is 258 bytes for 2 bits (zlib, "Technical Details": a limit of 1032:1); 1024 covers headers.
    private const long BestDeflateRatio = 1032, DeflateSlack = 1024;

    private readonly Stream _stream;
    private readonly uint? _lengthInTrailer; // of the content modulo 2^32, from a gzip trailer
    private readonly uint? _expectedCrc;
    private uint _crc;

    /// <summary>What to call the content in messages.</summary>
    public string Path { get; }

    /// <summary>Bytes read so far, from the start of the decompressed content.</summary>
    public long Offset { get; private set; }

    /// <summary>No content has more bytes than this; exact when <see cref="IsLengthExact"/>.</summary>
    public long MaximumLength { get; }

    /// <summary>Whether <see cref="MaximumLength"/> is the length.</summary>
    public bool IsLengthExact { get; }

    /// <summary>The length as far as it can be known before reading: exact, or what the gzip trailer claims.</summary>
    public long ClaimedLength =>
        IsLengthExact ? MaximumLength : Math.Min(MaximumLength, _lengthInTrailer ?? MaximumLength);

    /// <summary>The memory that parsed data may take.</summary>
    public MemoryBudget Budget { get; }

    private ContentReader(Stream stream, string path, long maximumLength, bool exact, MemoryBudget budget,
        uint? lengthInTrailer = null, uint? crc = null)
    {
        (_stream, Path, MaximumLength, IsLengthExact, Budget) = (stream, path, maximumLength, exact, budget);
        (_lengthInTrailer, _expectedCrc) = (lengthInTrailer, crc);
    }

    /// <summary>Reads a stream of known length, not compressed, from its present position.</summary>
    public static ContentReader OfPlain(Stream stream, string path, MemoryBudget budget) =>
        new(stream, path, stream.Length - stream.Position, exact: true, budget);

    /// <summary>
    /// Reads what <paramref name="inflated"/> decompresses from <paramref name="packedLength"/> bytes; at the end the
    /// length is compared with the one in the gzip trailer, or the checksum with the one in the zip directory.
    /// </summary>
    public static ContentReader OfInflated(Stream inflated, string path, long packedLength, MemoryBudget budget,
        uint? lengthInTrailer = null, uint? crc = null) =>
        new(inflated, path, packedLength * BestDeflateRatio + DeflateSlack, exact: false, budget, lengthInTrailer, crc);

    /// <summary>A format exception at the present offset or at another.</summary>
    public FileFormatException Error(string problem, long? offset = null, Exception? inner = null) =>
        new(Path, $"{problem} (byte {offset ?? Offset})", offset ?? Offset, inner);

    /// <summary>
    /// Reads up to the buffer's length; 0 at the end of the content, which is then known to be complete.
    /// </summary>
    public int Read(Span<byte> buffer)
    {
        if (buffer.IsEmpty) return 0;
        int count;
        try
        {
            count = _stream.Read(buffer);
        }
        catch (InvalidDataException exception)
        {
            throw Error("the compressed data is damaged", null, exception);
        }
        catch (IOException exception)
        {
            throw Error($"reading failed: {exception.Message}", null, exception);
        }
        Offset += count;
        if (_expectedCrc is not null) _crc = Crc32.Append(_crc, buffer[..count]);
        if (count == 0) CheckCompleteness();
        return count;
    }

    // The runtime's inflater takes the end of a truncated stream for the end of its content, and does not compare a zip
    // entry with its checksum; so both are done here.
    private void CheckCompleteness()
    {
        if (_lengthInTrailer is { } length && (uint)Offset != length)
            throw Error("the gzip stream is cut off (or consists of several members; then unpack it first): " +
                        $"it holds {Offset} bytes, its trailer says {length}");
        if (_expectedCrc is { } crc && crc != _crc)
            throw Error("the compressed data is damaged: its checksum is wrong");
    }

    /// <summary>
    /// Fills the buffer; <paramref name="what"/> names it in the message when the content ends before.
    /// </summary>
    public void ReadExactly(Span<byte> buffer, string what)
    {
        while (!buffer.IsEmpty)
        {
            int count = Read(buffer);
            if (count == 0) throw Error($"the file ends inside {what}; {buffer.Length} more bytes expected");
            buffer = buffer[count..];
        }
    }

    /// <summary>Throws unless the content can still hold <paramref name="bytes"/> more.</summary>
    public void RequireLength(Int128 bytes, string what)
    {
        if (bytes > MaximumLength - Offset)
            throw Error($"the header announces at least {bytes} bytes of {what}, but " +
                        (IsLengthExact ? $"only {MaximumLength - Offset} follow"
                            : "the compressed file is too short to hold them") +
                        "; the file is truncated or its header damaged");
    }

    /// <summary>Throws unless the content ends here.</summary>
    public void ExpectEnd(string what)
    {
        long end = Offset;
        Span<byte> one = stackalloc byte[1];
        if (Read(one) != 0)
            throw Error($"more bytes follow the end of {what}; the file is damaged or its header wrong", end);
    }

    /// <inheritdoc/>
    public void Dispose() => _stream.Dispose();
}
