// Bytes of data files, written here independently of the engine's own writers.

using System.Buffers.Binary;
using System.IO.Compression;
using System.Text;
using Memo.Data;
using Memo.Data.Formats;

namespace Memo.Tests.Data;

internal static class Bytes
{
    public static readonly MemoryBudget Ample = new(1L << 30);

    public static ContentReader Reader(byte[] content, string name = "test", MemoryBudget? budget = null) =>
        InputFile.Wrap(new MemoryStream(content), name, budget ?? Ample);

    public static ContentReader Reader(string content) => Reader(Encoding.UTF8.GetBytes(content));

    public static byte[] Gzip(byte[] content)
    {
        var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.Fastest)) gzip.Write(content);
        return packed.ToArray();
    }

    public static byte[] Idx(byte type, int[] dimensions, byte[] values)
    {
        var content = new List<byte> { 0, 0, type, (byte)dimensions.Length };
        foreach (int dimension in dimensions)
        {
            var field = new byte[4];
            BinaryPrimitives.WriteInt32BigEndian(field, dimension);
            content.AddRange(field);
        }
        return [.. content, .. values];
    }

    /// <summary>A .npy with the header as given and the values' bytes behind it.</summary>
    public static byte[] Npy(string header, byte[] values, int version = 1)
    {
        byte[] text = Encoding.UTF8.GetBytes(header + "\n");
        byte[] length = version == 1 ? [(byte)text.Length, (byte)(text.Length >> 8)]
            : [(byte)text.Length, (byte)(text.Length >> 8), 0, 0];
        return [0x93, .. "NUMPY"u8, (byte)version, 0, .. length, .. text, .. values];
    }

    public static byte[] Npy(string descr, bool fortran, int[] shape, byte[] values, int version = 1) =>
        Npy($"{{'descr': '{descr}', 'fortran_order': {(fortran ? "True" : "False")}, 'shape': " +
            $"({string.Concat(shape.Select(d => $"{d}, "))}), }}",
            values, version);

    public static byte[] Zip(CompressionLevel level, params (string Name, byte[] Content)[] files)
    {
        var packed = new MemoryStream();
        using (var archive = new ZipArchive(packed, ZipArchiveMode.Create, leaveOpen: true))
            foreach ((string name, byte[] content) in files)
            {
                using Stream entry = archive.CreateEntry(name, level).Open();
                entry.Write(content);
            }
        return packed.ToArray();
    }

    /// <summary>The matrix as an array of doubles, for comparison.</summary>
    public static double[] Values(SampleMatrix matrix) =>
        [.. Enumerable.Range(0, matrix.Rows * matrix.Columns).Select(i =>
            matrix[i / matrix.Columns, i % matrix.Columns])];

    /// <summary>The class names of all samples.</summary>
    public static string[] Names(Dataset data) => [.. data.LabelArray.Select(label => data.Classes[label])];

    /// <summary>Asserts that reading is refused with a message that has all the pieces in it.</summary>
    public static FileFormatException Refused(Action read, params string[] pieces)
    {
        var fault = Assert.Throws<FileFormatException>(read);
        foreach (string piece in pieces) Assert.Contains(piece, fault.Message, StringComparison.Ordinal);
        Assert.InRange(fault.Message.Split('\n').Length, 1, 2);
        return fault;
    }
}
