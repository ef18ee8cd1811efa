using System.Buffers.Binary;
using System.IO.Compression;
using Memo.Data;
using Memo.Data.Formats;

namespace Memo.Cli.Reports;

/// <summary>A sample as a PNG picture: 8 bits a channel, grey or RGB, a pixel for a pixel.</summary>
internal static class PngImage
{
    private const int Grey = 0, Rgb = 2; // colour types

    /// <summary>The file's bytes. Values from low to high become 0 to 255.</summary>
    public static byte[] Encode(SampleMatrix samples, int row, ImageShape shape, double low, double high)
    {
        using var pixels = new MemoryStream();
        using (var zlib = new ZLibStream(pixels, CompressionLevel.SmallestSize, leaveOpen: true))
        {
            var line = new byte[1 + shape.Width * shape.Channels]; // a filter byte first, 0 for none
            for (int y = 0; y < shape.Height; y++)
            {
                for (int x = 0; x < shape.Width; x++)
                    for (int c = 0; c < shape.Channels; c++)
                        line[1 + x * shape.Channels + c] = Level(samples[row, shape.Feature(y, x, c)]);
                zlib.Write(line);
            }
        }

        using var png = new MemoryStream();
        png.Write([0x89, (byte)'P', (byte)'N', (byte)'G', (byte)'\r', (byte)'\n', 0x1A, (byte)'\n']);
        var header = new byte[13];
        BinaryPrimitives.WriteInt32BigEndian(header, shape.Width);
        BinaryPrimitives.WriteInt32BigEndian(header.AsSpan(4), shape.Height);
        (header[8], header[9]) = (8, (byte)(shape.Channels == 3 ? Rgb : Grey));
        WriteChunk(png, "IHDR"u8, header);
        WriteChunk(png, "IDAT"u8, pixels.ToArray());
        WriteChunk(png, "IEND"u8, []);
        return png.ToArray();

        byte Level(double value) => high > low ? (byte)Math.Clamp(Math.Round(255 * ((value - low) / (high - low))), 0, 255) : (byte)0;
    }

    private static void WriteChunk(Stream png, ReadOnlySpan<byte> type, ReadOnlySpan<byte> content)
    {
        Span<byte> number = stackalloc byte[4];
        BinaryPrimitives.WriteInt32BigEndian(number, content.Length);
        png.Write(number);
        png.Write(type);
        png.Write(content);
        BinaryPrimitives.WriteUInt32BigEndian(number, Crc32.Append(Crc32.Append(0, type), content));
        png.Write(number);
    }
}
