using Memo.Constructions;
using Memo.Data;
using Memo.Experiments;

namespace Memo.Tests.Constructions;

/// <summary>The theorems' orders of growth and claims about accuracy, on handwritten digits 0-4 against 5-9.</summary>
public sealed class MnistTests
{
    private static readonly int[] Sizes = [1000, 2000, 5000, 12_000];

    private static readonly DataReference Halves = DataReference.Parse("mnist:0+1+2+3+4,5+6+7+8+9");

    private static Dataset First(Dataset data, int count) => data.SelectSamples([.. Enumerable.Range(0, count)]);

    [DataFact("mnist")]
    public void Parameters_grow_as_the_theorems_say()
    {
        Dataset train = Halves.Load(DataPart.Train);
        (double Parameters, double Bits)[] Of(string method) => [.. Sizes.Select(size =>
        {
            var network = (Memo.Networks.ReluNetwork)
                Construction.Build(method, First(train, size), new ConstructionSettings { Seed = 1 });
            return ((double)network.Size.Parameters - (train.Dimension + 1), (double)MemorizationCase.Note(network, "code_bits"));
        })];

        (double Parameters, double Bits)[] sqrt = Of(Sqrt.Method);
        double[] ratios = [.. sqrt.Zip(Sizes,
            (network, size) => network.Parameters / (network.Bits * Math.Ceiling(Math.Sqrt(size))))];
        Assert.InRange(ratios.Max() / ratios.Min(), 1, 1.03);
        Assert.InRange(Slope(sqrt.Select(network => network.Parameters / network.Bits)), 0.45, 0.55);
        Assert.InRange(Slope(Of(Vardi.Method).Select(network => network.Parameters / network.Bits)), 0.45, 0.55);
        // Positions are scanned one by one, not bit by bit: no factor B here.
        Assert.InRange(Slope(Of(Park.Method).Select(network => network.Parameters)), 0.617, 0.717);

        static double Slope(IEnumerable<double> values) =>
            GrowthFit.Slope([.. Sizes.Zip(values, (size, value) => ((double)size, value))])!.Value;
    }

    [DataFact("mnist")]
    public void Digits_are_memorized()
    {
        Dataset train = First(Halves.Load(DataPart.Train), 300), test = First(Halves.Load(DataPart.Test), 100);
        foreach (string method in new[] { Sqrt.Method, Vardi.Method, Park.Method, Adversarial.Method })
        {
            CheckedNetwork built = MemorizationCase.Build(method, train);
            Assert.Equal(train.Labels, built.Network.Predict(train.Points).Labels);
            Assert.Equal(built.LookUp(test.Points), built.Network.Predict(test.Points).Labels);
        }
    }

    [DataFact("mnist")]
    public void Ten_digits_are_memorized()
    {
        Dataset train = First(DataReference.Parse("mnist").Load(DataPart.Train), 200);
        foreach (string method in new[] { Vardi.Method, Park.Method })
            Assert.Equal(train.Labels, MemorizationCase.Build(method, train).Network.Predict(train.Points).Labels);
    }

    // Theorem 5.3: accuracy <= p + s, with the shares p of the default label and s of samples that have a stored code.
    [DataFact("mnist")]
    public void Adversarial_is_right_no_more_often_than_its_default_label()
    {
        Dataset train = Halves.Load(DataPart.Train), test = Halves.Load(DataPart.Test);
        foreach (int size in new[] { 100, 1000, 5000 })
            foreach (int label in new[] { 0, 1 })
            {
                CheckedNetwork built = MemorizationCase.Build(Adversarial.Method, First(train, size),
                    new ConstructionSettings { DefaultLabel = label });
                int[] answers = built.LookUp(test.Points);
                if (size == 100) Assert.Equal(built.Network.Predict(test.Points).Labels, answers); // larger ones take longer
                int hits = answers.Count(answer => answer != label), ofDefault = test.LabelArray.Count(truth => truth == label);
                Assert.InRange(hits, 0, test.Count / 100);
                Assert.InRange(answers.Zip(test.LabelArray).Count(pair => pair.First == pair.Second), 0, ofDefault + hits);
            }
    }
}
