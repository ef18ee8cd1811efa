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

/// <summary>Gives out slots, the freed ones again first.</summary>
internal sealed class SlotAllocator
{
    private const int Granularity = 4; // capacities that differ little serve for each other, and a sum can grow in place

    private readonly Dictionary<int, Stack<int>> _free = [];

    /// <summary>Digits in use at the worst moment.</summary>
    public int HighWater { get; private set; }

    public Slot Take(int digits)
    {
        int capacity = digits == 1 ? 1 : (digits + 1 + Granularity - 1) / Granularity * Granularity;
        // A slot up to a quarter larger will do.
        for (int c = capacity; c <= capacity + capacity / 4; c++)
            if (_free.TryGetValue(c, out Stack<int>? offsets) && offsets.Count > 0)
                return new Slot { Offset = offsets.Pop(), Capacity = c, Owners = 1, Count = digits };
        int offset = HighWater;
        HighWater = checked(HighWater + capacity);
        return new Slot { Offset = offset, Capacity = capacity, Owners = 1, Count = digits };
    }

    public void Release(Slot slot)
    {
        if (--slot.Owners > 0) return;
        if (!_free.TryGetValue(slot.Capacity, out Stack<int>? offsets)) _free.Add(slot.Capacity, offsets = new Stack<int>());
        offsets.Push(slot.Offset);
    }
}
