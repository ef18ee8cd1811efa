// Lemmas B.4 and B.5: whether z is among the codes that a big integer holds.

using System.Numerics;
using Memo.Networks;

namespace Memo.Constructions;

/// <summary>Reads the codes of a block one after the other, bit by bit, and compares each with z.</summary>
internal static class LabelDetermination
{
    /// <summary>
    /// How many of the codes in x equal z, after count (codeBits + 1) + 2 layers of width 6.
    /// </summary>
    /// <param name="network">Where the layers go.</param>
    /// <param name="z">The code looked for, >= 0.</param>
    /// <param name="x">The codes in base 2^codeBits, most significant first.</param>
    /// <param name="count">How many codes.</param>
    /// <param name="codeBits">B.</param>
    public static LinearForm CountMatches(ReluNetworkBuilder network, LinearForm z, LinearForm x, int count, int codeBits)
    {
        // x is no larger, but what can be said of it without knowing z is: a sum over all jumps.
        (x, z) = (network.AtMost(x, BlockIntegers.Largest(count * codeBits)), network.Relu(z));
        network.EndLayer();

        LinearForm matches = 0;      // q
        LinearForm? distance = null; // |z - a| 2^S for the code a before, still to be judged
        for (int k = 0; k < count; k++)
        {
            int shift = codeBits * (count - 1 - k); // S: the codes behind this one
            LinearForm before = x;                  // V: what there was before this code is removed
            for (int bit = codeBits - 1; bit >= 0; bit--)
            {
                BigInteger power = BigInteger.One << (shift + bit);
                LinearForm rest = network.Relu(x);
                before = bit == codeBits - 1 ? rest : network.Relu(before);
                x = rest - power * network.AtLeast(x, power); // clears the bit
                z = network.Relu(z);
                matches = network.Carry(matches) + IsZero(network, distance);
                distance = null;
                network.EndLayer();
            }
            bool last = k == count - 1;
            if (last) x = 0; // all bits are cleared
            // V - x = a 2^S for the code a: compared without dividing.
            distance = network.Distance((BigInteger.One << shift) * z, before - x);
            (x, z) = (network.Carry(x), last ? z : network.Relu(z));
            matches = network.Carry(matches);
            network.EndLayer();
        }
        matches = network.Carry(matches) + IsZero(network, distance);
        network.EndLayer();
        return matches;
    }

    /// <summary>Bytes that a network of these layers takes, nearly, with as many big integers for its projection.</summary>
    /// <remarks>
    /// A layer has six rows of up to three weights (24 bytes each with their columns) and some 600 bytes of arrays. A bit's
    /// power and its predecessor are of (S + b) / 8 bytes, on average half of those of x. The projection's are of those of x.
    /// </remarks>
    public static double Bytes(double blocks, double count, double codeBits) =>
        count * codeBits * (6 * 3 * 24 + 600 + count * codeBits / 8) + 2 * blocks * count * codeBits / 8;

    // 1 for 0, 0 for positive integers.
    private static LinearForm IsZero(ReluNetworkBuilder network, LinearForm? distance) =>
        distance is null ? 0 : network.Relu(1 - distance);
}
