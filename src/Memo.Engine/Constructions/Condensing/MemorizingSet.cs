using System.Numerics;
using Memo.Data;
using Memo.Neighbors;
using Memo.Numerics;

namespace Memo.Constructions.Condensing;

/// <summary>
/// A subset D_s of a data set, and for every sample x of the whole set whether the `cells` network on D_s gives it its
/// label: whether a chosen point i of its class, its witness, has sum over chosen j of another class of ReLU(-S_ij(x)) &lt; r.
/// Points come and go; what is known of the samples follows exactly, and so does r = b min P over D_s. Everything this says
/// is a function of the data and D_s alone, whatever the arithmetic (<see cref="FiringRule{TDistance}"/>).
/// <para>To add or remove a point costs O(N) and a few short sums (Lemma B). Memory O(N |D_s|).</para>
/// </summary>
internal sealed partial class MemorizingSet<TDistance>
    where TDistance : unmanaged, INumber<TDistance>, IMinMaxValue<TDistance>
{
    private const int None = -1;
    private static readonly TDistance Farthest = TDistance.CreateSaturating(double.PositiveInfinity);

    private readonly DistanceRows<TDistance> _rows;
    private readonly FiringRule<TDistance> _rule;
    private readonly ClassRanges _classes;
    private readonly string _source;

    private readonly List<int> _points = [];
    private readonly List<int>[] _chosen;     // slots of the chosen points of each class
    private readonly Stack<int> _free = [];   // slots without a point
    private readonly int[] _slots;            // of each sample; None where it is not chosen
    private int[] _owners = [];               // of each slot: its point
    private TDistance[] _near = [];           // sample by slot: the distances to the chosen points
    private int _capacity;                    // slots
    private readonly TDistance[] _rivals;     // of each sample: the least distance to a chosen point of another class
    private readonly int[] _witnesses;        // of each sample: a point, or None
    private readonly TDistance[] _guards;     // of each sample: only a rival nearer than this can silence its witness
    private FiringThreshold _threshold;
    private TDistance _leastPair;             // min P, as computed

    /// <param name="rows">The distances of the samples, which stand class by class.</param>
    /// <param name="classes">Where each class stands.</param>
    /// <param name="rule">When a point is a witness.</param>
    /// <param name="points">The first points: one or more of every class that occurs, of two at least.</param>
    /// <param name="source">What to call the data in messages.</param>
    public MemorizingSet(DistanceRows<TDistance> rows, ClassRanges classes, FiringRule<TDistance> rule,
        IReadOnlyCollection<int> points, string source)
    {
        (_rows, _classes, _rule, _source) = (rows, classes, rule, source);
        (_slots, _witnesses) = (new int[rows.Count], new int[rows.Count]);
        (_rivals, _guards) = (new TDistance[rows.Count], new TDistance[rows.Count]);
        _chosen = [.. Enumerable.Range(0, classes.Count).Select(_ => new List<int>())];
        Array.Fill(_slots, None);
        Array.Fill(_rivals, Farthest);
        Array.Fill(_witnesses, None);
        Reserve(2 * points.Count + 16);
        foreach (int point in points) Attach(point, rows.Row(point));
        FindThreshold();
        OpenCount = rows.Count;
        for (int x = 0; x < rows.Count; x++) FindWitness(x);
    }

    /// <summary>|D_s|.</summary>
    public int Count => _points.Count;

    /// <summary>The chosen points, in an order that means nothing.</summary>
    public IReadOnlyList<int> Points => _points;

    /// <summary>Samples that are not given their label.</summary>
    public int OpenCount { get; private set; }

    /// <summary>min P over D_s, exact.</summary>
    public Dyadic LeastPair => _threshold.LeastPair;

    /// <summary>Chosen points of a class.</summary>
    public int CountOf(int label) => _chosen[label].Count;

    /// <summary>Lists the samples that are not given their label, ascending.</summary>
    public void ListOpen(List<int> open)
    {
        open.Clear();
        for (int x = -1; (x = NextWith(None, x + 1, _witnesses.Length)) >= 0;) open.Add(x);
    }

    /// <summary>Takes a point in that is not chosen.</summary>
    public void Add(int point) => Add(point, _rows.Row(point));

    // With its row, which may be kept nowhere else.
    private void Add(int point, TDistance[] row)
    {
        int slot = Attach(point, row), label = _classes[point];
        Dyadic before = _threshold.LeastPair;
        if (_rule.MayBeAtMost(_rivals[point], _leastPair)) FindThreshold();
        (int first, int end) = _classes.Range(label);
        if (_threshold.LeastPair < before) // any witness may have lived on the difference
        {
            for (int x = 0; x < _witnesses.Length; x++)
                if (_witnesses[x] != None && !Fires(x, _slots[_witnesses[x]])) FindWitness(x);
        }
        else
        {
            RecheckWitnesses(row, 0, first);
            RecheckWitnesses(row, end, _witnesses.Length);
        }
        for (int x = first - 1; OpenCount > 0 && (x = NextWith(None, x + 1, end)) >= 0;)
            if (Fires(x, slot)) SetWitness(x, point);
    }

    private void RecheckWitnesses(TDistance[] row, int first, int end)
    {
        for (int x = first - 1; (x = NextBelow(row, _guards, x + 1, end)) >= 0;)
            if (!Fires(x, _slots[_witnesses[x]])) FindWitness(x);
    }

    /// <summary>Takes a chosen point out, of whose class another is chosen.</summary>
    public void Remove(int point) => Remove(point, _rows.Row(point));

    private void Remove(int point, TDistance[] row)
    {
        bool least = _rule.MayBeAtMost(_rivals[point], _leastPair);
        Detach(point, row);
        Dyadic before = _threshold.LeastPair;
        if (least) FindThreshold();
        bool rose = _threshold.LeastPair > before;
        (int first, int end) = _classes.Range(_classes[point]);
        for (int x = -1; OpenCount > 0 && (x = NextWith(None, x + 1, _witnesses.Length)) >= 0;)
            if (rose || x < first || x >= end) FindWitness(x);
        for (int x = first - 1; (x = NextWith(point, x + 1, end)) >= 0;) FindWitness(x);
    }

    /// <summary>
    /// Takes a chosen point out if every sample is given its label without it too, as all are with it. Costs O(N) where that
    /// is plain to see.
    /// </summary>
    public bool TryRemove(int point)
    {
        if (CountOf(_classes[point]) == 1) return false;
        // Unless r grows, none but samples of its class can miss it.
        (int first, int end) = _classes.Range(_classes[point]);
        if (!_rule.MayBeAtMost(_rivals[point], _leastPair))
            for (int x = first - 1; (x = NextWith(point, x + 1, end)) >= 0;)
                if (!FindWitness(x, butFor: _slots[point])) return false;
        TDistance[] row = _rows.Row(point);
        Remove(point, row);
        if (OpenCount == 0) return true;
        Add(point, row);
        return false;
    }

    /// <summary>
    /// How many of the given open samples of one class each sample of that class would be a witness of, if it were chosen.
    /// </summary>
    /// <param name="open">Samples of the class.</param>
    /// <param name="label">The class.</param>
    /// <param name="counts">For each sample of the class, to be added to.</param>
    public void CountWitnessed(ReadOnlySpan<int> open, int label, Span<int> counts)
    {
        (int first, int end) = _classes.Range(label);
        foreach (int x in open)
        {
            TDistance[] row = _rows.Row(x);
            TDistance limit = _rule.WitnessLimit(_rivals[x]);
            for (int i = first; i < end; i++)
                if (row[i] <= limit && WouldFire(x, i, row[i])) counts[i - first]++;
        }
    }

    /// <summary>
    /// What choosing a point would do at once: the open samples of its class that it would be a witness of, less the samples
    /// of other classes that would lose their last one to it. The change of r is heeded in the former only.
    /// </summary>
    /// <param name="point">A point that is not chosen.</param>
    /// <param name="open">All open samples.</param>
    public int Gain(int point, List<int> open)
    {
        TDistance[] row = _rows.Row(point);
        (int first, int end) = _classes.Range(_classes[point]);
        int gain = 0;
        foreach (int x in open)
            if (x >= first && x < end && WouldFire(x, point, row[x])) gain++;
        return gain - CountSpoilt(point, row, 0, first) - CountSpoilt(point, row, end, row.Length);
    }

    private int CountSpoilt(int point, TDistance[] row, int first, int end)
    {
        int spoilt = 0;
        for (int x = first - 1; (x = NextBelow(row, _guards, x + 1, end)) >= 0;)
        {
            var newcomer = new Newcomer(point, row);
            int slot = _slots[_witnesses[x]];
            if (!Fires(x, slot, newcomer) && FiringSlot(x, slot, newcomer) == None) spoilt++;
        }
        return spoilt;
    }

    /// <summary>The chosen points nearest to a chosen point, itself included; of equally near ones the lowest first.</summary>
    public int[] Nearest(int point, int count)
    {
        var nearest = new int[Math.Min(count, Count)];
        for (int n = 0; n < nearest.Length; n++)
        {
            int best = None;
            foreach (int other in _points)
                if (!nearest.AsSpan(0, n).Contains(other) && (best == None || IsNearer(point, other, best))) best = other;
            nearest[n] = best;
        }
        return nearest;
    }

    private bool IsNearer(int x, int i, int j)
    {
        TDistance di = Near(x, _slots[i]), dj = Near(x, _slots[j]);
        if (!_rule.MayBeAtMost(dj, di)) return true;
        if (!_rule.MayBeAtMost(di, dj)) return false;
        int order = _rows.Exact(x, i, di).CompareTo(_rows.Exact(x, j, dj));
        return order < 0 || (order == 0 && i < j);
    }

    private TDistance Near(int sample, int slot) => _near[sample * _capacity + slot];

    private ReadOnlySpan<TDistance> Near(int sample) => _near.AsSpan(sample * _capacity, _capacity);

    private int NextWith(int witness, int from, int end)
    {
        int next = _witnesses.AsSpan(from, end - from).IndexOf(witness);
        return next < 0 ? -1 : from + next;
    }

    // The first sample from there on whose value is below its limit; -1 if there is none before the end.
    private static int NextBelow(TDistance[] values, TDistance[] limits, int from, int end)
    {
        int x = from;
        while (x <= end - Vector<TDistance>.Count &&
               !Vector.LessThanAny(new Vector<TDistance>(values, x), new Vector<TDistance>(limits, x)))
            x += Vector<TDistance>.Count;
        while (x < end && !(values[x] < limits[x])) x++;
        return x < end ? x : -1;
    }

    // Makes room for more slots. Samples times slots fit an array, so that an offset fits an int.
    private void Reserve(int capacity)
    {
        capacity = Math.Min(capacity, _rows.Count);
        TDistance[] near = MemoryBudget.OfThisProcess.Allocate<TDistance>(
            $"{_source}: condense keeps the distances of {_rows.Count} samples to {capacity} chosen points and",
            _rows.Count, capacity);
        for (int x = 0; x < _rows.Count && _capacity > 0; x++) Near(x).CopyTo(near.AsSpan(x * capacity));
        for (int slot = capacity - 1; slot >= _capacity; slot--) _free.Push(slot);
        (_near, _capacity) = (near, capacity);
        Array.Resize(ref _owners, capacity);
    }

    private int Attach(int point, TDistance[] row)
    {
        if (_free.Count == 0) Reserve(2 * _capacity);
        int slot = _free.Pop(), label = _classes[point];
        (_slots[point], _owners[slot]) = (slot, point);
        _points.Add(point);
        _chosen[label].Add(slot);
        for (int x = 0, at = slot; x < row.Length; x++, at += _capacity) _near[at] = row[x];
        (int first, int end) = _classes.Range(label);
        for (int x = -1; (x = NextBelow(row, _rivals, x + 1, first)) >= 0;) _rivals[x] = row[x];
        for (int x = end - 1; (x = NextBelow(row, _rivals, x + 1, row.Length)) >= 0;) _rivals[x] = row[x];
        return slot;
    }

    private void Detach(int point, TDistance[] row)
    {
        int slot = _slots[point], label = _classes[point];
        _points.Remove(point);
        _chosen[label].Remove(slot);
        _free.Push(slot);
        _slots[point] = None;
        (int first, int end) = _classes.Range(label);
        for (int x = 0; x < row.Length; x++)
        {
            if (x == first) x = end;
            if (x < row.Length && row[x] <= _rivals[x]) _rivals[x] = NearestRival(x);
        }
    }

    private TDistance NearestRival(int x)
    {
        ReadOnlySpan<TDistance> near = Near(x);
        TDistance least = Farthest;
        int label = _classes[x];
        for (int k = 0; k < _chosen.Length; k++)
            if (k != label)
                foreach (int slot in _chosen[k]) least = TDistance.Min(least, near[slot]);
        return least;
    }

    // min P: every chosen point knows its nearest rival.
    private void FindThreshold()
    {
        _leastPair = _points.Min(point => _rivals[point]);
        Dyadic? least = null;
        foreach (int i in _points)
        {
            if (!_rule.MayBeAtMost(_rivals[i], _leastPair)) continue;
            Dyadic pair = LeastPairOf(i);
            if (least is null || pair < least) least = pair;
            if (_rows.Bound.IsExact) break;
        }
        _threshold = _rule.ThresholdOf(least!.Value);
    }

    // The exact least distance between a sample and a chosen point of another class.
    private Dyadic LeastPairOf(int i)
    {
        if (_rows.Bound.IsExact) return _rows.Exact(i, i, _rivals[i]);
        ReadOnlySpan<TDistance> near = Near(i);
        Dyadic? least = null;
        for (int k = 0; k < _chosen.Length; k++)
            foreach (int slot in _chosen[k])
            {
                if (k == _classes[i] || !_rule.MayBeAtMost(near[slot], _rivals[i])) continue;
                Dyadic pair = _rows.Exact(i, _owners[slot]);
                if (least is null || pair < least) least = pair;
            }
        return least!.Value;
    }

    private void SetWitness(int x, int point)
    {
        if (_witnesses[x] == None) OpenCount--;
        if (point == None) OpenCount++;
        _witnesses[x] = point;
        _guards[x] = point == None ? TDistance.Zero : _rule.Guard(Near(x, _slots[point]));
    }

    // butFor: a slot to leave out, without which the sample keeps its witness if there is no other.
    private bool FindWitness(int x, int butFor = None)
    {
        int found = FiringSlot(x, butFor, default);
        if (found != None || butFor == None) SetWitness(x, found == None ? None : _owners[found]);
        return found != None;
    }

    // The nearest point of the class is tried first, then those that are nearer than the rival.
    private int FiringSlot(int x, int butFor, Newcomer newcomer)
    {
        ReadOnlySpan<TDistance> near = Near(x);
        TDistance limit = _rule.WitnessLimit(_rivals[x]), least = Farthest;
        int nearest = None;
        List<int> own = _chosen[_classes[x]];
        foreach (int slot in own)
            if (near[slot] <= limit && near[slot] < least && slot != butFor) (nearest, least) = (slot, near[slot]);
        if (nearest == None || Fires(x, nearest, newcomer)) return nearest;
        foreach (int slot in own)
            if (near[slot] <= limit && slot != nearest && slot != butFor && Fires(x, slot, newcomer)) return slot;
        return None;
    }
}
