// Networks over the integers for tests: one small enough to be read, and random ones.
using System.Numerics;
using CsCheck;
using Memo.Data;
using Memo.Networks;

namespace Memo.Tests;

internal static class ReluNetworks
{
    /// <summary>
    /// Three inputs, then 2, 2 and 1 rows, with a row without entries, zero biases and a weight of three limbs.
    /// </summary>
    public static ReluNetwork Small() => new(
        [
            new SparseLayer(3, [0, 2, 3], [0, 2, 1], [3, -(BigInteger.One << 40), -1], [5, 0]),
            new SparseLayer(2, [0, 0, 2], [0, 1], [1, -1], [4, 0]),
            new SparseLayer(2, [0, 2], [0, 1], [BigInteger.One << 70, -1], [7]),
        ], Describe("vardi", Readout.Sign, InputBox.Bytes, 2, 5, new("draws", "3"), new("code_bits", "70")));

    /// <summary>F(X) = X for one input: class X - 1 of three.</summary>
    public static ReluNetwork Line(InputBox box) =>
        new([new SparseLayer(1, [0, 1], [0], [1], [0])], Describe("park", Readout.Index, box, 3, 3));

    public static ReluNetworkDescription Describe(string method, Readout readout, InputBox box, int classes, int samples,
        params KeyValuePair<string, string>[] notes) => new()
        {
            Method = method,
            Classes = ClassList.FromIntegers(Enumerable.Range(0, classes)),
            Readout = readout,
            Samples = samples,
            Box = box,
            Notes = notes,
        };

    private static readonly Gen<InputBox> s_boxes = Gen.OneOf(Gen.Const(InputBox.Bytes),
        Gen.Select(Gen.Int[-30, 4], Gen.Long[-1000, 0], Gen.Long[0, 1000], Gen.Bool).Select((exponent, least, greatest, single) =>
            new InputBox(single ? ElementType.Float32 : ElementType.Float64, exponent, least, greatest)));

    // Bits of magnitude: mostly few, sometimes around the ends of limbs, sometimes hundreds.
    private static readonly Gen<int> s_bits = Gen.Frequency((6, Gen.Int[1, 8]), (2, Gen.Int[31, 33]), (2, Gen.Int[63, 65]),
        (1, Gen.Int[1, 400]));

    /// <summary>Random layers 1 to 5 deep and 1 to 7 wide, rows of all lengths, weights of up to 400 bits.</summary>
    public static readonly Gen<ReluNetwork> Random = Gen.Select(Gen.Int[1, 7].Array[1, 5], s_boxes, Gen.Bool, Gen.ULong, s_bits.Array[8])
        .Select((widths, box, sign, seed, bits) => Draw(widths, box, sign ? Readout.Sign : Readout.Index, new PCG(1, seed), bits));

    // The last layer has one row.
    private static ReluNetwork Draw(int[] widths, InputBox box, Readout readout, PCG random, int[] bits)
    {
        var layers = new List<SparseLayer>();
        for (int k = 0; k < widths.Length; k++)
        {
            int rows = k + 1 < widths.Length ? widths[k + 1] : 1;
            var (starts, columns, weights, biases) = (new List<int> { 0 }, new List<int>(), new List<BigInteger>(), new List<BigInteger>());
            for (int row = 0; row < rows; row++)
            {
                for (int column = 0; column < widths[k]; column++)
                    if (random.Next(3) > 0)
                    {
                        columns.Add(column);
                        weights.Add(Number());
                    }
                starts.Add(columns.Count);
                biases.Add(random.Next(3) == 0 ? BigInteger.Zero : Number());
            }
            layers.Add(new SparseLayer(widths[k], [.. starts], [.. columns], [.. weights], [.. biases]));
        }
        return new ReluNetwork(layers, Describe("park", readout, box, 2, 4, new("third", ""), new("first", "ü \"1\"")));

        BigInteger Number()
        {
            int length = bits[random.Next((uint)bits.Length)];
            BigInteger magnitude = BigInteger.One << (length - 1);
            for (int bit = 0; bit < length - 1; bit++)
                if (random.Next(2) == 1) magnitude += BigInteger.One << bit;
            return random.Next(2) == 0 ? magnitude : -magnitude;
        }
    }

    public static void RequireEqual(ReluNetwork expected, ReluNetwork actual)
    {
        Assert.Equal((expected.Method, expected.Readout, expected.Samples, expected.Box, expected.Size),
            (actual.Method, actual.Readout, actual.Samples, actual.Box, actual.Size));
        Assert.Equal(expected.Classes, actual.Classes);
        Assert.Equal(expected.Notes, actual.Notes);
        Assert.Equal(expected.WeightLayers.Length, actual.WeightLayers.Length);
        for (int k = 0; k < expected.WeightLayers.Length; k++)
        {
            SparseLayer a = expected.WeightLayers[k], b = actual.WeightLayers[k];
            Assert.Equal((a.Inputs, a.Outputs), (b.Inputs, b.Outputs));
            Assert.Equal(a.RowStarts, b.RowStarts);
            Assert.Equal(a.Columns, b.Columns);
            Assert.Equal(a.Weights, b.Weights);
            Assert.Equal(a.Biases, b.Biases);
        }
    }
}
