using CsCheck;
using Memo.Reports;

namespace Memo.Tests.Reports;

public sealed class LabelPlacementTests
{
    [Fact]
    public void Labels_cover_neither_each_other_nor_the_edges()
    {
        Gen<(double, double)> point = Gen.Select(Gen.Double[50, 550], Gen.Double[50, 350]);
        point.Array[1, 12].Sample(points =>
        {
            var labels = new LabelPlacement(0, 0, 600, 400);
            var boxes = new List<(double Left, double Top, double Right, double Bottom)>();
            foreach ((double x, double y) in points)
            {
                LabelPlacement.Place place = labels.Find(x, y, "gemm");
                boxes.Add((place.Left, place.Y - 12, place.Right, place.Y + 4));
            }
            Assert.All(boxes, box => Assert.True(box.Left >= 0 && box.Top >= 0 && box.Right <= 600 && box.Bottom <= 400));
            for (int i = 0; i < boxes.Count; i++)
                for (int j = 0; j < i; j++)
                    Assert.False(boxes[i].Left < boxes[j].Right && boxes[j].Left < boxes[i].Right &&
                                 boxes[i].Top < boxes[j].Bottom && boxes[j].Top < boxes[i].Bottom, $"{boxes[i]} covers {boxes[j]}");
        });
    }

    [Fact]
    public void Values_on_axes_rise_to_the_right_and_upwards_and_decades_hold_them()
    {
        (double least, double greatest) = LogAxes.Decades([3, 250]);
        Assert.Equal((1, 1000), (least, greatest));
        var axes = new LogAxes(10, 20, 300, 200, (least, greatest), (0.1, 10));
        Assert.Equal((10, 310), (axes.X(1), axes.X(1000)));
        Assert.Equal((220, 20), (axes.Y(0.1), axes.Y(10)));
        Assert.Equal(110, axes.X(10), 9);
        Assert.Equal(120, axes.Y(1), 9);
    }
}
