// The paper's experiments at full size, with the counts they must give.
using System.Text.Json;

namespace Memo.Tests;

public sealed class RealDataTests
{
    [DataFact("mnist")]
    public void All_pairs_of_mnist()
    {
        JsonElement json = MemoProgram.Run("pairs", "--data", "mnist", "--per-class", "500", "--json").Exits(0).Json;
        Assert.Equal(45, json.GetProperty("pairs").GetArrayLength());
        Assert.All(json.GetProperty("pairs").EnumerateArray(), pair => Assert.True(pair.GetProperty("memorized").GetBoolean()));
        AssertCounts(json, 4, 9, right: 1891, abstained: 12, test: 1991);
        AssertCounts(json, 3, 5, right: 1813, abstained: 22, test: 1902);
        AssertCounts(json, 6, 9, right: 1964, abstained: 0, test: 1967);
        Assert.Equal(0.9871, json.GetProperty("mean_accuracy").GetProperty("cells").GetDouble(), 4);
        Assert.Equal(0.9884, json.GetProperty("mean_nearest_neighbour").GetDouble(), 4);
    }

    [DataFact("cifar-10")]
    public void All_pairs_of_cifar()
    {
        JsonElement json = MemoProgram.Run("pairs", "--data", "cifar-10", "--per-class", "3000", "--json").Exits(0).Json;
        Assert.All(json.GetProperty("pairs").EnumerateArray(), pair => Assert.True(pair.GetProperty("memorized").GetBoolean()));
        AssertCounts(json, 3, 5, right: 102, abstained: 14, test: 189);
        AssertCounts(json, 4, 9, right: 137, abstained: 7, test: 199);
        Assert.Equal(0.7163, json.GetProperty("mean_accuracy").GetProperty("cells").GetDouble(), 4);
        Assert.Equal(0.7370, json.GetProperty("mean_nearest_neighbour").GetDouble(), 4);
    }

    // A network of 2.5 trillion weights.
    [DataFact("mnist")]
    public void All_of_mnist()
    {
        using var folder = new TemporaryFolder();
        JsonElement built = folder.Memo("build", "--data", "mnist", "-o", "mnist.memo", "--json").Exits(0).Json;
        Assert.Equal(60_000, built.GetProperty("samples").GetInt32());
        Assert.True(built.GetProperty("parameters").GetInt64() > 2_500_000_000_000);
        JsonElement scores = folder.Memo("eval", "mnist.memo", "--data", "mnist", "--json").Exits(0).Json;
        Assert.Equal(0.9637, scores.GetProperty("accuracy").GetDouble(), 10);
        Assert.Equal(0.0097, scores.GetProperty("abstained").GetDouble(), 10);
        JsonElement proof = folder.Memo("verify", "mnist.memo", "--data", "mnist", "--json").Exits(0).Json;
        Assert.Equal(60_000, proof.GetProperty("rows").GetInt32());
        Assert.True(proof.GetProperty("memorized").GetBoolean());
        Assert.Equal(0, proof.GetProperty("resolved_exactly").GetInt32());
    }

    private static void AssertCounts(JsonElement json, int a, int b, int right, int abstained, int test)
    {
        JsonElement pair = json.GetProperty("pairs").EnumerateArray()
            .Single(pair => pair.GetProperty("a").GetInt32() == a && pair.GetProperty("b").GetInt32() == b);
        Assert.Equal((right, abstained, test), (pair.GetProperty("right").GetInt32(), pair.GetProperty("abstained").GetInt32(),
            pair.GetProperty("test").GetInt32()));
    }
}
