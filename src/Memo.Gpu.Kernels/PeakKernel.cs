using ILGPU;

namespace Memo.Gpu.Kernels;

/// <summary>What the device multiplies and adds at most, for shares of the peak.</summary>
public static class PeakKernel
{
    /// <summary>
    /// Sixteen independent chains of multiply-adds in each thread; the sums are written so that they cannot be left out.
    /// </summary>
    /// <param name="results">One value for each thread.</param>
    /// <param name="rounds">Rounds of <see cref="GroupSizes.ProductsPerRound"/> products.</param>
    /// <param name="factor">Near 1.</param>
    /// <param name="addend">Small.</param>
    public static void Peak(ArrayView<float> results, int rounds, float factor, float addend)
    {
        var add = new Float4 { X = addend, Y = addend, Z = addend, W = addend };
        int thread = Grid.IdxX * GroupSizes.Peak + Group.IdxX;
        var a = new Float4 { X = thread, Y = thread + 1, Z = thread + 2, W = thread + 3 };
        Float4 b = Float4.AddProduct(add, factor, a), c = Float4.AddProduct(add, factor, b), d = Float4.AddProduct(add, factor, c);
        for (int round = 0; round < rounds; round++)
        {
            (a, b, c, d) = (Next(a, factor, add), Next(b, factor, add), Next(c, factor, add), Next(d, factor, add));
            (a, b, c, d) = (Next(a, factor, add), Next(b, factor, add), Next(c, factor, add), Next(d, factor, add));
            (a, b, c, d) = (Next(a, factor, add), Next(b, factor, add), Next(c, factor, add), Next(d, factor, add));
            (a, b, c, d) = (Next(a, factor, add), Next(b, factor, add), Next(c, factor, add), Next(d, factor, add));
        }
        results[thread] = a.X + a.Y + a.Z + a.W + b.X + b.Y + b.Z + b.W + c.X + c.Y + c.Z + c.W + d.X + d.Y + d.Z + d.W;
    }

    private static Float4 Next(Float4 value, float factor, Float4 add) => Float4.AddProduct(add, factor, value);
}
