using System.Xml.Linq;
using Memo.Data;
using Memo.Experiments;
using Memo.Measures;
using Memo.Reports;

namespace Memo.Tests;

public sealed class PairPictureTests
{
    private static PairReport Report(ClassList classes) => new([.. ClassPair.All(classes).Select((pair, p) => new PairResult
    {
        Method = "cells",
        Pair = pair,
        TrainingSamples = 4,
        Dropped = 0,
        Test = Evaluation.Of([0, 1, 0, 1], p % 3 == 0 ? [0, 1, 0, 1] : [0, -1, 1, 1], 2),
        NearestNeighbour = 0.5,
        Memorized = true,
        FirstFailure = null,
        Size = default,
        IsFactored = true,
        BuildSeconds = 0,
        VerificationSeconds = 0,
        EvaluationSeconds = 0,
    })]);

    [Theory]
    [InlineData(2)]
    [InlineData(10)]
    [InlineData(40)]
    public void Every_pair_has_its_two_cells_in_well_formed_svg(int count)
    {
        var classes = new ClassList(Enumerable.Range(0, count).Select(k => $"<{k}&'\">"));
        var picture = XDocument.Parse(new PairPicture(Report(classes), classes) { Title = "a<b & c", Subtitle = "'quoted'" }.Render());
        string[] kinds = [.. picture.Descendants().Select(element => (string?)element.Attribute("class") ?? "")];
        Assert.Equal(count * (count - 1) / 2, kinds.Count(kind => kind == "cell"));
        Assert.Equal(count * (count - 1) / 2, kinds.Count(kind => kind == "amber"));
        Assert.Equal(count, kinds.Count(kind => kind == "diagonal"));
        Assert.Contains(picture.Descendants(), element => element.Value == "a<b & c");
    }

    [Fact]
    public void A_class_in_no_pair_is_left_out()
    {
        PairReport report = Report(new ClassList(["1", "7"]));
        var picture = XDocument.Parse(new PairPicture(report, new ClassList(["0", "1", "7"])) { Title = "", Subtitle = "" }.Render());
        Assert.Equal(2, picture.Descendants().Count(element => (string?)element.Attribute("class") == "diagonal"));
    }

    [Fact]
    public void Lightness_rises_along_the_scale()
    {
        double[] luminance = [.. Enumerable.Range(0, 101).Select(step => PerceptualScale.At(step / 100.0))
            .Select(colour => 0.2126 * Linear(colour.Red) + 0.7152 * Linear(colour.Green) + 0.0722 * Linear(colour.Blue))];
        for (int step = 1; step < luminance.Length; step++) Assert.True(luminance[step] > luminance[step - 1], $"step {step}");
        Assert.Equal(PerceptualScale.At(0), PerceptualScale.At(-1));
        Assert.Equal(PerceptualScale.At(1), PerceptualScale.At(2));

        static double Linear(byte value) => value <= 10 ? value / 255.0 / 12.92 : Math.Pow((value / 255.0 + 0.055) / 1.055, 2.4);
    }

    // Contrast as WCAG 2 defines it, which asks 3:1 of large text and 4.5:1 of small.
    [Fact]
    public void Ink_is_readable_everywhere_on_the_scale()
    {
        for (int step = 0; step <= 100; step++)
        {
            double paper = Luminance(PerceptualScale.At(step / 100.0)), ink = Luminance(PerceptualScale.InkAt(step / 100.0));
            double contrast = (Math.Max(paper, ink) + 0.05) / (Math.Min(paper, ink) + 0.05);
            Assert.True(contrast >= 4, $"step {step}: {contrast}");
        }

        static double Luminance(Rgb colour) => 0.2126 * Linear(colour.Red) + 0.7152 * Linear(colour.Green) + 0.0722 * Linear(colour.Blue);
        static double Linear(byte value) => value <= 10 ? value / 255.0 / 12.92 : Math.Pow((value / 255.0 + 0.055) / 1.055, 2.4);
    }
}
