using System.Globalization;
using static System.FormattableString;

namespace Memo.Data;

/// <summary>How a sample's features lie in an image: rows from the top, of pixels from the left.</summary>
/// <param name="Height">Rows.</param>
/// <param name="Width">Pixels of a row.</param>
/// <param name="Channels">1 for grey, 3 for red, green and blue.</param>
/// <param name="ArePlanes">Whether all of one channel come before the next, as in CIFAR-10; else a pixel's channels lie side by
/// side.</param>
internal sealed record ImageShape(int Height, int Width, int Channels = 1, bool ArePlanes = false)
{
    /// <summary>CIFAR-10's: 32 x 32, three planes.</summary>
    public static ImageShape Cifar { get; } = new(32, 32, 3, true);

    /// <summary>Features of a sample, n.</summary>
    public int Dimension => Height * Width * Channels;

    /// <summary>A square grey image of so many pixels; null where there is none.</summary>
    public static ImageShape? Square(int dimension)
    {
        int side = (int)Math.Round(Math.Sqrt(dimension));
        return side > 1 && side * side == dimension ? new ImageShape(side, side) : null;
    }

    /// <summary>Where a channel of a pixel lies among the features.</summary>
    public int Feature(int row, int column, int channel) => ArePlanes
        ? (channel * Height + row) * Width + column : (row * Width + column) * Channels + channel;

    /// <summary>What <see cref="Parse"/> reads: 28x28, 32x32x3 or 3x32x32.</summary>
    public override string ToString() => Channels == 1 ? Invariant($"{Height}x{Width}")
        : ArePlanes ? Invariant($"{Channels}x{Height}x{Width}") : Invariant($"{Height}x{Width}x{Channels}");

    /// <summary>Reads HEIGHTxWIDTH, HEIGHTxWIDTHx3 (pixels) or 3xHEIGHTxWIDTH (planes).</summary>
    /// <exception cref="MemoException">Another text.</exception>
    public static ImageShape Parse(string text)
    {
        string[] parts = text.Split('x');
        var sizes = new int[parts.Length];
        bool valid = parts.Length is 2 or 3;
        for (int i = 0; i < parts.Length; i++)
            valid &= int.TryParse(parts[i], NumberStyles.None, CultureInfo.InvariantCulture, out sizes[i]) && sizes[i] is >= 1 and <= 4096;
        if (valid && sizes.Length == 2) return new ImageShape(sizes[0], sizes[1]);
        if (valid && sizes[2] is 1 or 3) return new ImageShape(sizes[0], sizes[1], sizes[2]);
        if (valid && sizes[0] is 1 or 3) return new ImageShape(sizes[1], sizes[2], sizes[0], true);
        throw new MemoException($"'{text}' is no image's shape; write 28x28, 32x32x3 (pixel by pixel) or 3x32x32 (plane by plane)");
    }
}
