using System.Diagnostics;
using Memo.Constructions;
using Memo.Data;
using Memo.Features;
using Memo.Kernels.SquaredDistance;
using Memo.Measures;
using Memo.Neighbors;
using Memo.Networks;
using Memo.Numerics;

namespace Memo.Experiments;

/// <summary>
/// The paper's experiment (Appendix I, Tables 1, 2 and 4): for each pair of classes and each method build the network on the
/// training samples of the two, prove that it memorizes them, and count how it labels the test samples of the two. Beside
/// them, once for each pair, the nearest-neighbour rule.
/// </summary>
internal sealed class PairExperiment
{
    private readonly Dataset _training;
    private readonly Dataset _test;
    private readonly IReadOnlyList<string> _methods;
    private readonly ConstructionSettings _settings;
    private readonly string? _defaultClass;
    private readonly OnConflict _onConflict;
    private readonly bool _fitToPair;
    private PruningBasis? _basis;
    private PairFeatures? _features;

    /// <summary>
    /// Prepares the experiment; nothing is computed. The test samples are converted once to the training samples' type.
    /// </summary>
    /// <param name="training">Training samples; those of each pair are taken from it in their present order.</param>
    /// <param name="test">Test samples; rows of other classes are passed over.</param>
    /// <param name="methods">The constructions, at least one, in the order of the results.</param>
    /// <param name="settings">What they are told, the same for every pair; no default label, which differs from pair to
    /// pair.</param>
    /// <param name="onConflict">What to do with equal training samples of different label, pair by pair.</param>
    /// <param name="defaultClass">The class whose label adversarial gives to unseen points; null for the rarer one.</param>
    /// <param name="fitToPair">Where there are feature layers: whether their projection is fitted to each pair's training samples
    /// alone, and not to those of all classes.</param>
    /// <exception cref="MemoException">The two parts differ in the number of features, or a test value is not
    /// representable in the training samples' type.</exception>
    public PairExperiment(Dataset training, Dataset test, IReadOnlyList<string> methods, ConstructionSettings settings,
        OnConflict onConflict, string? defaultClass = null, bool fitToPair = true)
    {
        ArgumentNullException.ThrowIfNull(training);
        ArgumentNullException.ThrowIfNull(test);
        ArgumentNullException.ThrowIfNull(methods);
        ArgumentNullException.ThrowIfNull(settings);
        if (methods.Count == 0) throw new MemoException("no methods were asked for");
        CellNetwork.RequireValidLambda(settings.Lambda);
        (_training, _methods, _settings, _defaultClass) = (training, methods, settings, defaultClass);
        _test = test.FitTo(training.Dimension, training.Points.ElementType, $"a network of {training.Source}");
        (_onConflict, _fitToPair) = (onConflict, fitToPair);
    }

    /// <summary>
    /// Runs every pair, in the order given, and for each pair every method, in the order given. For cells O(N^2 n) for a pair
    /// of N training samples, and O(N n) a test sample; the other methods cost what their constructions say.
    /// </summary>
    /// <exception cref="MemoException">A pair cannot be built (one class is empty, a label conflict), does not have the default
    /// class, or cannot be tested (no rows).</exception>
    public PairReport Run(IReadOnlyList<ClassPair> pairs, RunOptions? run = null)
    {
        ArgumentNullException.ThrowIfNull(pairs);
        run ??= RunOptions.Default;
        if (_defaultClass is not null)
            foreach (ClassPair pair in pairs)
                if (pair.Negative != _defaultClass && pair.Positive != _defaultClass)
                    throw new MemoException($"the pair {pair} has no class '{_defaultClass}', which is to be the default " +
                                            "label; take pairs that have it");
        RunOptions whole = run;
        double learned = 0; // share of the progress
        if (_settings.Features.Kind != FeatureKind.None)
        {
            learned = 0.6;
            long start = Stopwatch.GetTimestamp();
            _features ??= new PairFeatures(_training, _test, _settings.Features, _fitToPair, whole.Part(0, learned));
            LearningSeconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
        }
        else
            _basis ??= _training.Points is SampleMatrix<byte> { Columns: <= ByteDistance.MaximumDimension } bytes
                ? PruningBasis.Choose(bytes, run) : null; // one for all pairs, since their points are the same
        run = whole.Part(learned, 1);
        var results = new List<PairResult>(pairs.Count * _methods.Count);
        for (int p = 0; p < pairs.Count; p++)
        {
            run.Cancellation.ThrowIfCancellationRequested();
            results.AddRange(RunPair(pairs[p], run.Stage(p, pairs.Count)));
            run.Progress?.Report((p + 1.0) / pairs.Count);
        }
        return new PairReport(results);
    }

    /// <summary>Wall time of learning what the feature layers of all pairs share; 0 without such.</summary>
    public double LearningSeconds { get; private set; }

    /// <summary>
    /// The pair of the lowest accuracy, the first of equals, by the first method whose networks have cells: what it does worst on.
    /// Null where no method has, or where cells are those of features. The cost of the pair's construction and of certified radii for
    /// its test samples.
    /// </summary>
    public PairGallery? HardestPair(PairReport report, RunOptions run)
    {
        if (_features is not null ||
            _methods.FirstOrDefault(method => method is Cells.Method or Constant.Method or Condense.Method) is not { } method) return null;
        ClassPair pair = report.Of(method).Pairs.MinBy(result => result.Test.Accuracy)!.Pair;
        Dataset training = LabelConflicts.Resolve(Select(_training, pair), _onConflict, out _), test = Select(_test, pair);
        var network = (CellNetwork)Construction.Build(method, training, _settings, run.Stage(0, 3));
        Predictions answers = network.Predict(test.Points, Outputs.Radii, run.Stage(1, 3));
        return new PairGallery(network, test, Gallery.Of(network, test, answers, run.Stage(2, 3)));
    }

