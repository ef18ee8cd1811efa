// A number written as text.

using System.Globalization;

namespace Memo.Data.Formats;

/// <summary>Parses decimal numbers, correctly rounded to double.</summary>
internal static class NumberCell
{
    /// <summary>Parses a cell; NaN and infinities are numbers here, and for the caller to refuse.</summary>
    public static bool TryParse(ReadOnlySpan<byte> cell, out double value)
    {
        // One to three digits, the common case of pixels, without the general parser.
        if (cell.Length is >= 1 and <= 3)
        {
            int number = 0;
            foreach (byte character in cell)
            {
                int digit = character - '0';
                number = (uint)digit > 9 ? -1000 : 10 * number + digit;
            }
            if (number >= 0)
            {
                value = number;
                return true;
            }
        }
        if (double.TryParse(cell, NumberStyles.Float, CultureInfo.InvariantCulture, out value)) return true;
        cell = cell.Trim(" \t"u8);
        bool signed = cell.Length > 0 && cell[0] is (byte)'+' or (byte)'-';
        ReadOnlySpan<byte> name = signed ? cell[1..] : cell;
        if (System.Text.Ascii.EqualsIgnoreCase(name, "inf"u8)) value = double.PositiveInfinity;
        else if (System.Text.Ascii.EqualsIgnoreCase(name, "nan"u8)) value = double.NaN;
        else return false;
        return true;
    }

    /// <summary>The value as a byte, if it is an integer in 0..255.</summary>
    public static bool TryByte(double value, out byte small)
    {
        small = value is >= 0 and <= 255 ? (byte)value : (byte)0;
        return small == value;
    }
}
