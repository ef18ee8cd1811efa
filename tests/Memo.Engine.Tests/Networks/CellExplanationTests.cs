using System.Numerics;
using CsCheck;
using Memo.Constructions;
using Memo.Data;
using Memo.Networks;
using Memo.Numerics;

namespace Memo.Tests.Networks;

/// <summary>An explanation says what the network answers: its label, value and radius follow from the neurons and walls it names.</summary>
public sealed class CellExplanationTests
{
    [Fact]
    public void Bytes() => Check(Gen.OneOf(Gen.Byte[0, 9], Gen.Byte[100, 103]));

    [Fact]
    public void Floats() => Check(Gen.OneOf(Gen.Float[0, 1], Gen.Float[0, 1e-18f], Gen.OneOf(0f, 0.5f, 1f)));

    [Fact]
    public void Doubles() => Check(Gen.OneOf(Gen.Double[0, 1], Gen.Double[0, 1e-150], Gen.OneOf(0d, 0.5, 1)));

    [Fact]
    public void Digits()
    {
        Dataset training = DataReference.Parse("digits").Load(DataPart.Train), test = DataReference.Parse("digits").Load(DataPart.Test);
        using CellNetwork network = Cells.Build(training);
        RequireAgreement(network, test.Points, [.. Enumerable.Range(0, 150)], threads: 2);
    }

    private static void Check<T>(Gen<T> value) where T : unmanaged, INumber<T> =>
        (from count in Gen.Int[2, 30]
         from dimension in Gen.Int[1, 3]
         from values in value.Array[count * dimension]
         from queries in value.Array[10 * dimension]
         from labels in Gen.Int[0, 2].Array[count]
         from threads in Gen.Int[1, 2]
         select (count, dimension, values, queries, labels, threads)).Sample(c =>
    {
        var data = new Dataset(new SampleMatrix<T>(c.values, c.count, c.dimension), c.labels, ClassList.FromIntegers([0, 1, 2]), "here");
        data = LabelConflicts.Resolve(data, OnConflict.Majority, out _);
        if (data.Labels.ToArray().Distinct().Count() < 2) return;
        using CellNetwork network = Cells.Build(data, new Ratio(3, 5));
        RequireAgreement(network, new SampleMatrix<T>(c.queries, 10, c.dimension), [.. Enumerable.Range(0, 10)], c.threads);
    }, iter: 200);

    private static void RequireAgreement(CellNetwork network, SampleMatrix queries, int[] rows, int threads)
    {
        RunOptions run = RunOptions.Default with { Threads = threads };
        IReadOnlyList<CellExplanation> explained = CellExplanation.Of(network, queries, rows, run);
        Predictions answers = network.Predict(queries, Outputs.Values | Outputs.Radii | Outputs.Nearest, run);
        int outputs = network.Classes.Count == 2 ? 1 : network.Classes.Count;
        for (int q = 0; q < rows.Length; q++)
        {
            CellExplanation why = explained[q];
            Assert.Equal(answers.Labels[rows[q]], why.Label);
            Assert.Equal(answers.Radii![rows[q]], why.Radius);
            Assert.Equal(answers.Nearest![rows[q]], why.Nearest.Point);
            Assert.NotEqual(network.Labels[why.Nearest.Point], network.Labels[why.Rival.Point]);
            Assert.Equal(why.Neurons.Any(neuron => neuron.Fires), why.Decisive is not null);
            // F is the sum of the activations of the neurons that fire.
            Dyadic sum = why.Neurons.Where(neuron => neuron.Fires).Aggregate(Dyadic.Zero, (total, neuron) => total + neuron.Activation);
            BigInteger value = answers.Values!.AsSpan(rows[q] * outputs, outputs).ToArray().Aggregate(BigInteger.Zero, (total, each) => total + BigInteger.Abs(each));
            Assert.Equal(NearestDouble.OfFraction(value * answers.ScaleNumerator, answers.ScaleDenominator),
                NearestDouble.Of(sum) / network.UnitDenominator, 1e-9 * (1 + Math.Abs(NearestDouble.Of(sum))));
            foreach (CellNeuron neuron in why.Neurons.Where(neuron => neuron.Contains))
            {
                Assert.NotNull(neuron.Binding);
                Assert.NotEqual(network.Labels[neuron.Point], network.Labels[neuron.Binding.Point]);
            }
            if (why.Radius > 0) Assert.Equal(why.Radius, why.Decisive!.Binding!.Distance);
        }
    }
}
