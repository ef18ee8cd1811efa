// Writes NumPy's .npy and .npz files.

using System.IO.Compression;

namespace Memo.Data;

/// <summary>
/// Writers for arrays that other programs read. Equal content gives equal bytes: entries carry the zip format's
/// earliest date. A file appears whole or not at all (<see cref="AtomicFile"/>).
/// </summary>
internal static class NumpyFile
{
    /// <summary>Writes one array as .npy, version 1.0.</summary>
    /// <exception cref="MemoException">The file cannot be written.</exception>
    public static void WriteNpy(string path, NumpyArray array)
    {
        ArgumentNullException.ThrowIfNull(array);
        AtomicFile.Write(path, array.WriteTo);
    }

    /// <summary>Writes named arrays as .npz, not compressed.</summary>
    /// <exception cref="MemoException">The file cannot be written.</exception>
    public static void WriteNpz(string path, IEnumerable<(string Name, NumpyArray Array)> arrays)
    {
        ArgumentNullException.ThrowIfNull(arrays);
        AtomicFile.Write(path, stream => WriteNpz(stream, arrays));
    }

    /// <summary>
    /// Writes samples as .npz with the arrays x (N by n) and y (N labels): what the engine itself reads.
    /// </summary>
    /// <exception cref="MemoException">The file cannot be written.</exception>
    public static void WriteNpz(string path, Dataset data)
    {
        ArgumentNullException.ThrowIfNull(data);
        WriteNpz(path, [("x", NumpyArray.From(data.Points)), ("y", NumpyArray.FromLabels(data))]);
    }

    internal static void WriteNpz(Stream stream, IEnumerable<(string Name, NumpyArray Array)> arrays)
    {
        using var archive = new ZipArchive(stream, ZipArchiveMode.Create, leaveOpen: true);
        foreach ((string name, NumpyArray array) in arrays)
        {
            ZipArchiveEntry entry = archive.CreateEntry(name + ".npy", CompressionLevel.NoCompression);
            entry.LastWriteTime = new DateTimeOffset(1980, 1, 1, 0, 0, 0, TimeSpan.Zero);
            using Stream content = entry.Open();
            array.WriteTo(content);
        }
    }
}
