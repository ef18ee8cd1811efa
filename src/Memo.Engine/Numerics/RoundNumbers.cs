namespace Memo.Numerics;

/// <summary>Sizes to try that are evenly spread on a logarithmic scale and easy to read.</summary>
internal static class RoundNumbers
{
    /// <summary>1, 2 and 5 times powers of ten, from a least size on, and the greatest itself.</summary>
    public static int[] OneTwoFive(int least, int greatest)
    {
        var sizes = new List<int>();
        for (long power = 1; power <= greatest; power *= 10)
            foreach (int step in (int[])[1, 2, 5])
                if (step * power >= least && step * power < greatest) sizes.Add((int)(step * power));
        return [.. sizes, greatest];
    }
}
