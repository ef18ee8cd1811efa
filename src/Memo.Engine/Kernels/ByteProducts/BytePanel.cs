using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.X86;

namespace Memo.Kernels.ByteProducts;

/// <summary>How inner products of bytes are computed; each needs a layout of its own, or shares it with the next.</summary>
internal enum ByteTechnique
{
    /// <summary>Vector128 or scalar code, on 16-bit integers.</summary>
    Portable,
    /// <summary>256-bit vpmaddwd on 16-bit integers.</summary>
    Avx2,
    /// <summary>512-bit vpmaddwd on 16-bit integers.</summary>
    Avx512,
    /// <summary>256-bit vpdpbusd on bytes, the points shifted by 128 to be signed.</summary>
    Vnni,
}

/// <summary>
/// Inner products of byte vectors in int32, exactly: packed queries times panels of 32 packed points.
/// <para>For n &lt;= 33025 an inner product and a squared distance are at most 33025 * 255^2 = 2,147,450,625 &lt; 2^31. Sums
/// on the way may wrap around, which two's complement undoes.</para>
/// <para>Panel: 32 terms (int32), |z|^2 of each point, then the coordinates with those of all 32 points side by side: 4
/// bytes a point and step, z - 128 (Vnni), or 2 int16 (the others). Lanes that hold no point repeat the first.</para>
/// <para>Query: a header of 16 int32, of which the first is what makes a distance with the point's term and -2 p for a
/// product p as computed, and the second what makes the true inner product of p; then the coordinates as bytes (Vnni) or
/// int16, padded with zeros. As x.(z - 128) = x.z - 128 sum x, these are |x|^2 - 256 sum x and 128 sum x for Vnni, and
/// |x|^2 and 0 for the others.</para>
/// </summary>
internal static unsafe class BytePanel
{
    /// <summary>Points in a panel.</summary>
    public const int Lanes = 32;

    /// <summary>The largest n for which products and distances fit int32.</summary>
    public const int MaximumDimension = 33025;

    /// <summary>Bytes before the coordinates of a panel.</summary>
    public const int PanelHeader = Lanes * sizeof(int);

    /// <summary>Bytes before the coordinates of a query.</summary>
    public const int QueryHeader = 64;

    private const int Undecided = -1;
    private static int _chosen = Undecided;

    /// <summary>
    /// The technique that this process packs for and computes with, decided at first use and never changed, as what is
    /// packed for one is of no use to another.
    /// </summary>
    public static ByteTechnique Chosen
    {
        get
        {
            int chosen = Volatile.Read(ref _chosen);
            return chosen != Undecided ? (ByteTechnique)chosen : Choose();
        }
    }

    // Two threads that arrive together end up with the same.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static ByteTechnique Choose()
    {
        ByteTechnique best = Isa.Active switch
        {
            >= InstructionSet.Avx2 when AvxVnni.IsSupported => ByteTechnique.Vnni,
            InstructionSet.Avx512 => ByteTechnique.Avx512,
            InstructionSet.Avx2 => ByteTechnique.Avx2,
            _ => ByteTechnique.Portable,
        };
        Interlocked.CompareExchange(ref _chosen, (int)best, Undecided);
        return (ByteTechnique)Volatile.Read(ref _chosen);
    }

    /// <summary>Whether this build and processor can run a technique.</summary>
    public static bool IsSupported(ByteTechnique technique) => technique switch
    {
        ByteTechnique.Vnni => AvxVnni.IsSupported && Isa.Best >= InstructionSet.Avx2,
        ByteTechnique.Avx512 => Isa.Best >= InstructionSet.Avx512,
        ByteTechnique.Avx2 => Isa.Best >= InstructionSet.Avx2,
        _ => true,
    };

    /// <summary>Bytes of a packed panel of points of n coordinates, a multiple of 64.</summary>
    public static nuint PanelBytes(ByteTechnique technique, int dimension) => technique == ByteTechnique.Vnni
        ? PanelHeader + (nuint)Quads(dimension) * Lanes * 4
        : PanelHeader + (nuint)Pairs(dimension) * Lanes * 2 * sizeof(short);

    /// <summary>Bytes of a packed query of n coordinates, a multiple of 64.</summary>
    public static nuint QueryBytes(ByteTechnique technique, int dimension) =>
        QueryHeader + (((nuint)dimension * (technique == ByteTechnique.Vnni ? 1u : sizeof(short)) + 63) & ~(nuint)63);

    /// <summary>
    /// Fills a panel with 1 to <see cref="Lanes"/> points, given by the address of each one's bytes. All of the panel is
    /// written, nothing beyond the points is read.
    /// </summary>
    public static void PackPanel(ByteTechnique technique, byte** points, int count, int dimension, byte* panel)
    {
        byte** lanes = stackalloc byte*[Lanes];
        for (int lane = 0; lane < Lanes; lane++) lanes[lane] = points[lane < count ? lane : 0];
        if (technique == ByteTechnique.Vnni) VnniBytes.PackPanel(lanes, dimension, panel);
        else Int16Bytes.PackPanel(lanes, dimension, panel, vectorized: technique != ByteTechnique.Portable);
    }

    /// <summary>Writes all bytes of a query.</summary>
    public static void PackQuery(ByteTechnique technique, ReadOnlySpan<byte> query, byte* packed)
    {
        if (technique == ByteTechnique.Vnni) VnniBytes.PackQuery(query, packed);
        else Int16Bytes.PackQuery(query, packed, vectorized: technique != ByteTechnique.Portable);
    }

    /// <summary>
    /// Computes the products of <paramref name="queryCount"/> packed queries, stored one behind the other, with all points
    /// of a panel, and hands them to the epilogue, query by query in ascending order. O(32 n) a query; any count.
    /// </summary>
    public static void Run<TEpilogue>(ByteTechnique technique, byte* queries, int queryCount, byte* panel, int dimension,
        ref TEpilogue epilogue) where TEpilogue : struct, IByteEpilogue
    {
        switch (technique)
        {
            case ByteTechnique.Vnni: VnniBytes.Run(queries, queryCount, panel, dimension, ref epilogue); break;
            case ByteTechnique.Avx512: Int16Bytes.RunAvx512(queries, queryCount, panel, dimension, ref epilogue); break;
            case ByteTechnique.Avx2: Int16Bytes.RunAvx2(queries, queryCount, panel, dimension, ref epilogue); break;
            default: Int16Bytes.RunVector128(queries, queryCount, panel, dimension, ref epilogue); break;
        }
    }

    /// <summary>Steps of 4 coordinates.</summary>
    internal static int Quads(int dimension) => (dimension + 3) / 4;

    /// <summary>Steps of 2 coordinates.</summary>
    internal static int Pairs(int dimension) => (dimension + 1) / 2;
}
