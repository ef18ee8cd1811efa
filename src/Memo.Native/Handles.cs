// Handles that survive misuse: a number of index and generation instead of a pointer, so that a handle closed twice, kept
// too long, invented or of another kind is a status and never a crash.
namespace Memo.Native;

/// <summary>The objects that C holds, by handle: the low 32 bits are a slot's index plus one, the high its generation.</summary>
internal static class Handles
{
    private static readonly Lock Gate = new();
    private static readonly List<Slot> Slots = [];
    private static readonly Stack<int> Free = new();

    private struct Slot
    {
        public uint Generation;
        public object? Target;
    }

    /// <summary>A new handle for <paramref name="target"/>, never 0.</summary>
    public static ulong Add(object target)
    {
        lock (Gate)
        {
            if (!Free.TryPop(out int index))
            {
                index = Slots.Count;
                Slots.Add(default);
            }
            uint generation = Slots[index].Generation + 1;
            Slots[index] = new Slot { Generation = generation, Target = target };
            return (ulong)generation << 32 | (uint)(index + 1);
        }
    }

    /// <summary>
    /// The object behind a handle. It stays alive while the caller's reference does, even if another thread closes it.
    /// </summary>
    /// <param name="handle">The handle as C passed it.</param>
    /// <param name="kind">What it should be, for the message: "network".</param>
    public static T Get<T>(ulong handle, string kind) where T : class
    {
        lock (Gate)
            return Slots[IndexOf(handle, kind)].Target as T ??
                   throw new CallException(Status.InvalidHandle, $"the handle is not a {kind}");
    }

    /// <summary>Lets go of the object behind a handle, of whatever kind.</summary>
    public static void Remove(ulong handle)
    {
        lock (Gate)
        {
            int index = IndexOf(handle, "handle");
            uint generation = Slots[index].Generation;
            Slots[index] = new Slot { Generation = generation };
            // A slot whose generations are used up is retired: its old handles must stay invalid.
            if (generation != uint.MaxValue) Free.Push(index);
        }
    }

    private static int IndexOf(ulong handle, string kind)
    {
        long index = (uint)handle - 1L;
        if (index < 0 || index >= Slots.Count || Slots[(int)index].Target is null ||
            Slots[(int)index].Generation != (uint)(handle >> 32))
            throw new CallException(Status.InvalidHandle, handle == 0 ? $"the {kind} is the null handle"
                : $"no {kind} has the handle {handle:x}: it was closed before, or it never was one");
        return (int)index;
    }
}
