namespace Memo.Tests;

public sealed class UsageErrorTests
{
    [Theory]
    [InlineData("piars", "did you mean 'pairs'")]
    [InlineData("pairs --sede 3", "did you mean '--seed'")]
    [InlineData("pairs extra", "unexpected argument 'extra'")]
    [InlineData("pairs --nothing-like-it", "unknown option '--nothing-like-it'")]
    [InlineData("data", "list|info|fetch")]
    [InlineData("data lsit", "did you mean 'list'")]
    [InlineData("build", "--data")]
    [InlineData("verify", "memo verify --help")]
    [InlineData("eval --data digits", "eval")]
    [InlineData("pairs --seed", "--seed")]
    [InlineData("pairs --seed -1", "--seed: '-1'")]
    [InlineData("pairs --seed 1 --seed 2", "--seed")]
    [InlineData("pairs --threads 0", "--threads: '0'")]
    [InlineData("pairs --threads two", "--threads: 'two'")]
    [InlineData("pairs --per-class 0", "--per-class: '0'")]
    [InlineData("pairs --per-class 1.5", "--per-class: '1.5'")]
    [InlineData("pairs --lambda 1/2", "--lambda")]
    [InlineData("pairs --lambda 1", "--lambda")]
    [InlineData("pairs --lambda half", "--lambda")]
    [InlineData("pairs --method magic", "it has: cells")]
    [InlineData("pairs --method cells,", "no method ''")]
    [InlineData("pairs --method cells,cells", "'cells' is named twice")]
    [InlineData("build --data digits --rho 1/4", "is for --method constant")]
    [InlineData("build --data digits --block-depth 4", "is for --method vardi")]
    [InlineData("build --data digits --method cells --depth 4", "is for --method vardi")]
    [InlineData("pairs --default-label 1", "is for --method adversarial")]
    [InlineData("build --data digits --method cells,cells", "--method")]
    [InlineData("pairs --device tpu", "cpu, cuda, opencl, auto")]
    [InlineData("pairs --device cuda:", "'cuda:' is none of")]
    [InlineData("pairs --device opencl:99", "opencl")]
    [InlineData("pairs --isa mmx", "auto, scalar")]
    [InlineData("pairs --on-conflict ignore", "error, drop, majority")]
    [InlineData("pairs --pairs 1-1", "'1-1'")]
    [InlineData("pairs --pairs 1-x", "'1-x'")]
    [InlineData("pairs --pairs 17", "'17'")]
    [InlineData("build --data digits --part validation", "train, test")]
    [InlineData("generate moons", "--output")]
    [InlineData("generate moons -o moons.csv", ".npz")]
    [InlineData("generate nothing -o x.npz", "moons")]
    [InlineData("generate moons?n=20 -o x.npz", "'n'")]
    [InlineData("predict net.memo --data digits -o labels.txt", ".npy or .npz")]
    [InlineData("data info imagenet", "digits, mnist")]
    [InlineData("data fetch digits", "nothing to fetch")]
    [InlineData("data fetch mnist --source ftp", "--source")]
    public void Bad_usage_is_told_in_two_lines(string arguments, string words)
    {
        using var folder = new TemporaryFolder();
        folder.Memo(arguments.Split(' ')).Refuses(2, words);
        Assert.Empty(folder.Names);
    }

    [Fact]
    public void An_environment_that_asks_for_an_unknown_instruction_set_is_refused() =>
        MemoProgram.RunIn(null, new() { ["MEMO_ISA"] = "mmx" }, "info").Refuses(2, "MEMO_ISA", "auto, scalar");
}
