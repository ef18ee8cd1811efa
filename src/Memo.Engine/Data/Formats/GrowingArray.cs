// Storage for as many values as a text file turns out to hold.

using System.Runtime.CompilerServices;

namespace Memo.Data.Formats;

/// <summary>An array that doubles when it is full, within the memory budget of the content it is filled from.</summary>
internal sealed class GrowingArray<T>(ContentReader content) where T : unmanaged
{
    private T[] _items = new T[64];

    /// <summary>Number of values added.</summary>
    public int Count { get; private set; }

    /// <summary>The values added.</summary>
    public ReadOnlySpan<T> Items => _items.AsSpan(0, Count);

    /// <summary>Adds a value; amortized O(1).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Add(T value)
    {
        if (Count == _items.Length) Grow();
        _items[Count++] = value;
    }

    private void Grow()
    {
        if (Count == Array.MaxLength)
            throw new MemoException($"{content.Path}: more than the {Array.MaxLength} values that one array can " +
                "hold; use fewer samples");
        long capacity = Math.Min(2L * _items.Length, Array.MaxLength);
        T[] larger = content.Budget.Allocate<T>(content.Path, capacity, 1);
        Items.CopyTo(larger);
        _items = larger;
    }
}
