// Turns valid inputs into nearly valid ones.

using System.Buffers.Binary;
using System.Text;
using Memo.Numerics;

namespace Memo.Fuzz;

/// <summary>Random changes of the kinds that break parsers; equal seeds give equal inputs.</summary>
internal sealed class Mutator(SeededRandom random)
{
    private const int LongestInput = 1 << 16;

    private static readonly long[] EdgeIntegers =
    [
        0, 1, -1, 2, 127, 128, 255, 256, short.MaxValue, ushort.MaxValue, int.MaxValue - 1, int.MaxValue, int.MinValue,
        uint.MaxValue,
        1L << 53, long.MaxValue, long.MinValue,
    ];

    private static readonly byte[][] Tokens =
    [
        .. ((string[])
        [
            "-1", "0", "+1", "2147483648", "99999999999999999999", "1e999", "nan", "inf", "-0", ".", "\"", "\"\"", "\n",
            "\r\n", ",", ";", "\t", ":", "#", "'", "(", ")", "{", "}", "\0", "\u00e9", "True", "'shape': (", "<U99",
            "|O", "[1]",
        ]).Select(Encoding.UTF8.GetBytes),
        [0x1F, 0x8B, 8, 0], [0xFF, 0xFE], [0xEF, 0xBB, 0xBF], "PK\u0005\u0006"u8.ToArray(),
        "PK\u0001\u0002"u8.ToArray(),
    ];

    /// <summary>One of the seeds after one to eight changes, some of which take pieces of other seeds.</summary>
    public byte[] Next(IReadOnlyList<byte[]> seeds)
    {
        var input = new List<byte>(Any(seeds));
        for (int changes = 1 + Below(8); changes > 0; changes--) Change(input, seeds);
        if (input.Count > LongestInput) input.RemoveRange(LongestInput, input.Count - LongestInput);
        return [.. input];
    }

    private void Change(List<byte> input, IReadOnlyList<byte[]> seeds)
    {
        int at = Below(input.Count + 1), rest = input.Count - at;
        switch (Below(9))
        {
            case 0 when rest > 0: input[at] ^= (byte)(1 << Below(8)); break;
            case 1 when rest > 0: input[at] = (byte)Below(256); break;
            case 2: input.RemoveRange(at, rest); break;
            case 3: input.RemoveRange(at, Math.Min(rest, 1 + Below(16))); break;
            case 4: input.InsertRange(at, Any(Tokens)); break;
            case 5: Overwrite(input, at, Any(Tokens)); break;
            case 6: Overwrite(input, at, EdgeInteger()); break;
            case 7: // a piece of another seed
                byte[] other = Any(seeds);
                int from = Below(other.Length);
                byte[] piece = other[from..(from + Below(other.Length - from + 1))];
                if (Below(2) == 0) input.InsertRange(at, piece);
                else Overwrite(input, at, piece);
                break;
            case 8: // a piece of itself again
                input.InsertRange(at, input.GetRange(at, Math.Min(rest, Below(64))));
                break;
        }
    }

    private byte[] EdgeInteger()
    {
        long value = Any(EdgeIntegers) + Below(3) - 1;
        var bytes = new byte[8];
        int length = 1 << Below(4);
        if (Below(2) == 0)
        {
            BinaryPrimitives.WriteInt64LittleEndian(bytes, value);
            return bytes[..length];
        }
        BinaryPrimitives.WriteInt64BigEndian(bytes, value);
        return bytes[^length..];
    }

    private static void Overwrite(List<byte> input, int at, byte[] piece)
    {
        input.RemoveRange(at, Math.Min(piece.Length, input.Count - at));
        input.InsertRange(at, piece);
    }

    private T Any<T>(IReadOnlyList<T> choices) => choices[Below(choices.Count)];

    private int Below(int bound) => (int)random.NextBelow((ulong)bound);
}
