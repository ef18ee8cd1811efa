using System.Globalization;
using Memo.Benchmarks;
using Memo.Data;
using Memo.Gpu.Devices;
using Memo.Gpu.Kernels;
using Memo.Gpu.Search;
using Memo.Kernels;

namespace Memo.Gpu.Benchmarks;

/// <summary>
/// What `memo bench --device` measures: the device's peak, its dense kernels by themselves, with everything in its memory, and
/// the engine's own work from memory to memory with the device's help.
/// </summary>
internal sealed class DeviceSuite
{
    private const int Features = 784;
    private const double FastDevice = 500;      // GFLOP/s
    private const double SecondsPerCall = 0.05; // about what a call of a kernel shall take

    // Those of the engine's kernels that a device takes part in.
    private static readonly string[] WithHelp = ["brute", "labels", "values", "separation"];

    private static readonly (string Name, string Description)[] Own =
    [
        ("peak", "fp32 multiplications and additions, as many as the device does"),
        ("gemm", "fp32 product of matrices with bias, in the device's memory"),
        ("distances", "squared distances with each class's least and the near points, of bytes, in the device's memory"),
        ("projection", "bytes mapped to the pruning basis, in the device's memory"),
    ];

    private readonly GpuDistanceDevice _device;
    private readonly BenchmarkOptions _options;
    private readonly RunOptions _run;
    private readonly List<KernelResult> _results = [];
    private double _peak; // GFLOP/s

    private DeviceSuite(GpuDistanceDevice device, BenchmarkOptions options, RunOptions run) => (_device, _options, _run) = (device, options, run);

    /// <summary>The names there are, each with what it is.</summary>
    public static IReadOnlyList<(string Name, string Description)> Kernels =>
        [.. Own, .. WithHelp.Select(name => (name, BenchmarkSuite.Describe(name)))];

    /// <summary>Throws <see cref="MemoException"/> when a kernel is none of these.</summary>
    public static void RequireValid(BenchmarkOptions options)
    {
        if (options.Kernels.FirstOrDefault(name => Kernels.All(kernel => kernel.Name != name)) is { } unknown)
            throw new MemoException($"'{unknown}': no kernel of this name for a device; valid: {string.Join(", ", Kernels.Select(kernel => kernel.Name))}");
        if (options.Shapes.Count > 0 && options.Kernels.Count > 0 && !options.Kernels.Contains("gemm"))
            throw new MemoException("on a device a shape is for gemm") { Setting = nameof(BenchmarkOptions.Shapes) };
    }

    /// <summary>Measures what the options say.</summary>
    /// <param name="options">Kernels and their inputs.</param>
    /// <param name="run">The device, threads, progress, cancellation.</param>
    public static BenchmarkReport Run(BenchmarkOptions options, RunOptions run)
    {
        RequireValid(options);
        var device = (GpuDistanceDevice)run.Device!.Device!;
        var suite = new DeviceSuite(device, options, run);
        lock (device.Lock) suite.MeasureOwn();
        // On a slow device (a processor posing as one) the engine's whole work takes minutes, and is done when it is named.
        string[] helped = options.Kernels.Count == 0 && suite._peak < FastDevice ? [] : [.. WithHelp.Where(suite.IsWanted)];
        if (helped.Length > 0)
        {
            BenchmarkReport report = BenchmarkSuite.Run(options with { Kernels = helped, Shapes = [], Peaks = false }, run);
            suite._results.AddRange(report.Kernels.Select(result => result with { Device = device.Device.Description.Word }));
        }
        return new BenchmarkReport(Isa.Active, run.Threads, null, suite._results);
    }

    private bool IsWanted(string name) => _options.Kernels.Count == 0 || _options.Kernels.Contains(name);

    private void MeasureOwn()
    {
        if (!Own.Any(kernel => IsWanted(kernel.Name))) return;
        MeasurePeak();
        if (IsWanted("gemm")) MeasureProducts();
        if (IsWanted("distances")) MeasureDistances();
        if (IsWanted("projection")) MeasureProjection();
    }

    private double Median(Action call) => new Repetition(_options.Repeat, _ => { }, _run.Cancellation).Median(call);

    private void Add(string name, string shape, double seconds, double operations, string unit, bool isSingle = true) => _results.Add(new KernelResult
    {
        Name = name, Shape = shape, Isa = Isa.Active, Threads = 1, Device = _device.Device.Description.Word, Seconds = seconds,
        Rate = operations / seconds / 1e9, Unit = unit, Operations = operations, ShareOfPeak = isSingle ? operations / seconds / 1e9 / _peak : null,
    });

