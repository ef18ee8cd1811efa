using System.Diagnostics;
using Memo.Constructions;
using Memo.Data;
using Memo.Features;
using Memo.Measures;
using Memo.Networks;
using Memo.Numerics;

namespace Memo.Experiments;

/// <summary>
/// How networks grow with the number of samples that they memorize (Theorems 4.1, 4.3, 5.3, 7.3 and their peers): for each
/// size N, seed and method build the network of the first N samples in the seed's order, prove that it memorizes them, time
/// it, and count how it labels the test samples. The samples of one seed are nested: a larger size adds to a smaller one.
/// </summary>
internal sealed class SizeCurve
{
    // Calls are repeated for so long, so that small networks are not timed by one look at the clock.
    private const double LeastSeconds = 0.05;

    private readonly Dataset _training;
    private readonly Dataset? _test;
    private readonly string[] _methods;
    private readonly ConstructionSettings _settings;

    /// <summary>Prepares the curve; nothing is computed.</summary>
    /// <param name="training">What training samples are drawn from, without label conflicts.</param>
    /// <param name="test">Test samples of the same classes, or null.</param>
    /// <param name="methods">The constructions, at least one, in the order of the results.</param>
    /// <param name="settings">What they are told; its seed is that of the first of the seeds.</param>
    /// <exception cref="MemoException">A method is for two classes and there are more; the two parts do not fit.</exception>
    public SizeCurve(Dataset training, Dataset? test, IReadOnlyList<string> methods, ConstructionSettings settings)
    {
        ArgumentNullException.ThrowIfNull(training);
        ArgumentNullException.ThrowIfNull(methods);
        ArgumentNullException.ThrowIfNull(settings);
        if (methods.Count == 0) throw new MemoException("no methods were asked for");
        foreach (string method in methods) Construction.RequireClasses(training, method, Construction.IsBinary(method));
        if (test is { Count: 0 }) throw new MemoException($"{test.Source}: no test samples");
        (_training, _methods, _settings) = (training, [.. methods], settings);
        _test = test?.AlignTo(training.Classes)
            .FitTo(training.Dimension, training.Points.ElementType, $"a network of {training.Source}");
    }

    /// <summary>100, 200, 500, 1000, ... below the number of samples there are, and that number.</summary>
    public static IReadOnlyList<int> DefaultSizes(int samples) => RoundNumbers.OneTwoFive(Math.Min(100, samples), samples);

    /// <summary>
    /// Builds every network, in the order of sizes, seeds and methods. What a point is, times apart, depends on neither the
    /// threads nor the other points.
    /// </summary>
    /// <param name="sizes">Numbers of training samples, ascending.</param>
    /// <param name="seeds">How many seeds, from the settings' on.</param>
    /// <param name="run">Threads, progress, cancellation.</param>
    /// <param name="greatest">The greatest size of methods that would take too long at larger ones; null for none.</param>
    /// <exception cref="MemoException">A size is more than there are, or so small that a class is missing; a network cannot be
    /// built.</exception>
    public CurveReport Run(IReadOnlyList<int> sizes, int seeds = 1, RunOptions? run = null,
        IReadOnlyDictionary<string, int>? greatest = null)
    {
        ArgumentNullException.ThrowIfNull(sizes);
        run ??= RunOptions.Default;
        RequireSizes(sizes, seeds);
        foreach ((string method, int limit) in greatest ?? new Dictionary<string, int>())
            if (!_methods.Contains(method) || limit < sizes[0])
                throw new MemoException($"{method} is to end at {limit} samples, but " +
                    (limit < sizes[0] ? $"the first size is {sizes[0]}" : $"is not among the methods ({string.Join(", ", _methods)})"));
        int[][] orders = [.. Enumerable.Range(0, seeds).Select(s => Order(_settings.Seed + (ulong)s))];
        for (int s = 0; s < seeds; s++) RequireEveryClass(orders[s].AsSpan(0, sizes[0]), _settings.Seed + (ulong)s);

        var points = new List<CurvePoint>(sizes.Count * seeds * _methods.Length);
        double work = sizes.Sum(size => (double)size) * seeds, done = 0;
        foreach (int size in sizes)
            for (int s = 0; s < seeds; s++)
            {
                Dataset training = _training.SelectSamples(orders[s].AsSpan(0, size));
                for (int m = 0; m < _methods.Length; m++)
                {
                    run.Cancellation.ThrowIfCancellationRequested();
                    if (greatest is not null && greatest.TryGetValue(_methods[m], out int limit) && size > limit) continue;
                    points.Add(RunPoint(_methods[m], training, _settings with { Seed = _settings.Seed + (ulong)s },
                        run.Part(DoneBefore(m), DoneBefore(m + 1))));
                }
                done += size;

                double DoneBefore(int method) => (done + (double)size * method / _methods.Length) / work;
            }
        run.Progress?.Report(1);
        return new CurveReport(points, _settings.BlockDepth);
    }

