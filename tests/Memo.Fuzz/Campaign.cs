// The built-in fuzzer: no instrumentation, no other program.

using System.Diagnostics;
using System.Globalization;
using System.Security.Cryptography;
using Memo.Numerics;

namespace Memo.Fuzz;

/// <summary>Runs targets on mutated seeds for a given time, and keeps the input that broke one.</summary>
internal sealed class Campaign(ulong seed, string outputFolder)
{
    // No input is longer than 64 KiB, so a parser that takes this long does not come to an end.
    private static readonly TimeSpan HangLimit = TimeSpan.FromSeconds(20);

    private volatile Attempt? _running;

    private sealed record Attempt(FuzzTarget Target, byte[] Input, long StartedAt);

    /// <summary>Fuzzes the targets one after the other, sharing the time; true when none failed.</summary>
    public bool Run(IReadOnlyList<FuzzTarget> targets, TimeSpan time)
    {
        using var watchdog = new Timer(_ => EndIfHanging(), null, TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(1));
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture, $"seed {seed}, {time.TotalSeconds / targets.Count:F1} s a target"));
        bool sound = true;
        foreach (FuzzTarget target in targets) // all of them: one failure does not hide others
            sound &= Run(target, time / targets.Count);
        return sound;
    }

    private bool Run(FuzzTarget target, TimeSpan time)
    {
        foreach (byte[] valid in target.Seeds)
            if (!target.Accepts(new MemoryStream(valid)))
            {
                Report(target, valid, "a valid seed was refused");
                return false;
            }

        var mutator = new Mutator(new SeededRandom(seed));
        var clock = Stopwatch.StartNew();
        long inputs = 0, accepted = 0;
        for (; clock.Elapsed < time; inputs++)
        {
            byte[] input = mutator.Next(target.Seeds);
            _running = new Attempt(target, input, Stopwatch.GetTimestamp());
            try
            {
                if (target.Accepts(new MemoryStream(input))) accepted++;
            }
            catch (Exception exception) // anything that is no MemoException is what this program looks for
            {
                Report(target, input, exception.ToString());
                return false;
            }
            finally
            {
                _running = null;
            }
        }
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{target.Name}: {inputs} inputs, " +
            $"{accepted} accepted, the others refused"));
        return true;
    }

    private void EndIfHanging()
    {
        if (_running is not { } attempt || Stopwatch.GetElapsedTime(attempt.StartedAt) < HangLimit) return;
        Report(attempt.Target, attempt.Input, $"no answer after {HangLimit.TotalSeconds} s");
        Environment.Exit(1); // the parser cannot be stopped in any other way
    }

    private void Report(FuzzTarget target, byte[] input, string problem)
    {
        string digest = Convert.ToHexStringLower(SHA256.HashData(input))[..12];
        string path = Path.Combine(outputFolder, $"fuzz-{target.Name}-{digest}.bin");
        Directory.CreateDirectory(outputFolder);
        File.WriteAllBytes(path, input);
        Console.Error.WriteLine($"{target.Name} FAILED with seed {seed} on {path} ({input.Length} bytes): {problem}");
    }
}
