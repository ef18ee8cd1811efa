// Opens a data file and unpacks gzip; all that the parsers do not need to know about files.

using System.Buffers.Binary;
using System.IO.Compression;

namespace Memo.Data.Formats;

/// <summary>A file on disk, as the parsers' <see cref="ContentReader"/>.</summary>
internal static class InputFile
{
    /// <summary>
    /// Opens a file for reading; one that begins as gzip does is decompressed on the way.
    /// </summary>
    /// <exception cref="FileFormatException">Missing, a folder, not readable, empty, or named .gz without being
    /// gzip.</exception>
    public static ContentReader Open(string path, MemoryBudget budget)
    {
        FileStream stream = OpenStream(path);
        try
        {
            return Wrap(stream, path, budget);
        }
        catch
        {
            stream.Dispose();
            throw;
        }
    }

    /// <summary>Reads from a seekable stream in place of a file.</summary>
    public static ContentReader Wrap(Stream stream, string path, MemoryBudget budget)
    {
        long length = stream.Length;
        if (length == 0) throw new FileFormatException(path, "the file is empty (byte 0)", 0);
        Span<byte> edge = stackalloc byte[4];
        int begun = stream.ReadAtLeast(edge[..2], 2, throwOnEndOfStream: false);
        bool gzip = begun == 2 && edge[0] == 0x1F && edge[1] == 0x8B;
        if (!gzip)
        {
            if (path.EndsWith(".gz", StringComparison.OrdinalIgnoreCase))
                throw new FileFormatException(path, "the name says gzip, but the file does not begin as gzip does " +
                    "(byte 0)", 0);
            stream.Position = 0;
            return ContentReader.OfPlain(stream, path, budget);
        }
        if (length < 18) // header 10, trailer 8
            throw new FileFormatException(path, "the gzip stream is cut off (byte 0)", 0);
        stream.Position = length - 4;
        stream.ReadExactly(edge);
        stream.Position = 0;
        return ContentReader.OfInflated(new GZipStream(stream, CompressionMode.Decompress), path, length, budget,
            lengthInTrailer: BinaryPrimitives.ReadUInt32LittleEndian(edge));
    }

    /// <summary>Opens a file without looking at its content; the errors of <see cref="Open"/>.</summary>
    public static FileStream OpenStream(string path)
    {
        if (Directory.Exists(path)) throw new FileFormatException(path, "is a folder, not a file");
        try
        {
            var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 1 << 17);
            if (stream.CanSeek) return stream;
            stream.Dispose();
            throw new FileFormatException(path, "is not a regular file; save the data in one first");
        }
        catch (Exception exception) when (exception is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new FileFormatException(path, "no such file", null, exception);
        }
        catch (UnauthorizedAccessException exception)
        {
            throw new FileFormatException(path, "no permission to read it", null, exception);
        }
        catch (IOException exception)
        {
            throw new FileFormatException(path, $"cannot be opened: {exception.Message}", null, exception);
        }
    }
}
