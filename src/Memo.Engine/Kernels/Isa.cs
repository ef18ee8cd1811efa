// Which instruction set the kernels use: what this build was compiled for, what the processor has, what was asked for.
using System.Runtime.Intrinsics.X86;

namespace Memo.Kernels;

/// <summary>The instruction sets that kernels are written for, each including the ones before it.</summary>
public enum InstructionSet
{
    /// <summary>The portable path (x86-64-v2 build; any other processor).</summary>
    Scalar,
    /// <summary>AVX2 and FMA (x86-64-v3 build).</summary>
    Avx2,
    /// <summary>AVX-512 F, BW, CD, DQ, VL (x86-64-v4 build).</summary>
    Avx512,
}

/// <summary>
/// Which instruction set the kernels of this process use. Answers are the same bits for each. Ahead of time, code for
/// AVX2 or AVX-512 exists only in the x86-64-v3 and x86-64-v4 builds; the choice made here can only go below the build's.
/// </summary>
public static class Isa
{
    /// <summary>The environment variable that asks for an instruction set: auto, scalar, avx2 or avx512.</summary>
    internal const string Variable = "MEMO_ISA";

    private const string Automatic = "auto";
    private const int Undecided = -1;
    private static int _active = Undecided;

    /// <summary>The best that this build was compiled for and that this processor has.</summary>
    public static InstructionSet Best { get; } =
        Avx512BW.IsSupported && Avx512DQ.IsSupported && Avx512F.VL.IsSupported ? InstructionSet.Avx512 :
        Avx2.IsSupported && Fma.IsSupported ? InstructionSet.Avx2 : InstructionSet.Scalar;

    /// <summary>
    /// What the kernels use: <see cref="Best"/>, unless <see cref="Use"/> or the environment variable MEMO_ISA says less.
    /// Resolved at first use and not in a type initializer, so that a wrong value is an error like any other.
    /// </summary>
    /// <exception cref="MemoException">MEMO_ISA names nothing, or something that this build or processor lacks.</exception>
    public static InstructionSet Active
    {
        get
        {
            int active = Volatile.Read(ref _active);
            return active != Undecided ? (InstructionSet)active : DecideByEnvironment();
        }
    }

    /// <summary>Decides for the rest of the process, whatever MEMO_ISA says.</summary>
    /// <exception cref="MemoException">The instruction set is above <see cref="Best"/>.</exception>
    public static void Use(InstructionSet set)
    {
        if (set > Best) throw new MemoException($"this build has no {Name(set)} kernels; valid: {ValidNames(UpTo(Best))}");
        Volatile.Write(ref _active, (int)set);
    }

    /// <summary>The name of an instruction set in MEMO_ISA and in reports.</summary>
    internal static string Name(InstructionSet set) => set switch
    {
        InstructionSet.Scalar => "scalar",
        InstructionSet.Avx2 => "avx2",
        InstructionSet.Avx512 => "avx512",
        _ => throw new ArgumentOutOfRangeException(nameof(set)),
    };

    /// <summary>
    /// The instruction set that a request names, or null for "auto", an empty text or null: the best available.
    /// </summary>
    /// <param name="request">The value given, in any case of letters.</param>
    /// <param name="origin">How it was given, for the message: "MEMO_ISA=x".</param>
    /// <param name="available">What could be chosen, for the message.</param>
    /// <exception cref="MemoException">The request names no instruction set, or none of those available.</exception>
    internal static InstructionSet? Parse(string? request, string origin, IReadOnlyList<InstructionSet> available)
    {
        ArgumentNullException.ThrowIfNull(available);
        if (string.IsNullOrEmpty(request) || request.Equals(Automatic, StringComparison.OrdinalIgnoreCase)) return null;
        foreach (InstructionSet set in UpTo(InstructionSet.Avx512))
        {
            if (!request.Equals(Name(set), StringComparison.OrdinalIgnoreCase)) continue;
            if (available.Contains(set)) return set;
            string reason = set > Processor.Best ? "this processor or its operating system does not support it"
                : "the build for it is not here";
            throw new MemoException($"{origin}: {reason}; valid here: {ValidNames(available)}");
        }
        throw new MemoException($"{origin}: no such instruction set; valid here: {ValidNames(available)}");
    }

    /// <summary>All instruction sets up to and including <paramref name="best"/>, ascending.</summary>
    internal static IReadOnlyList<InstructionSet> UpTo(InstructionSet best) =>
        best switch
        {
            InstructionSet.Scalar => [InstructionSet.Scalar],
            InstructionSet.Avx2 => [InstructionSet.Scalar, InstructionSet.Avx2],
            _ => [InstructionSet.Scalar, InstructionSet.Avx2, InstructionSet.Avx512],
        };

    // Two threads that arrive together decide the same, so no lock is needed.
    private static InstructionSet DecideByEnvironment()
    {
        string? request = Environment.GetEnvironmentVariable(Variable);
        InstructionSet chosen = Parse(request, $"{Variable}={request}", UpTo(Best)) ?? Best;
        Interlocked.CompareExchange(ref _active, (int)chosen, Undecided);
        return (InstructionSet)Volatile.Read(ref _active);
    }

    private static string ValidNames(IReadOnlyList<InstructionSet> available) =>
        string.Join(", ", available.Select(Name).Prepend(Automatic));
}