    // One result a method.
    private List<PairResult> RunPair(ClassPair pair, RunOptions run)
    {
        Dataset training = LabelConflicts.Resolve(Select(_training, pair), _onConflict, out int dropped);
        Dataset test = Select(_test, pair);
        if (test.Count == 0)
            throw new MemoException(
                $"{test.Source}: no test samples of the classes {pair.Negative} and {pair.Positive}");

        FeatureMap? map = null;
        long start = Stopwatch.GetTimestamp();
        if (_features is not null) (training, test, map) = _features.Of(pair, training, test, run.Part(0, 0.3));
        double projecting = Stopwatch.GetElapsedTime(start).TotalSeconds;
        if (map is not null) run = run.Part(0.3, 1);

        int[]? nearest = null;
        int stages = _methods.Count + (_methods.Contains(Cells.Method) ? 0 : 1);
        var results = new List<PairResult>(_methods.Count);
        for (int m = 0; m < _methods.Count; m++)
        {
            run.Cancellation.ThrowIfCancellationRequested();
            results.Add(RunMethod(_methods[m], pair, training, test, run.Stage(m, stages), ref nearest));
        }
        nearest ??= NearestNeighbours(training, test.Points, run.Stage(_methods.Count, stages));
        int neighbourRight = 0;
        for (int i = 0; i < test.Count; i++)
            if (training.Labels[nearest[i]] == test.Labels[i]) neighbourRight++;
        return results.ConvertAll(result => result with
        {
            Dropped = dropped,
            Map = map,
            FeatureBits = map is null ? 0 : FeatureMap.BitsOf(((SampleMatrix<double>)training.Points).Values) + 1,
            Size = map is null ? result.Size : FeatureNetwork.SizeOf(map, result.Size),
            BuildSeconds = result.BuildSeconds + projecting,
            NearestNeighbour = (double)neighbourRight / test.Count,
        });
    }

    // Where no cells are among the methods, whose distances give them. Labels are not looked at, and they alone rest on
    // min P: any number does for it.
    private int[] NearestNeighbours(Dataset training, SampleMatrix queries, RunOptions run)
    {
        using CellNetwork network =
            new CellNetwork(training.Points, training.Labels, training.Classes, _settings.Lambda, new Dyadic(1)).WithEvaluator(
                CellEvaluator.Create(training.Points, training.Labels, training.Classes.Count, run, _basis));
        return network.Predict(queries, Outputs.Nearest, run).Nearest!;
    }

    private PairResult RunMethod(
        string method, ClassPair pair, Dataset training, Dataset test, RunOptions run, ref int[]? nearest)
    {
        ConstructionSettings settings = _defaultClass is null ? _settings
            : _settings with { DefaultLabel = training.Classes.IndexOf(_defaultClass) };

        long start = Stopwatch.GetTimestamp();
        using INetwork network = method == Cells.Method
            ? Cells.Build(training, settings.Lambda, run.Stage(0, 3), _basis)
            : Construction.Build(method, training, settings with { Features = new FeatureSettings() }, run.Stage(0, 3));
        double buildSeconds = Stopwatch.GetElapsedTime(start).TotalSeconds;

        start = Stopwatch.GetTimestamp();
        Verification verification = Verification.Of(network, training, reference: false, run.Stage(1, 3));
        double verificationSeconds = Stopwatch.GetElapsedTime(start).TotalSeconds;

        start = Stopwatch.GetTimestamp();
        Outputs outputs = method == Cells.Method ? Outputs.Labels | Outputs.Nearest : Outputs.Labels;
        Predictions predictions = network.Predict(test.Points, outputs, run.Stage(2, 3));
        double evaluationSeconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
        nearest ??= predictions.Nearest;

        return new PairResult
        {
            Method = method,
            Pair = pair,
            TrainingSamples = training.Count,
            Dropped = 0,
            Test = Evaluation.Of(test.Labels, predictions.Labels, 2),
            NearestNeighbour = 0,
            Memorized = verification.Memorized,
            FirstFailure = verification.Memorized ? null : training.FileRows[verification.FirstFailure],
            Size = network.Size,
            IsFactored = network is CellNetwork,
            BuildSeconds = buildSeconds,
            VerificationSeconds = verificationSeconds,
            EvaluationSeconds = evaluationSeconds,
        };
    }

    // The rows of the two classes in their present order, labelled 0 (-1) and 1 (+1). A class that does not occur in
    // the data at all has no rows, which is for the caller to judge.
    private static Dataset Select(Dataset data, ClassPair pair)
    {
        int negative = data.Classes.IndexOf(pair.Negative), positive = data.Classes.IndexOf(pair.Positive);
        var positions = new List<int>();
        for (int i = 0; i < data.Count; i++)
            if (data.Labels[i] == negative || data.Labels[i] == positive)
                positions.Add(i);
        Dataset rows = data.SelectSamples([.. positions]);
        int[] labels = [.. rows.LabelArray.Select(label => label == positive ? 1 : 0)];
        return new Dataset(rows.Points, labels, new ClassList([pair.Negative, pair.Positive]), data.Source,
            rows.FileRows);
    }
}
