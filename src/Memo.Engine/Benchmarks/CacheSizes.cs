using System.Globalization;

namespace Memo.Benchmarks;

/// <summary>Sizes of the first processor's data caches in bytes, as the operating system states them.</summary>
/// <param name="Level1">First level, of one core.</param>
/// <param name="Level2">Second level, of one core.</param>
/// <param name="Level3">Third level, usually shared; 0 where there is none.</param>
internal readonly record struct CacheSizes(long Level1, long Level2, long Level3)
{
    private const string Folder = "/sys/devices/system/cpu/cpu0/cache";

    /// <summary>What most processors have at least, for systems that state nothing.</summary>
    public static CacheSizes Usual { get; } = new(32 << 10, 1 << 20, 16 << 20);

    /// <summary>Reads the sizes; the usual ones where they are not stated.</summary>
    public static CacheSizes Read()
    {
        try
        {
            return Directory.Exists(Folder) ? Read(Folder) : Usual;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return Usual;
        }
    }

    /// <summary>Reads index0, index1, .. below a folder of the kernel's form; Usual unless the first two levels are there.</summary>
    internal static CacheSizes Read(string folder)
    {
        var sizes = new long[4];
        foreach (string index in Directory.EnumerateDirectories(folder, "index*"))
        {
            if (Text(index, "type") == "Instruction" || !int.TryParse(Text(index, "level"), out int level) || level is < 1 or > 3) continue;
            sizes[level] = Parse(Text(index, "size"));
        }
        return sizes[1] > 0 && sizes[2] > 0 ? new CacheSizes(sizes[1], sizes[2], sizes[3]) : Usual;
    }

    private static string Text(string folder, string file) => File.ReadAllText(Path.Combine(folder, file)).Trim();

    // "48K", "1024K", "32768K"; megabytes are not ruled out.
    private static long Parse(string text)
    {
        int shift = text.EndsWith('K') ? 10 : text.EndsWith('M') ? 20 : 0;
        return long.TryParse(text.AsSpan().TrimEnd("KM"), NumberStyles.None, CultureInfo.InvariantCulture, out long size) ? size << shift : 0;
    }
}
