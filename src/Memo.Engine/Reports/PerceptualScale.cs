namespace Memo.Reports;

/// <summary>An 8-bit sRGB colour.</summary>
internal readonly record struct Rgb(byte Red, byte Green, byte Blue)
{
    /// <summary>"#rrggbb".</summary>
    public override string ToString() => $"#{Red:x2}{Green:x2}{Blue:x2}";
}

/// <summary>
/// Colours for numbers in [0, 1] that look evenly spaced: straight lines in lightness, with hue and chroma to match, in
/// the Oklab space (B. Ottosson, "A perceptual color space for image processing", 2020). Lightness rises
/// throughout, so the order survives grey printing and colour blindness.
/// </summary>
internal static class PerceptualScale
{
    private const double DarkLightness = 0.30, LightLightness = 0.93;

    /// <summary>From deep indigo (0) through teal and green to pale yellow (1). Values outside [0, 1] are clamped.</summary>
    public static Rgb At(double value)
    {
        double t = Math.Clamp(value, 0, 1);
        double lightness = DarkLightness + (LightLightness - DarkLightness) * t;
        double hue = 290 - 185 * t;                           // degrees: blue-violet 290, green 150, yellow 105
        double chroma = 0.10 + 0.03 * Math.Sin(Math.PI * t);
        return FromOklch(lightness, chroma, hue);
    }

    /// <summary>White or near-black, whichever is readable on the colour of <paramref name="value"/>: contrast 4:1 or more.</summary>
    public static Rgb InkAt(double value) =>
        DarkLightness + (LightLightness - DarkLightness) * Math.Clamp(value, 0, 1) < 0.58
            ? new Rgb(255, 255, 255) : new Rgb(20, 24, 32);

    // Oklch -> Oklab -> cone responses -> linear sRGB -> sRGB; the matrices are the cited definition's. A colour outside
    // the sRGB gamut loses chroma until it is inside, which keeps its lightness and hue.
    private static Rgb FromOklch(double lightness, double chroma, double hueDegrees)
    {
        double cosine = Math.Cos(hueDegrees * Math.PI / 180), sine = Math.Sin(hueDegrees * Math.PI / 180);
        double red, green, blue;
        do
        {
            double a = chroma * cosine, b = chroma * sine;
            double l = Cube(lightness + 0.3963377774 * a + 0.2158037573 * b);
            double m = Cube(lightness - 0.1055613458 * a - 0.0638541728 * b);
            double s = Cube(lightness - 0.0894841775 * a - 1.2914855480 * b);
            red = 4.0767416621 * l - 3.3077115913 * m + 0.2309699292 * s;
            green = -1.2684380046 * l + 2.6097574011 * m - 0.3413193965 * s;
            blue = -0.0041960863 * l - 0.7034186147 * m + 1.7076147010 * s;
            chroma -= 0.001;
        }
        while (chroma > 0 && (Math.Min(red, Math.Min(green, blue)) < 0 || Math.Max(red, Math.Max(green, blue)) > 1));
        return new Rgb(Gamma(red), Gamma(green), Gamma(blue));

        static double Cube(double value) => value * value * value;

        static byte Gamma(double linear)
        {
            double clamped = Math.Clamp(linear, 0, 1);
            double encoded = clamped <= 0.0031308 ? 12.92 * clamped : 1.055 * Math.Pow(clamped, 1 / 2.4) - 0.055;
            return (byte)Math.Round(255 * encoded);
        }
    }
}
