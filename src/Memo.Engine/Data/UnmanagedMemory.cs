using System.Buffers;

namespace Memo.Data;

/// <summary>
/// Memory that another program owns, as <see cref="Memory{T}"/>: so that samples are read where they lie. It must stay in its
/// place, and is never freed from here.
/// </summary>
/// <param name="first">The first element.</param>
/// <param name="length">The number of elements.</param>
internal sealed unsafe class UnmanagedMemory<T>(T* first, int length) : MemoryManager<T> where T : unmanaged
{
    public override Span<T> GetSpan() => new(first, length);

    public override MemoryHandle Pin(int elementIndex = 0) => new(first + elementIndex);

    public override void Unpin()
    {
    }

    protected override void Dispose(bool disposing)
    {
    }
}
