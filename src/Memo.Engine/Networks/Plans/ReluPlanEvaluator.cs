using System.Numerics;
using Memo.Kernels;
using Memo.Kernels.Digits;

namespace Memo.Networks.Plans;

/// <summary>
/// Runs a plan on samples, 64 at a time: the exact forward pass. Blocks are independent, so threads take them in turns; the
/// result is the same for any number of threads and any instruction set, since everything is integer.
/// </summary>
internal static unsafe class ReluPlanEvaluator
{
    /// <summary>
    /// The outputs of every sample in units of the plan, row-major [rows, outputs]. O(instructions) passes a block.
    /// </summary>
    public static BigInteger[] Evaluate(ReluPlan plan, IntegerSamples samples, RunOptions run) =>
        Evaluate(plan, samples, run, Isa.Active);

    /// <summary>The same with a given instruction set, at most the best.</summary>
    public static BigInteger[] Evaluate(ReluPlan plan, IntegerSamples samples, RunOptions run, InstructionSet set)
    {
        if (samples.Least < plan.Inputs.Low || samples.Greatest > plan.Inputs.High)
            throw new ArgumentException("samples outside the plan's box", nameof(samples));
        int outputs = plan.Outputs.Length, blocks = (samples.Rows + DigitKernels.Lanes - 1) / DigitKernels.Lanes;
        var values = new BigInteger[samples.Rows * outputs];
        int done = 0;
        // Fewer threads where blocks are large: together they take half of the memory at most.
        long fitting = GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / 2 / Math.Max(plan.BlockBytes, 1);
        int threads = (int)Math.Clamp(fitting, 1, run.Threads);
        Turns.Take(blocks, threads, () => new AlignedBuffer((nuint)plan.BlockBytes, purpose: "the forward pass's numbers"), (block, memory) =>
        {
            int first = block * DigitKernels.Lanes, count = Math.Min(DigitKernels.Lanes, samples.Rows - first);
            int* digits = (int*)memory.Pointer;
            Run(plan, samples, first, count, digits, set);
            for (int output = 0; output < outputs; output++)
            {
                (int offset, int length) = plan.Outputs[output];
                for (int s = 0; s < count; s++)
                    values[(first + s) * outputs + output] = ReadNumber(digits + offset * DigitKernels.Lanes + s, length);
            }
            run.Progress?.Report((double)Interlocked.Increment(ref done) / blocks);
        }, memory => memory.Dispose(), run.Cancellation);
        return values;
    }

    private static BigInteger ReadNumber(int* digits, int count) => count == 1
        ? (digits[0] << (32 - Digit.Bits)) >> (32 - Digit.Bits)
        : Digit.Read(new ReadOnlySpan<int>(digits, (count - 1) * DigitKernels.Lanes + 1), DigitKernels.Lanes);

    private static void Run(ReluPlan plan, IntegerSamples samples, int first, int count, int* digits, InstructionSet set)
    {
        switch (set)
        {
            case InstructionSet.Avx512: Run<DigitLanes512>(plan, samples, first, count, digits); break;
            case InstructionSet.Avx2: Run<DigitLanes256>(plan, samples, first, count, digits); break;
            default: Run<DigitLanes128>(plan, samples, first, count, digits); break;
        }
    }

    private static void Run<T>(ReluPlan plan, IntegerSamples samples, int first, int count, int* digits)
        where T : struct, IDigitLanes<T>
    {
        const int Stride = DigitKernels.Lanes;
        Span<Int128> products = stackalloc Int128[count];
        fixed (int* constants = plan.Constants)
        {
            foreach (ref readonly PlanInstruction instruction in plan.Instructions.AsSpan())
            {
                int* target = digits + instruction.Target * Stride, source = digits + instruction.Source * Stride;
                int* constant = constants + instruction.Constant;
                switch (instruction.Operation)
                {
                    case PlanOperation.Fill:
                        DigitKernels.Fill<T>(target, constant, instruction.Count);
                        break;
                    case PlanOperation.Copy:
                        DigitKernels.Copy(target, instruction.Count, source, instruction.SourceCount);
                        break;
                    case PlanOperation.AddConstant:
                        DigitKernels.AddConstant<T>(target, constant, instruction.First, instruction.Count, null);
                        break;
                    case PlanOperation.AddConstantWhere:
                        DigitKernels.AddConstant<T>(target, constant, instruction.First, instruction.Count, digits + instruction.Bit * Stride);
                        break;
                    case PlanOperation.AddShifted:
                        DigitKernels.AddShifted<T>(target, instruction.Count, source, instruction.SourceCount, instruction.First, instruction.Sign);
                        break;
                    case PlanOperation.AddProduct:
                        DigitKernels.AddProduct<T>(target, instruction.Count, source, instruction.SourceCount, instruction.First,
                            instruction.Constant, instruction.Sign);
                        break;
                    case PlanOperation.AddInputs:
                        samples.Products(plan.InputWeights.AsSpan(instruction.Source * plan.Dimension, plan.Dimension), first, products);
                        DigitKernels.AddNumbers(target, instruction.Count, products, instruction.First);
                        if (!samples.IsWide) break;
                        samples.Products(plan.InputWeights.AsSpan(instruction.Source * plan.Dimension, plan.Dimension), first, products, upper: true);
                        DigitKernels.AddNumbers(target, instruction.Count, products, instruction.First + IntegerSamples.LowBits / Digit.Bits);
                        break;
                    case PlanOperation.Relu:
                        DigitKernels.Relu<T>(target, instruction.Count, instruction.SourceCount);
                        break;
                    case PlanOperation.Step:
                        DigitKernels.Step<T>(target, source, constant, instruction.First, instruction.Count);
                        break;
                }
            }
        }
    }
}
