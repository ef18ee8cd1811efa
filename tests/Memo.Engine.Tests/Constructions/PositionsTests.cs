using Memo.Constructions;
using Memo.Data;

namespace Memo.Tests.Constructions;

/// <summary>No code loses its label on its way from a long range to a short one (park, steps b and c).</summary>
public sealed class PositionsTests
{
    // Float64 samples have codes of 50 bits and more, so that the range is halved some thirty times; a fold below the middle
    // once lost what lay at the upper end.
    [Theory, InlineData(2, 1000, 20), InlineData(10, 3000, 8)]
    public void Every_training_sample_keeps_its_label_through_all_halvings(int n, int count, int seeds)
    {
        for (ulong seed = 0; seed < (ulong)seeds; seed++)
        {
            Dataset data = DataReference.Parse($"ball-shell?n={n}&count={count}").Load(DataPart.Default, new LoadOptions { Seed = seed });
            CheckedNetwork park = Park.BuildChecked(data, seed);
            Assert.Equal(data.Labels, park.LookUp(data.Points));
            Assert.Equal(data.Labels, park.Network.Predict(data.Points).Labels);
            Assert.True(int.Parse(park.Network.Notes.Single(note => note.Key == "halvings").Value) > 20);
        }
    }

    // Every fold of the codes 1, 4, 71 in [0, 72] but the last ones brings two labels together; the search once went on forever
    // at a range of 5.
    [Fact]
    public void Three_codes_do_not_make_the_halving_endless()
    {
        var data = new Dataset(new SampleMatrix<byte>([0, 3, 70], 3, 1), [0, 1, 0], ClassList.FromIntegers([0, 1]), "three");
        for (ulong seed = 0; seed < 20; seed++)
            Assert.Equal(data.Labels, Park.BuildChecked(data, seed).Network.Predict(data.Points).Labels);
    }
}
