using System.Numerics;

namespace Memo.Numerics;

/// <summary>Roots of integers, rounded up exactly: sizes of blocks such as ceil(sqrt N), ceil(N^(2/3)).</summary>
internal static class IntegerRoots
{
    /// <summary>The least r &gt;= 0 with r^degree &gt;= value; value &gt;= 0.</summary>
    public static BigInteger Ceiling(BigInteger value, int degree)
    {
        BigInteger below = -1, enough = BigInteger.One << (int)(value.GetBitLength() / degree + 1);
        while (enough - below > 1)
        {
            BigInteger middle = (below + enough) >> 1;
            if (BigInteger.Pow(middle, degree) >= value) enough = middle;
            else below = middle;
        }
        return enough;
    }

    /// <summary>ceil(sqrt(value)).</summary>
    public static int CeilingSquareRoot(int value) => (int)Ceiling(value, 2);
}
