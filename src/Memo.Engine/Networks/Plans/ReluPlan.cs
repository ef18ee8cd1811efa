namespace Memo.Networks.Plans;

/// <summary>
/// A network's forward pass as straight-line instructions on big integers of fixed sizes, for samples whose inputs lie in a
/// box. Made from the layers alone (<see cref="ReluPlanCompiler"/>), run by <see cref="ReluPlanEvaluator"/>.
/// </summary>
internal sealed class ReluPlan
{
    /// <summary>The instructions, in order.</summary>
    public required PlanInstruction[] Instructions { get; init; }

    /// <summary>Digits of the constants.</summary>
    public required int[] Constants { get; init; }

    /// <summary>The first layer's weights in signed digits base 2^28, row-major, n a row; see AddInputs.</summary>
    public required int[] InputWeights { get; init; }

    /// <summary>Features of a sample, n.</summary>
    public required int Dimension { get; init; }

    /// <summary>Digits of memory that a sample takes.</summary>
    public required int Digits { get; init; }

    /// <summary>Where the outputs are, each with its digits, in two's complement.</summary>
    public required (int Offset, int Count)[] Outputs { get; init; }

    /// <summary>The inputs it holds for.</summary>
    public required Interval Inputs { get; init; }

    /// <summary>The plan of <paramref name="layers"/> with all biases times 2^biasShift.</summary>
    public static ReluPlan Compile(ReadOnlySpan<SparseLayer> layers, int biasShift, Interval inputs,
        CancellationToken cancellation = default) =>
        new ReluPlanCompiler(biasShift, inputs, cancellation).Compile(layers);

    /// <summary>Bytes that a block of samples takes.</summary>
    public long BlockBytes => (long)Digits * Kernels.Digits.DigitKernels.Lanes * sizeof(int);
}
