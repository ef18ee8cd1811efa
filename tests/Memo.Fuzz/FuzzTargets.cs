// The list of all parsers that read files from outside. A new reader is fuzzed once it stands here.

using System.IO.Compression;
using System.Numerics;
using System.Security.Cryptography;
using System.Text;
using Memo.Constructions;
using Memo.Data;
using Memo.Data.Formats;
using Memo.Features;
using Memo.Networks;
using Memo.Storage;

namespace Memo.Fuzz;

internal static class FuzzTargets
{
    // Enough for every seed; small, so that an input which asks for much is refused quickly and not served slowly.
    private static readonly MemoryBudget Budget = new(1 << 22);

    public static IReadOnlyList<FuzzTarget> All { get; } =
    [
        new("idx", ParseIdx, WithGzip(Idx([2, 3, 2]), Idx([5]), Idx([4, 3]))),
        new("cifar", ParseCifar, WithGzip(CifarRecords(1), CifarRecords(2))),
        new("npy", ParseNpy, WithGzip([.. NpySeeds()])),
        new("npz", input => NpzReader.Read(input, "input", Budget), [.. NpzSeeds()]),
        new("csv", ParseCsv, WithGzip(
            "1,2.5,a\n-3,4e1,b\n"u8.ToArray(), "h;\"i, j\";k\r\n1;2;+1\r\n\r\n0;255;-1"u8.ToArray(),
                "1\t2\t\"x\"\"y\"\n3\t4\tz"u8.ToArray())),
        new("svm", ParseSvm,
            WithGzip("+1 1:2 3:4.5 # c\n-1 2:1\n"u8.ToArray(), "3 1:255\r\n\r\n#\n4 7:1e-3"u8.ToArray())),
        new("dimacs", input => DimacsReader.Read(InputFile.Wrap(input, "input", Budget)),
            WithGzip("c x\np cnf 7 2\n1 -2 3 -4 5 -6\n0\n-7 6 5 4 3 2 0\n%\n0\n"u8.ToArray(), "p cnf 6 0"u8.ToArray())),
        new("memo", ParseNetwork, [.. NetworkSeeds()]),
    ];

    public static FuzzTarget Find(string name) =>
        All.FirstOrDefault(target => target.Name == name) ??
        throw new MemoException($"'{name}' is no fuzz target; these are: " +
            $"{string.Join(", ", All.Select(target => target.Name))}");

    // A file of images is none of labels: each input is tried as both.
    private static void ParseIdx(Stream input)
    {
        try
        {
            IdxReader.ReadLabels(InputFile.Wrap(input, "input", Budget));
        }
        catch (MemoException)
        {
            input.Position = 0;
            IdxReader.ReadImages(InputFile.Wrap(input, "input", Budget));
        }
    }

    private static void ParseCifar(Stream input)
    {
        ContentReader content = InputFile.Wrap(input, "input", Budget);
        int records = CifarReader.CountRecords(content);
        byte[] pixels = Budget.Allocate<byte>("input", records, CifarReader.Pixels);
        CifarReader.ReadRecords(content, new byte[records], pixels);
    }

    private static void ParseNpy(Stream input)
    {
        try
        {
            NpyReader.ReadMatrix(InputFile.Wrap(input, "input", Budget));
        }
        catch (MemoException)
        {
            input.Position = 0;
            NpyReader.ReadLabels(InputFile.Wrap(input, "input", Budget));
        }
    }

    private static void ParseCsv(Stream input) => CsvReader.Read(InputFile.Wrap(input, "input", Budget), null, "input");

    private static void ParseSvm(Stream input) =>
        LibsvmReader.Read(InputFile.Wrap(input, "input", Budget), null, "input");

    // The checksum refuses whatever was mutated, so what it refuses is tried again with the right one: the parser
    // behind it is fuzzed as well.
    private static void ParseNetwork(Stream input)
    {
        var content = new byte[input.Length];
        input.ReadExactly(content);
        try
        {
            NetworkFile.Load(new MemoryStream(content), "input");
        }
        catch (MemoException)
        {
            RepairChecksum(content);
            NetworkFile.Load(new MemoryStream(content), "input");
        }
    }

    // As the format defines it: SHA-256 over the file in which its 64 digits are zeros. Without the field, nothing.
    private static void RepairChecksum(byte[] file)
    {
        ReadOnlySpan<byte> field = "\"sha256\":\""u8;
        int at = file.AsSpan().IndexOf(field) + field.Length;
        if (at < field.Length || at + 64 > file.Length) return;
        Span<byte> digits = file.AsSpan(at, 64);
        digits.Fill((byte)'0');
        Encoding.ASCII.GetBytes(Convert.ToHexStringLower(SHA256.HashData(file)), digits);
    }

    private static byte[][] WithGzip(params byte[][] plain) => [.. plain, .. plain.Select(Gzip)];

