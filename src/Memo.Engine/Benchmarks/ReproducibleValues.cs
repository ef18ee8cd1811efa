namespace Memo.Benchmarks;

/// <summary>
/// Values that look random, are a function of their position alone and can be computed by one line of another language, so
/// that a peer works on the same inputs. The mixing function is that of MurmurHash3 (A. Appleby, public domain).
/// </summary>
internal static class ReproducibleValues
{
    /// <summary>The 32 random-looking bits that belong to a position.</summary>
    public static uint Bits(uint position)
    {
        uint h = position;
        h = (h ^ (h >> 16)) * 0x85EBCA6B;
        h = (h ^ (h >> 13)) * 0xC2B2AE35;
        return h ^ (h >> 16);
    }

    /// <summary>Bytes uniform in 0..255: the high bits at the positions first, first + 1, ...</summary>
    public static byte[] Bytes(int count, uint first = 0)
    {
        var values = new byte[count];
        for (int i = 0; i < count; i++) values[i] = (byte)(Bits(first + (uint)i) >> 24);
        return values;
    }

    /// <summary>Multiples of 2^-24 uniform in [-1/2, 1/2): bits / 2^8 / 2^24 - 1/2.</summary>
    public static float[] Floats(int count, uint first = 0)
    {
        var values = new float[count];
        for (int i = 0; i < count; i++) values[i] = (Bits(first + (uint)i) >> 8) * (1f / (1 << 24)) - 0.5f;
        return values;
    }
}
