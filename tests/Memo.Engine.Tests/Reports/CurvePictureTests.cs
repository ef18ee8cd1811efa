using System.Xml.Linq;
using CsCheck;
using Memo.Experiments;
using Memo.Networks;
using Memo.Reports;

namespace Memo.Tests.Reports;

public sealed class CurvePictureTests
{
    private static CurvePoint Point(string method, int samples, ulong seed, double parameters) => new()
    {
        Method = method,
        Samples = samples,
        Seed = seed,
        Size = new NetworkSize(0, 0, 6, samples, 64),
        IsFactored = method == "cells",
        GrowingParameters = new(parameters),
        CodeBits = null,
        Kept = null,
        Memorized = true,
        FirstFailure = null,
        Test = null,
        BuildSeconds = 0,
        VerificationSeconds = 0,
        SecondsPerLabel = 0,
    };

    private static XDocument Picture(params CurvePoint[] points) =>
        XDocument.Parse(new CurvePicture(new CurveReport(points)) { Title = "a<b & c", Subtitle = "'quoted'" }.Render());

    private static int Count(XDocument picture, string element, string style) => picture.Descendants().Count(
        node => node.Name.LocalName == element && ((string?)node.Attribute("class") ?? "").Split(' ').Contains(style));

    [Fact]
    public void Every_panel_has_a_line_and_a_label_for_each_method_and_a_dot_for_each_point()
    {
        string[] methods = ["cells", "sqrt", "park", "condense", "of <mine>"];
        XDocument picture = Picture([.. from size in new[] { 100, 200, 500 }
                                        from seed in new ulong[] { 0, 1 } from method in methods
                                        select Point(method, size, seed, 1e13 * size)]);
        Assert.Equal(4 * methods.Length, Count(picture, "polyline", "series"));
        Assert.Equal(4 * methods.Length, Count(picture, "text", "label"));
        Assert.Equal(4 * methods.Length * 6, Count(picture, "circle", "dot"));
        Assert.Equal(3, Count(picture, "polyline", "law")); // neither condense nor one's own has a theorem
        Assert.Contains(picture.Descendants(), node => node.Value == "a<b & c");
        Assert.Contains(picture.Descendants(), node => node.Value.StartsWith("dashed: ", StringComparison.Ordinal) &&
                                                       node.Value.Contains("√N log N: sqrt", StringComparison.Ordinal));
    }

    [Fact]
    public void One_point_alone_makes_a_picture()
    {
        XDocument picture = Picture(Point("sqrt", 100, 0, 1));
        Assert.Equal(4, Count(picture, "circle", "dot"));
        Assert.Equal(0, picture.Descendants().Count(node => node.Value.Contains("NaN", StringComparison.Ordinal) ||
            node.Attributes().Any(attribute => attribute.Value.Contains("NaN", StringComparison.Ordinal))));
    }

    [Fact]
    public void A_column_of_labels_keeps_its_order_and_distances_and_moves_no_more_than_it_must() =>
        Gen.Double[0, 400].Array[1, 12].Sample(wanted =>
        {
            Array.Sort(wanted);
            double[] middles = LabelPlacement.Column(wanted, 15, 0, 400);
            Assert.All(middles, middle => Assert.InRange(middle, -1e-9, 400 + 1e-9));
            for (int i = 1; i < middles.Length; i++) Assert.True(middles[i] - middles[i - 1] >= 15 - 1e-9);
            bool roomy = wanted.Zip(wanted.Skip(1)).All(pair => pair.Second - pair.First > 15);
            if (roomy) Assert.All(wanted.Zip(middles), pair => Assert.Equal(pair.First, pair.Second, 9));
        });

    [Fact]
    public void Too_many_labels_share_the_room()
    {
        Assert.Equal([0, 10, 20], LabelPlacement.Column([5, 5, 5], 15, 0, 20));
        Assert.Empty(LabelPlacement.Column([], 15, 0, 20));
    }

    // Contrast as WCAG 2 defines it, which asks 4.5:1 of small text.
    [Fact]
    public void Colours_are_different_and_readable_on_their_pages()
    {
        int count = CategoricalColours.Count;
        Assert.Equal(2 * count, Enumerable.Range(0, count).SelectMany(i =>
            new[] { CategoricalColours.OnLight(i), CategoricalColours.OnDark(i) }).Distinct().Count());
        for (int i = 0; i < count; i++)
        {
            Assert.True(Contrast(CategoricalColours.OnLight(i), new Rgb(255, 255, 255)) >= 4.5,
                $"{i}: {CategoricalColours.OnLight(i)}");
            Assert.True(Contrast(CategoricalColours.OnDark(i), new Rgb(0x12, 0x16, 0x1c)) >= 4.5,
                $"{i}: {CategoricalColours.OnDark(i)}");
        }

        static double Contrast(Rgb a, Rgb b) =>
            (Math.Max(Luminance(a), Luminance(b)) + 0.05) / (Math.Min(Luminance(a), Luminance(b)) + 0.05);
        static double Luminance(Rgb colour) => 0.2126 * Linear(colour.Red) + 0.7152 * Linear(colour.Green) +
            0.0722 * Linear(colour.Blue);
        static double Linear(byte value) => value <= 10 ? value / 255.0 / 12.92 : Math.Pow((value / 255.0 + 0.055) / 1.055, 2.4);
    }
}
