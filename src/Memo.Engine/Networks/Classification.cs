// Answers in the classes' own numbers, for queries that lie anywhere in memory.

using System.Numerics;
using Memo.Data;
using Memo.Data.Formats;

namespace Memo.Networks;

/// <summary>
/// The classes of queries, one or many, from a span: nothing is copied, and no <see cref="SampleMatrix"/> is needed. Exact values,
/// certified radii and class indices are <see cref="INetwork.Predict"/>'s.
/// </summary>
public static class Classification
{
    /// <summary>What stands for an abstention (F(x) = 0), which is no class.</summary>
    public const int Abstention = int.MinValue;

    /// <summary>Writes the class of each query: the integer that the training labels had, or <see cref="Abstention"/>.</summary>
    /// <param name="network">The network.</param>
    /// <param name="queries">Q samples, row-major, Q times <see cref="INetwork.Dimension"/> values.</param>
    /// <param name="classes">Receives Q classes: <see cref="ClassList.ExternalValue"/> of the class, which is an index into
    /// <see cref="INetwork.Classes"/> where the classes are not integers. Untouched when an exception is thrown.</param>
    /// <param name="run">Threads, progress, cancellation.</param>
    /// <exception cref="MemoException">A value that is not finite, or that the network cannot take.</exception>
    /// <exception cref="ArgumentException">The lengths of the two spans do not fit.</exception>
    public static void Classify(this INetwork network, ReadOnlySpan<byte> queries, Span<int> classes, RunOptions? run = null) =>
        Run(network, queries, classes, run);

    /// <inheritdoc cref="Classify(INetwork, ReadOnlySpan{byte}, Span{int}, RunOptions?)"/>
    public static void Classify(this INetwork network, ReadOnlySpan<float> queries, Span<int> classes, RunOptions? run = null) =>
        Run(network, queries, classes, run);

    /// <inheritdoc cref="Classify(INetwork, ReadOnlySpan{byte}, Span{int}, RunOptions?)"/>
    public static void Classify(this INetwork network, ReadOnlySpan<double> queries, Span<int> classes, RunOptions? run = null) =>
        Run(network, queries, classes, run);

    /// <summary>The class of each query: the integer that the training labels had, or <see cref="Abstention"/>.</summary>
    /// <param name="network">The network.</param>
    /// <param name="queries">Q samples, row-major, Q times <see cref="INetwork.Dimension"/> values.</param>
    /// <param name="run">Threads, progress, cancellation.</param>
    /// <returns>Q classes: <see cref="ClassList.ExternalValue"/> of the class, which is an index into
    /// <see cref="INetwork.Classes"/> where the classes are not integers.</returns>
    /// <exception cref="MemoException">A value that is not finite, or that the network cannot take.</exception>
    /// <exception cref="ArgumentException">No whole number of samples.</exception>
    public static int[] Classify(this INetwork network, ReadOnlySpan<byte> queries, RunOptions? run = null) =>
        Run(network, queries, run);

    /// <inheritdoc cref="Classify(INetwork, ReadOnlySpan{byte}, RunOptions?)"/>
    public static int[] Classify(this INetwork network, ReadOnlySpan<float> queries, RunOptions? run = null) =>
        Run(network, queries, run);

    /// <inheritdoc cref="Classify(INetwork, ReadOnlySpan{byte}, RunOptions?)"/>
    public static int[] Classify(this INetwork network, ReadOnlySpan<double> queries, RunOptions? run = null) =>
        Run(network, queries, run);

    private static int[] Run<T>(INetwork network, ReadOnlySpan<T> queries, RunOptions? run) where T : unmanaged, INumber<T>
    {
        ArgumentNullException.ThrowIfNull(network);
        var classes = new int[queries.Length / network.Dimension];
        Run(network, queries, classes, run);
        return classes;
    }

    private static unsafe void Run<T>(INetwork network, ReadOnlySpan<T> queries, Span<int> classes, RunOptions? run)
        where T : unmanaged, INumber<T>
    {
        ArgumentNullException.ThrowIfNull(network);
        if (queries.Length != (long)classes.Length * network.Dimension)
            throw new ArgumentException($"{queries.Length} values for {classes.Length} samples of {network.Dimension} features",
                nameof(queries));
        if (classes.IsEmpty) return;
        int[] labels;
        fixed (T* first = queries)
        {
            // A span cannot be kept, but the prediction is over before its memory is free to move.
            var samples = new SampleMatrix<T>(new UnmanagedMemory<T>(first, queries.Length).Memory, classes.Length, network.Dimension);
            FiniteCheck.Require(samples, "the queries");
            labels = network.Predict(samples, Outputs.Labels, run).Labels;
        }
        int[] values = [.. Enumerable.Range(0, network.Classes.Count).Select(network.Classes.ExternalValue)];
        for (int i = 0; i < labels.Length; i++)
            classes[i] = labels[i] == Predictions.Abstention ? Abstention : values[labels[i]];
    }
}