    /// <summary>What cells answers of the test samples as lambda varies, with as many training samples, over the same seeds.</summary>
    /// <exception cref="MemoException">There are no test samples.</exception>
    public IReadOnlyList<CoveragePoint> Coverage(int size, int seeds, IReadOnlyList<Ratio> lambdas, RunOptions run) =>
        CoverageCurve.Of([.. Enumerable.Range(0, seeds).Select(s => Draw(_settings.Seed + (ulong)s, size, run.Part(0, 0.5)))], lambdas,
            run.Part(_settings.Features.Kind == FeatureKind.None ? 0 : 0.5, 1));

    // The samples of a seed and the test samples; their features, where there are feature layers, which lambda does not change.
    private (Dataset Training, Dataset Test) Draw(ulong seed, int size, RunOptions run)
    {
        Dataset training = _training.SelectSamples(Order(seed).AsSpan(0, size));
        Dataset test = _test ?? throw new MemoException($"{_training.Source}: no test samples, so that nothing can be said of coverage");
        if (_settings.Features.Kind == FeatureKind.None) return (training, test);
        (FeatureMap map, training) = FeatureLearning.Of(training, _settings.Features with { Seed = seed }, run);
        return (training, map.Apply(test, run));
    }

    /// <summary>The nearby set of all training samples: what the guarantee of Theorem 7.3 is estimated with.</summary>
    public NearbySet Nearby(RunOptions run) => NearbySet.Of(_training, NearestOther.Of(_training, run.Stage(0, 2)), run.Stage(1, 2));

    private CurvePoint RunPoint(string method, Dataset training, ConstructionSettings settings, RunOptions run)
    {
        long start = Stopwatch.GetTimestamp();
        using INetwork network = Construction.Build(method, training, settings, run.Stage(0, 3));
        double buildSeconds = Stopwatch.GetElapsedTime(start).TotalSeconds;

        start = Stopwatch.GetTimestamp();
        Verification verification = Verification.Of(network, training, reference: false, run.Stage(1, 3));
        double verificationSeconds = Stopwatch.GetElapsedTime(start).TotalSeconds;

        // The first call warms up: it plans anew where test samples reach farther than training samples.
        Evaluation? test = _test is null ? null : Evaluation.Of(_test.Labels,
            network.Predict(_test.Points, Outputs.Labels, run.Stage(2, 3)).Labels, training.Classes.Count);
        return new CurvePoint
        {
            Method = method,
            Samples = training.Count,
            Seed = settings.Seed,
            Size = network.Size,
            IsFactored = network.Cells() is not null,
            GrowingParameters = CurvePoint.GrowingParametersOf(network),
            CodeBits = CurvePoint.CodeBitsOf(network),
            Kept = network.Cells()?.Count,
            Memorized = verification.Memorized,
            FirstFailure = verification.Memorized ? null : training.FileRows[verification.FirstFailure],
            Test = test,
            BuildSeconds = buildSeconds,
            VerificationSeconds = verificationSeconds,
            SecondsPerLabel = SecondsPerLabel(network, (_test ?? training).Points, run with { Progress = null }),
        };
    }

    private static double SecondsPerLabel(INetwork network, SampleMatrix queries, RunOptions run)
    {
        long start = Stopwatch.GetTimestamp();
        double seconds;
        int calls = 0;
        do
        {
            network.Predict(queries, Outputs.Labels, run);
            calls++;
            seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
        }
        while (seconds < LeastSeconds);
        return seconds / calls / queries.Rows;
    }

    private int[] Order(ulong seed)
    {
        int[] positions = [.. Enumerable.Range(0, _training.Count)];
        new SeededRandom(seed).Shuffle<int>(positions);
        return positions;
    }

    private void RequireSizes(IReadOnlyList<int> sizes, int seeds)
    {
        if (seeds < 1) throw new MemoException($"{seeds} seeds: at least 1 is needed");
        if (sizes.Count == 0) throw new MemoException("no sizes were asked for");
        for (int i = 0; i < sizes.Count; i++)
        {
            if (sizes[i] < 2) throw new MemoException($"a size of {sizes[i]}: two classes need at least 2 samples");
            if (i > 0 && sizes[i] <= sizes[i - 1])
                throw new MemoException($"sizes must ascend: {sizes[i]} follows {sizes[i - 1]}");
        }
        if (sizes[^1] > _training.Count)
            throw new MemoException($"{_training.Source}: there are {_training.Count} training samples, fewer than the " +
                                    $"{sizes[^1]} of the largest size");
    }

    // The smallest size decides, as the others contain it.
    private void RequireEveryClass(ReadOnlySpan<int> positions, ulong seed)
    {
        var occurs = new bool[_training.Classes.Count];
        foreach (int position in positions) occurs[_training.Labels[position]] = true;
        int missing = Array.IndexOf(occurs, false);
        if (missing >= 0)
            throw new MemoException($"{_training.Source}: the first {positions.Length} samples in the order of seed {seed} have " +
                                    $"none of class {_training.Classes[missing]}; begin with a larger size, or take another seed");
    }
}
