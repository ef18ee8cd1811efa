namespace Memo.Features;

/// <summary>
/// Filters on square patches of images, over the integers: f_k(p) = w_k . q(p) + b_k for a patch p of d = size * size * channels
/// bytes, where q(p) = p - 128 or, with contrast, the patch less its mean and divided by its deviation, rounded. Every partial sum
/// of f is below 2^24 in size: products in single precision are then exact, in any order, on any processor.
/// </summary>
/// <param name="Size">Pixels of a patch's side.</param>
/// <param name="Channels">Channels of the images.</param>
/// <param name="Weights">w, K by d: channel by channel, row by row, pixel by pixel.</param>
/// <param name="Biases">b, length K.</param>
/// <param name="Threshold">What f and -f must exceed to count, at least 0.</param>
/// <param name="Contrast">Null where patches are taken as they are.</param>
internal sealed record PatchFilters(int Size, int Channels, int[] Weights, int[] Biases, int Threshold, PatchContrast? Contrast)
{
    /// <summary>What is taken from each byte.</summary>
    public const int Centre = 128;

    /// <summary>Values of a patch, at most: learning diagonalizes their covariance.</summary>
    public const int MostValues = 768;

    /// <summary>Partial sums stay below this.</summary>
    public const int Limit = 1 << 24;

    /// <summary>Filters, K.</summary>
    public int Count => Biases.Length;

    /// <summary>Values of a patch, d.</summary>
    public int Dimension => Size * Size * Channels;

    /// <summary>
    /// A bound on |f| and all its partial sums: sum |w| * 128 + |b|, or |w| |q| + |b| where |q| is bounded (Cauchy and Schwarz, of
    /// any part of the sum).
    /// </summary>
    public double LargestSum(int filter)
    {
        double absolute = 0, squared = 0;
        foreach (int weight in Weights.AsSpan(filter * Dimension, Dimension))
        {
            absolute += Math.Abs((double)weight);
            squared += (double)weight * weight;
        }
        double sum = Contrast is null ? Centre * absolute
            : Math.Min(Math.Sqrt(squared) * Contrast.LargestLength(Dimension), Contrast.LargestValue(Dimension) * absolute);
        return sum * (1 + 1e-12) + Math.Abs((double)Biases[filter]);
    }

    /// <summary>A bound on the square of the filters' spectral norm: the largest sum of |W' W| along a row.</summary>
    public double SquaredNorm
    {
        get
        {
            double largest = 0;
            var row = new double[Dimension];
            for (int i = 0; i < Dimension; i++)
            {
                Array.Clear(row);
                for (int k = 0; k < Count; k++)
                    for (int j = 0; j < Dimension; j++) row[j] += (double)Weights[k * Dimension + i] * Weights[k * Dimension + j];
                largest = Math.Max(largest, row.Sum(Math.Abs));
            }
            return largest * (1 + 1e-12);
        }
    }

    /// <summary>q(p), as single-precision numbers, in place of the patch's bytes.</summary>
    public void Centred(Span<float> patch)
    {
        if (Contrast is { } contrast) contrast.Apply(patch);
        else
            foreach (ref float value in patch) value -= Centre;
    }
}

/// <summary>
/// Contrast normalization of a patch of d bytes: q_i = round(scale (d p_i - S) / sqrt(d Q - S^2 + offset)), S the sum and Q the
/// sum of the squares: the patch less its mean, divided by its deviation. Each operation is a correctly rounded one of IEEE 754 on
/// whole numbers, so that the integers are the same everywhere.
/// </summary>
/// <param name="Scale">What a deviation of 1 becomes, at least 1.</param>
/// <param name="Offset">d^2 times what is added to the variance, at least 1: even patches come to nothing.</param>
internal sealed record PatchContrast(int Scale, int Offset)
{
    /// <summary>A bound on |q|: scale sqrt(d), and 1/2 for the rounding of each value.</summary>
    public double LargestLength(int d) => (Scale + 0.5) * Math.Sqrt(d) * (1 + 1e-12);

    /// <summary>A bound on a value of q: one pixel alone in an even patch.</summary>
    public double LargestValue(int d) => Scale * Math.Sqrt(d) + 1;

    /// <summary>q, in place of the patch.</summary>
    public void Apply(Span<float> patch)
    {
        int d = patch.Length;
        long sum = 0, squares = 0;
        foreach (float value in patch)
        {
            int whole = (int)value;
            sum += whole;
            squares += whole * whole;
        }
        double deviation = Math.Sqrt(d * squares - sum * sum + Offset);
        foreach (ref float value in patch)
            value = (float)Math.Round(Scale * (d * (double)value - sum) / deviation);
    }
}
