using Memo.Data;
using Memo.Numerics;

namespace Memo.Features;

/// <summary>
/// The affine map at the end of the feature layers, and the rounding: z_j = floor((c_j + sum over k of A_jk v_k) / 2^shift + 1/2).
/// Of whole features A and c are whole, and it is exact in double, as every partial sum is below 2^53; of fractions it is what
/// double gives when it adds to c in ascending order of k, which is the same everywhere.
/// </summary>
internal sealed class RoundedProjection
{
    /// <summary>What learning keeps partial sums of whole features below; half of what is exact.</summary>
    public const double Limit = 1L << 52;

    /// <summary>Features beyond are cut, those of samples far from all training samples: sums of a few of them are still
    /// exact.</summary>
    public const double Greatest = 1L << 50;

    private readonly double[] _columns; // A', F by m; or the diagonal

    /// <param name="inputs">F.</param>
    /// <param name="weights">A, m by F; or, where m = F, its diagonal.</param>
    /// <param name="offsets">c, length m.</param>
    /// <param name="shift">Bits dropped, from 0 to 52.</param>
    /// <exception cref="MemoException">The sizes do not fit.</exception>
    public RoundedProjection(int inputs, double[] weights, double[] offsets, int shift)
    {
        (Inputs, Weights, Offsets, Shift) = (inputs, weights, offsets, shift);
        IsDiagonal = inputs == offsets.Length && weights.Length == inputs;
        if (inputs < 1 || offsets.Length == 0 || (!IsDiagonal && weights.Length != (long)inputs * offsets.Length) ||
            shift is < 0 or > 52)
            throw new MemoException($"a projection of {inputs} features by {weights.Length} weights, {offsets.Length} offsets and a shift of {shift}");
        foreach (double value in weights.Concat(offsets))
            if (!double.IsFinite(value)) throw new MemoException($"a projection with a number that is {value}");
        _columns = IsDiagonal ? weights : new double[weights.Length];
        if (!IsDiagonal)
            for (int j = 0; j < Outputs; j++)
                for (int k = 0; k < Inputs; k++) _columns[k * Outputs + j] = weights[j * Inputs + k];
    }

    private RoundedProjection(RoundedProjection other, int shift) => (Inputs, Weights, Offsets, IsDiagonal, _columns, Shift) =
        (other.Inputs, other.Weights, other.Offsets, other.IsDiagonal, other._columns, shift);

    /// <summary>A, m by F; or its diagonal.</summary>
    public double[] Weights { get; }

    /// <summary>Whether <see cref="Weights"/> are a diagonal alone.</summary>
    public bool IsDiagonal { get; }

    /// <summary>c.</summary>
    public double[] Offsets { get; }

    /// <summary>Bits dropped.</summary>
    public int Shift { get; }

    /// <summary>Features that go in, F.</summary>
    public int Inputs { get; }

    /// <summary>Features that come out, m.</summary>
    public int Outputs => Offsets.Length;

    /// <summary>A_jk.</summary>
    public double Weight(int j, int k) => !IsDiagonal ? Weights[j * Inputs + k] : j == k ? Weights[k] : 0;

    /// <summary>Throws unless weights are whole and every partial sum of whole features is below 2^53.</summary>
    /// <param name="largest">Bounds on the features, F.</param>
    /// <exception cref="MemoException">They are not, or one could pass it.</exception>
    public void RequireExact(double[] largest)
    {
        if (!Array.TrueForAll(Weights, double.IsInteger) || !Array.TrueForAll(Offsets, double.IsInteger))
            throw new MemoException("a projection of whole features with weights that are not whole");
        for (int j = 0; j < Outputs; j++)
        {
            double sum = Math.Abs(Offsets[j]);
            for (int k = IsDiagonal ? j : 0; k < (IsDiagonal ? j + 1 : Inputs); k++) sum += Math.Abs(Weight(j, k)) * largest[k];
            if (!(sum < 1L << 53)) throw new MemoException($"sums of feature {j} can reach {sum:E3}, beyond 2^53, where doubles have gaps");
        }
    }

    /// <summary>The same map with other bits dropped.</summary>
    public RoundedProjection WithShift(int shift) => new(this, shift);

    /// <summary>A v + c of every row, N by m, before the rounding. O(N m F).</summary>
    public double[] Sums(FeatureRows rows, RunOptions run)
    {
        RequireRoom(rows.Count);
        var sums = new double[rows.Count * Outputs];
        const int block = 32;
        Turns.Take((rows.Count + block - 1) / block, run.Threads, () => new double[Inputs], (b, row) =>
        {
            for (int i = b * block; i < Math.Min(rows.Count, (b + 1) * block); i++)
            {
                rows.Read(i, row);
                Span<double> sum = sums.AsSpan(i * Outputs, Outputs);
                for (int j = 0; j < Outputs; j++) sum[j] = Offsets[j];
                if (IsDiagonal)
                    for (int k = 0; k < row.Length; k++) sum[k] += _columns[k] * row[k];
                else if (Outputs == 1)
                    for (int k = 0; k < row.Length; k++) sum[0] += _columns[k] * row[k];
                else
                    for (int k = 0; k < row.Length; k++)
                        if (row[k] != 0) PortableAlgebra.AddMultiple(row[k], _columns.AsSpan(k * Outputs, Outputs), sum);
            }
        }, static _ => { }, run.Cancellation);
        return sums;
    }

    /// <summary>Throws where the features of so many samples are more than an array holds.</summary>
    /// <exception cref="MemoException">They are.</exception>
    public void RequireRoom(int samples)
    {
        if ((long)samples * Outputs > Array.MaxLength)
            throw new MemoException($"{samples} samples of {Outputs} features are more than one array can hold ({Array.MaxLength}); " +
                                    "take fewer at a time");
    }

    /// <summary>Rounds what <see cref="Sums"/> gave, to whole numbers of at most 2^50.</summary>
    /// <param name="sums">Q by m.</param>
    /// <param name="firstRow">What messages call the first row.</param>
    /// <exception cref="MemoException">A sum is not a number: features near the ends of double's range.</exception>
    public SampleMatrix<double> Round(double[] sums, int firstRow = 0)
    {
        double unit = Math.ScaleB(1, -Shift);
        var rounded = new double[sums.Length];
        for (int i = 0; i < sums.Length; i++)
        {
            if (double.IsNaN(sums[i])) throw new MemoException($"row {firstRow + i / Outputs}: values too large for feature layers; scale them");
            rounded[i] = Math.Clamp(Math.Floor(sums[i] * unit + 0.5), -Greatest, Greatest);
        }
        return new SampleMatrix<double>(rounded, sums.Length / Outputs, Outputs);
    }
}
