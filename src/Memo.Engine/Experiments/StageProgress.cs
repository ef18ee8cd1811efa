namespace Memo.Experiments;

/// <summary>Maps one stage's progress in [0, 1] to its part of the whole.</summary>
/// <param name="Whole">Where the whole's progress goes; null for silence.</param>
/// <param name="Stages">Number of equal stages.</param>
/// <param name="Stage">This one, from 0.</param>
internal sealed record StageProgress(IProgress<double>? Whole, int Stages, int Stage) : IProgress<double>
{
    public void Report(double value) => Whole?.Report((Stage + value) / Stages);
}
