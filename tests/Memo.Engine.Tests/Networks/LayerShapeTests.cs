using System.Numerics;
using CsCheck;
using Memo.Constructions;
using Memo.Data;
using Memo.Networks;

namespace Memo.Tests;

public sealed class LayerShapeTests
{
    [Fact]
    public void The_layers_make_up_the_network() =>
        Gen.Select(Gen.Int[2, 4], Gen.Int[1, 3]).SelectMany((classes, dimension) => Gen.Select(Gen.Const(classes), Gen.Const(dimension), Gen.Int[classes, 12]))
            .Sample((classes, dimension, count) =>
            {
                // Distinct points: i, then zeros.
                var values = new byte[count * dimension];
                for (int i = 0; i < count; i++) values[i * dimension] = (byte)i;
                int[] labels = [.. Enumerable.Range(0, count).Select(i => i % classes)];
                CellNetwork network = Cells.Build(new Dataset(new SampleMatrix<byte>(values, count, dimension), labels,
                    ClassList.FromIntegers(Enumerable.Range(0, classes)), "data"), CellNetwork.DefaultLambda);
                IReadOnlyList<LayerShape> layers = LayerShape.Of(network);
                int walls = (from i in labels from j in labels where i != j select 0).Count();
                Assert.Equal([dimension, walls, count], layers.Select(layer => (int)layer.Inputs));
                Assert.Equal([walls, count, classes == 2 ? 1 : classes], layers.Select(layer => (int)layer.Outputs));
                Assert.Equal(network.Size.Parameters, layers.Aggregate(BigInteger.Zero, (sum, layer) => sum + layer.Parameters));
                Assert.Equal(network.Size.NonZero, layers.Aggregate(BigInteger.Zero, (sum, layer) => sum + layer.NonZero));
            });
}
