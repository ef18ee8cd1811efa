// Structures that grow: those of memo.h that begin with their own size (STRUCTURES there).
namespace Memo.Native;

/// <summary>A structure of memo.h whose first field is struct_size.</summary>
internal interface ISizedStructure
{
    /// <summary>Its name in memo.h.</summary>
    static abstract string Name { get; }

    /// <summary>Its size in the first version that had it: the least that a caller may state.</summary>
    static abstract int FirstSize { get; }
}

/// <summary>Reads and fills the caller's structures, whichever version of the header the caller was compiled with.</summary>
internal static unsafe class Structures
{
    // Beyond any size that a structure will grow to: a value above it was never set.
    private const long LargestSize = 4096;

    /// <summary>
    /// The caller's structure as this library knows it: fields that the caller's lacks are 0; those that this library lacks
    /// must be.
    /// </summary>
    public static T Read<T>(T* source, string name) where T : unmanaged, ISizedStructure
    {
        long size = RequireSize<T>(source, name);
        T known = default;
        new ReadOnlySpan<byte>(source, (int)Math.Min(size, sizeof(T))).CopyTo(new Span<byte>(&known, sizeof(T)));
        if (size > sizeof(T) && new ReadOnlySpan<byte>((byte*)source + sizeof(T), (int)size - sizeof(T)).ContainsAnyExcept((byte)0))
            throw CallException.InvalidArgument($"{name}: a field that this version of the library does not know is set");
        return known;
    }

    /// <summary>Fills the caller's structure as far as it goes; fields of it that this library lacks become 0.</summary>
    public static void Write<T>(T* target, string name, T found) where T : unmanaged, ISizedStructure
    {
        long size = RequireSize<T>(target, name);
        *(long*)&found = size;
        var bytes = new Span<byte>(target, (int)size);
        bytes.Clear();
        new ReadOnlySpan<byte>(&found, (int)Math.Min(size, sizeof(T))).CopyTo(bytes);
    }

    /// <summary>The size that the caller states; throws unless it is one that this structure can have.</summary>
    public static long RequireSize<T>(T* structure, string name) where T : unmanaged, ISizedStructure
    {
        CallException.ThrowIfNull(structure, name);
        long size = *(long*)structure;
        return size >= T.FirstSize && size <= LargestSize ? size : throw CallException.InvalidArgument(
            $"{name}->struct_size is {size}: set it to sizeof({T.Name}), at least {T.FirstSize}");
    }
}
