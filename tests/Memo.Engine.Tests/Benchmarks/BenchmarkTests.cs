using CsCheck;
using Memo.Benchmarks;

namespace Memo.Tests.Benchmarks;

public sealed class BenchmarkTests
{
    [Fact]
    public void The_median_has_as_many_values_below_as_above() =>
        Gen.Double[-100, 100].Array[1, 40].Sample(values =>
        {
            double median = Repetition.MedianOf((double[])values.Clone());
            Assert.Equal(values.Count(value => value < median), values.Length - values.Count(value => value >= median));
            Assert.True(2 * values.Count(value => value < median) <= values.Length);
            Assert.True(2 * values.Count(value => value > median) <= values.Length);
        });

    [Fact]
    public void The_median_of_an_even_number_is_between_the_middle_two()
    {
        Assert.Equal(2.5, Repetition.MedianOf(new double[] { 9, 1, 3, 2 }));
        Assert.Equal(3, Repetition.MedianOf(new double[] { 9, 1, 3 }));
        Assert.Throws<ArgumentException>(() => Repetition.MedianOf([]));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(4)]
    public void Progress_of_a_repetition_ends_at_one(int repeat)
    {
        var shares = new List<double>();
        int calls = 0;
        Assert.True(new Repetition(repeat, shares.Add, default).Median(() => calls++) >= 0);
        Assert.Equal(repeat, shares.Count);
        Assert.Equal(1, shares[^1]);
        Assert.True(calls > repeat);
    }

    // MurmurHash3's finalizer is a bijection that leaves 0 alone; 0x514E28B7 for 1 is a published test value.
    [Fact]
    public void The_inputs_that_peers_compute_again_do_not_change()
    {
        Assert.Equal(0u, ReproducibleValues.Bits(0));
        Assert.Equal(0x514E28B7u, ReproducibleValues.Bits(1));
        Assert.Equal(0x51, ReproducibleValues.Bytes(1, first: 1)[0]);
        Assert.Equal((0x514E28 - (1 << 23)) / (float)(1 << 24), ReproducibleValues.Floats(1, first: 1)[0]);
        Assert.Equal(ReproducibleValues.Bytes(10)[3..], ReproducibleValues.Bytes(7, first: 3));
    }

    [Fact]
    public void The_sizes_of_caches_are_read_as_the_kernel_writes_them()
    {
        using var folder = new TemporaryFolder();
        Write("index0", "1", "Data", "48K");
        Write("index1", "1", "Instruction", "64K");
        Write("index2", "2", "Unified", "1024K");
        Assert.Equal(new CacheSizes(48 << 10, 1 << 20, 0), CacheSizes.Read(folder.Path));
        Write("index3", "3", "Unified", "32M");
        Assert.Equal(new CacheSizes(48 << 10, 1 << 20, 32 << 20), CacheSizes.Read(folder.Path));
        Write("index2", "2", "Unified", "?");
        Assert.Equal(CacheSizes.Usual, CacheSizes.Read(folder.Path));

        void Write(string index, string level, string type, string size)
        {
            Directory.CreateDirectory(folder[index]);
            File.WriteAllText(Path.Combine(folder[index], "level"), level + "\n");
            File.WriteAllText(Path.Combine(folder[index], "type"), type + "\n");
            File.WriteAllText(Path.Combine(folder[index], "size"), size + "\n");
        }
    }

    [Fact]
    public void Work_that_is_cancelled_ends()
    {
        using var request = new CancellationTokenSource();
        request.Cancel();
        Assert.Throws<OperationCanceledException>(() => BenchmarkSuite.Run(
            new BenchmarkOptions { Kernels = ["labels"], Data = "digits", Peaks = false }, new RunOptions { Cancellation = request.Token }));
    }

    [Fact]
    public void Unknown_kernels_are_refused_with_the_known_ones() =>
        Assert.Contains(string.Join(", ", BenchmarkSuite.Names),
            Assert.Throws<MemoException>(() => BenchmarkSuite.RequireValid(new BenchmarkOptions { Kernels = ["labels", "nothing"] })).Message,
            StringComparison.Ordinal);
}
