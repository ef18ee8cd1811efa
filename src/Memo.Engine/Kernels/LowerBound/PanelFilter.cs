namespace Memo.Kernels.LowerBound;

/// <summary>
/// The first look at a panel of 32 mapped points for a block of mapped queries: for each query the largest a.b - h over
/// the points b, with h half the squared norm of b rounded down. |a|^2 - 2 max(a.b - h) is then at most the least squared
/// distance between a and a point of the panel. Coordinates are int16 of squared norm below 2^29, so everything fits int32
/// and is exact. The 32 values of a query never leave the registers.
/// <para>Panel: 32 times -h (int32), then for each pair of coordinates 32 times two int16. Queries: in groups of 8; for each
/// pair of coordinates 8 times two int16, so that a group is read from front to back.</para>
/// </summary>
internal static unsafe partial class PanelFilter
{
    /// <summary>Points in a panel.</summary>
    public const int Lanes = 32;

    /// <summary>Queries stored side by side.</summary>
    public const int Group = 8;

    /// <summary>Bytes before the coordinates of a panel.</summary>
    public const int HeaderBytes = Lanes * sizeof(int);

    /// <summary>Bytes that a pair of coordinates takes in a panel.</summary>
    public const int PairBytes = Lanes * 2 * sizeof(short);

    /// <summary>Bytes of a panel.</summary>
    public static nint PanelBytes(int pairs) => HeaderBytes + (nint)pairs * PairBytes;

    /// <summary>
    /// maxima[p * stride + q] for each of <paramref name="panelCount"/> panels, one behind the other, and each query.
    /// Where the query count is no multiple of 8, values may be written up to the next.
    /// </summary>
    public static void Maxima(int* queries, int queryCount, byte* panels, int panelCount, int pairs, int* maxima, nint stride)
    {
        switch (Isa.Active)
        {
            case InstructionSet.Avx512: RunAvx512(queries, queryCount, panels, panelCount, pairs, maxima, stride); break;
            case InstructionSet.Avx2: RunAvx2(queries, queryCount, panels, panelCount, pairs, maxima, stride); break;
            default: RunVector128(queries, queryCount, panels, panelCount, pairs, maxima, stride); break;
        }
    }

    /// <summary>The scalar reference of <see cref="Maxima"/>.</summary>
    public static void MaximaReference(int* queries, int queryCount, byte* panels, int panelCount, int pairs, int* maxima, nint stride)
    {
        for (int p = 0; p < panelCount; p++, panels += PanelBytes(pairs), maxima += stride)
            for (int q = 0; q < queryCount; q++)
            {
                short* query = (short*)(queries + q / Group * pairs * Group + q % Group);
                int greatest = int.MinValue;
                for (int lane = 0; lane < Lanes; lane++)
                {
                    short* point = (short*)(panels + HeaderBytes) + 2 * lane;
                    int value = ((int*)panels)[lane];
                    for (int pair = 0; pair < pairs; pair++)
                        value += query[2 * Group * pair] * point[2 * Lanes * pair] + query[2 * Group * pair + 1] * point[2 * Lanes * pair + 1];
                    greatest = Math.Max(greatest, value);
                }
                maxima[q] = greatest;
            }
    }
}
