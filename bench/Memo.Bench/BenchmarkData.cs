// Data for benchmarks: the same for every run and machine.
using Memo.Constructions;
using Memo.Data;
using Memo.Networks;
using Memo.Numerics;

namespace Memo.Bench;

internal static class BenchmarkData
{
    /// <summary>Uniform bytes.</summary>
    public static byte[] Bytes(int count, ulong seed = 1)
    {
        var random = new SeededRandom(seed);
        var values = new byte[count];
        for (int i = 0; i < count; i++) values[i] = (byte)random.NextBelow(256);
        return values;
    }

    /// <summary>Pixels over 255 as binary32: 24 significant bits, exponents of different size.</summary>
    public static float[] Floats(int count, ulong seed = 1) => [.. Bytes(count, seed).Select(pixel => pixel / 255f)];

    /// <summary>Pixels over 255 as binary64.</summary>
    public static double[] Doubles(int count, ulong seed = 1) => [.. Bytes(count, seed).Select(pixel => pixel / 255.0)];

    /// <summary>A binary network over random images of n bytes.</summary>
    public static CellNetwork Network(int samples, int dimension) =>
        Cells.Build(new Dataset(new SampleMatrix<byte>(Bytes(samples * dimension), samples, dimension),
            [.. Enumerable.Range(0, samples).Select(i => i % 2)], ClassList.FromIntegers([0, 1]), "random images"),
            CellNetwork.DefaultLambda);
}
