using System.Diagnostics;

namespace Memo.Benchmarks;

/// <summary>Timing by repetition: a call to warm up, then as many timings as asked for, of which the median counts.</summary>
/// <param name="repeat">Timings, at least 1.</param>
/// <param name="progress">Receives the share of the timings that are done.</param>
/// <param name="cancellation">Ends it between two calls.</param>
internal sealed class Repetition(int repeat, Action<double> progress, CancellationToken cancellation)
{
    // A timing of less than this consists of several calls: the clock and its reading cost some 50 ns.
    private const double LeastSeconds = 0.002;

    /// <summary>Timings taken.</summary>
    public int Count => repeat;

    /// <summary>The median number of seconds that a call takes.</summary>
    public double Median(Action call)
    {
        call(); // compiled, where that happens at run time; memory is mapped
        double once = Seconds(call, 1);
        int calls = once >= LeastSeconds ? 1 : (int)Math.Min(Math.Ceiling(LeastSeconds / Math.Max(once, 1e-7)), 1e5);
        var seconds = new double[repeat];
        for (int r = 0; r < repeat; r++)
        {
            cancellation.ThrowIfCancellationRequested();
            seconds[r] = r == 0 && calls == 1 ? once : Seconds(call, calls) / calls;
            progress((r + 1.0) / repeat);
        }
        return MedianOf(seconds);
    }

    /// <summary>The median; of an even number of values the mean of the middle two. Sorts them.</summary>
    public static double MedianOf(Span<double> values)
    {
        if (values.IsEmpty) throw new ArgumentException("no values have no median", nameof(values));
        values.Sort();
        int middle = values.Length / 2;
        return values.Length % 2 == 1 ? values[middle] : (values[middle - 1] + values[middle]) / 2;
    }

    private static double Seconds(Action call, int calls)
    {
        long start = Stopwatch.GetTimestamp();
        for (int c = 0; c < calls; c++) call();
        return Stopwatch.GetElapsedTime(start).TotalSeconds;
    }
}
