// What ONNX Runtime says about samples, and the comparison with what the engine says.
using System.Numerics;
using Memo.Data;
using Memo.Features;
using Memo.Networks;
using Memo.Numerics;
using Memo.Storage;
using Memo.Tests.Networks;
using Microsoft.ML.OnnxRuntime;

namespace Memo.Tests.Storage.Onnx;

/// <summary>An exported network in a session of ONNX Runtime.</summary>
internal sealed class OnnxAnswers : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly INetwork _network;
    private readonly InferenceSession _session;

    public OnnxAnswers(INetwork network, bool dense)
    {
        _network = network;
        string path = _folder["model.onnx"];
        Bytes = NetworkExport.Write(path, "onnx", network, 7, dense, new Dictionary<string, string> { ["data"] = "a test" });
        Assert.Equal(new FileInfo(path).Length, Bytes);
        using var options = new SessionOptions { IntraOpNumThreads = 2 };
        _session = new InferenceSession(path, options);
    }

    /// <summary>Bytes of the model.</summary>
    public long Bytes { get; }

    /// <summary>What the model says of itself.</summary>
    public ModelMetadata Metadata => _session.ModelMetadata;

    /// <summary>Names of the outputs.</summary>
    public IReadOnlyList<string> Outputs => _session.OutputNames;

    /// <summary>Runs one batch; Exact is null where the model has no such output.</summary>
    public (long[] Labels, double[] Values, bool[]? Exact) Run(SampleMatrix samples)
    {
        long[] shape = [samples.Rows, samples.Columns];
        using OrtValue input = samples switch
        {
            SampleMatrix<byte> bytes => OrtValue.CreateTensorValueFromMemory(bytes.Values.ToArray(), shape),
            SampleMatrix<float> floats => OrtValue.CreateTensorValueFromMemory(floats.Values.ToArray(), shape),
            _ => OrtValue.CreateTensorValueFromMemory(((SampleMatrix<double>)samples).Values.ToArray(), shape),
        };
        using var run = new Microsoft.ML.OnnxRuntime.RunOptions();
        using IDisposableReadOnlyCollection<OrtValue> outputs = _session.Run(run, ["x"], [input], _session.OutputNames);
        return (outputs[0].GetTensorDataAsSpan<long>().ToArray(), outputs[1].GetTensorDataAsSpan<double>().ToArray(),
            outputs.Count > 2 ? outputs[2].GetTensorDataAsSpan<bool>().ToArray() : null);
    }

    /// <summary>
    /// Fails unless labels, abstentions and values are those of the engine, for every sample of which the model says that it is
    /// exact; returns how many those are, and how many of them are abstentions.
    /// </summary>
    public (int Exact, int Abstained) RequireEngineAnswers(SampleMatrix samples)
    {
        Predictions expected = _network.Predict(samples, Memo.Networks.Outputs.Values);
        (long[] labels, double[] values, bool[]? exact) = Run(samples);
        int width = _network.OutputCount, count = 0, abstained = 0;
        Assert.Equal((samples.Rows, samples.Rows * width), (labels.Length, values.Length));
        BigInteger denominator = _network.Cells()?.UnitDenominator ?? 1;
        for (int q = 0; q < samples.Rows; q++)
        {
            if (exact is not null && !exact[q])
            {
                Assert.Equal(int.MinValue, labels[q]);
                Assert.All(values.AsSpan(q * width, width).ToArray(), value => Assert.True(double.IsNaN(value)));
                continue;
            }
            count++;
            bool none = expected.Labels[q] == Predictions.Abstention;
            if (none) abstained++;
            Assert.Equal(none ? int.MinValue : _network.Classes.ExternalValue(expected.Labels[q]), labels[q]);
            for (int k = q * width; k < (q + 1) * width; k++)
                Assert.Equal(ExactValues.Of(expected, k), ExactValues.Of(Dyadic.FromDouble(values[k]), denominator));
        }
        return (count, abstained);
    }

    public void Dispose()
    {
        _session.Dispose();
        _folder.Dispose();
    }
}
