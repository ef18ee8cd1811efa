namespace Memo.Neighbors;

/// <summary>
/// An order of labelled points in which neighbours stand together: the points of each class are halved at the median of the
/// coordinate that varies most, again and again, down to panels (the order of a k-d tree's leaves; J. Friedman, J. Bentley,
/// R. Finkel 1977). O(N log N).
/// </summary>
internal static class PointOrder
{
    private const int Lanes = PrunedPoints.Lanes;
    private const int Candidates = 24; // coordinates that are looked at; those behind vary less

    /// <summary>The rows of each panel of 32, -1 where a class does not fill its last; and where the panels of each class start.</summary>
    public static (int[] Rows, int[] ClassStarts) Panels(MappedVectors mapped, ReadOnlySpan<int> labels, int classCount,
        ParallelOptions parallel)
    {
        var counts = new int[classCount];
        foreach (int label in labels) counts[label]++;
        var starts = new int[classCount + 1];
        for (int k = 0; k < classCount; k++) starts[k + 1] = starts[k] + (counts[k] + Lanes - 1) / Lanes;
        var rows = new int[starts[classCount] * Lanes];
        Array.Fill(rows, -1);
        Array.Clear(counts);
        for (int i = 0; i < labels.Length; i++) rows[starts[labels[i]] * Lanes + counts[labels[i]]++] = i;
        Parallel.For(0, classCount, parallel, k => Sort(mapped, rows, starts[k] * Lanes, counts[k]));
        return (rows, starts);
    }

    private static void Sort(MappedVectors mapped, int[] rows, int first, int count)
    {
        var keys = new short[count];
        var scratch = rows.AsSpan(first, count);
        Halve(mapped, scratch, keys);
    }

    private static void Halve(MappedVectors mapped, Span<int> rows, Span<short> keys)
    {
        while (rows.Length > Lanes)
        {
            int coordinate = WidestCoordinate(mapped, rows);
            for (int i = 0; i < rows.Length; i++) keys[i] = mapped.Coordinates(rows[i])[coordinate];
            int half = (rows.Length / 2 + Lanes - 1) / Lanes * Lanes;
            Select(keys[..rows.Length], rows, half);
            Halve(mapped, rows[..half], keys);
            rows = rows[half..];
        }
    }

    private static int WidestCoordinate(MappedVectors mapped, ReadOnlySpan<int> rows)
    {
        int count = Math.Min(Candidates, mapped.Directions), widest = 0;
        Span<long> sums = stackalloc long[count], squares = stackalloc long[count];
        sums.Clear();
        squares.Clear();
        int step = Math.Max(1, rows.Length / 256); // a sample is enough
        int sampled = 0;
        for (int i = 0; i < rows.Length; i += step, sampled++)
        {
            ReadOnlySpan<short> coordinates = mapped.Coordinates(rows[i])[..count];
            for (int c = 0; c < coordinates.Length; c++)
            {
                sums[c] += coordinates[c];
                squares[c] += coordinates[c] * coordinates[c];
            }
        }
        double greatest = -1;
        for (int c = 0; c < count; c++)
        {
            double variance = squares[c] - (double)sums[c] * sums[c] / sampled;
            if (variance > greatest) (greatest, widest) = (variance, c);
        }
        return widest;
    }

    // Quickselect (C. Hoare 1961): the rows with the `half` least keys come first. Equal keys keep no order, but the same
    // input always gives the same output.
    private static void Select(Span<short> keys, Span<int> rows, int half)
    {
        int low = 0, high = keys.Length - 1;
        while (low < high)
        {
            short pivot = Median(keys[low], keys[(low + high) / 2], keys[high]);
            int i = low, j = high;
            while (i <= j)
            {
                while (keys[i] < pivot) i++;
                while (keys[j] > pivot) j--;
                if (i > j) break;
                (keys[i], keys[j]) = (keys[j], keys[i]);
                (rows[i], rows[j]) = (rows[j], rows[i]);
                i++;
                j--;
            }
            if (half - 1 <= j) high = j;
            else if (half - 1 >= i) low = i;
            else return;
        }

        static short Median(short a, short b, short c) => Math.Max(Math.Min(a, b), Math.Min(Math.Max(a, b), c));
    }
}
