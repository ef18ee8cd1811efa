using System.IO.Compression;
using System.Text;
using CsCheck;
using Memo.Data;
using Memo.Data.Formats;
using static Memo.Tests.Data.Bytes;

namespace Memo.Tests.Data;

public sealed class NpzTests : IDisposable
{
    private static readonly byte[] X = Npy("|u1", false, [3, 2], [1, 2, 3, 4, 5, 6]);
    private static readonly byte[] Y = Npy("<i2", false, [3], [7, 0, 5, 0, 7, 0]);
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    private static Dataset Read(byte[] content) => NpzReader.Read(new MemoryStream(content), "test.npz", Ample);

    [Theory]
    [InlineData(CompressionLevel.NoCompression)]
    [InlineData(CompressionLevel.Optimal)]
    public void Arrays_are_read_stored_and_deflated(CompressionLevel level)
    {
        Dataset data = Read(Zip(level, ("y.npy", Y), ("other.npy", [1]), ("x.npy", X)));
        Assert.Equal([1.0, 2, 3, 4, 5, 6], Values(data.Points));
        Assert.Equal(["7", "5", "7"], Names(data));
    }

    [Fact]
    public void A_missing_array_is_named_with_those_there_are() =>
        Refused(() => Read(Zip(CompressionLevel.Optimal, ("x.npy", X), ("labels.npy", Y))), "no array y",
            "x.npy, labels.npy");

    [Fact]
    public void Counts_that_differ_are_refused() =>
        Refused(() => Read(Zip(CompressionLevel.Optimal, ("x.npy", X), ("y.npy", Npy("|u1", false, [2], [1, 2])))),
            "3 rows", "2 labels");

    [Fact]
    public void Every_truncation_is_refused()
    {
        byte[] content = Zip(CompressionLevel.Optimal, ("x.npy", X), ("y.npy", Y));
        for (int length = 0; length < content.Length; length++) Refused(() => Read(content[..length]));
    }

    // The runtime does not compare an entry with its checksum.
    [Theory]
    [InlineData(CompressionLevel.NoCompression)]
    [InlineData(CompressionLevel.Optimal)]
    public void A_changed_value_is_refused_by_its_checksum(CompressionLevel level)
    {
        byte[] values = [.. Enumerable.Range(0, 600).Select(i => (byte)(i * i))];
        byte[] content = Zip(
            level, ("x.npy", Npy("|u1", false, [300, 2], values)), ("y.npy", Npy("|u1", false, [300], values[..300])));
        content[content.AsSpan().IndexOf("x.npy"u8) + 300] ^= 1;
        Refused(() => Read(content), "damaged");
    }

    [Fact]
    public void Checksum_is_the_one_of_zip()
    {
        Assert.Equal(0xCBF43926, Crc32.Append(0, "123456789"u8)); // the check value of CRC-32/ISO-HDLC
        Gen.Select(Gen.Byte.Array[0, 40], Gen.Byte.Array[0, 40]).Sample((a, b) =>
            Assert.Equal(Crc32.Append(0, [.. a, .. b]), Crc32.Append(Crc32.Append(0, a), b)));
    }

    [Fact]
    public void What_is_no_archive_is_refused()
    {
        Refused(() => Read([]), "empty");
        Refused(() => Read(Encoding.ASCII.GetBytes("no archive, though long enough to hold an end record")),
            "not a zip archive");
    }

    [Fact]
    public void What_is_written_is_read_again()
    {
        string path = Path.Combine(_folder.Path, "data.npz");
        (from rows in Gen.Int[1, 12]
         from columns in Gen.Int[1, 12]
         from type in Gen.Enum<ElementType>()
         from values in Gen.Double[-1e6, 1e6].Array[rows * columns]
         from texts in Gen.Bool
         from labels in Gen.Int[-3, 3].Array[rows]
         select (rows, columns, type, values, texts, labels)).Sample(x =>
        {
            SampleMatrix points = x.type switch
            {
                ElementType.UInt8 =>
                    new SampleMatrix<byte>([.. x.values.Select(v => (byte)(long)v)], x.rows, x.columns),
                ElementType.Float32 => new SampleMatrix<float>([.. x.values.Select(v => (float)v)], x.rows, x.columns),
                _ => new SampleMatrix<double>(x.values, x.rows, x.columns),
            };
            string[] names = x.texts ? ["a", "\u00e9t\u00e9", "\U0001F600", "x y", "no", "q", "z,z"]
                : ["-3", "-2", "-1", "0", "1", "2", "3"];
            var data = new Dataset(points, [.. x.labels.Select(label => label + 3)], new ClassList(names), "test");
            NumpyFile.WriteNpz(path, data);
            byte[] first = File.ReadAllBytes(path);
            Dataset again = DataReference.Parse(path).Load(DataPart.Default);
            Assert.Equal(x.type, again.Points.ElementType);
            Assert.Equal(Values(points), Values(again.Points));
            Assert.Equal(Names(data), Names(again));
            Assert.Equal(Values(points), Values(DataReference.Parse(path).LoadPoints(DataPart.Default)));
            NumpyFile.WriteNpz(path, data);
            Assert.Equal(first, File.ReadAllBytes(path));
        }, threads: 1, iter: 60);
    }

    [Fact]
    public void Npy_is_written_as_numpy_writes_it()
    {
        string path = Path.Combine(_folder.Path, "a.npy");
        NumpyFile.WriteNpy(path, NumpyArray.From<int>((int[])[1, -2, 3, 4, 5, 6], 2, 3));
        byte[] content = File.ReadAllBytes(path);
        string header = "{'descr': '<i4', 'fortran_order': False, 'shape': (2, 3), }";
        Assert.Equal([0x93, .. "NUMPY"u8, 1, 0, 118, 0, .. Encoding.ASCII.GetBytes(header.PadRight(117) + "\n")],
            content[..128]);
        Assert.Equal([1, 0, 0, 0, 0xFE, 0xFF, 0xFF, 0xFF], content[128..136]);
        Assert.Equal(152, content.Length);

        NumpyFile.WriteNpy(path, NumpyArray.From(["b", "\u00e4c"]));
        content = File.ReadAllBytes(path);
        Assert.Contains("'descr': '<U2', 'fortran_order': False, 'shape': (2,), }",
            Encoding.ASCII.GetString(content[10..128]), StringComparison.Ordinal);
        Assert.Equal([(byte)'b', 0, 0, 0, 0, 0, 0, 0, 0xE4, 0, 0, 0, (byte)'c', 0, 0, 0], content[128..]);

        NumpyFile.WriteNpy(path, NumpyArray.From<long>((long[])[long.MinValue]));
        Assert.Equal([0, 0, 0, 0, 0, 0, 0, 0x80], File.ReadAllBytes(path)[128..]);
        Assert.Throws<ArgumentException>(() => NumpyArray.From<int>((int[])[1, 2, 3], 2, 2));
    }
}
