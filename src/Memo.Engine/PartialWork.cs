namespace Memo;

/// <summary>Work of several parts, whose progress is that of the whole.</summary>
internal static class PartialWork
{
    /// <summary>Options for a part of the work, from one share of the whole to another.</summary>
    public static RunOptions Part(this RunOptions run, double from, double to) =>
        run.Progress is { } whole ? run with { Progress = new PartProgress(whole, from, to) } : run;

    /// <summary>Options for one of so many equal stages, counted from 0.</summary>
    public static RunOptions Stage(this RunOptions run, int stage, int stages) =>
        run.Part((double)stage / stages, (stage + 1.0) / stages);

    // A part ends where the next begins: no rounding carries it beyond.
    private sealed record PartProgress(IProgress<double> Whole, double From, double To) : IProgress<double>
    {
        public void Report(double value) => Whole.Report(Math.Min(From + (To - From) * value, To));
    }
}
