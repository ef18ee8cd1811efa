namespace Memo.Networks.Plans;

/// <summary>What an instruction does to a block of samples; see <see cref="Kernels.Digits.DigitKernels"/>.</summary>
internal enum PlanOperation
{
    /// <summary>target = constant.</summary>
    Fill,
    /// <summary>target = source.</summary>
    Copy,
    /// <summary>target += constant * 2^(28 first).</summary>
    AddConstant,
    /// <summary>target += constant * 2^(28 first) where the bit is 1.</summary>
    AddConstantWhere,
    /// <summary>target += sign * source * 2^shift.</summary>
    AddShifted,
    /// <summary>target += sign * source * factor * 2^(28 first).</summary>
    AddProduct,
    /// <summary>target += w . X * 2^(28 first) with row `source` of the first layer's weights.</summary>
    AddInputs,
    /// <summary>target = max(target, 0).</summary>
    Relu,
    /// <summary>target = [source + constant * 2^(28 first) >= 0].</summary>
    Step,
}

/// <summary>
/// One instruction. Places are offsets in digits; what a field means depends on the operation.
/// </summary>
internal readonly record struct PlanInstruction(PlanOperation Operation)
{
    /// <summary>The number written.</summary>
    public int Target { get; init; }

    /// <summary>Its digits.</summary>
    public int Count { get; init; }

    /// <summary>The number read.</summary>
    public int Source { get; init; }

    /// <summary>Its digits; Relu: the digits kept.</summary>
    public int SourceCount { get; init; }

    /// <summary>The bit that selects.</summary>
    public int Bit { get; init; }

    /// <summary>The first digit that changes; AddShifted: the shift in bits.</summary>
    public int First { get; init; }

    /// <summary>Where the constant's digits start in the pool; AddProduct: the factor.</summary>
    public int Constant { get; init; }

    /// <summary>1 or -1.</summary>
    public int Sign { get; init; }
}
