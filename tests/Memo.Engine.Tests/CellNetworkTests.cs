using Memo.Constructions;
using Memo.Data;
using Memo.Networks;

namespace Memo.Tests;

public sealed class CellNetworkTests
{
    [Fact]
    public void Memorizes_xor()
    {
        var data = new Dataset(new SampleMatrix<byte>([0, 0, 0, 1, 1, 0, 1, 1], 4, 2), [0, 1, 1, 0],
            ClassList.FromIntegers([0, 1]), "xor");
        CellNetwork network = Cells.Build(data, CellNetwork.DefaultLambda);
        Predictions predictions = network.Predict(data.Points, Outputs.Values | Outputs.Radii);
        Assert.Equal(data.Labels, predictions.Labels);
        Assert.All(predictions.Radii!, radius => Assert.InRange(radius, 0.489, 0.49));
    }
}
