// Data whose coordinates are bits: xor, parity, and the corners of a hypercube that lie far apart.

using Memo.Numerics;

namespace Memo.Data.Generators;

/// <summary>Samples of zeros and ones, as bytes.</summary>
internal static class BitPatterns
{
    /// <summary>Sample i has the two bits of i mod 4 (00, 01, 10, 11) first; the other bits are random.</summary>
    public static GeneratedSamples Xor(GeneratorParameters parameters, SeededRandom random, MemoryBudget budget)
    {
        int count = parameters.Integer("count", 1, Array.MaxLength), n = parameters.Integer("n", 2, Array.MaxLength);
        double noise = parameters.Real("noise", 0, 1000);
        ElementType type = parameters.FloatType();
        if (noise == 0 && parameters.IsGiven("dtype"))
            throw new MemoException("xor: dtype applies with noise only; without it the samples are uint8");
        var labels = new int[count];
        for (int i = 0; i < count; i++) labels[i] = (i >> 1 ^ i) & 1;

        SampleMatrix points;
        if (noise > 0)
            points = FloatSamples.Create("xor", count, n, type, budget, (i, row) =>
            {
                for (int k = 0; k < n; k++) row[k] = Bit(i, k) + noise * random.NextGaussian();
            });
        else
        {
            byte[] bits = budget.Allocate<byte>("xor", count, n);
            for (int i = 0; i < count; i++)
                for (int k = 0; k < n; k++) bits[i * n + k] = (byte)Bit(i, k);
            points = new SampleMatrix<byte>(bits, count, n);
        }
        return new GeneratedSamples(points, labels, [0, 1]);

        int Bit(int i, int k) => k < 2 ? i >> 1 - k & 1 : (int)(random.NextUInt64() & 1);
    }

    /// <summary>All 2^n points in binary order when count is 2^n, else independent uniform points.</summary>
    public static GeneratedSamples Parity(GeneratorParameters parameters, SeededRandom random, MemoryBudget budget)
    {
        int count = parameters.Integer("count", 1, Array.MaxLength), n = parameters.Integer("n", 1, Array.MaxLength);
        int relevant = parameters.IsGiven("k") ? parameters.Integer("k", 1, n) : n;
        bool all = n < 31 && count == 1 << n;
        byte[] bits = budget.Allocate<byte>("parity", count, n);
        var labels = new int[count];
        for (int i = 0; i < count; i++)
            for (int k = 0; k < n; k++)
            {
                int bit = all ? i >> n - 1 - k & 1 : (int)(random.NextUInt64() & 1);
                bits[i * n + k] = (byte)bit;
                if (k < relevant) labels[i] ^= bit;
            }
        return new GeneratedSamples(new SampleMatrix<byte>(bits, count, n), labels, [0, 1]);
    }

    /// <summary>
    /// Distinct words of floor(n/m) bits, each bit repeated m = ceil(c^2) times: two words differ in a bit, so their
    /// points differ in m coordinates and are sqrt(m) >= c apart. The coordinates left over are 0.
    /// </summary>
    public static GeneratedSamples Hypercube(GeneratorParameters parameters, SeededRandom random, MemoryBudget budget)
    {
        int n = parameters.Integer("n", 1, Array.MaxLength);
        double c = parameters.Real("c", double.Epsilon, 1000);
        int repeats = Math.Max(1, (int)Math.Ceiling(c * c)), length = n / repeats;
        if (length == 0)
            throw new MemoException($"hypercube: n={n} is below ceil(c^2) = {repeats}, so there is one point " +
                "only; take a larger n");
        long most = length >= 31 ? Array.MaxLength : 1L << length;
        int count = parameters.IsGiven("count") ? parameters.Integer("count", 1, (int)most) : (int)Math.Min(1000, most);

        byte[] points = budget.Allocate<byte>("hypercube", count, n);
        points.AsSpan().Clear();
        ulong[] heads = DistinctWords(random, count, Math.Min(length, 62));
        for (int i = 0; i < count; i++)
            for (int b = 0; b < length; b++)
            {
                ulong bit = (b < 62 ? heads[i] >> b : random.NextUInt64()) & 1;
                points.AsSpan(i * n + b * repeats, repeats).Fill((byte)bit);
            }
        return new GeneratedSamples(new SampleMatrix<byte>(points, count, n), RandomHalves(random, count), [-1, 1]);
    }

    // R. Floyd's sampling without replacement (J. Bentley, "A sample of brilliance", 1987): every set of count words of
    // the given length is equally likely, in O(count) draws.
    private static ulong[] DistinctWords(SeededRandom random, int count, int length)
    {
        ulong all = 1UL << length;
        var words = new ulong[count];
        var taken = new HashSet<ulong>(count);
        for (int i = 0; i < count; i++)
        {
            ulong last = all - (ulong)count + (ulong)i;
            ulong word = random.NextBelow(last + 1);
            if (!taken.Add(word)) taken.Add(word = last);
            words[i] = word;
        }
        return words;
    }

    // A uniformly random order of floor(count/2) ones and the rest zeros.
    private static int[] RandomHalves(SeededRandom random, int count)
    {
        int[] labels = [.. Enumerable.Range(0, count).Select(i => i & 1)];
        for (int i = count - 1; i > 0; i--)
        {
            int j = (int)random.NextBelow((ulong)i + 1);
            (labels[i], labels[j]) = (labels[j], labels[i]);
        }
        return labels;
    }
}