    // Enough groups for every multiprocessor, and rounds until a call takes its time.
    private void MeasurePeak()
    {
        using GpuQueue queue = _device.Device.CreateQueue();
        int groups = 64 * Math.Max(_device.Device.Description.Multiprocessors, 1);
        using GpuBuffer results = _device.Device.Allocate(4L * groups * GroupSizes.Peak);
        int rounds = 16;
        double seconds = 0;
        for (; rounds < 1 << 24; rounds *= 2)
        {
            seconds = Median(Call);
            if (seconds >= SecondsPerCall / 2) break;
        }
        double operations = 2.0 * groups * GroupSizes.Peak * rounds * GroupSizes.ProductsPerRound;
        _peak = operations / seconds / 1e9;
        if (IsWanted("peak"))
            Add("peak", string.Create(CultureInfo.InvariantCulture, $"{groups * GroupSizes.Peak} threads x {rounds * GroupSizes.ProductsPerRound} products"), seconds, operations, "GFLOP/s");

        void Call()
        {
            _device.Kernels.Launch(queue, KernelNames.Peak, groups, (GroupSizes.Peak, 1),
                new GpuArguments().View(results, 0, (long)groups * GroupSizes.Peak, 4).Int(rounds).Float(0.999f).Float(0.001f));
            queue.Synchronize();
        }
    }

    private void MeasureProducts()
    {
        int side = 256;
        while (side < 8192 && 2.0 * 8 * side * side * side <= _peak * 1e9 * SecondsPerCall) side *= 2;
        IReadOnlyList<ProductShape> shapes = _options.Shapes is { Count: > 0 } asked ? asked : [new(side, side, side)];
        foreach (ProductShape shape in shapes)
        {
            (int m, int n, int k) = shape;
            if ((long)m * k > Array.MaxLength || (long)n * k > Array.MaxLength || (long)m * n > Array.MaxLength)
                throw new MemoException($"{shape}: a matrix of more elements than one array can hold ({Array.MaxLength})");
            // One layer, the last, has no ReLU; the checksum is that of the processor's gemm, which has.
            using var layers = new DenseLayers(_device.Kernels,
                [new DenseLayers.Layer(n, k, ReproducibleValues.Floats(n * k, (uint)(m * k)), ReproducibleValues.Floats(n, (uint)(m * k) + (uint)(n * k)))]);
            layers.Load(ReproducibleValues.Floats(m * k), m);
            double seconds = Median(layers.Run), sum = 0;
            foreach (float value in layers.Outputs()) sum += Math.Max(0, value);
            Add("gemm", shape.ToString(), seconds, shape.Operations, "GFLOP/s");
            _results[^1] = _results[^1] with { Checksum = sum };
        }
    }

    // Uniform bytes: nothing is near, so that what is measured is distances.
    private void MeasureDistances()
    {
        double wanted = _peak * 1e9 * SecondsPerCall / (2 * Features);
        int queries = wanted > 2e8 ? 10_000 : 1_000, points = (int)Math.Clamp(wanted / queries / 1000, 1, 60) * 1000;
        var encoding = new ByteEncoding(Features);
        using var search = new DistanceTimer(_device, encoding, Uniform(points, 0), Uniform(queries, points));
        Add("distances", string.Create(CultureInfo.InvariantCulture, $"{points} x {queries} x {Features}"), Median(search.Run), 2.0 * points * queries * Features, "GFLOP/s");
    }

    private void MeasureProjection()
    {
        const int directions = 128;
        int rows = _peak > 1000 ? 60_000 : 2_000;
        SampleMatrix<byte> samples = Uniform(rows, 0);
        var basis = new Neighbors.PruningBasis(
            Array.ConvertAll(ReproducibleValues.Bytes(directions * Features), value => (short)(value - 128)), directions, new byte[Features]);
        using GpuQueue queue = _device.Device.CreateQueue();
        using var encoding = new ProjectedEncoding(basis, _device.Device, queue);
        int packed = _device.Kernels.Padded(rows);
        using var vectors = new Vectors(_device.Kernels, encoding, packed);
        using var staging = new Staging(_device.Kernels, encoding, packed);
        staging.Send(samples, Enumerable.Range(0, rows).ToArray(), vectors, queue);
        queue.Synchronize();
        double seconds = Median(() =>
        {
            encoding.Pack(_device.Kernels, queue, vectors, rows);
            queue.Synchronize();
        });
        Add("projection", string.Create(CultureInfo.InvariantCulture, $"{rows} x {Features} to {directions}"), seconds, 2.0 * rows * Features * directions, "GOP/s", isSingle: false);
    }

    private static SampleMatrix<byte> Uniform(int rows, int firstRow) =>
        new(ReproducibleValues.Bytes(rows * Features, (uint)(firstRow * Features)), rows, Features);
}
