using Memo.Kernels;

namespace Memo.Benchmarks;

/// <summary>One kernel's turn: what it is given, and where its results go.</summary>
internal sealed class BenchmarkRun(string name, BenchmarkOptions options, BenchmarkInputs inputs, MachinePeaks? peaks,
    RunOptions run, List<KernelResult> results, Action<double> progress)
{
    private double _done;

    public BenchmarkOptions Options => options;

    public BenchmarkInputs Inputs => inputs;

    public MachinePeaks? Peaks => peaks;

    /// <summary>Threads and cancellation for the work that is timed, without progress.</summary>
    public RunOptions Quiet { get; } = run with { Progress = null };

    /// <summary>The timing of one of several equal parts of this kernel's turn.</summary>
    public Repetition Repetition(int parts = 1)
    {
        double before = _done;
        _done += 1.0 / parts;
        return new Repetition(options.Repeat, share => progress(Math.Min(before + share / parts, 1)), run.Cancellation);
    }

    /// <summary>A result of this kernel that the caller completes.</summary>
    public KernelResult Result(string shape, double seconds, double rate, string unit) => new()
    {
        Name = name, Shape = shape, Isa = Isa.Active, Threads = run.Threads, Seconds = seconds, Rate = rate, Unit = unit,
    };

    public void Add(KernelResult result) => results.Add(result);
}
