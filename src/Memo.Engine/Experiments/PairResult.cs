using Memo.Data;
using Memo.Features;
using Memo.Measures;
using Memo.Networks;

namespace Memo.Experiments;

/// <summary>What came out for one pair of classes and one method.</summary>
internal sealed record PairResult
{
    /// <summary>The construction's name.</summary>
    public required string Method { get; init; }

    /// <summary>The two classes.</summary>
    public required ClassPair Pair { get; init; }

    /// <summary>Training samples of the two classes that the network memorizes, N.</summary>
    public required int TrainingSamples { get; init; }

    /// <summary>Training samples left out because of label conflicts.</summary>
    public required int Dropped { get; init; }

    /// <summary>The counts on the test samples.</summary>
    public required Evaluation Test { get; init; }

    /// <summary>
    /// Accuracy of the nearest-neighbour rule on the same test samples (ties to the lowest row), in [0, 1].
    /// </summary>
    public required double NearestNeighbour { get; init; }

    /// <summary>Whether the network gives every training sample its label.</summary>
    public required bool Memorized { get; init; }

    /// <summary>File row of the first training sample that is not given its label, or null.</summary>
    public required int? FirstFailure { get; init; }

    /// <summary>The size of the dense network.</summary>
    public required NetworkSize Size { get; init; }

    /// <summary>Whether the network is stored in factored form and only stands for one of that size.</summary>
    public required bool IsFactored { get; init; }

    /// <summary>The feature layers in front of the network; null where there are none.</summary>
    public FeatureMap? Map { get; init; }

    /// <summary>Bits of the largest feature of a training sample; 0 without feature layers.</summary>
    public int FeatureBits { get; init; }

    /// <summary>Wall time of the construction, the projection of features included.</summary>
    public required double BuildSeconds { get; init; }

    /// <summary>Wall time of proving that the training samples are memorized.</summary>
    public required double VerificationSeconds { get; init; }

    /// <summary>Wall time of labelling the test samples.</summary>
    public required double EvaluationSeconds { get; init; }
}

/// <summary>The results of all pairs, in the order they were asked for, by pair and then by method, and their means.</summary>
internal sealed class PairReport
{
    /// <summary>Collects results; at least one.</summary>
    public PairReport(IReadOnlyList<PairResult> pairs)
    {
        ArgumentNullException.ThrowIfNull(pairs);
        if (pairs.Count == 0) throw new MemoException("no pairs of classes were asked for");
        Pairs = pairs;
    }

    /// <summary>The results: one for each pair and method.</summary>
    public IReadOnlyList<PairResult> Pairs { get; }

    /// <summary>The methods, in the order of their first results.</summary>
    public IReadOnlyList<string> Methods => [.. Pairs.Select(pair => pair.Method).Distinct()];

    /// <summary>The results of one method.</summary>
    public PairReport Of(string method) => new([.. Pairs.Where(pair => pair.Method == method)]);

    /// <summary>Mean over the results of the accuracy, in [0, 1].</summary>
    public double MeanAccuracy => Pairs.Average(pair => pair.Test.Accuracy);

    /// <summary>Mean over the results of the share of wrong answers, in [0, 1].</summary>
    public double MeanWrong => Pairs.Average(pair => pair.Test.WrongShare);

    /// <summary>Mean over the results of the share of abstentions, in [0, 1].</summary>
    public double MeanAbstained => Pairs.Average(pair => pair.Test.AbstainedShare);

    /// <summary>Mean over the pairs of the nearest-neighbour rule's accuracy, in [0, 1].</summary>
    public double MeanNearestNeighbour => Pairs.Average(pair => pair.NearestNeighbour);

    /// <summary>Abstentions as a share of all test rows of all pairs, in [0, 1].</summary>
    public double AbstainedShare =>
        (double)Pairs.Sum(pair => (long)pair.Test.Abstained) / Pairs.Sum(pair => (long)pair.Test.Rows);

    /// <summary>Whether every network memorizes its training samples.</summary>
    public bool Memorized => Pairs.All(pair => pair.Memorized);
}

/// <summary>A pair's network, the pair's test samples, and those that it does worst on.</summary>
internal sealed record PairGallery(CellNetwork Network, Dataset Test, IReadOnlyList<GalleryGroup> Groups);
