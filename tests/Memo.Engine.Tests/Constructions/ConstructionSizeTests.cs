using Memo.Constructions;
using Memo.Data;
using Memo.Networks;

namespace Memo.Tests.Constructions;

/// <summary>What is said of a size without building is what building gives.</summary>
public sealed class ConstructionSizeTests
{
    [Theory]
    [InlineData("digits:3,8", 0)]
    [InlineData("digits:1,7", 5)]
    [InlineData("digits", 1)]
    [InlineData("hypercube?n=12&count=60", 2)]
    [InlineData("parity?n=4&count=16", 3)]
    [InlineData("xor", 0)]
    public void Sizes_are_those_of_the_networks(string text, int seed)
    {
        Dataset data = DataReference.Parse(text).Load();
        foreach (ConstructionSize size in ConstructionSize.Of(data, (ulong)seed, RunOptions.Default))
        {
            if (size.Parameters is null)
            {
                Assert.True(size.Method is Park.Method or Adversarial.Method || (size.Method == Sqrt.Method && data.Classes.Count > 2));
                continue;
            }
            using INetwork network = Construction.Build(size.Method, data, new ConstructionSettings { Seed = (ulong)seed });
            Assert.Equal(network.Size.Depth, size.Depth);
            Assert.InRange(network.Size.Width, size.IsBound ? 1 : size.Width!.Value, size.Width!.Value);
            Assert.InRange(network.Size.Parameters, size.IsBound ? 1 : size.Parameters.Value, size.Parameters.Value);
            if (size.Bits is { } bits) Assert.InRange(network.Size.Bits, 1, bits);
        }
    }
}
