// Ctrl-C and its kin, at every stage of a command: the exit code says so, one line says so, and no part of a file stays.
using System.Diagnostics;

namespace Memo.Tests;

public sealed class InterruptTests
{
    private const int Sighup = 1, Sigint = 2, Sigterm = 15;

    [Theory]
    [InlineData(Sigint, 130)]
    [InlineData(Sigterm, 143)]
    public void Long_work_stops(int signal, int exitCode)
    {
        using var folder = new TemporaryFolder();
        folder.Memo("generate", "parity?n=13&count=8192", "-o", "data.npz").Exits(0);
        folder.Memo("build", "--data", "data.npz", "-o", "net.memo").Exits(0);
        var clock = Stopwatch.StartNew();
        RequireInterrupted(folder, signal, exitCode, _ => clock.Elapsed > TimeSpan.FromSeconds(1),
            "verify", "net.memo", "--data", "data.npz", "--reference", "--threads", "1", "--json");
    }

    [Theory]
    [InlineData(Sighup, 129)]
    [InlineData(Sigint, 130)]
    [InlineData(Sigterm, 143)]
    public void Generating_stops(int signal, int exitCode)
    {
        using var folder = new TemporaryFolder();
        RequireInterrupted(folder, signal, exitCode, MemoProgram.AnswersSignals,
            "generate", "blobs?n=100&count=100000", "-o", "data.npz");
    }

    [Fact]
    public void Measuring_stops()
    {
        using var folder = new TemporaryFolder();
        var clock = Stopwatch.StartNew();
        RequireInterrupted(folder, Sigint, 130, _ => clock.Elapsed > TimeSpan.FromSeconds(1),
            "bench", "gemm", "--shape", "1000,1000,1000", "--repeat", "100000", "--plot", "roof.svg", "--json");
    }

    [Fact]
    public void Loading_stops()
    {
        using var folder = new TemporaryFolder();
        string row = string.Join(',', Enumerable.Repeat("0.25", 1000));
        using (StreamWriter file = File.CreateText(folder["data.csv"]))
            for (int i = 0; i < 4000; i++) file.WriteLine($"{i},{row},{i % 2}");
        RequireInterrupted(folder, Sigint, 130, MemoProgram.AnswersSignals, "build", "--data", "data.csv", "-o", "net.memo");
    }

    [Fact]
    public void Saving_a_data_set_stops()
    {
        using var folder = new TemporaryFolder();
        RequireInterrupted(folder, Sigint, 130, _ => HasTemporaryFile(folder),
            "generate", "blobs?n=100&count=100000", "-o", "data.npz");
    }

    [Fact]
    public void Saving_a_network_stops_and_an_older_one_stays()
    {
        using var folder = new TemporaryFolder();
        folder.Write("net.memo", "old");
        folder.Memo("generate", "blobs?n=100000&count=100", "-o", "data.npz").Exits(0);
        RequireInterrupted(folder, Sigint, 130, _ => HasTemporaryFile(folder), "build", "--data", "data.npz", "-o", "net.memo");
        Assert.Equal("old", File.ReadAllText(folder["net.memo"]));
    }

    private static bool HasTemporaryFile(TemporaryFolder folder) =>
        folder.Names.Any(name => name.StartsWith(".memo-", StringComparison.Ordinal));

    // On a busy machine the signal may come when all is done; then it is tried again, from the same state.
    private static void RequireInterrupted(
        TemporaryFolder folder, int signal, int exitCode, Predicate<int> when, params string[] arguments)
    {
        Dictionary<string, byte[]> before = folder.Names.ToDictionary(name => name, name => File.ReadAllBytes(folder[name]));
        for (int attempt = 0; attempt < 20; attempt++)
        {
            if (MemoProgram.Interrupt(folder.Path, signal, when, arguments) is { ExitCode: not 0 } result)
            {
                result.Refuses(exitCode);
                Assert.Equal("memo: interrupted\n", result.Error);
                Assert.Equal(before.Keys.Order(StringComparer.Ordinal), folder.Names);
                return;
            }
            foreach (string name in folder.Names) File.Delete(folder[name]);
            foreach ((string name, byte[] content) in before) File.WriteAllBytes(folder[name], content);
        }
        Assert.Fail("every run ended before the signal");
    }
}
