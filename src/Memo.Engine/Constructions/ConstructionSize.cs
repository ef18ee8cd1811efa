using System.Numerics;
using Memo.Data;
using Memo.Networks;
using Memo.Numerics;

namespace Memo.Constructions;

/// <summary>
/// What is known of a construction's size on some data without building it. Numbers that no formula gives are null.
/// </summary>
/// <param name="Method">The construction's name.</param>
/// <param name="Parameters">The dense count of parameters, or a bound on it.</param>
/// <param name="Width">Neurons of the widest layer, or a bound on it.</param>
/// <param name="Depth">Affine layers.</param>
/// <param name="Bits">Bits of the largest weight, or a bound on them.</param>
/// <param name="IsBound">Whether the numbers, but for the depth, are upper bounds and not the size itself.</param>
/// <param name="Formula">Where they come from, or why there are none.</param>
internal sealed record ConstructionSize(string Method, BigInteger? Parameters, BigInteger? Width, int? Depth, int? Bits, bool IsBound,
    string Formula)
{
    /// <summary>
    /// All general constructions, in the order of <see cref="Construction.Methods"/>. O(N n) for each direction that is drawn: the
    /// depth of sqrt and vardi is known once the codes are (Lemma B.1).
    /// </summary>
    /// <param name="data">N samples of two classes or more, without label conflicts.</param>
    /// <param name="seed">What sqrt and vardi would be told.</param>
    /// <param name="run">Threads and cancellation.</param>
    public static IReadOnlyList<ConstructionSize> Of(Dataset data, ulong seed, RunOptions run)
    {
        var perClass = new int[data.Classes.Count];
        foreach (int label in data.Labels) perClass[label]++;
        NetworkSize cells = CellNetwork.SizeOf(perClass, data.Dimension);
        Compression? codes = null;
        string whyNot = "";
        try
        {
            codes = Compression.Of(data, Sqrt.Spacing, seed, run);
        }
        catch (MemoException exception)
        {
            whyNot = exception.Message; // floating-point data of too wide a range
        }
        return
        [
            .. Construction.Methods.Select(method => method switch
            {
                Cells.Method => new ConstructionSize(method, cells.Parameters, cells.Width, cells.Depth, null, false,
                    "M(n+1) + N(M+1) + K(N+1) of M ordered pairs of different labels (one output for two classes)"),
                Constant.Method or Condense.Method => new ConstructionSize(method, cells.Parameters, cells.Width, cells.Depth, null, true,
                    "at most cells; known when the subset is"),
                Sqrt.Method when perClass.Length > 2 => None(method, "two classes only"),
                Adversarial.Method when perClass.Length > 2 => None(method, "two classes only"),
                Sqrt.Method => codes is null ? None(method, whyNot) : OfSqrt(codes, data.Dimension),
                Vardi.Method => codes is null ? None(method, whyNot) : OfVardi(codes, data.Dimension, perClass.Length),
                Park.Method => None(method, "O(N^(2/3)); known when the intervals are"),
                Adversarial.Method => None(method, "O(sqrt N log N); known when the codes of one class are"),
                _ => None(method, "no formula"),
            }),
        ];
    }

    private static ConstructionSize None(string method, string why) => new(method, null, null, null, null, false, why);

    // Two layers make the code, one a threshold, count (B + 1) + 2 look for it, and one gives the output.
    private static ConstructionSize OfSqrt(Compression codes, int dimension)
    {
        int each = IntegerRoots.CeilingSquareRoot(codes.Codes.Length), blocks = (codes.Codes.Length + each - 1) / each;
        int depth = 2 + (blocks - 1) + each * (codes.CodeBits + 1) + 2 + 1;
        return Narrow(Sqrt.Method, Sqrt.Width, depth, each * codes.CodeBits, dimension,
            "depth = blocks + m(B+1) + 4 of m codes of B bits in a block; parameters: n+1 + width(width+1) depth");
    }

    // The same, with the bits of a label before those of each code.
    private static ConstructionSize OfVardi(Compression codes, int dimension, int classes)
    {
        int each = IntegerRoots.CeilingSquareRoot(codes.Codes.Length), blocks = (codes.Codes.Length + each - 1) / each;
        int labelBits = classes == 2 ? 1 : BlockIntegers.BitsOf(classes);
        int depth = 2 + (blocks - 1) + 1 + each * (labelBits + codes.CodeBits + 1) + 1 + 1;
        return Narrow(Vardi.Method, Vardi.Width, depth, each * Math.Max(codes.CodeBits, labelBits), dimension,
            "depth = blocks + m(B+b+1) + 4 of m codes of B bits, labels of b, in a block; parameters: n+1 + width(width+1) depth");
    }

    private static ConstructionSize Narrow(string method, int width, int depth, int bits, int dimension, string formula) =>
        new(method, dimension + 1 + (BigInteger)width * (width + 1) * depth, width, depth, bits, true, formula);
}
