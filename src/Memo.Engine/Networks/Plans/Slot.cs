namespace Memo.Networks.Plans;

/// <summary>A place for a big integer of each sample of a block: digits from Offset on, as many as Capacity.</summary>
internal sealed class Slot
{
    public required int Offset { get; init; }

    public required int Capacity { get; init; }

    /// <summary>Atoms that live here.</summary>
    public int Owners { get; set; }

    /// <summary>Digits that are written; those above are not zero but nothing.</summary>
    public int Count { get; set; }
}

/// <summary>Gives out slots, the freed ones again first: of those large enough, and not twice as large, the smallest.</summary>
internal sealed class SlotAllocator
{
    private const int Granularity = 4; // a sum can grow a little in place

    private readonly SortedDictionary<int, Stack<int>> _free = []; // offsets by capacity

    /// <summary>Digits in use at the worst moment.</summary>
    public long HighWater { get; private set; }

    public Slot Take(int digits)
    {
        int capacity = digits == 1 ? 1 : (digits + 1 + Granularity - 1) / Granularity * Granularity;
        foreach ((int free, Stack<int> offsets) in _free)
            if (free >= capacity && free <= 2 * capacity)
            {
                int reused = offsets.Pop();
                if (offsets.Count == 0) _free.Remove(free);
                return new Slot { Offset = reused, Capacity = free, Owners = 1, Count = digits };
            }
        long offset = HighWater;
        HighWater += capacity;
        return new Slot { Offset = (int)Math.Min(offset, int.MaxValue), Capacity = capacity, Owners = 1, Count = digits };
    }

    public void Release(Slot slot)
    {
        if (--slot.Owners > 0) return;
        if (!_free.TryGetValue(slot.Capacity, out Stack<int>? offsets)) _free.Add(slot.Capacity, offsets = new Stack<int>());
        offsets.Push(slot.Offset);
    }
}
