using System.Numerics;
using Memo.Numerics;

namespace Memo.Constructions.Condensing;

// Whether one point is a witness of one sample: from computed distances where these decide it, else exactly.
internal sealed partial class MemorizingSet<TDistance>
    where TDistance : unmanaged, INumber<TDistance>, IMinMaxValue<TDistance>
{
    // A point that is looked at as a rival as if it were chosen, and its row.
    private readonly record struct Newcomer(int Point, TDistance[]? Row);

    private bool Fires(int x, int slot, Newcomer newcomer = default) =>
        Decide(x, _owners[slot], Near(x, slot), _threshold, newcomer);

    // As if i were chosen: its pairs count for r.
    private bool WouldFire(int x, int i, TDistance distance)
    {
        if (_rule.MayBeAtMost(_rivals[i], _leastPair) && LeastPairOf(i) is var pair && pair < _threshold.LeastPair)
            return Decide(x, i, distance, _rule.ThresholdOf(pair), default);
        return Decide(x, i, distance, _threshold, default);
    }

    private bool Decide(int x, int i, TDistance distance, in FiringThreshold threshold, Newcomer newcomer)
    {
        if (!_rule.MayBeAtMost(distance, _rivals[x])) return false;                    // Lemma A
        TDistance guard = _rule.Guard(distance);                                       // Lemma B
        if (newcomer.Row is null && _rivals[x] >= guard) return true;
        var sum = new FiringSum<TDistance>(_rule, threshold, distance);
        if (newcomer.Row is { } row && sum.IsSilencedBy(row[x], row[i])) return false;
        ReadOnlySpan<TDistance> near = Near(x), pairs = Near(i);
        int label = _classes[x];
        for (int k = 0; k < _chosen.Length; k++)
            if (k != label)
                foreach (int slot in _chosen[k])
                    if (near[slot] < guard && sum.IsSilencedBy(near[slot], pairs[slot])) return false;
        return sum.Fires || (!_rule.IsExact && DecideExactly(x, i, guard, threshold, newcomer));
    }

    private bool DecideExactly(int x, int i, TDistance guard, in FiringThreshold threshold, Newcomer newcomer)
    {
        Dyadic activation = _rule.ExactThreshold(threshold), distance = _rows.Exact(x, i);
        if (newcomer.Row is not null) Subtract(newcomer.Point, ref activation);
        for (int k = 0; k < _chosen.Length; k++)
            if (k != _classes[x])
                foreach (int slot in _chosen[k])
                    if (activation.Sign > 0 && Near(x, slot) < guard) Subtract(_owners[slot], ref activation);
        return activation.Sign > 0;

        void Subtract(int j, ref Dyadic activation)
        {
            Dyadic wall = _rule.ExactWall(distance, _rows.Exact(x, j), _rows.Exact(i, j));
            if (wall.Sign < 0) activation += wall;
        }
    }
}
