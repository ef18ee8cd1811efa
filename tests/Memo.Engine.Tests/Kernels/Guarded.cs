using System.Runtime.InteropServices;

namespace Memo.Tests.Kernels;

/// <summary>Memory aligned to 64 bytes, dirty at first, between guards that must stay as they are.</summary>
internal sealed unsafe class Guarded : IDisposable
{
    public const int Int = unchecked((int)0xA5A5A5A5);
    private const byte Dirt = 0xA5;
    private readonly byte* _memory;
    private readonly nuint _bytes;

    public Guarded(nuint bytes)
    {
        _bytes = bytes;
        _memory = (byte*)NativeMemory.AlignedAlloc(bytes + 128, 64);
        Soil();
    }

    public byte* Pointer => _memory + 64;

    public void Soil() => NativeMemory.Fill(_memory, _bytes + 128, Dirt);

    public void Verify()
    {
        for (nuint i = 0; i < 64; i++) Assert.Equal((Dirt, Dirt), (_memory[i], _memory[64 + _bytes + i]));
    }

    public void Dispose() => NativeMemory.AlignedFree(_memory);
}
