// ONNX Runtime gives the engine's answers for exported networks of cells: labels, abstentions and exact values.
using CsCheck;
using Memo.Constructions;
using Memo.Data;
using Memo.Networks;
using Memo.Tests.Networks;

namespace Memo.Tests.Storage.Onnx;

public sealed class FactoredModelTests
{
    private const int Cases = 60;

    private static void RequireBothForms(CellCase c)
    {
        using CellNetwork network = c.Build();
        foreach (bool dense in (bool[])[false, true])
        {
            OnnxAnswers model;
            try
            {
                model = new OnnxAnswers(network, dense);
            }
            catch (MemoException refusal)
            {
                Assert.Contains("2^53", refusal.Message, StringComparison.Ordinal);
                continue;
            }
            using (model)
            {
                (int exact, _) = model.RequireEngineAnswers(c.QueryMatrix);
                (int training, int abstained) = model.RequireEngineAnswers(c.PointMatrix);
                Assert.Equal((c.Points.Length, 0), (training, abstained)); // memorized, and within the proved range
                if (c.Type == ElementType.UInt8) Assert.Equal(c.Queries.Length, exact);
            }
        }
    }

    [Theory]
    [InlineData(ElementType.UInt8)]
    [InlineData(ElementType.Float32)]
    [InlineData(ElementType.Float64)]
    public void Both_forms_give_the_engines_answers(ElementType type) =>
        CellCase.Of(type, tame: true).Sample(RequireBothForms, iter: Cases, threads: 1);

    [Fact]
    public void Digits_have_the_engines_answers()
    {
        DataReference digits = DataReference.Parse("digits");
        Dataset training = digits.Load(DataPart.Train), test = digits.Load(DataPart.Test);
        using CellNetwork network = Cells.Build(training, CellNetwork.DefaultLambda);
        using var model = new OnnxAnswers(network, dense: false);
        Assert.Equal((test.Count, network.PredictByReference(test.Points).Labels.Count(label => label == Predictions.Abstention)),
            model.RequireEngineAnswers(test.Points));
        Assert.Equal((training.Count, 0), model.RequireEngineAnswers(training.Points));
    }
}
