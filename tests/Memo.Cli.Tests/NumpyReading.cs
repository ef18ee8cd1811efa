// A reader of .npy and .npz that shares nothing with the engine's.
using System.Globalization;
using System.IO.Compression;
using System.Text;
using System.Text.RegularExpressions;

namespace Memo.Tests;

/// <summary>An array as a NumPy file holds it.</summary>
public sealed partial record NumpyContent(string Type, int[] Shape, byte[] Data)
{
    public static NumpyContent ReadNpy(byte[] file)
    {
        Assert.Equal([0x93, (byte)'N', (byte)'U', (byte)'M', (byte)'P', (byte)'Y', 1, 0], file[..8]);
        int length = BitConverter.ToUInt16(file, 8);
        string header = Encoding.ASCII.GetString(file, 10, length);
        Assert.Contains("'fortran_order': False", header, StringComparison.Ordinal);
        string shape = Shapes().Match(header).Groups[1].Value;
        return new NumpyContent(Types().Match(header).Groups[1].Value,
            [.. shape.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
                .Select(size => int.Parse(size, CultureInfo.InvariantCulture))],
            file[(10 + length)..]);
    }

    public static Dictionary<string, NumpyContent> ReadNpz(string path)
    {
        using ZipArchive archive = ZipFile.OpenRead(path);
        return archive.Entries.ToDictionary(entry => entry.Name[..^".npy".Length], entry =>
        {
            using var content = new MemoryStream();
            using (Stream stream = entry.Open()) stream.CopyTo(content);
            return ReadNpy(content.ToArray());
        });
    }

    public int[] Int32() => Numbers<int>("<i4");

    public double[] Float64() => Numbers<double>("<f8");

    public byte[] UInt8() => Numbers<byte>("|u1");

    public string[] Text()
    {
        Assert.StartsWith("<U", Type, StringComparison.Ordinal);
        int length = 4 * int.Parse(Type.AsSpan(2), CultureInfo.InvariantCulture);
        return [.. Enumerable.Range(0, Data.Length / length).Select(i => Encoding.UTF32.GetString(Data, i * length, length).TrimEnd('\0'))];
    }

    private T[] Numbers<T>(string type) where T : unmanaged
    {
        Assert.Equal(type, Type);
        return System.Runtime.InteropServices.MemoryMarshal.Cast<byte, T>(Data).ToArray();
    }

    [GeneratedRegex(@"'shape': \(([0-9, ]*)\)")]
    private static partial Regex Shapes();

    [GeneratedRegex(@"'descr': '([^']*)'")]
    private static partial Regex Types();
}
