using CsCheck;
using Memo.Data;
using Memo.Measures;
using Memo.Numerics;

namespace Memo.Tests.Measures;

/// <summary>The nearest point of another class is that of the definition, for every type of data.</summary>
public sealed class NearestOtherTests
{
    [Fact]
    public void Bytes() => Check(Gen.OneOf(Gen.Byte, Gen.OneOf<byte>(0, 1, 255)));

    [Fact]
    public void Floats() => Check(Gen.OneOf(Gen.Float[-1, 1], Gen.OneOf(0f, 1f, 1.0000001f, 1e-40f, 3e38f)));

    [Fact]
    public void Doubles() => Check(Gen.OneOf(Gen.Double[-1, 1], Gen.OneOf(0, 1, 1 + 1e-16, 1e-300, 1e300)));

    [Fact]
    public void One_class_is_an_error() => Assert.Contains("fewer than two classes", Assert.Throws<MemoException>(() =>
        NearestOther.Of(new Dataset(new SampleMatrix<byte>([1, 2], 2, 1), [0, 0], ClassList.FromIntegers([3, 4]), "here"))).Message,
        StringComparison.Ordinal);

    private static void Check<T>(Gen<T> value) where T : unmanaged, System.Numerics.INumber<T> =>
        (from count in Gen.Int[2, 90]
         from dimension in Gen.Int[1, 12]
         from values in value.Array[count * dimension]
         from labels in Gen.Int[0, 2].Array[count]
         from threads in Gen.Int[1, 3]
         select (count, dimension, values, labels, threads)).Sample(c =>
    {
        if (c.labels.Distinct().Count() < 2) return;
        var points = new SampleMatrix<T>(c.values, c.count, c.dimension);
        NearestOther found = NearestOther.Of(new Dataset(points, c.labels, ClassList.FromIntegers([0, 1, 2]), "here"),
            RunOptions.Default with { Threads = c.threads });
        for (int i = 0; i < c.count; i++)
        {
            int nearest = -1;
            Dyadic least = default;
            for (int j = 0; j < c.count; j++)
                if (c.labels[j] != c.labels[i] && ExactDistance.Squared(points.Row(i), points.Row(j)) is var distance &&
                    (nearest < 0 || distance < least))
                    (nearest, least) = (j, distance);
            Assert.Equal((nearest, least), (found.Points[i], found.SquaredDistances[i]));
        }
    }, iter: 150);
}
