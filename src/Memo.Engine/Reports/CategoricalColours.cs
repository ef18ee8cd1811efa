namespace Memo.Reports;

/// <summary>
/// Colours for things without an order, for lines and texts on a light page and on a dark one. After the set of M. Okabe and
/// K. Ito ("Color universal design", 2008), which people with any colour vision tell apart, made darker or lighter until each
/// has a contrast of 4.5:1 to its page; neighbours in the list differ in lightness besides.
/// </summary>
internal static class CategoricalColours
{
    private static readonly (Rgb Light, Rgb Dark)[] s_colours =
    [
        (new(0x00, 0x66, 0xa3), new(0x4f, 0xa8, 0xe0)), // blue
        (new(0xb8, 0x4a, 0x00), new(0xff, 0x8a, 0x47)), // vermillion
        (new(0x00, 0x78, 0x56), new(0x2f, 0xc7, 0x9b)), // green
        (new(0x3a, 0x43, 0x50), new(0xdd, 0xe3, 0xea)), // ink
        (new(0xa8, 0x3c, 0x82), new(0xec, 0x9a, 0xca)), // purple
        (new(0x85, 0x66, 0x00), new(0xe6, 0xc2, 0x3a)), // gold
        (new(0x2a, 0x7f, 0x96), new(0x8f, 0xdd, 0xee)), // sky
    ];

    /// <summary>The colour of a thing on a light page; after the last colour comes the first.</summary>
    public static Rgb OnLight(int index) => s_colours[index % s_colours.Length].Light;

    /// <summary>The same thing's colour on a dark page.</summary>
    public static Rgb OnDark(int index) => s_colours[index % s_colours.Length].Dark;

    /// <summary>How many there are.</summary>
    public static int Count => s_colours.Length;
}
