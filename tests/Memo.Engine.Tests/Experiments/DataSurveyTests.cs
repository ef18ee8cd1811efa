using CsCheck;
using Memo.Constructions;
using Memo.Data;
using Memo.Experiments;
using Memo.Measures;
using Memo.Networks;
using Memo.Numerics;

namespace Memo.Tests.Experiments;

/// <summary>A survey counts every row once, by whatever order, and its parts agree with each other.</summary>
public sealed class DataSurveyTests
{
    [Fact]
    public void Every_row_is_counted_and_the_order_changes_nothing() =>
        (from count in Gen.Int[2, 60]
         from values in Gen.Byte[0, 20].Array[2 * count]
         from labels in Gen.Int[0, 2].Array[count]
         from seed in Gen.ULong
         from policy in Gen.OneOf(OnConflict.Error, OnConflict.Drop, OnConflict.Majority)
         select (count, values, labels, seed, policy)).Sample(c =>
    {
        var data = new Dataset(new SampleMatrix<byte>(c.values, c.count, 2), c.labels, ClassList.FromIntegers([0, 1, 2]), "here");
        if (c.labels.Distinct().Count() < 2) return;
        DataSurvey survey, shuffled;
        try
        {
            survey = DataSurvey.Of(data, c.policy, 0, RunOptions.Default);
            shuffled = DataSurvey.Of(data.Shuffle(c.seed), c.policy, 0, RunOptions.Default);
        }
        catch (MemoException)
        {
            return; // one class is left, or none
        }
        var measures = DataMeasures.Of(data);
        Assert.Equal(measures.Conflicts, survey.Conflicts.Sum(group => group.Count));
        if (c.policy == OnConflict.Error) Assert.Equal(measures.Separation, survey.Separation);
        Assert.Equal(c.policy == OnConflict.Error && measures.Conflicts > 0, survey.Nearby is null);
        Assert.Equal(survey.Data.Count, survey.Histogram.Sum(bin => bin.Count));
        Assert.Equal(data.Count, survey.Data.Count + survey.Dropped);
        foreach (DistanceBin bin in survey.Histogram)
            Assert.Equal(bin.Count, survey.Distances.Count(each => each.Distance >= bin.From &&
                (each.Distance < bin.To || (bin == survey.Histogram[^1] && each.Distance == bin.To))));
        IReadOnlyList<CloseRow> closest = survey.Closest(1000);
        Assert.Equal(survey.Separation, closest[0].Distance);
        Assert.Equal(closest.Select(each => each.Distance).Order(), closest.Select(each => each.Distance));
        Assert.DoesNotContain(closest, each => closest.Any(other => other.Row == each.Other && other.Other == each.Row));

        Assert.Equal((survey.Separation, survey.Nearby?.Lower, survey.Nearby?.Upper, survey.Dropped),
            (shuffled.Separation, shuffled.Nearby?.Lower, shuffled.Nearby?.Upper, shuffled.Dropped));
        Assert.Equal(survey.Histogram, shuffled.Histogram);
    }, iter: 200);

    [Fact]
    public void Coverage_falls_as_lambda_grows_and_is_what_the_networks_do()
    {
        Dataset training = DataReference.Parse("digits").Load(DataPart.Train), test = DataReference.Parse("digits").Load(DataPart.Test);
        Dataset[] draws = [training.Shuffle(1).SelectSamples([.. Enumerable.Range(0, 300)]), training.Shuffle(2).SelectSamples([.. Enumerable.Range(0, 300)])];
        IReadOnlyList<CoveragePoint> points = CoverageCurve.Of([.. draws.Select(draw => (draw, test))], CoverageCurve.DefaultLambdas, RunOptions.Default);
        Assert.Equal(CoverageCurve.DefaultLambdas, points.Select(point => point.Lambda));
        // A cell of a larger lambda lies within that of a smaller one, up to r.
        for (int i = 1; i < points.Count; i++) Assert.True(points[i].Coverage.Mean <= points[i - 1].Coverage.Mean + 0.02);
        Assert.True(points[^1].Selective.Mean > points[0].Selective.Mean);
        Evaluation[] expected = [.. draws.Select(draw => Evaluation.Of(Cells.Build(draw, new Ratio(3, 5)), test))];
        CoveragePoint found = points.Single(point => point.Lambda == new Ratio(3, 5));
        Assert.Equal(expected.Average(each => each.Accuracy), found.Accuracy.Mean, 1e-12);
        Assert.Equal(expected.Average(each => 1 - each.AbstainedShare), found.Coverage.Mean, 1e-12);
        Assert.Equal(Math.Abs(expected[0].Accuracy - expected[1].Accuracy) / Math.Sqrt(2), found.Accuracy.Deviation!.Value, 1e-12);
    }

    [Fact]
    public void A_gallery_holds_the_rows_that_its_names_say()
    {
        Dataset training = DataReference.Parse("digits").Load(DataPart.Train), test = DataReference.Parse("digits").Load(DataPart.Test);
        using CellNetwork network = Cells.Build(training.TakePerClass(20));
        Predictions answers = network.Predict(test.Points, Outputs.Radii);
        IReadOnlyList<GalleryGroup> groups = Gallery.Of(network, test, answers, RunOptions.Default);
        var evaluation = Evaluation.Of(network, test);
        Assert.Equal([("wrong", evaluation.Wrong), ("abstained", evaluation.Abstained), ("fragile", evaluation.Right)],
            groups.Select(group => (group.Name, group.Count)));
        foreach (GalleryGroup group in groups)
        {
            Assert.Equal(Math.Min(group.Count, Gallery.MostShown), group.Shown.Count);
            foreach (GalleryEntry entry in group.Shown)
            {
                int label = answers.Labels[entry.Row];
                Assert.Equal((label, answers.Radii![entry.Row]), (entry.Why.Label, entry.Why.Radius));
                Assert.Equal(group.Name, label < 0 ? "abstained" : label == test.Labels[entry.Row] ? "fragile" : "wrong");
            }
        }
        double greatestShown = groups[2].Shown.Max(entry => entry.Why.Radius);
        Assert.Equal(groups[2].Shown.Count, Enumerable.Range(0, test.Count).Count(i =>
            answers.Labels[i] == test.Labels[i] && answers.Radii![i] <= greatestShown));
    }
}
