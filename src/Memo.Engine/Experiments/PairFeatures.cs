using Memo.Data;
using Memo.Features;

namespace Memo.Experiments;

/// <summary>
/// Feature layers for the pairs of a data set: filters, which look at no labels, are learned from all training samples once, and
/// so are the features before the projection; the projection is fitted to each pair's training samples alone, or to those of all
/// classes.
/// The two protocols are not to be compared with each other.
/// </summary>
internal sealed class PairFeatures
{
    private readonly Dataset _training;
    private readonly FeatureLearning _learning;
    private readonly FeatureRows _test;
    private readonly bool _pairOnly;
    private readonly Dictionary<int, int> _positions = [], _testPositions = [];

    /// <summary>Learns what all pairs share.</summary>
    /// <param name="training">Training samples of all classes.</param>
    /// <param name="test">Test samples, in the training samples' form.</param>
    /// <param name="settings">What is to be learned.</param>
    /// <param name="pairOnly">Whether projections are fitted to a pair's training samples alone.</param>
    /// <param name="run">Threads, progress, cancellation.</param>
    public PairFeatures(Dataset training, Dataset test, FeatureSettings settings, bool pairOnly, RunOptions run)
    {
        (_training, _pairOnly) = (training, pairOnly);
        _learning = new FeatureLearning(training, settings, run.Part(0, 0.9));
        _test = _learning.Before(test.Points, run.Part(0.9, 1));
        for (int i = 0; i < training.Count; i++) _positions[training.FileRows[i]] = i;
        for (int i = 0; i < test.Count; i++) _testPositions[test.FileRows[i]] = i;
    }

    /// <summary>The features of a pair's samples, and the layers that they are from.</summary>
    /// <exception cref="MemoException">Training samples of the two classes have the same features.</exception>
    public (Dataset Training, Dataset Test, FeatureMap Map) Of(ClassPair pair, Dataset training, Dataset test, RunOptions run)
    {
        IReadOnlyList<int> classes =
            _pairOnly ? [_training.Classes.IndexOf(pair.Negative), _training.Classes.IndexOf(pair.Positive)]
            : [.. Enumerable.Range(0, _training.Classes.Count)];
        (FeatureMap map, SampleMatrix<double> features) = _learning.Project(classes, Positions(_positions, training), run);
        SampleMatrix<double> testFeatures =
            map.Projection.Round(map.Projection.Sums(_test.Select(Positions(_testPositions, test)), run));
        return (With(training, features), With(test, testFeatures), map);
    }

    private static int[] Positions(Dictionary<int, int> positions, Dataset data) =>
        [.. data.FileRows.ToArray().Select(row => positions[row])];

    private static Dataset With(Dataset data, SampleMatrix points) =>
        new(points, data.Labels, data.Classes, data.Source, data.FileRows);
}
