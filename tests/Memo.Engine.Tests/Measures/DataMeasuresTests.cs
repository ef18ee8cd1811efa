using System.Numerics;
using CsCheck;
using Memo.Data;
using Memo.Measures;
using Memo.Numerics;

namespace Memo.Tests.Measures;

/// <summary>Conflicts, duplicates and the separation are those of the definitions, pair by pair.</summary>
public sealed class DataMeasuresTests
{
    [Fact]
    public void Bytes() => Check(Gen.OneOf<byte>(0, 1, 2, 255));

    [Fact]
    public void Floats() => Check(Gen.OneOf(0f, -0f, 1f, 1.0000001f, 1e-40f, 3e38f));

    [Fact]
    public void Doubles() => Check(Gen.OneOf(0, -0.0, 1, 1 + 1e-15, 1e-300, 1e300));

    // Enough bytes of little variety for the pruned search to be chosen, with equal samples of different classes or without.
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Digits(bool withConflicts)
    {
        Dataset digits = DataReference.Parse("digits").Load(DataPart.Train);
        if (withConflicts)
        {
            int[] twice = [.. Enumerable.Range(0, digits.Count), 5, 9, 5];
            Dataset more = digits.SelectSamples(twice);
            int[] labels = [.. more.Labels];
            labels[digits.Count] = (labels[digits.Count] + 1) % 10;
            digits = new Dataset(more.Points, labels, more.Classes, "the data");
        }
        RequireMeasures((SampleMatrix<byte>)digits.Points, digits, threads: 2);
    }

    [Fact]
    public void One_class_is_an_error() => Assert.Contains("fewer than two classes", Assert.Throws<MemoException>(() =>
        DataMeasures.Of(new Dataset(new SampleMatrix<byte>([1, 2], 2, 1), [0, 0], ClassList.FromIntegers([3, 4]), "here"))).Message,
        StringComparison.Ordinal);

    private static void Check<T>(Gen<T> value) where T : unmanaged, INumber<T> =>
        (from count in Gen.Int[2, 60]
         from dimension in Gen.Int[1, 4]
         from values in value.Array[count * dimension]
         from labels in Gen.Int[0, 2].Array[count]
         from threads in Gen.Int[1, 3]
         select (count, dimension, values, labels, threads)).Sample(c =>
    {
        if (c.labels.Distinct().Count() < 2) return;
        var points = new SampleMatrix<T>(c.values, c.count, c.dimension);
        RequireMeasures(points, new Dataset(points, c.labels, ClassList.FromIntegers([0, 1, 2]), "here"), c.threads);
    }, iter: 300);

    private static void RequireMeasures<T>(SampleMatrix<T> points, Dataset data, int threads) where T : unmanaged, INumber<T>
    {
        int[] labels = [.. data.Labels];
        int conflicts = 0, duplicates = 0;
        (Dyadic Squared, int First, int Partner)? closest = null;
        for (int i = 0; i < points.Rows; i++)
        {
            bool conflict = false, duplicate = false;
            for (int j = 0; j < points.Rows; j++)
            {
                if (labels[j] == labels[i])
                {
                    duplicate |= j < i && points.Row(i).SequenceEqual(points.Row(j));
                    continue;
                }
                Dyadic squared = ExactDistance.Squared(points.Row(i), points.Row(j));
                conflict |= squared.Sign == 0;
                if (closest is not { } least || squared < least.Squared) closest = (squared, i, j);
            }
            if (conflict) conflicts++;
            if (duplicate) duplicates++;
        }
        DataMeasures found = DataMeasures.Of(data, RunOptions.Default with { Threads = threads });
        Assert.Equal((conflicts, duplicates), (found.Conflicts, found.Duplicates));
        Assert.Equal(closest!.Value, (found.SquaredSeparation, found.First, found.Partner));
        Assert.Equal(NearestDouble.OfSquareRoot(found.SquaredSeparation), found.Separation);
    }
}
