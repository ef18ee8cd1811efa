using System.Runtime.InteropServices;
using Memo.Neighbors;

namespace Memo.Measures.Covering;

/// <summary>
/// Balls around the points of a data set as a set-cover problem: which points a ball holds, and which balls hold a point. Where
/// all lists together fit a budget they are kept; otherwise those asked for are found anew.
/// </summary>
internal abstract class Balls
{
    /// <summary>Balls, and points: N.</summary>
    public abstract int Count { get; }

    /// <summary>The points in each ball: how many.</summary>
    public abstract ReadOnlySpan<int> Sizes { get; }

    /// <summary>The balls around each point: how many.</summary>
    public abstract ReadOnlySpan<int> Frequencies { get; }

    /// <summary>How many lists are best asked for together.</summary>
    public abstract int BatchSize { get; }

    /// <summary>The points in each of some balls, in the order asked for; valid until the next call.</summary>
    public abstract IReadOnlyList<ReadOnlyMemory<int>> Members(ReadOnlySpan<int> balls);

    /// <summary>The balls around each of some points, in the order asked for; valid until the next call.</summary>
    public abstract IReadOnlyList<ReadOnlyMemory<int>> Containing(ReadOnlySpan<int> points);

    /// <summary>Finds all balls' points once. Lists of more than <paramref name="mostKept"/> points in all are not kept.</summary>
    public static Balls Of(BallSearch search, long mostKept, RunOptions run)
    {
        int count = search.Count;
        var lists = new int[]?[count];
        var sizes = new int[count];
        long total = 0;
        search.FindAll((ball, points) =>
        {
            sizes[ball] = points.Count;
            if (Interlocked.Add(ref total, points.Count) > mostKept) return;
            points.Sort();
            lists[ball] = [.. points];
        }, run);
        return total <= mostKept ? new ListedBalls(lists!, sizes, total) : new SearchedBalls(search, sizes, run);
    }

    private sealed class ListedBalls : Balls
    {
        private readonly int[][] _members;
        private readonly int[] _sizes, _frequencies, _starts, _containing;

        public ListedBalls(int[][] members, int[] sizes, long total)
        {
            (_members, _sizes) = (members, sizes);
            (_frequencies, _starts, _containing) = (new int[sizes.Length], new int[sizes.Length + 1], new int[total]);
            foreach (int[] points in members)
                foreach (int point in points) _frequencies[point]++;
            for (int p = 0; p < sizes.Length; p++) _starts[p + 1] = _starts[p] + _frequencies[p];
            int[] next = [.. _starts];
            for (int ball = 0; ball < members.Length; ball++)
                foreach (int point in members[ball]) _containing[next[point]++] = ball;
        }

        public override int Count => _sizes.Length;
        public override ReadOnlySpan<int> Sizes => _sizes;
        public override ReadOnlySpan<int> Frequencies => _frequencies;
        public override int BatchSize => 1;

        public override IReadOnlyList<ReadOnlyMemory<int>> Members(ReadOnlySpan<int> balls)
        {
            var lists = new ReadOnlyMemory<int>[balls.Length];
            for (int i = 0; i < balls.Length; i++) lists[i] = _members[balls[i]];
            return lists;
        }

        public override IReadOnlyList<ReadOnlyMemory<int>> Containing(ReadOnlySpan<int> points)
        {
            var lists = new ReadOnlyMemory<int>[points.Length];
            for (int i = 0; i < points.Length; i++)
                lists[i] = _containing.AsMemory(_starts[points[i]], _frequencies[points[i]]);
            return lists;
        }
    }

    // Lists of balls looked at again soon are kept a while.
    private sealed class SearchedBalls : Balls
    {
        private const long MostCached = 1L << 25; // points

        private readonly BallSearch _search;
        private readonly RunOptions _run;
        private readonly int[] _sizes, _frequencies;
        private readonly Dictionary<int, int[]> _cache = [];
        private long _cached;

        public SearchedBalls(BallSearch search, int[] sizes, RunOptions run)
        {
            (_search, _sizes, _run) = (search, sizes, run with { Progress = null });
            _frequencies = new int[sizes.Length];
            int[] all = [.. Enumerable.Range(0, sizes.Length)];
            search.Find(all, inverse: true, (point, balls) => _frequencies[point] = balls.Count, run);
        }

        public override int Count => _sizes.Length;
        public override ReadOnlySpan<int> Sizes => _sizes;
        public override ReadOnlySpan<int> Frequencies => _frequencies;
        public override int BatchSize => 128;

        public override IReadOnlyList<ReadOnlyMemory<int>> Members(ReadOnlySpan<int> balls)
        {
            var missing = new List<int>();
            long more = 0;
            foreach (int ball in balls)
                if (!_cache.ContainsKey(ball)) missing.Add(ball);
            foreach (int ball in missing) more += _sizes[ball];
            if (_cached + more > MostCached)
            {
                _cache.Clear();
                _cached = 0;
                missing = [.. balls];
            }
            var found = new int[missing.Count][];
            _search.Find(CollectionsMarshal.AsSpan(missing), inverse: false, (i, points) => found[i] = [.. points], _run);
            for (int i = 0; i < found.Length; i++)
                if (_cache.TryAdd(missing[i], found[i])) _cached += found[i].Length;
            var lists = new ReadOnlyMemory<int>[balls.Length];
            for (int i = 0; i < balls.Length; i++) lists[i] = _cache[balls[i]];
            return lists;
        }

        public override IReadOnlyList<ReadOnlyMemory<int>> Containing(ReadOnlySpan<int> points)
        {
            var lists = new ReadOnlyMemory<int>[points.Length];
            _search.Find(points, inverse: true, (i, balls) => lists[i] = balls.ToArray(), _run);
            return lists;
        }
    }
}
