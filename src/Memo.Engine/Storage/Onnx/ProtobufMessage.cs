// Protocol buffers, as much of them as a model file needs: https://protobuf.dev/programming-guides/encoding
using System.Buffers.Binary;
using System.Text;

namespace Memo.Storage.Onnx;

/// <summary>
/// A message under construction: fields are appended in order, and large contents stay where they are until the message is
/// written, so that a model of a gigabyte takes no second gigabyte.
/// </summary>
internal sealed class ProtobufMessage
{
    private const int Varint = 0, LengthDelimited = 2, Fixed32 = 5; // wire types

    private readonly List<Action<ByteSink>> _parts = [];

    /// <summary>Bytes that the fields take.</summary>
    public long Length { get; private set; }

    /// <summary>An integer or an enumeration's value.</summary>
    public ProtobufMessage Add(int field, long value) => Append([.. Key(field, Varint), .. VariableLength((ulong)value)]);

    /// <summary>A float.</summary>
    public ProtobufMessage Add(int field, float value)
    {
        var bytes = new byte[sizeof(float)];
        BinaryPrimitives.WriteSingleLittleEndian(bytes, value);
        return Append([.. Key(field, Fixed32), .. bytes]);
    }

    /// <summary>A string.</summary>
    /// <exception cref="MemoException">The text is no valid Unicode.</exception>
    public ProtobufMessage Add(int field, string text)
    {
        SafetensorsWriter.RequireUnicode(text);
        byte[] bytes = Encoding.UTF8.GetBytes(text);
        return Append([.. Key(field, LengthDelimited), .. VariableLength((ulong)bytes.Length), .. bytes]);
    }

    /// <summary>A message, which is complete: what is added to it later is not counted.</summary>
    public ProtobufMessage Add(int field, ProtobufMessage message) => Add(field, message.Length, message.WriteTo);

    /// <summary>Bytes that are written when the message is.</summary>
    public ProtobufMessage Add(int field, long length, Action<ByteSink> write)
    {
        Append([.. Key(field, LengthDelimited), .. VariableLength((ulong)length)]);
        _parts.Add(write);
        Length += length;
        return this;
    }

    /// <summary>Hands all fields to the sink.</summary>
    public void WriteTo(ByteSink sink)
    {
        foreach (Action<ByteSink> part in _parts) part(sink);
    }

    private ProtobufMessage Append(byte[] bytes)
    {
        _parts.Add(sink => sink(bytes));
        Length += bytes.Length;
        return this;
    }

    private static byte[] Key(int field, int wireType) => VariableLength((uint)field << 3 | (uint)wireType);

    // Seven bits a byte, the lowest first; the top bit says that more follow.
    private static byte[] VariableLength(ulong value)
    {
        var bytes = new List<byte>();
        for (; value >= 0x80; value >>= 7) bytes.Add((byte)(value | 0x80));
        bytes.Add((byte)value);
        return [.. bytes];
    }
}
