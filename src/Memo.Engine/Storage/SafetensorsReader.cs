// Reading a safetensors file: the checked header first, then each tensor straight into its array.
using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Memo.Storage;

/// <summary>Takes bytes in the order in which they stand in a file.</summary>
internal delegate void ByteSink(ReadOnlySpan<byte> bytes);

/// <summary>
/// An open safetensors file. The header is checked when it is opened; a tensor is read into its own array with no
/// second copy, and never is more memory asked for than the file has bytes. Not safe for use by several threads at
/// once.
/// </summary>
internal sealed class SafetensorsReader : IDisposable
{
    private const int ChunkBytes = 1 << 20;
    private readonly Stream _stream;

    /// <summary>What messages call the file.</summary>
    public string Name { get; }

    /// <summary>The checked header.</summary>
    public SafetensorsHeader Header { get; }

    /// <summary>Everything before the data section: the length, the header and its padding, as in the file.</summary>
    public ReadOnlySpan<byte> Prefix => _prefix;

    private readonly byte[] _prefix;

    /// <summary>
    /// Checks the header of <paramref name="stream"/>, which is taken over and closed with the reader.
    /// </summary>
    /// <param name="stream">The whole file; it must be able to seek, so that its length is known.</param>
    /// <param name="name">What messages call the file: its path.</param>
    /// <exception cref="FileFormatException">The header is damaged, or does not fit the length of the file.</exception>
    public SafetensorsReader(Stream stream, string name)
    {
        ArgumentNullException.ThrowIfNull(stream);
        (_stream, Name) = (stream, name);
        if (!stream.CanSeek) throw new FileFormatException(name, "not an ordinary file; copy it to one first");
        stream.Position = 0;
        long fileLength = stream.Length;
        if (fileLength < SafetensorsHeader.LengthBytes)
            throw new FileFormatException(name, $"truncated: {fileLength} bytes, shorter than any safetensors file",
                fileLength);
        Span<byte> lengthField = stackalloc byte[SafetensorsHeader.LengthBytes];
        Fill(lengthField);
        ulong headerLength = BinaryPrimitives.ReadUInt64LittleEndian(lengthField);
        long behind = fileLength - SafetensorsHeader.LengthBytes;
        if (headerLength > SafetensorsHeader.MaximumLength || headerLength > (ulong)behind)
            throw new FileFormatException(name, $"the header claims {headerLength} bytes, the file has {fileLength}: " +
                "truncated, or not a safetensors file", 0);
        _prefix = new byte[SafetensorsHeader.LengthBytes + (int)headerLength];
        lengthField.CopyTo(_prefix);
        Fill(_prefix.AsSpan(SafetensorsHeader.LengthBytes));
        Header = new SafetensorsHeader(
            _prefix.AsSpan(SafetensorsHeader.LengthBytes), behind - (long)headerLength, name);
    }

    /// <summary>Opens a file for reading.</summary>
    /// <exception cref="FileFormatException">It is missing, cannot be read or has a damaged header.</exception>
    public static SafetensorsReader Open(string path)
    {
        FileStream stream;
        try
        {
            // Unbuffered: reads are whole headers and chunks of a megabyte.
            stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 0);
        }
        catch (Exception exception) when (exception is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new FileFormatException(path, "no such file", null, exception);
        }
        catch (UnauthorizedAccessException exception)
        {
            throw new FileFormatException(path,
                Directory.Exists(path) ? "is a folder, not a file" : "no permission to read it", null, exception);
        }
        catch (Exception exception) when (exception is IOException or ArgumentException)
        {
            throw new FileFormatException(path, $"cannot be opened ({exception.Message})", null, exception);
        }
        try
        {
            return new SafetensorsReader(stream, path);
        }
        catch
        {
            stream.Dispose();
            throw;
        }
    }

    /// <summary>The elements of a tensor, row-major; O(bytes), no second copy.</summary>
    /// <typeparam name="T">A type as wide as the tensor's elements.</typeparam>
    /// <param name="tensor">An entry of this file's header.</param>
    /// <param name="alsoTo">Sees the same bytes, in order.</param>
    /// <exception cref="FileFormatException">More than an array or memory holds, or a read error.</exception>
    public T[] ReadValues<T>(TensorEntry tensor, ByteSink? alsoTo = null) where T : unmanaged
    {
        ArgumentNullException.ThrowIfNull(tensor);
        int width = Unsafe.SizeOf<T>();
        if (width != tensor.Type.ElementBytes())
            throw new ArgumentException($"elements of {width} bytes asked of {tensor.Describe()}");
        if (tensor.Count > Array.MaxLength)
            throw new FileFormatException(Name,
                $"tensor '{SafetensorsHeader.Printable(tensor.Name)}' has {tensor.Count} elements, more than the " +
                $"{Array.MaxLength} that one array holds");
        T[] values;
        try
        {
            values = GC.AllocateUninitializedArray<T>((int)tensor.Count);
        }
        catch (OutOfMemoryException exception)
        {
            throw new FileFormatException(Name, $"tensor '{SafetensorsHeader.Printable(tensor.Name)}' needs " +
                $"{tensor.End - tensor.Begin >> 20} MiB, more memory than there is", null, exception);
        }
        SeekTo(tensor);
        int step = ChunkBytes / width;
        for (int first = 0; first < values.Length; first += step)
        {
            Span<byte> chunk = MemoryMarshal.AsBytes(values.AsSpan(first, Math.Min(step, values.Length - first)));
            Fill(chunk);
            alsoTo?.Invoke(chunk);
        }
        return values;
    }

    /// <summary>
    /// Passes the bytes of a tensor on, in order and in chunks: for a checksum over what is not used.
    /// </summary>
    public void CopyTo(TensorEntry tensor, ByteSink sink)
    {
        ArgumentNullException.ThrowIfNull(tensor);
        ArgumentNullException.ThrowIfNull(sink);
        SeekTo(tensor);
        var buffer = new byte[Math.Min(ChunkBytes, tensor.End - tensor.Begin)];
        for (long left = tensor.End - tensor.Begin; left > 0;)
        {
            Span<byte> chunk = buffer.AsSpan(0, (int)Math.Min(left, buffer.Length));
            Fill(chunk);
            sink(chunk);
            left -= chunk.Length;
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _stream.Dispose();

    private void SeekTo(TensorEntry tensor)
    {
        if (!BitConverter.IsLittleEndian)
            throw new PlatformNotSupportedException("network files are read on little-endian machines only");
        long position = _prefix.Length + tensor.Begin;
        if (_stream.Position != position) _stream.Position = position;
    }

    private void Fill(Span<byte> bytes)
    {
        long position = _stream.Position;
        try
        {
            _stream.ReadExactly(bytes);
        }
        catch (EndOfStreamException exception)
        {
            throw new FileFormatException(Name, $"ended while it was read, after byte {position}", position, exception);
        }
        catch (IOException exception)
        {
            throw new FileFormatException(Name, $"cannot be read at byte {position} ({exception.Message})", position,
                exception);
        }
    }
}
