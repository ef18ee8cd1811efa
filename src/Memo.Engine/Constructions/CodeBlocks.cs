using System.Numerics;
using Memo.Networks;

namespace Memo.Constructions;

/// <summary>Blocks of neighbouring codes (Lemma B.3): where each begins, and big integers of a number for each code.</summary>
/// <param name="codes">Ascending.</param>
/// <param name="each">Codes in a block, m; the last block may have fewer.</param>
internal sealed class CodeBlocks(Int128[] codes, int each)
{
    /// <summary>Codes in a block, m.</summary>
    public int Each => each;

    /// <summary>How many blocks.</summary>
    public int Count => (codes.Length + each - 1) / each;

    /// <summary>
    /// From here on z belongs to the next block: one below its first code a. Codes are multiples of 4, so none lies on the
    /// ramp from a - 2 to a - 1.
    /// </summary>
    public BigInteger[] Thresholds => [.. Enumerable.Range(1, Count - 1).Select(k => (BigInteger)(codes[k * each] - 1))];

    /// <summary>A staircase of big integers: each is, of its block, numbers of so many bits, the last block padded.</summary>
    public Staircase ToStaircase(params ReadOnlySpan<(Int128[] Numbers, int Bits, Int128 Padding)> contents)
    {
        var values = new (LinearForm, BigInteger[])[contents.Length];
        for (int i = 0; i < contents.Length; i++)
        {
            (Int128[] numbers, int bits, Int128 padding) = contents[i];
            var integers = new BigInteger[Count];
            var block = new Int128[each];
            for (int k = 0; k < integers.Length; k++)
            {
                ReadOnlySpan<Int128> own = numbers.AsSpan(k * each, Math.Min(each, numbers.Length - k * each));
                own.CopyTo(block);
                block.AsSpan(own.Length).Fill(padding);
                integers[k] = BlockIntegers.Concatenate(block, bits);
            }
            values[i] = (integers[0], BlockIntegers.Jumps(integers));
        }
        return new Staircase(Thresholds, values);
    }
}
