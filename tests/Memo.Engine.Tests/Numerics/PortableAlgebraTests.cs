using Memo.Numerics;

namespace Memo.Tests.Numerics;

/// <summary>Products, solutions and eigenvectors satisfy their equations, and have the same bits for any threads.</summary>
public sealed class PortableAlgebraTests
{
    [Theory]
    [InlineData(0, 3)]
    [InlineData(5, 1)]
    [InlineData(40, 37)]
    [InlineData(61, 64)]
    public void A_gram_matrix_has_its_sums_in_order(int m, int n)
    {
        double[] x = Values(m * n, 1), gram = PortableAlgebra.Gram(x, m, n, RunOptions.Default with { Threads = 1 });
        Assert.Equal(gram, PortableAlgebra.Gram(x, m, n, RunOptions.Default with { Threads = 3 }));
        for (int i = 0; i < n; i++)
            for (int j = 0; j < n; j++)
            {
                double sum = 0;
                for (int k = 0; k < m; k++) sum += x[k * n + Math.Min(i, j)] * x[k * n + Math.Max(i, j)];
                Assert.Equal(sum, gram[i * n + j]);
            }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(60)]
    [InlineData(131)]
    public void A_factor_solves(int n)
    {
        double[] a = PortableAlgebra.Gram(Values(2 * n * n, 3), 2 * n, n, RunOptions.Default), b = Values(n, 4), x = [.. b], lower = [.. b];
        double[] factor = [.. a], other = [.. a];
        Assert.True(PortableAlgebra.TryFactorPositive(factor, n, RunOptions.Default with { Threads = 1 }));
        Assert.True(PortableAlgebra.TryFactorPositive(other, n, RunOptions.Default with { Threads = 3 }));
        Assert.Equal(factor, other);
        PortableAlgebra.SolveFactored(factor, n, x);
        PortableAlgebra.SolveLower(factor, n, lower);
        for (int i = 0; i < n; i++)
        {
            double sum = 0, transposed = 0;
            for (int j = 0; j < n; j++) sum += a[i * n + j] * x[j];
            for (int j = 0; j <= i; j++) transposed += factor[j * n + i] * lower[j];
            Assert.Equal(b[i], sum, 1e-6);
            Assert.Equal(b[i], transposed, 1e-9);
        }
        a[n * n - 1] = -1;
        Assert.False(PortableAlgebra.TryFactorPositive(a, n, RunOptions.Default));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(12)]
    [InlineData(75)]
    public void Eigenvectors_are_stretched_by_their_values_and_orthonormal(int n)
    {
        double[] a = PortableAlgebra.Gram(Values((n + 3) * n, 5), n + 3, n, RunOptions.Default);
        (double[] values, double[] vectors) = PortableAlgebra.SymmetricEigen(a, n);
        Assert.Equal(values.OrderDescending(), values);
        for (int k = 0; k < n; k++)
        {
            for (int i = 0; i < n; i++)
            {
                double stretched = 0;
                for (int j = 0; j < n; j++) stretched += a[i * n + j] * vectors[k * n + j];
                Assert.Equal(values[k] * vectors[k * n + i], stretched, 1e-9 * (1 + values[0]));
            }
            for (int l = 0; l < n; l++)
            {
                double product = 0;
                for (int j = 0; j < n; j++) product += vectors[k * n + j] * vectors[l * n + j];
                Assert.Equal(k == l ? 1 : 0, product, 1e-9);
            }
        }
    }

    private static double[] Values(int count, ulong seed)
    {
        var random = new SeededRandom(seed);
        return [.. Enumerable.Range(0, count).Select(_ => random.NextGaussian())];
    }
}
