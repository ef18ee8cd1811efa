namespace Memo.Tests;

/// <summary>Every item is worked on once, by threads that each end with the state they made.</summary>
public sealed class TurnsTests
{
    [Theory]
    [InlineData(0, 4)]
    [InlineData(1, 4)]
    [InlineData(7, 1)]
    [InlineData(1000, 3)]
    public void Every_item_has_its_turn(int count, int threads)
    {
        int[] turns = new int[count];
        int begun = 0, ended = 0;
        Turns.Take(count, threads, () => Interlocked.Increment(ref begun), (item, _) => Interlocked.Increment(ref turns[item]),
            _ => Interlocked.Increment(ref ended));
        Assert.All(turns, turn => Assert.Equal(1, turn));
        Assert.Equal(begun, ended);
        Assert.InRange(begun, Math.Min(count, 1), Math.Min(count, threads));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public void An_error_ends_the_work_and_every_state(int threads)
    {
        int begun = 0, ended = 0, worked = 0;
        Exception? error = Record.Exception(() => Turns.Take(1_000_000, threads, () => Interlocked.Increment(ref begun),
            (item, _) =>
            {
                Interlocked.Increment(ref worked);
                if (item == 10) throw new MemoException("no");
            }, _ => Interlocked.Increment(ref ended)));
        Assert.IsType<MemoException>(error is AggregateException several ? several.InnerExceptions[0] : error);
        Assert.Equal(begun, ended);
        Assert.InRange(worked, 11, 999_999);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public void Cancellation_ends_the_work(int threads)
    {
        using var source = new CancellationTokenSource();
        int worked = 0;
        Assert.ThrowsAny<OperationCanceledException>(() => Turns.Take(1_000_000, threads, () => 0, (item, _) =>
        {
            Interlocked.Increment(ref worked);
            if (item == 10) source.Cancel();
        }, _ => { }, source.Token));
        Assert.InRange(worked, 11, 999_999);
    }
}
