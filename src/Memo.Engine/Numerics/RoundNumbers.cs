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

    /// <summary>The least of 1, 2 and 5 times powers of ten that cuts a length into at most so many steps; 0 for the length 0.</summary>
    public static double StepFor(double length, int most)
    {
        if (!(length > 0)) return 0;
        double power = Math.Pow(10, Math.Floor(Math.Log10(length / most)));
        foreach (int step in (int[])[1, 2, 5])
            if (step * power * most >= length) return step * power;
        return 10 * power;
    }
}
