// A dense layer with bias and ReLU in ONNX Runtime and in memo, by turns in one process, on the same inputs.
//   --threads N (default: all cores)  --rounds R (default 5)  --quick (small, one round)
using System.Diagnostics;
using System.Globalization;
using System.Reflection;
using Memo.Benchmarks;
using Memo.Kernels;
using Memo.Peers;
using Microsoft.ML.OnnxRuntime;

ProductShape[] shapes =
[
    new(1000, 4096, 784), new(1000, 12000, 784), new(10000, 4096, 784), new(10000, 12000, 784), new(1000, 4096, 3072),
    new(1000, 12000, 3072), new(10000, 4096, 3072), new(10000, 12000, 3072), new(1024, 1024, 1024), new(2048, 2048, 2048),
];
int threads = Option("--threads") ?? Environment.ProcessorCount, rounds = Option("--rounds") ?? 5;
if (args.Contains("--quick")) (shapes, rounds) = ([new(61, 67, 71), new(128, 128, 64)], 1);

string version = typeof(InferenceSession).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion;
Console.WriteLine($"memo ({Isa.Name(Isa.Active)}, JIT), ONNX Runtime {version.Split('+')[0]}; {ProcessorDescription.Read().Model}\n");
Console.WriteLine("| threads | m x n x k | ONNX Runtime, GFLOP/s | memo, packed before | memo, packed in the call | ONNX Runtime / memo, packed before | by round |");
Console.WriteLine("|---|---|---|---|---|---|---|");
bool agree = true;
foreach (int count in new[] { 1, threads }.Distinct())
{
    double logarithms = 0, worst = double.PositiveInfinity;
    foreach (ProductShape shape in shapes)
    {
        double ratio = Compare(shape, count);
        (logarithms, worst) = (logarithms + Math.Log(ratio), Math.Min(worst, ratio));
    }
    Console.WriteLine(Invariant($"| {count} | all | | | | **{Math.Exp(logarithms / shapes.Length):F2}** in the geometric mean, {worst:F2} at worst | |"));
}
return agree ? 0 : 1;

double Compare(ProductShape shape, int threadCount)
{
    (int m, int n, int k) = shape;
    float[] x = ReproducibleValues.Floats(m * k), weights = ReproducibleValues.Floats(n * k, (uint)(m * k));
    float[] bias = ReproducibleValues.Floats(n, (uint)(m * k + n * k)), theirs = new float[m * n], ours = new float[m * n];
    using var packed = new PackedMatrix(weights, n, k, k);
    using var options = new SessionOptions { IntraOpNumThreads = threadCount, InterOpNumThreads = 1 };
    using var session = new InferenceSession(DenseLayerModel.Create(m, n, k, weights, bias), options);
    using var run = new Microsoft.ML.OnnxRuntime.RunOptions();
    using OrtValue input = OrtValue.CreateTensorValueFromMemory(x, [m, k]), output = OrtValue.CreateTensorValueFromMemory(theirs, [m, n]);

    Action onnx = () => session.Run(run, ["x"], [input], ["y"], [output]);
    Action before = () => Gemm.MultiplyTransposed(m, x, k, packed, ours, n, bias, relu: true, threadCount);
    Action within = () => Gemm.MultiplyTransposed(m, n, k, x, k, weights, k, ours, n, bias, relu: true, threadCount);
    foreach (Action side in new[] { onnx, before, within }) side();
    var (peer, packedBefore, packedWithin) = (new double[rounds], new double[rounds], new double[rounds]);
    for (int round = 0; round < rounds; round++)
        (peer[round], packedBefore[round], packedWithin[round]) = (Seconds(onnx), Seconds(before), Seconds(within));
    RequireAgreement(shape, theirs, ours);

    double[] ratios = [.. peer.Zip(packedBefore, (theirSeconds, ourSeconds) => theirSeconds / ourSeconds)];
    Console.WriteLine(Invariant($"| {threadCount} | {shape} | {Rate(peer)} | {Rate(packedBefore)} | {Rate(packedWithin)} | **{Median(ratios):F2}** | ") +
        string.Join(' ', ratios.Select(ratio => Invariant($"{ratio:F2}"))) + " |");
    return Median(ratios);

    string Rate(double[] seconds) => Invariant($"{shape.Operations / Median(seconds) / 1e9:F0}");
}

// Sums of k products of numbers below 1/2, in another order of additions.
void RequireAgreement(ProductShape shape, float[] theirs, float[] ours)
{
    float tolerance = 1e-6f * shape.K;
    for (int i = 0; i < ours.Length; i++)
        if (!(Math.Abs(ours[i] - theirs[i]) <= tolerance))
        {
            Console.Error.WriteLine(Invariant($"WRONG: {shape}, element {i}: {ours[i]} in memo, {theirs[i]} in ONNX Runtime"));
            agree = false;
            return;
        }
}

static double Seconds(Action call)
{
    long start = Stopwatch.GetTimestamp();
    call();
    return Stopwatch.GetElapsedTime(start).TotalSeconds;
}

static double Median(double[] values)
{
    double[] sorted = [.. values.Order()];
    return (sorted[(sorted.Length - 1) / 2] + sorted[sorted.Length / 2]) / 2;
}

static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);

int? Option(string name) => Array.IndexOf(args, name) is >= 0 and var at && at + 1 < args.Length
    ? int.Parse(args[at + 1], CultureInfo.InvariantCulture) : null;
