// The checksum of zip entries, which the runtime's ZipArchive does not verify.

using System.Buffers.Binary;

namespace Memo.Data.Formats;

/// <summary>
/// CRC-32 as zip and gzip use it: reflected polynomial 0xEDB88320, eight bytes a step with eight tables (the "slicing
/// by 8" of M. Kounavis and F. Berry, 2005).
/// </summary>
internal static class Crc32
{
    private static readonly uint[][] Tables = CreateTables();

    /// <summary>
    /// The checksum of what <paramref name="crc"/> is the checksum of, followed by <paramref name="bytes"/>; 0 is that
    /// of nothing.
    /// </summary>
    public static uint Append(uint crc, ReadOnlySpan<byte> bytes)
    {
        uint[][] t = Tables;
        crc = ~crc;
        for (; bytes.Length >= 8; bytes = bytes[8..])
        {
            uint low = crc ^ BinaryPrimitives.ReadUInt32LittleEndian(bytes);
            uint high = BinaryPrimitives.ReadUInt32LittleEndian(bytes[4..]);
            crc = t[7][(byte)low] ^ t[6][(byte)(low >> 8)] ^ t[5][(byte)(low >> 16)] ^ t[4][low >> 24] ^
                  t[3][(byte)high] ^ t[2][(byte)(high >> 8)] ^ t[1][(byte)(high >> 16)] ^ t[0][high >> 24];
        }
        foreach (byte value in bytes) crc = t[0][(byte)(crc ^ value)] ^ (crc >> 8);
        return ~crc;
    }

    // Tables[k][b] is the checksum register after byte b and k zero bytes.
    private static uint[][] CreateTables()
    {
        var tables = new uint[8][];
        for (int k = 0; k < 8; k++) tables[k] = new uint[256];
        for (uint b = 0; b < 256; b++)
        {
            uint register = b;
            for (int bit = 0; bit < 8; bit++) register = (register >> 1) ^ ((register & 1) * 0xEDB88320);
            tables[0][b] = register;
        }
        for (int k = 1; k < 8; k++)
            for (int b = 0; b < 256; b++)
                tables[k][b] = tables[0][(byte)tables[k - 1][b]] ^ (tables[k - 1][b] >> 8);
        return tables;
    }
}
