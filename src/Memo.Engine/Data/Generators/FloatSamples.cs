// Where generators with continuous coordinates put their samples.

namespace Memo.Data.Generators;

/// <summary>Samples computed in double, row by row, and kept as float64 or, rounded to nearest, as float32.</summary>
internal static class FloatSamples
{
    /// <summary>Fills row i of a count-by-n matrix with <paramref name="fill"/>(i, row), for i ascending.</summary>
    public static SampleMatrix Create(
        string source, int count, int n, ElementType type, MemoryBudget budget, Action<int, double[]> fill)
    {
        var row = new double[n];
        if (type == ElementType.Float64)
        {
            double[] values = budget.Allocate<double>(source, count, n);
            for (int i = 0; i < count; i++)
            {
                fill(i, row);
                row.CopyTo(values, i * n);
            }
            return new SampleMatrix<double>(values, count, n);
        }
        float[] singles = budget.Allocate<float>(source, count, n);
        for (int i = 0; i < count; i++)
        {
            fill(i, row);
            for (int k = 0; k < n; k++) singles[i * n + k] = (float)row[k];
        }
        return new SampleMatrix<float>(singles, count, n);
    }
}
