// Samples in memory that is not theirs: rows apart, parts of arrays, what another program owns.
using System.Numerics;
using System.Runtime.InteropServices;
using Memo.Constructions;
using Memo.Data;
using Memo.Networks;
using Memo.Numerics;

namespace Memo.Tests.Data;

public class SampleMatrixTests
{
    private const int Rows = 40, Columns = 7, Stride = 11;

    public static TheoryData<string, ElementType> Cases()
    {
        var cases = new TheoryData<string, ElementType>();
        foreach (string method in (string[])["cells", "constant", "condense", "sqrt", "vardi"])
            foreach (ElementType type in Enum.GetValues<ElementType>()) cases.Add(method, type);
        return cases;
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void NetworksAreTheSameForSamplesWhoseRowsLieApart(string method, ElementType type)
    {
        Dataset data = Sample(1);
        Dataset gathered = new(data.Points.ConvertExactly(type), data.Labels, data.Classes, "gathered");
        Dataset apart = new(Apart(gathered.Points), data.Labels, data.Classes, "apart");
        SampleMatrix queries = Sample(2).Points.ConvertExactly(type);

        using INetwork expected = Construction.Build(method, gathered, new ConstructionSettings { Seed = 3 });
        using INetwork actual = Construction.Build(method, apart, new ConstructionSettings { Seed = 3 });
        Predictions one = expected.Predict(queries, Outputs.Values), two = actual.Predict(Apart(queries), Outputs.Values);
        Assert.Equal(one.Labels, two.Labels);
        Assert.Equal(one.Values, two.Values);
        Assert.Equal(expected.Predict(gathered.Points).Labels, data.Labels);
    }

    [Fact]
    public void RowsThatLieApartAreReadWhereTheyLie()
    {
        byte[] values = [.. Enumerable.Range(0, 100).Select(value => (byte)value)];
        var matrix = new SampleMatrix<byte>(values.AsMemory(10, 2 * 30 + 5), 3, 5, 30);
        Assert.False(matrix.IsContiguous);
        Assert.Equal([10, 11, 12, 13, 14], matrix.Row(0).ToArray());
        Assert.Equal([70, 71, 72, 73, 74], matrix.Row(2).ToArray());
        Assert.Equal(44, matrix[1, 4]);
        Assert.Throws<InvalidOperationException>(() => matrix.Values.Length);
        values[70] = 99;
        Assert.Equal(99, matrix.Row(2)[0]); // no copy
        Assert.Equal([10, 11, 12, 13, 14, 40, 41, 42, 43, 44, 99, 71, 72, 73, 74], matrix.ToContiguous().Values.ToArray());
    }

    [Fact]
    public void MemoryThatIsTooShortIsRefused()
    {
        Assert.Throws<ArgumentException>(() => new SampleMatrix<float>(new float[11], 3, 4));
        Assert.Throws<ArgumentException>(() => new SampleMatrix<float>(new float[13], 2, 4, 10));
        Assert.Throws<ArgumentException>(() => new SampleMatrix<float>(new float[100], 2, 4, 3));
        Assert.Throws<ArgumentException>(() => new SampleMatrix<float>(new float[100], int.MaxValue, 4, int.MaxValue));
        Assert.Throws<ArgumentException>(() => new SampleMatrix<float>(new float[100], -1, 4, 4));
        Assert.True(new SampleMatrix<float>(new float[14], 2, 4, 10).Row(1).Length == 4);
        Assert.True(new SampleMatrix<float>(ReadOnlyMemory<float>.Empty, 0, 4, 10).IsContiguous);
    }

    [Fact]
    public unsafe void MemoryOfAnotherProgramIsReadWhereItLies()
    {
        Dataset data = Sample(5);
        using INetwork network = Construction.Build("cells", data, new ConstructionSettings());
        byte* memory = (byte*)NativeMemory.Alloc(Rows * Columns);
        try
        {
            for (int i = 0; i < Rows * Columns; i++) memory[i] = (byte)data.Points[i / Columns, i % Columns];
            var matrix = new SampleMatrix<byte>(new UnmanagedMemory<byte>(memory, Rows * Columns).Memory, Rows, Columns);
            Assert.Equal(data.Labels, network.Predict(matrix).Labels);
        }
        finally
        {
            NativeMemory.Free(memory);
        }
    }

    // Bytes whose first feature tells all samples apart, so that no two are in conflict.
    private static Dataset Sample(ulong seed)
    {
        var random = new SeededRandom(seed);
        var values = new byte[Rows * Columns];
        var labels = new int[Rows];
        for (int i = 0; i < Rows; i++)
        {
            for (int k = 0; k < Columns; k++) values[i * Columns + k] = (byte)random.NextBelow(256);
            values[i * Columns] = (byte)(i * 6);
            labels[i] = (int)random.NextBelow(2);
        }
        return new Dataset(new SampleMatrix<byte>(values, Rows, Columns), labels, ClassList.FromIntegers([0, 1]), $"seed {seed}");
    }

    private static SampleMatrix Apart(SampleMatrix samples) => samples switch
    {
        SampleMatrix<byte> bytes => Apart<byte>(bytes, 255),
        SampleMatrix<float> floats => Apart<float>(floats, float.NaN),
        SampleMatrix<double> doubles => Apart<double>(doubles, double.NaN),
        _ => throw new NotSupportedException(),
    };

    // What lies between the rows would show if it were read.
    private static SampleMatrix<T> Apart<T>(SampleMatrix<T> samples, T between) where T : unmanaged, INumber<T>
    {
        var values = new T[(Rows - 1) * Stride + Columns];
        Array.Fill(values, between);
        for (int i = 0; i < Rows; i++) samples.Row(i).CopyTo(values.AsSpan(i * Stride));
        return new SampleMatrix<T>(values, Rows, Columns, Stride);
    }
}
