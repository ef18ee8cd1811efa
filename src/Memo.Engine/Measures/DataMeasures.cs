using Memo.Data;
using Memo.Numerics;

namespace Memo.Measures;

/// <summary>How hard labelled data is to memorize: equal samples, and how close samples of different classes come.</summary>
/// <param name="Conflicts">Samples that equal one of another class; only data without any can be memorized.</param>
/// <param name="Duplicates">Samples that equal an earlier one of the same class.</param>
/// <param name="SquaredSeparation">The least squared Euclidean distance of two samples of different classes, exactly: the
/// square of the separation c (Definition 3.1).</param>
/// <param name="First">The lowest row with a sample of another class at that distance.</param>
/// <param name="Partner">The lowest row of another class at that distance from it.</param>
public readonly record struct DataMeasures(int Conflicts, int Duplicates, Dyadic SquaredSeparation, int First, int Partner)
{
    /// <summary>The separation c, to the nearest double.</summary>
    public double Separation => NearestDouble.OfSquareRoot(SquaredSeparation);

    /// <summary>Measures data. The cost of <see cref="NearestOther"/>, O(N^2 n) at most.</summary>
    /// <param name="data">N samples of two classes or more.</param>
    /// <param name="run">Threads, progress, cancellation.</param>
    /// <exception cref="MemoException">Fewer than two classes occur.</exception>
    public static DataMeasures Of(Dataset data, RunOptions? run = null)
    {
        ArgumentNullException.ThrowIfNull(data);
        int conflicts = 0, duplicates = 0;
        foreach (List<int> group in EqualSamples.Groups(data.Points))
        {
            int classes = group.Select(i => data.Labels[i]).Distinct().Count();
            if (classes > 1) conflicts += group.Count;
            duplicates += group.Count - classes;
        }
        var nearest = NearestOther.Of(data, run);
        int first = 0;
        for (int i = 1; i < data.Count; i++)
            if (nearest.SquaredDistances[i] < nearest.SquaredDistances[first]) first = i;
        return new DataMeasures(conflicts, duplicates, nearest.SquaredDistances[first], first, nearest.Points[first]);
    }
}
