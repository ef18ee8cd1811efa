using System.Diagnostics;
using Memo.Constructions;
using Memo.Data;
using Memo.Kernels.SquaredDistance;
using Memo.Measures;
using Memo.Neighbors;
using Memo.Networks;
using Memo.Numerics;

namespace Memo.Experiments;

/// <summary>
/// The paper's experiment (Appendix I, Tables 1, 2 and 4): for each pair of classes build the network on the training
/// samples of the two, prove that it memorizes them, and count how it labels the test samples of the two. Beside it,
/// from the same distances, the nearest-neighbour rule.
/// </summary>
public sealed class PairExperiment
{
    private readonly Dataset _training;
    private readonly Dataset _test;
    private readonly Ratio _lambda;
    private PruningBasis? _basis;
    private readonly OnConflict _onConflict;

    /// <summary>
    /// Prepares the experiment; nothing is computed. The test samples are converted once to the training samples' type.
    /// </summary>
    /// <param name="training">Training samples; those of each pair are taken from it in their present order.</param>
    /// <param name="test">Test samples; rows of other classes are passed over.</param>
    /// <param name="lambda">Exact, 1/2 &lt; lambda &lt; 1.</param>
    /// <param name="onConflict">What to do with equal training samples of different label, pair by pair.</param>
    /// <exception cref="MemoException">The two parts differ in the number of features, or a test value is not
    /// representable in the training samples' type.</exception>
    public PairExperiment(Dataset training, Dataset test, Ratio lambda, OnConflict onConflict)
    {
        ArgumentNullException.ThrowIfNull(training);
        ArgumentNullException.ThrowIfNull(test);
        CellNetwork.RequireValidLambda(lambda);
        _training = training;
        _test = test.FitTo(training.Dimension, training.Points.ElementType, $"a network of {training.Source}");
        (_lambda, _onConflict) = (lambda, onConflict);
    }

    /// <summary>
    /// Runs every pair, in the order given. O(N^2 n) for a pair of N training samples, and O(N n) a test sample.
    /// </summary>
    /// <exception cref="MemoException">A pair cannot be built (one class is empty, a label conflict) or tested (no
    /// rows).</exception>
    public PairReport Run(IReadOnlyList<ClassPair> pairs, RunOptions? run = null)
    {
        ArgumentNullException.ThrowIfNull(pairs);
        run ??= RunOptions.Default;
        // One pruning basis for all pairs, since their points are the same.
        _basis ??= _training.Points is SampleMatrix<byte> { Columns: <= ByteDistance.MaximumDimension } bytes
            ? PruningBasis.Choose(bytes, run) : null;
        var results = new List<PairResult>(pairs.Count);
        for (int p = 0; p < pairs.Count; p++)
        {
            run.Cancellation.ThrowIfCancellationRequested();
            results.Add(RunPair(pairs[p], run with { Progress = new StageProgress(run.Progress, pairs.Count, p) }));
            run.Progress?.Report((p + 1.0) / pairs.Count);
        }
        return new PairReport(results);
    }

    private PairResult RunPair(ClassPair pair, RunOptions run)
    {
        Dataset training = LabelConflicts.Resolve(Select(_training, pair), _onConflict, out int dropped);
        Dataset test = Select(_test, pair);
        RunOptions Stage(int stage) => run with { Progress = new StageProgress(run.Progress, 3, stage) };
        if (test.Count == 0)
            throw new MemoException(
                $"{test.Source}: no test samples of the classes {pair.Negative} and {pair.Positive}");

        long start = Stopwatch.GetTimestamp();
        using CellNetwork network = Cells.Build(training, _lambda, Stage(0), _basis);
        double buildSeconds = Stopwatch.GetElapsedTime(start).TotalSeconds;

        start = Stopwatch.GetTimestamp();
        Verification verification = Verification.Of(network, training, reference: false, Stage(1));
        double verificationSeconds = Stopwatch.GetElapsedTime(start).TotalSeconds;

        start = Stopwatch.GetTimestamp();
        Predictions predictions = network.Predict(test.Points, Outputs.Labels | Outputs.Nearest, Stage(2));
        double evaluationSeconds = Stopwatch.GetElapsedTime(start).TotalSeconds;

        int neighbourRight = 0;
        for (int i = 0; i < test.Count; i++)
            if (training.Labels[predictions.Nearest![i]] == test.Labels[i]) neighbourRight++;
        return new PairResult
        {
            Method = Constructions.Cells.Method,
            Pair = pair,
            TrainingSamples = training.Count,
            Dropped = dropped,
            Test = Evaluation.Of(test.Labels, predictions.Labels, 2),
            NearestNeighbour = (double)neighbourRight / test.Count,
            Memorized = verification.Memorized,
            FirstFailure = verification.Memorized ? null : training.FileRows[verification.FirstFailure],
            Size = network.Size,
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
        int[] labels = [.. rows.Labels.Select(label => label == positive ? 1 : 0)];
        return new Dataset(rows.Points, labels, new ClassList([pair.Negative, pair.Positive]), data.Source,
            rows.FileRows);
    }
}