    private static byte[] Gzip(byte[] content)
    {
        var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.Optimal)) gzip.Write(content);
        return packed.ToArray();
    }

    private static byte[] Idx(int[] dimensions) =>
    [
        0, 0, 8, (byte)dimensions.Length, .. dimensions.SelectMany(size => (byte[])[0, 0, 0, (byte)size]),
        .. Enumerable.Range(0, dimensions.Aggregate(1, (product, size) => product * size)).Select(i => (byte)(37 * i)),
    ];

    private static byte[] CifarRecords(int count) =>
        [.. Enumerable.Range(0, count).SelectMany(i =>
            Enumerable.Range(0, CifarReader.RecordLength).Select(k => (byte)(k == 0 ? i : k * i)))];

    private static IEnumerable<byte[]> NpySeeds()
    {
        foreach (string descr in (string[])["|u1", "|b1", "<i2", ">i4", "<u8", "<f4", ">f8", "|i1"])
            foreach (string order in (string[])["False", "True"])
                yield return Npy($"{{'descr': '{descr}', 'fortran_order': {order}, 'shape': (2, 3), }}",
                    6 * (descr[2] - '0'));
        yield return Npy("{'descr': '<i8', 'fortran_order': False, 'shape': (3,), }", 24);
        yield return Npy("{'descr': '<U2', 'fortran_order': False, 'shape': (3,), }", 24);
        yield return Npy("{'descr': '|S3', 'fortran_order': False, 'shape': (3, 1), }", 9);
    }

    // Zeros are valid values of every type, and what no value forbids the mutations bring.
    private static byte[] Npy(string header, int bytes) =>
        [0x93, .. "NUMPY"u8, 1, 0, (byte)(header.Length + 1), 0, .. Encoding.ASCII.GetBytes(header + "\n"),
            .. new byte[bytes]];

    private static IEnumerable<byte[]> NpzSeeds()
    {
        foreach (Dataset data in SmallData())
        {
            var stream = new MemoryStream();
            NumpyFile.WriteNpz(stream, [("x", NumpyArray.From(data.Points)), ("y", NumpyArray.FromLabels(data))]);
            yield return stream.ToArray();
            yield return Deflate(stream);
        }
    }

    // The same archive with its entries compressed.
    private static byte[] Deflate(MemoryStream stored)
    {
        var packed = new MemoryStream();
        using (var from = new ZipArchive(stored, ZipArchiveMode.Read))
        using (var to = new ZipArchive(packed, ZipArchiveMode.Create, leaveOpen: true))
            foreach (ZipArchiveEntry entry in from.Entries)
            {
                using Stream input = entry.Open(), output = to.CreateEntry(entry.FullName).Open();
                input.CopyTo(output);
            }
        return packed.ToArray();
    }

    private static IEnumerable<byte[]> NetworkSeeds()
    {
        foreach (Dataset data in SmallData())
        {
            var stream = new MemoryStream();
            NetworkFile.Write(stream, Cells.Build(data, CellNetwork.DefaultLambda), seed: 0);
            yield return stream.ToArray();
        }
        foreach (FeatureKind kind in (FeatureKind[])[FeatureKind.Linear, FeatureKind.Conv])
        {
            var stream = new MemoryStream();
            NetworkFile.Write(stream, WithFeatures(kind), seed: 0);
            yield return stream.ToArray();
        }
        var layered = new MemoryStream();
        NetworkFile.Write(layered, Layers(), seed: 1);
        yield return layered.ToArray();
    }

    private static INetwork WithFeatures(FeatureKind kind)
    {
        byte[] images = new byte[4 * 16];
        new Random(1).NextBytes(images);
        var data = new Dataset(new SampleMatrix<byte>(images, 4, 16), [0, 1, 0, 1], ClassList.FromIntegers([0, 1]), "images");
        var settings = new FeatureSettings { Kind = kind, Grade = FeatureGrade.Normalized, Image = new ImageShape(4, 4), Patch = 2, Filters = 2 };
        return Construction.Build(Cells.Method, data, new ConstructionSettings { Features = settings });
    }

    // A row without entries, a bias of zero, numbers of one, two and three limbs.
    private static ReluNetwork Layers() => new(
        [
            new SparseLayer(2, [0, 2, 3], [0, 1, 1], [3, -(BigInteger.One << 40), -1], [5, 0]),
            new SparseLayer(2, [0, 0, 2], [0, 1], [1, BigInteger.One << 70], [4, -1]),
            new SparseLayer(2, [0, 2], [0, 1], [1, -1], [7]),
        ], new ReluNetworkDescription
        {
            Method = "vardi", Classes = new ClassList(["no", "yes"]), Readout = Readout.Index, Samples = 4, Box = InputBox.Bytes,
            Notes = [new("draws", "1")],
        });

    private static IEnumerable<Dataset> SmallData()
    {
        var words = new ClassList(["no", "yes"]);
        yield return new Dataset(
            new SampleMatrix<byte>([0, 0, 0, 1, 1, 0, 1, 1], 4, 2), [0, 1, 1, 0], ClassList.FromIntegers([0, 1]),
                "xor");
        yield return new Dataset(new SampleMatrix<float>([0.5f, -1, 3, 1e-3f], 2, 2), [0, 1], words, "float");
        yield return new Dataset(new SampleMatrix<double>([0.1, 1e300], 2, 1), [1, 0], words, "double");
    }
}
