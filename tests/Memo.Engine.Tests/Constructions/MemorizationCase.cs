// Random memorization problems for the networks over integers, and how to build each network with its look-up beside it.
using System.Globalization;
using CsCheck;
using Memo.Constructions;
using Memo.Data;
using Memo.Networks;
using Memo.Tests.Networks;

namespace Memo.Tests.Constructions;

/// <summary>Labelled points without conflicts, two or more classes among them, and unseen points.</summary>
internal sealed record MemorizationCase(ElementType Type, double[][] Points, int[] Labels, int Classes,
    double[][] Unseen, ulong Seed)
{
    public int Dimension => Points[0].Length;

    public Dataset Data =>
        new(CellCase.Matrix(Type, Points, Dimension), Labels, ClassList.FromIntegers(Enumerable.Range(0, Classes)), "case");

    /// <summary>The unseen points that lie on the training points' lattice: the tables know nothing of others.</summary>
    public SampleMatrix OnLattice(InputBox box) => CellCase.Matrix(Type, [.. Unseen.Where(point =>
        IntegerSamples.Of(CellCase.Matrix(Type, [point], Dimension), box.Exponent).Exponent == box.Exponent)], Dimension);

    public static CheckedNetwork Build(string method, Dataset data, ConstructionSettings? settings = null, RunOptions? run = null)
    {
        settings ??= new ConstructionSettings();
        return method switch
        {
            Sqrt.Method => Sqrt.BuildChecked(data, settings.Seed, run),
            Vardi.Method => Vardi.BuildChecked(data, settings.BlockDepth, settings.Seed, run),
            Park.Method => Park.BuildChecked(data, settings.Seed, run),
            Adversarial.Method => Adversarial.BuildChecked(data, settings.DefaultLabel, settings.Seed, run),
            _ => throw new ArgumentOutOfRangeException(nameof(method)),
        };
    }

    // Small lattices (ties, duplicates), the whole range of a type, and values whose integers need some sixty bits.
    private static Gen<double> Coordinates(ElementType type, int kind) => (type, kind) switch
    {
        (ElementType.UInt8, 0) => Gen.Byte[0, 3].Select(value => (double)value),
        (ElementType.UInt8, 1) => Gen.OneOf(0.0, 255),
        (ElementType.UInt8, _) => Gen.Byte.Select(value => (double)value),
        (_, 0) => Gen.Int[-2, 2].Select(value => value == 0 ? -0.0 : value / 4.0),
        (ElementType.Float32, 1) => Gen.Byte.Select(value => (double)(float)(value / 255.0)).Where(value => value is 0 or > 0.01),
        (ElementType.Float32, _) => Gen.OneOf(0.0, 1, -1, Math.ScaleB(1, 60), -Math.ScaleB(1, 60), 16_777_215),
        (_, 1) => Gen.Long[-(1L << 53), 1L << 53].Select(value => Math.ScaleB(value, -1040)),
        _ => Gen.Select(Gen.Int[-3, 3], Gen.Int[0, 58]).Select((value, exponent) => Math.ScaleB(value, exponent)),
    };

    // All of one class but a few, or any mixture; equal points take the label of the first of them.
    public static Gen<MemorizationCase> Of(ElementType type, int mostClasses) =>
        Gen.Select(Gen.Int[2, 30], Gen.OneOf(1, 2, 3, 40), Gen.Int[2, mostClasses], Gen.Int[0, 2], Gen.Bool, Gen.ULong)
            .SelectMany((count, dimension, classes, kind, skewed, seed) =>
            {
                Gen<double[]> point = Coordinates(type, kind).Array[dimension];
                Gen<int> label = skewed ? Gen.Int[0, 8].Select(value => value == 0 ? classes - 1 : 0) : Gen.Int[0, classes - 1];
                return Gen.Select(point.Array[count], label.Array[count], point.Array[12]).Select((points, labels, unseen) =>
                    new MemorizationCase(type, points, WithoutConflicts(points, labels), classes,
                        type == ElementType.UInt8
                            ? [.. unseen, new double[dimension], [.. Enumerable.Repeat(255.0, dimension)]] : unseen, seed));
            }).Where(c => c.Labels.Distinct().Count() >= 2);

    private static int[] WithoutConflicts(double[][] points, int[] labels) =>
        [.. points.Select(point => labels[Array.FindIndex(points, other => other.AsSpan().SequenceEqual(point))])];

    /// <summary>N distinct random byte samples, half of them of each class or so.</summary>
    public static Dataset RandomBytes(int count, int dimension, int classes, ulong seed)
    {
        var random = new Memo.Numerics.SeededRandom(seed);
        var values = new byte[count * dimension];
        for (int i = 0; i < values.Length; i++) values[i] = (byte)random.NextBelow(256);
        int[] labels = [.. Enumerable.Range(0, count).Select(i => i < classes ? i : (int)random.NextBelow((ulong)classes))];
        return new Dataset(new SampleMatrix<byte>(values, count, dimension), labels,
            ClassList.FromIntegers(Enumerable.Range(0, classes)), "random");
    }

    /// <summary>A number that the construction noted.</summary>
    public static int Note(ReluNetwork network, string name) =>
        int.Parse(network.Notes.Single(note => note.Key == name).Value, CultureInfo.InvariantCulture);

    /// <summary>What CsCheck prints for the smallest failing case.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture,
        $"{Type}, {Classes} classes, seed {Seed}\npoints {Show(Points)}\nlabels {string.Join(' ', Labels)}\n" +
        $"unseen {Show(Unseen)}");

    private static string Show(double[][] rows) => string.Join(" ", rows.Select(row =>
        "(" + string.Join(", ", row.Select(value => value.ToString("R", CultureInfo.InvariantCulture))) + ")"));
}
