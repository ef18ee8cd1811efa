// Networks for the storage tests, an independent reading of their files, and files with a forged but valid checksum.
using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Memo.Constructions;
using Memo.Data;
using Memo.Networks;
using Memo.Numerics;
using Memo.Storage;

namespace Memo.Tests.Storage;

internal static class StoredNetworks
{
    /// <summary>A network over 5 points of 3 features of two classes.</summary>
    public static CellNetwork Small() => Build(new SampleMatrix<byte>([0, 1, 2, 3, 4, 5, 6, 7, 8, 255, 1, 0, 9, 9, 9], 5, 3),
        [0, 1, 0, 1, 1], "1", "7");

    public static CellNetwork Build(SampleMatrix points, int[] labels, params string[] classes) =>
        Cells.Build(new Dataset(points, labels, new ClassList(classes), "test"), new Ratio(51, 100));

    public static byte[] ToBytes(INetwork network, ulong seed = 0, IReadOnlyDictionary<string, string>? provenance = null)
    {
        using var stream = new MemoryStream();
        NetworkFile.Write(stream, network, seed, provenance);
        return stream.ToArray();
    }

    public static StoredNetwork FromBytes(byte[] file) => NetworkFile.Load(new MemoryStream(file), "test.memo");

    /// <summary>The message with which a file is refused; anything but a refusal fails the test.</summary>
    public static string Refusal(byte[] file)
    {
        var refusal = Assert.Throws<FileFormatException>(() => FromBytes(file));
        Assert.StartsWith("test.memo: ", refusal.Message, StringComparison.Ordinal);
        Assert.InRange(refusal.Message.Count(character => character == '\n'), 0, 1);
        return refusal.Message;
    }

    /// <summary>A safetensors file put together by hand.</summary>
    public static byte[] Assemble(string header, byte[] data)
    {
        byte[] json = Encoding.UTF8.GetBytes(header);
        var file = new byte[8 + json.Length + data.Length];
        BinaryPrimitives.WriteInt64LittleEndian(file, json.Length);
        json.CopyTo(file, 8);
        data.CopyTo(file, 8 + json.Length);
        return file;
    }

    /// <summary>The file with its header edited and the checksum made right again, so that only the edit can be refused.</summary>
    public static byte[] Forge(byte[] file, Func<string, string> editHeader, Action<byte[]>? editData = null)
    {
        int length = (int)BinaryPrimitives.ReadInt64LittleEndian(file);
        string header = Encoding.UTF8.GetString(file, 8, length);
        byte[] data = file[(8 + length)..];
        editData?.Invoke(data);
        string stored = JsonDocument.Parse(header).RootElement.GetProperty("__metadata__").GetProperty("sha256").GetString()!;
        string edited = editHeader(header);
        byte[] zeroed = Assemble(edited.Replace(stored, new string('0', 64), StringComparison.Ordinal), data);
        string digits = Convert.ToHexStringLower(SHA256.HashData(zeroed));
        return Assemble(edited.Replace(stored, digits, StringComparison.Ordinal), data);
    }
}
