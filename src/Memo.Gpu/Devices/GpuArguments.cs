namespace Memo.Gpu.Devices;

/// <summary>
/// The arguments of a kernel, in the order of its C# parameters. The two interfaces lay them out differently: in PTX a view is
/// a structure of pointer and length; in OpenCL C all pointers come first, and then each view is a structure of the offset and
/// the length.
/// </summary>
internal sealed class GpuArguments
{
    /// <summary>One argument; a view where there is a buffer.</summary>
    /// <param name="Buffer">What a view looks at.</param>
    /// <param name="Start">A view's first element, or the bits of a value.</param>
    /// <param name="Length">A view's elements.</param>
    /// <param name="Size">Bytes of an element, or of a value.</param>
    public readonly record struct Argument(GpuBuffer? Buffer, long Start, long Length, int Size);

    private readonly List<Argument> _list = [];

    public IReadOnlyList<Argument> List => _list;

    /// <summary>An ArrayView of elements of a buffer.</summary>
    /// <exception cref="ArgumentException">They are not all in the buffer, or the first cannot be counted by an int.</exception>
    public GpuArguments View(GpuBuffer buffer, long byteOffset, long elements, int elementBytes)
    {
        if (byteOffset < 0 || elements < 0 || byteOffset % elementBytes != 0 ||
            byteOffset > buffer.Bytes || elements > (buffer.Bytes - byteOffset) / elementBytes)
            throw new ArgumentException($"{elements} elements of {elementBytes} bytes from byte {byteOffset} on, in a buffer of {buffer.Bytes}");
        if (byteOffset / elementBytes > int.MaxValue)
            throw new ArgumentException("views begin within the first 2^31 elements");
        return Add(new Argument(buffer, byteOffset / elementBytes, elements, elementBytes));
    }

    public GpuArguments Int(int value) => Add(new Argument(null, value, 0, sizeof(int)));

    public GpuArguments Long(long value) => Add(new Argument(null, value, 0, sizeof(long)));

    public GpuArguments Float(float value) => Add(new Argument(null, BitConverter.SingleToInt32Bits(value), 0, sizeof(float)));

    private GpuArguments Add(Argument argument)
    {
        _list.Add(argument);
        return this;
    }
}
