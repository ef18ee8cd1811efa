// NumPy's .npz: a zip archive of .npy arrays, of which x holds the samples and y the labels.

using System.IO.Compression;

namespace Memo.Data.Formats;

/// <summary>Reads the arrays x and y, stored or deflated; sizes beyond 4 GB (zip64) included.</summary>
internal static class NpzReader
{
    /// <summary>Reads both arrays; the stream must be seekable.</summary>
    public static Dataset Read(Stream stream, string path, MemoryBudget budget)
    {
        using ZipArchive archive = Open(stream, path);
        SampleMatrix points = ReadArray(archive, "x", stream, path, budget, NpyReader.ReadMatrix);
        (int[] labels, ClassList classes) = ReadArray(archive, "y", stream, path, budget, NpyReader.ReadLabels);
        if (labels.Length != points.Rows)
            throw new FileFormatException(path, $"array x has {points.Rows} rows, but y has {labels.Length} labels " +
                                                $"(row {Math.Min(points.Rows, labels.Length)})",
                Math.Min(points.Rows, labels.Length));
        return new Dataset(points, labels, classes, path);
    }

    /// <summary>Reads the samples alone.</summary>
    public static SampleMatrix ReadPoints(Stream stream, string path, MemoryBudget budget)
    {
        using ZipArchive archive = Open(stream, path);
        return ReadArray(archive, "x", stream, path, budget, NpyReader.ReadMatrix);
    }

    private static ZipArchive Open(Stream stream, string path)
    {
        if (stream.Length == 0) throw new FileFormatException(path, "the file is empty (byte 0)", 0);
        try
        {
            var archive = new ZipArchive(stream, ZipArchiveMode.Read, leaveOpen: true);
            try
            {
                _ = archive.Entries; // reads the directory
                return archive;
            }
            catch
            {
                archive.Dispose();
                throw;
            }
        }
        catch (Exception exception) when (IsZipFault(exception))
        {
            throw new FileFormatException(path, "is not a zip archive, or is cut off: its directory, at the end, " +
                $"cannot be read (byte {stream.Length})", stream.Length, exception);
        }
    }

    private static T ReadArray<T>(ZipArchive archive, string name, Stream stream, string path, MemoryBudget budget,
        Func<ContentReader, T> read)
    {
        ZipArchiveEntry? entry = archive.GetEntry(name + ".npy");
        if (entry is null)
        {
            string names = string.Join(", ", archive.Entries.Take(10).Select(each => each.Name));
            throw new FileFormatException(path, $"holds no array {name}; x (samples) and y (labels) are needed, " +
                                                $"and it holds {(names.Length == 0 ? "nothing" : names)}");
        }
        string arrayPath = $"{path}:{entry.FullName}";
        if (entry.IsEncrypted) throw new FileFormatException(arrayPath, "is encrypted", 0);
        Stream content;
        try
        {
            content = entry.Open();
        }
        catch (Exception exception) when (IsZipFault(exception))
        {
            throw new FileFormatException(
                arrayPath, $"the zip entry cannot be opened: {exception.Message}", 0, exception);
        }
        long packedLength = Math.Min(entry.CompressedLength, stream.Length);
        using ContentReader reader =
            ContentReader.OfInflated(content, arrayPath, packedLength, budget, crc: entry.Crc32);
        return read(reader);
    }

    private static bool IsZipFault(Exception exception) =>
        exception is InvalidDataException or IOException or NotSupportedException or ArgumentException;
}
