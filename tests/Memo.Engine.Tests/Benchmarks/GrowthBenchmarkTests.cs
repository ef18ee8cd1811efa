using Memo.Benchmarks;

namespace Memo.Tests.Benchmarks;

public sealed class GrowthBenchmarkTests
{
    [Fact]
    public void Pruning_and_brute_force_give_the_same_answers_at_every_size()
    {
        BenchmarkReport report = BenchmarkSuite.Run(new BenchmarkOptions { Kernels = ["growth"], Data = "digits", Repeat = 1, Peaks = false });
        Assert.Equal([100, 200, 500, 1000], Sizes(report, Growth.Samples, result => result.Samples));
        Assert.Equal([8, 16, 32, 64], Sizes(report, Growth.Features, result => result.Dimension));
        foreach (IGrouping<(Growth?, int, int), KernelResult> size in report.Kernels.GroupBy(result => (result.Grows, result.Samples, result.Dimension)))
        {
            KernelResult[] both = [.. size];
            Assert.Equal([true, false], both.Select(result => result.Pruned));
            Assert.Equal(both[0].Answers, both[1].Answers);
        }
        var picture = System.Xml.Linq.XDocument.Parse(new Memo.Reports.GrowthPicture(report) { Subtitle = "here" }.Render());
        Assert.Equal(report.Kernels.Count, picture.Descendants().Count(element => element.Name.LocalName == "circle"));
        Assert.Equal(4, picture.Descendants().Count(element => element.Name.LocalName == "polyline"));
    }

    private static int[] Sizes(BenchmarkReport report, Growth grows, Func<KernelResult, int> size) =>
        [.. report.Kernels.Where(result => result.Grows == grows).Select(size).Distinct()];

    [Fact]
    public void Features_double_up_to_the_greatest_and_samples_are_spread_over_all()
    {
        Assert.Equal([64, 128, 256, 512, 1024, 2048, 3072], GrowthBenchmark.Doublings(64, 3072));
        Assert.Equal([0, 2, 5, 7], GrowthBenchmark.Spaced(4, 10));
    }
}
